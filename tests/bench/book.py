"""A hundred thousand accounts in one tenant among two hundred small ones, written set-based."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, connections

from accounts.keys import PREFIX_LENGTH, digest
from accounts.models import ApiKey, Membership, Tenant, User
from accounts.tenancy.context import tenant_context

BIG, THOUSAND, SMALL_TENANTS, SMALL_SIZE = 100_000, 1_000, 200, 50
KEY = "csk_benchkeybenchkeybenchkeybenchkey{}"

ACCOUNTS = """
INSERT INTO accounts_account (name, domain, external_id, industry, region, segment, touch_model, currency, csm_id,
    phase, phase_since, custom, version, created_at, updated_at)
SELECT 'Account ' || substr(md5(n::text), 1, 10) || ' ' || n, 'a' || n || '.test', 'x' || n,
    (ARRAY['Retail','Health','Finance','Energy','Media'])[1 + n % 5], (ARRAY['EMEA','AMER','APAC'])[1 + n % 3],
    (ARRAY['Enterprise','Mid-market','SMB'])[1 + n % 3], (ARRAY['high','low','tech'])[1 + n % 3], 'USD',
    CASE WHEN n % %(every)s = 0 THEN %(csm)s ELSE %(other)s END,
    (ARRAY['onboarding','adoption','adoption','adoption','expansion','commit','ended'])[1 + n % 7],
    now() - n %% 700 * interval '1 day', '{}', 1, now(), now() - n %% 9000 * interval '1 minute'
FROM generate_series(1, %(size)s) n
"""
STATES = """
INSERT INTO accounts_accountstate (account_id, arr_minor, renewal_on, last_touch_at)
SELECT id, (id * 7919 %% 50000) * 1000, CASE WHEN id %% 9 > 0 THEN current_date + (id %% 400)::int END,
    CASE WHEN id %% 11 > 0 THEN now() - id %% 120 * interval '1 day' END
FROM accounts_account WHERE tenant_id = %(tenant)s
"""
CONTACTS = """
INSERT INTO accounts_contact (account_id, name, email, phone, title, persona, buying_role, stance, influence, moved_to,
    version, created_at, updated_at)
SELECT a.id, 'Person ' || a.id || '-' || k, 'p' || a.id || '-' || k || '@a.test', '', 'Manager', '',
    (ARRAY['champion','decider','user'])[k], 'neutral', 1, '', 1, now(), now()
FROM accounts_account a, generate_series(1, 3) k WHERE a.tenant_id = %(tenant)s
"""
EVENTS = """
INSERT INTO accounts_event (account_id, kind, facts, occurred_at, recorded_at, actor_id)
SELECT a.id, 'note.added', '{"body": "Spoke about the rollout."}', now() - k * interval '3 days', now(), %(csm)s
FROM accounts_account a, generate_series(1, 5) k WHERE a.tenant_id = %(tenant)s
"""
TASKS = """
INSERT INTO accounts_task (account_id, title, detail, assignee_id, due_on, status, source, outcome, outcome_note,
    snooze_reason, version, created_at, updated_at)
SELECT a.id, 'Follow up with account ' || a.id, '', a.csm_id, current_date + (a.id %% 60)::int - 20, 'open', 'manual',
    '', '', '', 1, now(), now()
FROM accounts_account a WHERE a.tenant_id = %(tenant)s AND a.id %% 2 = 0
"""


@dataclass(frozen=True)
class Stage:
    """Where the load goes: the big tenant, the small one of a thousand, their person's session and their keys."""

    big: Tenant
    thousand: Tenant
    user: User
    big_key: str
    thousand_key: str


def build() -> Stage:
    user = User.objects.create_user("bench@example.test", "bench bench bench", name="Bench")
    other = User.objects.create_user("other@example.test", "bench bench bench", name="Other")
    third = User.objects.create_user("third@example.test", "bench bench bench", name="Third")
    big, thousand = _tenant("big", user, other, BIG), _tenant("thousand", user, other, THOUSAND)
    for n in range(SMALL_TENANTS):
        # Nobody sits in two hundred workspaces: the person who asks is in two of them.
        _tenant(f"small-{n}", third, other, SMALL_SIZE)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Stage(big, thousand, user, key(big, user, 1), key(thousand, user, 2))


def _tenant(slug: str, user: User, other: User, size: int) -> Tenant:
    tenant = Tenant.objects.create(slug=slug, name=slug.capitalize())
    for person in (user, other):
        Membership.objects.create(tenant=tenant, user=person, role="admin")
    names = {"csm": user.pk, "other": other.pk, "size": size, "tenant": tenant.pk, "every": max(1, size // 200)}
    with tenant_context(tenant), connection.cursor() as cursor:
        for statement in (ACCOUNTS.replace("n % ", "n %% "), STATES, CONTACTS, EVENTS, TASKS):
            cursor.execute(statement, names)
    return tenant


def key(tenant: Tenant, user: User, n: int) -> str:
    secret = KEY.format(n) if n else ""
    secret = f"csk_{n:08d}" + secret[PREFIX_LENGTH:]
    ApiKey.objects.create(
        tenant=tenant,
        name="bench",
        prefix=secret[:PREFIX_LENGTH],
        key_hash=digest(secret),
        scope="write",
        created_by=user,
    )
    return secret

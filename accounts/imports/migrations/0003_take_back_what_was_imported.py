"""Two narrow doors: taking back rows that an import made, out of tables from which the application can't delete."""

from django.conf import settings
from django.db import migrations

# Which of these rows nothing else points at: keys of all rooms, known here or not, but for the tables named.
UNREFERENCED = """
CREATE FUNCTION imports_unreferenced(target regclass, ids bigint[], own regclass[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    here CONSTANT bigint := current_setting('app.tenant_id')::bigint;
    key record;
BEGIN
    FOR key IN
        SELECT c.conrelid::regclass AS child, a.attname AS link
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        WHERE c.contype = 'f' AND c.confrelid = target AND a.attname <> 'tenant_id' AND c.conrelid <> ALL (own)
    LOOP
        EXECUTE format(
            'SELECT coalesce(array_agg(one), ''{}'') FROM unnest($1) one WHERE one NOT IN (
                SELECT x.%I FROM %s x WHERE x.tenant_id = $2 AND x.%I = ANY ($1))', key.link, key.child, key.link)
        INTO ids USING ids, here;
    END LOOP;
    RETURN ids;
END
$$;
"""

# The owner's rights, so the tenant is an explicit condition everywhere. Only while the import is being taken back; only
# what its own records and its own word on the timeline say that it made; and only while nothing was added to it since.
# pg_temp comes last, or a table of the moment could pass itself off as one of these.
TAKE_BACK = """
CREATE FUNCTION imports_take_back(job bigint, noun text, records bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    here CONSTANT bigint := current_setting('app.tenant_id')::bigint;
    mark CONSTANT jsonb := to_jsonb(job);
    ids bigint[];
BEGIN
    SELECT coalesce(array_agg(r.target_id ORDER BY r.target_id), '{}') INTO ids
    FROM imports_import i JOIN imports_record r ON r.tenant_id = here AND r.job_id = i.id
    WHERE i.tenant_id = current_setting('app.tenant_id')::bigint AND i.id = job AND i.stage = 'undoing'
        AND r.noun = imports_take_back.noun AND r.verdict = 'create'
        AND r.done AND r.id = ANY (records);

    IF noun = 'account' THEN
        PERFORM FROM accounts_account a WHERE a.tenant_id = here AND a.id = ANY (ids) ORDER BY a.id FOR UPDATE;
        SELECT coalesce(array_agg(a.id), '{}') INTO ids FROM accounts_account a
        WHERE a.tenant_id = here AND a.id = ANY (ids) AND EXISTS (
            SELECT FROM accounts_event e WHERE e.tenant_id = here AND e.account_id = a.id
                AND e.kind = 'account.created' AND e.facts -> 'import_id' = mark
        ) AND NOT EXISTS (
            SELECT FROM accounts_event e WHERE e.tenant_id = here AND e.account_id = a.id
                AND e.facts -> 'import_id' IS DISTINCT FROM mark);
        ids := imports_unreferenced('accounts_account', ids,
            '{accounts_event,accounts_phasechange,accounts_accountstate}'::regclass[]);
        DELETE FROM accounts_event e WHERE e.tenant_id = here AND e.account_id = ANY (ids);
        DELETE FROM accounts_phasechange p WHERE p.tenant_id = here AND p.account_id = ANY (ids);
        DELETE FROM accounts_accountstate s WHERE s.tenant_id = here AND s.account_id = ANY (ids);
        RETURN QUERY DELETE FROM accounts_account a WHERE a.tenant_id = here AND a.id = ANY (ids) RETURNING a.id;

    ELSIF noun = 'contact' THEN
        PERFORM FROM accounts_contact c WHERE c.tenant_id = here AND c.id = ANY (ids) ORDER BY c.id FOR UPDATE;
        SELECT coalesce(array_agg(c.id), '{}') INTO ids FROM accounts_contact c
        WHERE c.tenant_id = here AND c.id = ANY (ids) AND EXISTS (
            SELECT FROM accounts_event e WHERE e.tenant_id = here AND e.account_id = c.account_id
                AND e.kind = 'contact.added' AND e.facts -> 'contact_id' = to_jsonb(c.id)
                AND e.facts -> 'import_id' = mark
        ) AND NOT EXISTS (
            SELECT FROM accounts_event e WHERE e.tenant_id = here AND e.account_id = c.account_id
                AND e.facts -> 'contact_id' = to_jsonb(c.id) AND e.facts -> 'import_id' IS DISTINCT FROM mark);
        ids := imports_unreferenced('accounts_contact', ids, '{}');
        DELETE FROM accounts_event e USING accounts_contact c
        WHERE c.tenant_id = here AND c.id = ANY (ids) AND e.tenant_id = here AND e.account_id = c.account_id
            AND e.facts -> 'contact_id' = to_jsonb(c.id) AND e.facts -> 'import_id' = mark;
        RETURN QUERY DELETE FROM accounts_contact c WHERE c.tenant_id = here AND c.id = ANY (ids) RETURNING c.id;

    ELSIF noun = 'note' THEN
        ids := imports_unreferenced('accounts_event', ids, '{}');
        RETURN QUERY DELETE FROM accounts_event e WHERE e.tenant_id = here AND e.id = ANY (ids)
            AND e.kind IN ('note.added', 'call.logged', 'email.logged', 'meeting.logged')
            AND e.facts -> 'import_id' = mark RETURNING e.id;

    ELSIF noun = 'product' THEN
        PERFORM FROM accounts_product p WHERE p.tenant_id = here AND p.id = ANY (ids) ORDER BY p.id FOR UPDATE;
        ids := imports_unreferenced('accounts_product', ids, '{}');
        RETURN QUERY DELETE FROM accounts_product p WHERE p.tenant_id = here AND p.id = ANY (ids) AND p.version = 1
            RETURNING p.id;
    END IF;
END
$$;
"""

DROP = """
DROP FUNCTION imports_take_back(bigint, text, bigint[]);
DROP FUNCTION imports_unreferenced(regclass, bigint[], regclass[]);
"""


def rights(apps: object, schema_editor: object) -> None:
    execute = schema_editor.execute  # type: ignore[attr-defined]
    execute("REVOKE ALL ON FUNCTION imports_unreferenced(regclass, bigint[], regclass[]) FROM PUBLIC")
    execute("REVOKE ALL ON FUNCTION imports_take_back(bigint, text, bigint[]) FROM PUBLIC")
    execute(f'GRANT EXECUTE ON FUNCTION imports_take_back(bigint, text, bigint[]) TO "{settings.DATABASE_APP_ROLE}"')


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_hide_the_first_steps")]

    operations = [
        migrations.RunSQL(UNREFERENCED + TAKE_BACK, DROP),
        migrations.RunPython(rights, migrations.RunPython.noop),
    ]

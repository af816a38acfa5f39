"""What must not happen: the rival's words anywhere that we read or send, a changed row of its own, a server error."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core import mail
from django.db import connection

from accounts.models import Membership, Tenant, User
from accounts.tenancy.context import tenant_context
from tests.architecture.story import OUTSIDE
from tests.fuzz.attempts import NOBODY
from tests.fuzz.stage import SECRET, tenants_models
from tests.journeys.plans.test_shared_leaks import pdf_text

WRITES = re.compile(r"\s*(?:WITH\b.*?\b)?(INSERT|UPDATE|DELETE)\b", re.I | re.S)
UNSTEADY = re.compile(rb'nonce[-="]+[\w+/=-]+|csrf\w*"[^>]*value="\w+"|"X-CSRFToken": ?"\w+"|&quot;\w{64}&quot;|\d+')


class Written:
    """Did this attempt write at all? Most don't, and the tables need no look then."""

    def __init__(self) -> None:
        self.any = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.any = self.any or bool(WRITES.match(sql))
        return execute(sql, params, many, context)


class Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.errors: list[str] = []

    def clear(self) -> None:
        self.lines.clear()
        self.errors.clear()

    def emit(self, record: logging.LogRecord) -> None:
        said = f"{record.getMessage()} {record.__dict__.get('event', '')}"
        if record.exc_info and record.exc_info[1]:
            self.errors.append(repr(record.exc_info[1])[:300])
            said += repr(record.exc_info[1])
        self.lines.append(said)


@contextmanager
def listening() -> Iterator[Log]:
    """In place of the other handlers: a trace drawn for the eye takes longer than the attempt."""
    log, root = Log(), logging.getLogger()
    others, root.handlers = root.handlers, [log]
    try:
        yield log
    finally:
        root.handlers = others


class Rows:
    """The rival's rows as one digest a table, and ours that say a word of theirs."""

    def __init__(self, acme: Tenant, rival: Tenant) -> None:
        self.acme, self.rival = acme, rival
        inside = [model._meta.db_table for model in tenants_models()]
        digest = "SELECT '{0}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{0}\" t WHERE {1}"
        outside = (*OUTSIDE, apps.get_model("accounts.TenantWork"))
        parts = [digest.format(table, f"tenant_id = {rival.pk}") for table in inside]
        parts += [digest.format(m._meta.db_table, f"tenant_id = {rival.pk}") for m in outside]
        people = f"id IN (SELECT user_id FROM {Membership._meta.db_table} WHERE tenant_id = {rival.pk})"
        parts.append(digest.format(User._meta.db_table, people))
        self.digests = " UNION ALL ".join(parts)
        told = "SELECT '{0}' FROM \"{0}\" t WHERE tenant_id = {2} AND t::text LIKE '%{1}%'"
        self.told = " UNION ALL ".join(told.format(table, SECRET, acme.pk) for table in inside)
        self.before = self._theirs()

    def _theirs(self) -> dict[str, str]:
        with tenant_context(self.rival), connection.cursor() as cursor:
            cursor.execute(self.digests)
            return dict(cursor.fetchall())

    def wrong(self) -> list[str]:
        now = self._theirs()
        changed = [f"changed {table}" for table, digest in self.before.items() if now[table] != digest]
        with tenant_context(self.acme), connection.cursor() as cursor:
            cursor.execute(self.told)
            return changed + [f"ours says theirs: {table}" for (table,) in cursor.fetchall()]


def told_by(answer: Any, body: bytes) -> list[str]:
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    headers += " ".join(str(cookie) for cookie in answer.cookies.values())
    return [
        where for where, text in (("body", _unpacked(body)), ("headers", headers.encode())) if SECRET.encode() in text
    ]


def _unpacked(body: bytes) -> bytes:
    """A workbook is an archive: what it says stands in its parts. A document draws its letters."""
    if body.startswith(b"%PDF"):
        return pdf_text(body).encode()
    if not body.startswith(b"PK\x03\x04"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def told_by_mail_or_log(log: Log) -> list[str]:
    letters = [f"{m.subject} {m.body} {m.to}" for m in mail.outbox]
    return [w for w, texts in (("mail", letters), ("log", log.lines)) if any(SECRET in text for text in texts)]


def masked(body: bytes, values: tuple[str, ...]) -> bytes:
    for value in sorted({*values, NOBODY}, key=len, reverse=True):
        body = body.replace(value.encode(), b"0")
    return UNSTEADY.sub(b"0", body)

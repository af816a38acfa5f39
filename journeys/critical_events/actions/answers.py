"""The questions that find the event, answered one by one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import refuse
from accounts.actions.validity import check
from accounts.models import Account, Contact, User
from journeys.critical_events.actions.standing import SHOWN, of_account, who
from journeys.critical_events.models import QUESTIONS, DiscoveryAnswer

LONGEST = 4000
BY_CODE = {question.code: question for question in QUESTIONS}


@transaction.atomic
def say(
    account: Account,
    question: str,
    text: str,
    *,
    on: dt.date,
    by: User | None,
    said_by: Contact | None = None,
    now: dt.datetime | None = None,
) -> DiscoveryAnswer:
    """Adds one answer; an earlier one to the same question stays readable."""
    if question not in BY_CODE:
        raise refuse("question", "This must be one of: " + ", ".join(BY_CODE) + ".")
    text = text.strip()
    if not text:
        raise refuse("text", "Write down what was said.")
    if len(text) > LONGEST:
        raise refuse("text", f"At most {LONGEST} characters, please.")
    of_account(account, said_by, "said_by")
    answer = DiscoveryAnswer(
        account=account, question=question, text=text, said_by=said_by, written_by=by, occurred_on=on
    )
    check(answer)
    answer.save(force_insert=True)
    answer.refresh_from_db()
    facts: dict[str, Any] = {
        "answer_id": answer.pk,
        "question": question,
        "asks": BY_CODE[question].asks,
        "text": text[:SHOWN],
    }
    timeline.record("critical_event.answered", account=account, by=by, who=who(by), occurred_at=now, **facts)
    return answer

"""When people were last met. This room has no tables: it reads contacts, meetings and the timeline."""

from __future__ import annotations

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Greatest

from accounts.models import Contact, Event
from journeys.meetings.models import Attendee, MeetingStatus

# A mail isn't a meeting; a note doesn't say that anybody spoke.
LOGGED = ("call.logged", "meeting.logged")


class Names(Func):
    """Whether a text (first) names somebody (second) by the whole name: nobody called Joanna is an Ann."""

    arity = 2
    arg_joiner = " ~* "
    template = "(%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, text: str | F, name: F) -> None:
        super().__init__(text, _Whole(name))


class _Whole(Func):
    """A name as a pattern: its own signs mean themselves, and no letter stands before or after it."""

    arity = 1
    template = (
        r"('(^|[^[:alnum:]])' || regexp_replace(%(expressions)s, '([^[:alnum:][:space:]])', '\\\1', 'g')"
        r" || '($|[^[:alnum:]])')"
    )


def with_last_met(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Adds `last_met_at`: the last held meeting they attended, or a logged call or meeting that names them in full;
    and `met_by`: who of us held that meeting. A name that is a part of somebody else's who is named doesn't count.

    The database skips what is null, so one of the two is enough.
    """
    held = Attendee.objects.filter(contact=OuterRef("pk"), attended=True, meeting__status=MeetingStatus.HELD)
    held = held.order_by("-meeting__ended_at")
    newest = held.values("meeting__ended_at")[:1]
    named = Event.objects.filter(account=OuterRef("account"), kind__in=LOGGED)
    named = named.annotate(body=KeyTextTransform("body", "facts")).filter(Names("body", OuterRef("name")))
    named = named.filter(~Exists(_fuller_names()))
    logged = named.order_by("-occurred_at", "-id").values("occurred_at")[:1]
    either = Greatest(Subquery(newest), Subquery(logged), output_field=DateTimeField())
    return contacts.annotate(
        last_met_at=ExpressionWrapper(either, output_field=DateTimeField()),
        met_by=Subquery(held.values("meeting__organizer__name")[:1]),
    )


def _fuller_names() -> QuerySet[Contact]:
    """Others of the account who are named in the same words, and whose names hold this one: Ann Miller for an Ann."""
    others = Contact.objects.filter(account=OuterRef("account")).exclude(pk=OuterRef(OuterRef("pk")))
    longer = others.exclude(name__iexact=OuterRef(OuterRef("name")))
    return longer.filter(Names("name", OuterRef(OuterRef("name"))), Names(OuterRef("body"), F("name")))

"""When people were last met. This room has no tables: it reads contacts, meetings and the timeline."""

from __future__ import annotations

from django.db.models import DateTimeField, ExpressionWrapper, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Greatest

from accounts.models import Contact, Event
from journeys.meetings.models import Attendee, MeetingStatus

# A mail isn't a meeting; a note doesn't say that anybody spoke.
LOGGED = ("call.logged", "meeting.logged")


def with_last_met(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Adds `last_met_at`: the last held meeting they attended, or a logged call or meeting that names them;
    and `met_by`: who of us held that meeting.

    The database skips what is null, so one of the two is enough.
    """
    held = Attendee.objects.filter(contact=OuterRef("pk"), attended=True, meeting__status=MeetingStatus.HELD)
    held = held.order_by("-meeting__ended_at")
    newest = held.values("meeting__ended_at")[:1]
    named = Event.objects.filter(account=OuterRef("account"), kind__in=LOGGED)
    named = named.annotate(body=KeyTextTransform("body", "facts")).filter(body__icontains=OuterRef("name"))
    logged = named.order_by("-occurred_at", "-id").values("occurred_at")[:1]
    either = Greatest(Subquery(newest), Subquery(logged), output_field=DateTimeField())
    return contacts.annotate(
        last_met_at=ExpressionWrapper(either, output_field=DateTimeField()),
        met_by=Subquery(held.values("meeting__organizer__name")[:1]),
    )

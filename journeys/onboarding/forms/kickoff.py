"""What is said around the kickoff: both sides' parts, when and with whom, what was corrected, the first impact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.answers import RowForm
from accounts.forms.tasks import Day
from accounts.models import Account, Contact, Membership, Tenant, User
from journeys.forms import PersonField
from journeys.meetings.forms.schedule import Clock, Guests
from journeys.models import SpicedEntry
from journeys.onboarding.models import FirstImpact, Kickoff
from journeys.plans.models import Objective


class KickoffForm(RowForm):
    class Meta:
        model = Kickoff
        fields = ("our_part", "their_part", "keys", "pitfalls", "first_months")
        labels = {
            "our_part": "Our part", "their_part": "Their part",
            "keys": "Keys to success", "pitfalls": "Common pitfalls",
            "first_months": "What the first months look like",
        }  # fmt: skip
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in fields}


class KickoffTimeForm(forms.Form):
    """Times are those on the workspace's wall."""

    starts_on = forms.DateField(label="Day", widget=Day)
    starts = forms.TimeField(label="From", widget=Clock, initial=dt.time(10))
    minutes = forms.IntegerField(label="Minutes", min_value=15, max_value=480, initial=60)
    place = forms.CharField(max_length=400, required=False, help_text="A room, or the link of the call.")
    contacts = Guests(Contact.objects.none(), required=False, label="From their side")
    users = Guests(User.objects.none(), required=False, label="From our side")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, account: Account, tenant: Tenant, me: User, initial: dict[str, Any]
    ) -> None:
        self.tenant = tenant
        people = list(account.contacts.filter(departed_on=None))
        ours = {me.pk, account.csm_id, account.ae_id, account.delivery_id} - {None}
        active = Membership.objects.here().active().filter(user__in=ours).values_list("user_id", flat=True)
        super().__init__(data, initial={"contacts": people, "users": list(active)} | initial)
        self.fields["contacts"].queryset = account.contacts.filter(departed_on=None)  # type: ignore[attr-defined]
        self.fields["users"].queryset = User.objects.filter(pk__in=list(active)).order_by("name")  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        starts_at = dt.datetime.combine(said["starts_on"], said["starts"], tzinfo=self.tenant.zone)
        return {
            "starts_at": starts_at.astimezone(dt.UTC), "minutes": said["minutes"], "place": said["place"],
            "attendees": [*said["users"], *said["contacts"]], "version": said["version"],
        }  # fmt: skip


class HeldForm(forms.Form):
    on = forms.DateField(label="Held on", widget=Day, help_text="The days to First Impact count from here as well.")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SaidForm(forms.Form):
    """A statement of the handoff as the customer puts it now: left as it is it's confirmed, changed it's corrected."""

    statement = forms.CharField(label="As they say it", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(required=False, label="Date", widget=Day)
    consequence = forms.CharField(required=False, label="What happens if they miss it")
    said_by = PersonField(required=False, label="Who said it", empty_label="Nobody in particular")

    def __init__(self, data: Any = None, *, entry: SpicedEntry) -> None:
        names = ("statement", "due_on", "consequence")
        super().__init__(data, initial={name: getattr(entry, name) for name in names})
        self.entry = entry
        self.fields["said_by"].of(entry.account)  # type: ignore[attr-defined]
        if entry.letter != "critical_event":
            del self.fields["due_on"], self.fields["consequence"]

    @property
    def values(self) -> dict[str, Any]:
        """What belongs to the statement itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("statement", "said_by")}

    @property
    def corrects(self) -> bool:
        said = {"statement": self.cleaned_data["statement"].strip()} | self.values
        return any(getattr(self.entry, name) != value for name, value in said.items())

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.corrects and not said.get("said_by"):
            self.add_error("said_by", "Say who confirmed it; or change what no longer holds.")
        return said


class ObjectiveChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Objective) -> str:  # type: ignore[override]
        return f"{obj.title} ({obj.get_kind_display()})"


class DefineForm(RowForm):
    objective = ObjectiveChoice(
        Objective.objects.none(), required=False, label="Which impact comes first", empty_label="None of the plan’s",
        help_text="The others stay in the plan; one is first.",
    )  # fmt: skip

    class Meta:
        model = FirstImpact
        fields = ("objective", "definition", "event", "times", "users")
        labels = {"definition": "What they have then", "event": "Seen in usage as", "times": "Times", "users": "People"}
        help_texts = {
            "definition": "Beyond a log-in: what somebody can do, show or save. Left empty, the impact’s title stands.",
            "event": "Optional: the name of a usage event, such as report_downloaded. It is reached by itself then.",
        }

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Objective.objects.standing().filter(plan__account=account).exclude(plan__status="closed")
        self.fields["objective"].queryset = mine  # type: ignore[attr-defined]


class ReachForm(forms.Form):
    on = forms.DateField(label="Reached on", widget=Day)
    evidence = forms.CharField(
        label="What shows it", widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000,
        help_text="A figure, a link, somebody’s words.",
    )  # fmt: skip
    contact = PersonField(
        required=False, label="Confirmed by", empty_label="Not confirmed by the customer yet",
        help_text="Somebody at the customer who said so to you: their word goes into the plan.",
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, account: Account, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["contact"].of(account)  # type: ignore[attr-defined]

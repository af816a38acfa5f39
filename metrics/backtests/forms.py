"""What a person may ask of the past: a period, and another wording to hold beside the newest."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from accounts import formats
from accounts.calendar import DAY
from accounts.models import Account, AccountFacts, PastFacts
from blueprints.models import Play, PlayVersion
from metrics.backtests.actions import default_period, within_kept

SETTLED = 90 * DAY  # so that what happened afterwards is known for two of the three spans
SHORTEST, YEAR = 30 * DAY, 365 * DAY
OLDEST = 5  # accounts that are asked how far facts go back


class BackTestForm(forms.Form):
    start = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("Up to and with"), widget=forms.DateInput(attrs={"type": "date"}))
    beside = forms.ModelChoiceField(
        PlayVersion.objects.none(), label=_("Beside it"), required=False, empty_label=_("nothing else"),
        help_text=_("An earlier wording of this play, over the same period."),
    )  # fmt: skip

    def __init__(self, *args: Any, play: Play, today: dt.date, **kwargs: Any) -> None:
        start, end, why = usual_period(today)
        kwargs.setdefault("initial", {"start": start, "end": end})
        super().__init__(*args, **kwargs)
        self.fields["end"].help_text = why
        earlier = PlayVersion.objects.filter(play=play).exclude(pk=play.current().pk)
        self.fields["beside"].queryset = earlier.order_by("-number")  # type: ignore[attr-defined]
        self.fields["beside"].label_from_instance = self._label  # type: ignore[attr-defined]

    @staticmethod
    def _label(version: PlayVersion) -> str:
        return _("Version %(number)s") % {"number": version.number}


def usual_period(today: dt.date) -> tuple[dt.date, dt.date, str]:
    """A year that ended long enough ago to know what came of it, where facts go back that far; and why this one."""
    since, end = _known_since(), today - SETTLED
    if since is not None and since <= end - SHORTEST:
        why = _("Ends 90 days ago, so that what happened 30 and 90 days after each match is known.")
        return within_kept(max(since, end - YEAR), today), end, str(why)
    if since is None:
        return *default_period(today), ""
    why = _("Facts go back to %(since)s only: what came of a match is known for the earliest at most.")
    return *default_period(today), str(why) % {"since": formats.date(since)}


def _known_since() -> dt.date | None:
    """Of the oldest accounts, so that it stays a few rows of an index in a book of any size."""
    ids = list(Account.objects.order_by("created_at", "pk").values_list("pk", flat=True)[:OLDEST])
    first = [
        model.objects.filter(account_id__in=ids).aggregate(first=Min("first_day"))["first"]
        for model in (PastFacts, AccountFacts)
    ]
    return min((day for day in first if day is not None), default=None)

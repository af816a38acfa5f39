"""Every component in every state on one page: what is drawn here is what may be used."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

TONES = ("green", "amber", "red", "none")
PHASES = ("commit", "onboarding", "adoption", "expansion", "ended")
PATHS = {
    "red": (78, 76, 74, 75, 70, 66, 61, 55, 49, 44, 39, 34),
    "amber": (60, 62, 61, 60, 59, 61, 58, 57, 59, 58, 57, 58),
    "green": (71, 72, 74, 73, 78, 80, 79, 83, 86, 88, 90, 91),
}
ROWS = (
    ("Brightwave Health", "red", 34, -18, "$412.5K", "22 Jan 2027", 61, "adoption", 0, "Maya Okafor"),
    ("Kestrel Analytics", "amber", 58, -7, "$96K", "2 Jul 2027", 222, "onboarding", 1, "Jonas Lindqvist"),
    ("Octopia Retail", "green", 91, 2, "$1.02M", "30 Nov 2027", 373, "expansion", 3, "Maya Okafor"),
)
TOKENS = (
    "bg-canvas", "bg-surface", "bg-raised", "bg-sunken", "bg-hover", "bg-selected", "bg-accent", "bg-accent-soft",
    "bg-green", "bg-green-soft", "bg-amber", "bg-amber-soft", "bg-red", "bg-red-soft",
)  # fmt: skip


class Example(forms.Form):
    """One field of each kind, some of them refused."""

    name = forms.CharField(label="Account name", help_text="As the company writes it.")
    domain = forms.CharField(label="Domain", required=False)
    starts_on = forms.DateField(label="Start", widget=forms.DateInput(attrs={"type": "date"}))
    touch = forms.ChoiceField(label="Touch model", choices=[("high", "High touch"), ("low", "Low touch")])
    kind = forms.ChoiceField(label="Kind", choices=[("new", "New"), ("more", "More")], widget=forms.RadioSelect)
    impact = forms.CharField(label="Impact", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    agreed = forms.BooleanField(label="The customer confirmed it", required=False, help_text="In their words.")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """For developers, and for the operator of an installation."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    context = {
        "tones": TONES,
        "phases": PHASES,
        "paths": PATHS.items(),
        "rows": [(*row, PATHS[row[1]]) for row in ROWS],
        "tokens": TOKENS,
        "form": Example(
            {"name": "", "starts_on": "soon", "touch": "high", "kind": "new", "impact": "Discharge in 25 min"}
        ),
    }
    return render(request, "csom/styleguide.html", context)

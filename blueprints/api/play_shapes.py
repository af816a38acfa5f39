"""How plays read in the API, and what may be said about them."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.fields import Entry, Text, Versioned
from accounts.api.resource import Shape
from blueprints.actions import documents
from blueprints.actions.why import WhyNot
from blueprints.models import PlayKind, PlayState


class WordingShape(serializers.Serializer):
    """What the play says today; in the schema of plays stands what it may say."""

    number = serializers.IntegerField()
    conditions = serializers.JSONField()
    exit = serializers.JSONField()
    steps = serializers.JSONField()
    guards = serializers.JSONField()


class PlayShape(Shape):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=PlayKind.choices)
    because = serializers.CharField(help_text="Why this is worth doing.")
    trigger = serializers.CharField(help_text="The kind of event that the play listens to; empty: it watches facts.")
    state = serializers.ChoiceField(choices=PlayState.choices)
    stopped_because = serializers.CharField(help_text="Why it stopped by itself; empty where it didn't.")
    on_since = serializers.DateTimeField(allow_null=True, help_text="Only what happens since then starts it.")
    version = serializers.IntegerField()
    wording = WordingShape(allow_null=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class PlayChange(Versioned):
    """Fields that are left out stay as they are; code and trigger always do."""

    name = Text(80, required=False, allow_blank=False)
    kind = serializers.ChoiceField(choices=PlayKind.choices, required=False)
    because = Text(2_000, required=False, allow_blank=False)
    conditions = serializers.DictField(required=False, help_text="A tree of conditions as the schema has it.")
    exit = serializers.DictField(required=False)
    steps = serializers.ListField(child=serializers.DictField(), required=False)
    guards = serializers.DictField(required=False)
    confirmed = serializers.IntegerField(
        required=False, min_value=0, help_text="For how many accounts more it may fire at once, where that is asked."
    )


class PlayEntry(Entry):
    example: ClassVar[dict[str, Any]] = {
        "name": "Renewal is near", "kind": "risk", "because": "a renewal that is prepared is one that is kept.",
        "conditions": {"all": [{"fact": "contract.renewal_on", "within_days": 180}]},
        "steps": [{"kind": "task", "title": "Prepare the renewal", "role": "csm", "days": 5}],
    }  # fmt: skip

    name = Text(80, required=True)
    because = Text(2_000, required=True)
    kind = serializers.ChoiceField(choices=PlayKind.choices, required=False)
    code = serializers.SlugField(max_length=40, required=False, help_text="Made from the name.")
    trigger = Text(60, required=False)
    conditions = serializers.DictField(required=False)
    exit = serializers.DictField(required=False)
    steps = serializers.ListField(child=serializers.DictField())
    guards = serializers.DictField(required=False)


class SwitchEntry(Entry):
    confirmed = serializers.IntegerField(
        required=False, min_value=0, help_text="The number of accounts that a refusal named."
    )
    already = serializers.ChoiceField(
        choices=["run", "leave"], required=False, help_text="What becomes of accounts for which it holds already."
    )


class PlayPreviewEntry(Entry):
    conditions = serializers.DictField()


class FoundShape(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class PlayPreviewShape(Shape):
    count = serializers.IntegerField(help_text="For how many accounts it holds today.")
    first = FoundShape(many=True)


class ReasonShape(serializers.Serializer):
    sentence = serializers.CharField()
    value = serializers.CharField(help_text="As it is known now, in words.")
    since = serializers.DateTimeField(allow_null=True, help_text="From when it has been known to be so.")
    dated_on = serializers.DateField(allow_null=True, help_text="The day that its source gives it.")
    is_stale = serializers.BooleanField(help_text="Too old to be trusted.")


class WhyNotShape(Shape):
    code = serializers.CharField(help_text="Such as failed, draft, paused, held_out, cooling, waiting or started.")
    words = serializers.CharField()
    reason = ReasonShape(allow_null=True, help_text="The first condition that failed.")
    until = serializers.DateTimeField(allow_null=True)
    match = serializers.IntegerField(allow_null=True)

    @staticmethod
    def of_answer(answer: WhyNot) -> dict[str, Any]:
        reason = answer.reason
        names = ("sentence", "value", "since", "dated_on", "is_stale")
        return {
            "code": answer.code,
            "words": answer.words,
            "reason": {name: getattr(reason, name) for name in names} if reason else None,
            "until": answer.until,
            "match": answer.match.pk if answer.match else None,
        }


class FileEntry(Entry):
    yaml = serializers.CharField(max_length=documents.LARGEST, help_text="A file as the export writes it.")


class FileShape(Shape):
    yaml = serializers.CharField()


class BroughtShape(Shape):
    created = serializers.ListField(child=serializers.CharField(), help_text="Codes of the new plays, all drafts.")
    revised = serializers.ListField(child=serializers.CharField())
    unchanged = serializers.ListField(child=serializers.CharField())

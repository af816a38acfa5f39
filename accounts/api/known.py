"""What is known of one account, as an answer of its own."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.resource import Shape
from accounts.calendar import local_today
from accounts.knowing import telling
from accounts.models import Account, Tenant


class KnownFactShape(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.JSONField(help_text="Of the fact's type; money in minor units of the account's currency.")
    as_of = serializers.DateField(allow_null=True, help_text="The day on which it was observed, where that is known.")
    fresh = serializers.BooleanField(help_text="False: too old to be trusted; conditions take it as unknown.")
    since = serializers.DateTimeField(allow_null=True, help_text="From when it has been known to have this value.")


class KnownShape(Shape):
    """Facts that aren't known are left out."""

    account = serializers.IntegerField()
    facts = KnownFactShape(many=True)


def known(account: Account, tenant: Tenant) -> dict[str, Any]:
    told = telling.facts_of(account, local_today(tenant))
    facts = [
        {"name": each.fact.name, "value": each.value, "as_of": each.as_of, "fresh": not each.stale, "since": each.since}
        for each in told
        if each.value is not None
    ]
    return {"account": account.pk, "facts": facts}

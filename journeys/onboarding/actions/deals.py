"""A deal that brings its account along: account, first contract and handoff, or none of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions import accounts, contracts
from accounts.models import User
from journeys.onboarding.actions import handoffs
from journeys.onboarding.models import Handoff


@transaction.atomic
def bring(
    account: Mapping[str, Any],
    *,
    contract: Mapping[str, Any],
    line: Mapping[str, Any] | None,
    rep: User,
    committed_on: dt.date,
    by: User,
    today: dt.date,
) -> Handoff:
    """`account`: its values; `contract` and `line`: the first term, or empty where nothing is signed yet."""
    opened = accounts.open({**account, "ae": rep}, by=by)
    if contract and line:
        contracts.sign(opened, {"signed_on": committed_on, **contract}, [line], by=by, today=today)
    return handoffs.open(opened, rep=rep, committed_on=committed_on, by=by)

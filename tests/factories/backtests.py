"""Nouns of back-tests, inside a tenant's context."""

from __future__ import annotations

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from metrics.backtests import models
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import PlayFactory


class BackTestFactory(DjangoModelFactory):
    """One that waits to be worked out."""

    class Meta:
        model = models.BackTest

    play = factory.SubFactory(PlayFactory, trigger="")
    version = factory.LazyAttribute(lambda test: test.play.current())
    start = dt.date(2026, 1, 1)
    end = dt.date(2026, 6, 30)


class FoundMatchFactory(DjangoModelFactory):
    class Meta:
        model = models.FoundMatch

    test = factory.SubFactory(BackTestFactory)
    account = factory.SubFactory(AccountFactory)
    opened_on = dt.date(2026, 2, 1)
    known_from = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)

"""Nouns of accounts; state is reached through actions. Inside a tenant's context, but for tenants and people."""

from __future__ import annotations

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from accounts import models
from accounts.actions import contacts, contracts, external_facts, fact_values, products, states, tasks

TODAY = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
PASSWORD = "a long enough password"


class TenantFactory(DjangoModelFactory):
    class Meta:
        model = models.Tenant

    slug = factory.Sequence(lambda n: f"tenant-{n}")
    name = factory.Sequence(lambda n: f"Tenant {n}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.test")
    name = factory.Sequence(lambda n: f"Person {n}")


class AccountFactory(DjangoModelFactory):
    class Meta:
        model = models.Account

    name = factory.Sequence(lambda n: f"Customer {n}")
    domain = factory.Sequence(lambda n: f"customer{n}.test")

    @classmethod
    def _create(cls, model_class, *args, **values):
        account = super()._create(model_class, *args, **values)
        states.begin(account)
        return account


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = models.Contact

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@customer.test")

    @classmethod
    def _create(cls, model_class, account, by=None, **values):
        return contacts.add(account, values, by=by)


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = models.Product

    name = factory.Sequence(lambda n: f"Product {n}")
    code = factory.Sequence(lambda n: f"product-{n}")

    @classmethod
    def _create(cls, model_class, by=None, **values):
        return products.add(values, by=by)


class ContractFactory(DjangoModelFactory):
    """A year of one product at `arr_minor`, unless `lines` say otherwise."""

    class Meta:
        model = models.Contract

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Contract {n}")
    start_on = dt.date(2026, 3, 1)
    end_on = dt.date(2027, 3, 1)

    @classmethod
    def _create(cls, model_class, account, by=None, today=TODAY, arr_minor=12_000_00, lines=None, **values):
        lines = lines or [{"product": ProductFactory(), "quantity": 10, "amount_minor": arr_minor}]
        return contracts.sign(account, values, lines, by=by, today=today)


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = models.Task

    account = factory.SubFactory(AccountFactory)
    title = factory.Sequence(lambda n: f"Task {n}")
    due_on = TODAY

    @classmethod
    def _create(cls, model_class, by=None, **values):
        return tasks.add(values, by=by)


class ExternalFactFactory(DjangoModelFactory):
    class Meta:
        model = models.ExternalFact

    label = factory.Sequence(lambda n: f"Fact {n}")
    type = "number"

    @classmethod
    def _create(cls, model_class, by=None, **values):
        return external_facts.define(values, by=by)


class ExternalValueFactory(DjangoModelFactory):
    class Meta:
        model = models.ExternalValue

    fact = factory.SubFactory(ExternalFactFactory)
    account = factory.SubFactory(AccountFactory)
    value = 3

    @classmethod
    def _create(cls, model_class, fact, account, value, observed_on=TODAY, **values):
        row = {"account_id": account.pk, "key": fact.key, "value": value, "observed_on": observed_on}
        fact_values.push([row], reader=None, today=observed_on)
        return model_class.objects.get(fact=fact, account=account)


class AccountFactsFactory(DjangoModelFactory):
    class Meta:
        model = models.AccountFacts

    account = factory.SubFactory(AccountFactory)
    facts = factory.LazyFunction(dict)
    valid_from = NOON
    first_day = TODAY


class PastFactsFactory(DjangoModelFactory):
    class Meta:
        model = models.PastFacts

    account_id = factory.LazyFunction(lambda: AccountFactory().pk)
    facts = factory.LazyFunction(dict)
    valid_from = NOON
    valid_to = NOON + dt.timedelta(hours=1)
    first_day = TODAY
    seen_on = TODAY


class TouchedFactory(DjangoModelFactory):
    class Meta:
        model = models.Touched

    account_id = factory.LazyFunction(lambda: AccountFactory().pk)

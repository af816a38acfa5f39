"""Nouns of accounts; state is reached through actions. Inside a tenant's context, but for tenants and people."""

from __future__ import annotations

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from accounts import models
from accounts.actions import contacts, contracts, products, states, tasks

TODAY = dt.date(2026, 11, 20)
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

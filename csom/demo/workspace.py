"""Opens a workspace: people, teams, products, own fields, saved views."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.contrib.auth.hashers import make_password

from accounts.actions import custom_fields, members, products, teams, tenants, views
from accounts.models import Team, Tenant, User
from accounts.tenancy.context import tenant_context
from csom.demo.stage import Stage
from csom.demo.words import Spec, email_of


def opened(spec: Spec, now: dt.datetime) -> Stage:
    """A new workspace with everything but accounts."""
    values = spec["workspace"]
    firsts = logins(spec)
    people = {person["name"]: _user(person, values, may_enter=person in firsts) for person in spec["people"]}
    settings = {name: values[name] for name in ("timezone", "country", "currency")}
    admin = people[spec["people"][0]["name"]]
    tenant = tenants.create(values["slug"], values["name"], admin=admin, **settings)
    with tenant_context(tenant):
        for person in spec["people"]:
            members.add(people[person["name"]], person["role"], by=admin)
        for product in spec["products"]:
            _add_product(product, admin)
        for field in spec["fields"]:
            custom_fields.add(field, by=admin)
        _put_in_teams(spec, people, admin)
        for view in spec["views"]:
            views.save(view["name"], view["query"], shared=view.get("shared", False), by=people[view["owner"]])
    return staged(spec, tenant, now)


def staged(spec: Spec, tenant: Tenant, now: dt.datetime) -> Stage:
    """The same workspace as one that is there already."""
    emails = {address(person, spec["workspace"]["slug"]): person for person in spec["people"]}
    users = {emails[user.email]["name"]: user for user in User.objects.filter(email__in=emails)}
    by_role: dict[str, list[User]] = {}
    for person in spec["people"]:
        by_role.setdefault(person["role"], []).append(users[person["name"]])
    return Stage(tenant, spec, now, users, by_role)


def logins(spec: Spec) -> list[Spec]:
    """The first person of each role."""
    firsts: dict[str, Spec] = {}
    for person in spec["people"]:
        firsts.setdefault(person["role"], person)
    return list(firsts.values())


def address(person: Spec, slug: str) -> str:
    return str(person.get("email") or email_of(person["name"], slug))


def _user(person: Spec, values: Spec, *, may_enter: bool) -> User:
    """Those without a login get no password; one person may belong to both workspaces."""
    email = address(person, values["slug"])
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    user = User.objects.create_user(email, name=person["name"])
    if may_enter:
        user.password = _hashed(values["password"])
        user.save(update_fields=["password"])
    return user


@lru_cache
def _hashed(password: str) -> str:
    """Once for all of a workspace: hashing is slow on purpose."""
    return make_password(password)


def _add_product(product: Spec, admin: User) -> None:
    known = ("code", "name", "unit", "description", "recurring")
    products.add({name: product[name] for name in known if name in product}, by=admin)


def _put_in_teams(spec: Spec, people: dict[str, User], admin: User) -> None:
    there: dict[str, Team] = {}
    for team in spec["teams"]:
        manager = people[team["manager"]] if "manager" in team else None
        values = {"name": team["name"], "manager": manager, "parent": there.get(team.get("parent", ""))}
        there[team["name"]] = teams.add(values, by=admin)
        for name in team["members"]:
            teams.place(there[team["name"]], people[name], by=admin)

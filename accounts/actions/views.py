"""Saved views: a list kept as somebody wants to see it again, for themselves or for everybody."""

from __future__ import annotations

from accounts.actions.errors import named_refusals, refuse
from accounts.models import SavedView, User

LONGEST = 2000


def save(name: str, query: str, *, shared: bool = False, by: User) -> SavedView:
    """`query` is the list's address after the question mark."""
    view = SavedView(name=_named(name), query=_fitting(query), shared=shared, owner=by)
    with named_refusals(SavedView):
        view.save(force_insert=True)
    return view


def change(view: SavedView, *, name: str, query: str, shared: bool, by: User) -> SavedView:
    """Only the owner changes a view, shared or not."""
    _own(view, by)
    view.name, view.query, view.shared = _named(name), _fitting(query), shared
    with named_refusals(SavedView):
        view.save(update_fields=["name", "query", "shared"])
    return view


def remove(view: SavedView, *, by: User) -> None:
    _own(view, by)
    view.delete()


def _own(view: SavedView, by: User) -> None:
    if view.owner_id != by.pk:
        raise refuse("", "Only its owner can change a view.")


def _named(name: str) -> str:
    name = name.strip()
    if not name:
        raise refuse("name", "Give the view a name.")
    if len(name) > SavedView._meta.get_field("name").max_length:  # type: ignore[operator]
        raise refuse("name", "At most 60 characters, please.")
    return name


def _fitting(query: str) -> str:
    if len(query) > LONGEST:
        raise refuse("", "This view has too many filters to keep.")
    return query

"""Steps of a migration taken together: drawn once, with the same outcome as one by one, there and back."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations import AddField, RemoveField
from django.db.migrations.loader import MigrationLoader

from accounts.tenancy.operations import Together

STEPS = [
    AddField("tenant", "motto", models.CharField(max_length=80, default="")),
    AddField("apikey", "note", models.CharField(max_length=80, default="")),
    RemoveField("invitation", "expires_at"),
]


@pytest.fixture
def before():
    """The project after its first migration, with its models drawn."""
    state = MigrationLoader(None).project_state(("accounts", "0001_people"))
    assert state.apps.get_model("accounts", "Tenant")
    return state


def fields(state) -> dict:
    return {key: list(model.fields) for key, model in state.models.items()}


def drawn(state) -> dict:
    return {model._meta.label: [field.name for field in model._meta.fields] for model in state.apps.get_models()}


def test_steps_together_come_to_the_same_as_one_by_one(before):
    single, together = before.clone(), before.clone()
    for step in STEPS:
        step.state_forwards("accounts", single)
    Together(STEPS).state_forwards("accounts", together)
    assert "apps" not in vars(together), "drawn when asked for, and not with each step"
    assert fields(together) == fields(single)
    assert drawn(together) == drawn(single)


def test_steps_together_go_back_in_reverse(before, db):
    after = before.clone()
    steps = Together(STEPS)
    steps.state_forwards("accounts", after)
    with connection.schema_editor(collect_sql=True) as there:
        steps.database_forwards("accounts", there, before, after)
    with connection.schema_editor(collect_sql=True) as back:
        steps.database_backwards("accounts", back, after, before)
    assert _in_order(there.collected_sql, ['ADD COLUMN "motto"', 'ADD COLUMN "note"', 'DROP COLUMN "expires_at"'])
    assert _in_order(back.collected_sql, ['ADD COLUMN "expires_at"', 'DROP COLUMN "note"', 'DROP COLUMN "motto"'])


def test_a_table_is_made_with_its_key_before_what_points_at_it(db):
    with connection.schema_editor(collect_sql=True) as editor:
        editor.create_model(apps.get_model("accounts", "Contact"))
        editor.create_model(apps.get_model("accounts", "Account"))
    wanted = ['"accounts_account_tenant" UNIQUE', '"accounts_contact_account_fk" FOREIGN KEY']
    assert _in_order(editor.collected_sql, wanted)
    wanted = ['"accounts_contact_tenant" UNIQUE', '"accounts_contact_reports_to_fk" FOREIGN KEY']
    assert _in_order(editor.collected_sql, wanted)


def _in_order(statements: list[str], parts: list[str]) -> bool:
    found = [next(i for i, statement in enumerate(statements) if part in statement) for part in parts]
    return found == sorted(found)

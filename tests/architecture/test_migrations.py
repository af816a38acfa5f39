"""An empty database is migrated in seconds: Django's redrawing of all models is paid once for many steps."""

from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db.migrations.operations import RunPython, RunSQL, SeparateDatabaseAndState

from accounts.tenancy.operations import GrantToApp

DRAWS_NOTHING = (GrantToApp, RunPython, RunSQL, SeparateDatabaseAndState)
FEW = 5


def modules() -> list[str]:
    root = Path(settings.BASE_DIR)
    rooms = ("accounts", "blueprints", "journeys", "metrics")
    paths = [path.relative_to(root) for room in rooms for path in sorted((root / room).rglob("migrations/0*.py"))]
    return [".".join(path.with_suffix("").parts) for path in paths]


@pytest.mark.parametrize("module", modules())
def test_many_steps_of_a_migration_are_taken_together(module):
    steps = import_module(module).Migration.operations
    drawing = [step for step in steps if not isinstance(step, DRAWS_NOTHING)]
    assert len(drawing) <= FEW, (
        "put constraints, indexes and keys of new models into their CreateModel, and the steps into one "
        "accounts.tenancy.operations.Together"
    )

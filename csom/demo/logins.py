"""The logins and the key of each demo workspace, for whoever starts the product and for scripts that drive it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from csom.demo import finish, usage, workspace
from csom.demo.words import Spec


def write(path: Path, specs: Iterable[Spec]) -> None:
    """Whole or not at all, readable by its owner alone."""
    half = path.with_name(f"{path.name}.half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"tenants": [of(spec) for spec in specs]}, file, indent=2)
    half.replace(path)


def of(spec: Spec) -> dict[str, Any]:
    values = spec["workspace"]
    users = [
        {
            "email": workspace.address(person, values["slug"]),
            "role": person["role"],
            "password": person.get("password", values["password"]),
        }
        for person in workspace.logins(spec)
    ]
    keys = {"api_key": finish.secret_of(spec), "write_key": usage.secret_of(spec)}
    return {"slug": values["slug"], "name": values["name"], **keys, "users": users}

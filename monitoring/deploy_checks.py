"""What must not be so where there are patients: `manage.py check` says it by number, `check --deploy` the rest of it.

E001 and E002 are looked at whenever a command checks anything, `migrate` at each start too; the rest by `--deploy`.
W020 asks the database, as `migrate` and `check --database default` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, connection

SHORTEST_KEY, FEWEST_LETTERS = 50, 12
SHORTEST_TOKEN = 20
ENCRYPTED = {"require", "verify-ca", "verify-full"}
LETS_OUT = {
    "log_min_error_statement": {"fatal", "panic"},  # else the statement that failed, with all its values
    "log_error_verbosity": {"terse"},  # else the row that failed
    "log_min_messages": {"log", "fatal", "panic"},  # else what a value was that could not be read
    "log_statement": {"none", "ddl"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
}
"""PostgreSQL's settings by which a patient's row would come into its log, and the values by which none does."""


@register(Tags.security)
def not_open_to_the_world(**_: Any) -> Iterator[CheckMessage]:
    """E001, E002: what is for one's own machine is not reached under anybody else's name."""
    names = [host for host in settings.ALLOWED_HOSTS if not is_here(host)]
    if settings.DEBUG and names:
        yield Error(
            "DEBUG is on where others come: error pages would show patients.", hint="DEBUG=0", id=numbered("E001")
        )
    if not settings.SECURE and names:
        yield Error(
            "SECURE is off where others come: sessions would travel in the open.", hint="SECURE=1", id=numbered("E002")
        )


@register(Tags.security, deploy=True)
def keys_are_long(**_: Any) -> Iterator[CheckMessage]:
    """E003, W004: whoever guesses the key is everybody."""
    for name, key in (
        ("SECRET_KEY", settings.SECRET_KEY),
        *(("SECRET_KEY_FALLBACKS", key) for key in settings.SECRET_KEY_FALLBACKS),
    ):
        if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_LETTERS:
            hint = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
            yield Error(f"{name} is too short to keep a secret with.", hint=hint, id=numbered("E003"))
    if 0 < len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield checks.Warning(f"METRICS_TOKEN is shorter than {SHORTEST_TOKEN} characters.", id=numbered("W004"))


@register(Tags.security, deploy=True)
def addresses_are_ours_and_encrypted(**_: Any) -> Iterator[CheckMessage]:
    """W005–W008: the names pages are reached under, and the way to them."""
    if any(host == "*" or host.startswith(".") for host in settings.ALLOWED_HOSTS):
        yield checks.Warning("ALLOWED_HOSTS lets anybody choose the name of this host.", id=numbered("W005"))
    if settings.SECURE_SSL_REDIRECT and not settings.SECURE_PROXY_SSL_HEADER:
        words = "SSL_REDIRECT without BEHIND_PROXY: every page would be sent on to itself for ever."
        yield checks.Warning(
            words, hint="BEHIND_PROXY=1, with a proxy that sets X-Forwarded-Proto", id=numbered("W006")
        )
    if any(not origin.startswith("https://") for origin in settings.CSRF_TRUSTED_ORIGINS):
        yield checks.Warning("CSRF_TRUSTED_ORIGINS trusts a page that came unencrypted.", id=numbered("W007"))
    if not settings.BASE_URL.startswith("https://"):
        yield checks.Warning("BASE_URL is not https: the links in messages lead through the open.", id=numbered("W008"))


@register(Tags.security, deploy=True)
def servers_are_reached_in_private(**_: Any) -> Iterator[CheckMessage]:
    """W009–W011: what travels to the servers that are not on this machine."""
    place = settings.DATABASES[DEFAULT_DB_ALIAS]
    if not is_here(place.get("HOST", "")) and place.get("OPTIONS", {}).get("sslmode") not in ENCRYPTED:
        yield checks.Warning(
            "Patients' rows travel to the database unencrypted.",
            hint="DATABASE_URL: …?sslmode=verify-full",
            id=numbered("W009"),
        )
    broker = urlsplit(settings.REDIS_URL)
    if not is_here(broker.hostname or "") and not broker.password:
        yield checks.Warning(
            "Whoever reaches the Redis of REDIS_URL may read and send tasks: it asks no password.", id=numbered("W010")
        )
    mail = settings.MAIL_SERVER
    if settings.NAMES_OUTSIDE and mail.host and not is_here(mail.host) and not (mail.use_tls or mail.use_ssl):
        yield checks.Warning(
            "NAMES_OUTSIDE, and the mail server is reached unencrypted.",
            hint="EMAIL_URL: smtp+tls:// or smtps://",
            id=numbered("W011"),
        )


@register(Tags.database)
def the_database_keeps_no_diary(databases: Sequence[str] | None = None, **_: Any) -> Iterator[CheckMessage]:
    """W020: PostgreSQL's own log takes no patient's row. Only its administrator can say so (docs/settings.md)."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(LETS_OUT)])
        telling = [f"{name} = {value}" for name, value in cursor.fetchall() if value not in LETS_OUT[name]]
    if telling:
        words = f"PostgreSQL would write patients' rows into its log: {', '.join(telling)}."
        yield checks.Warning(words, hint="docs/settings.md, “What PostgreSQL logs”", id=numbered("W020"))


def numbered(number: str) -> str:
    return f"spinewatch.{number}"


def is_here(host: str) -> bool:
    """Whether a host is this machine: a unix socket, a name or an address of loopback."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

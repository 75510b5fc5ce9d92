"""Secrets out of the environment or out of a file, as Docker, Kubernetes and systemd hand them over. Nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRETS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "APPRISE_SERVICES",
    "WEBHOOKS",
    "HEARTBEAT_URL",
    "METRICS_TOKEN",
    "OIDC_CLIENT_SECRET",
    "AUDIT_SIGNING_KEY",
    "AUDIT_SEAL_WEBHOOK",
    "AUDIT_SEAL_WEBHOOK_SECRET",
)
"""The settings that hold one, or a URL with one in it. `NAME_FILE` names the file that `NAME` is read from."""


def secret(name: str, default: str = "") -> str:
    """The environment's NAME, or what stands in the file that NAME_FILE names, without the line's end.

    Raises ImproperlyConfigured where both are given, where the file cannot be read, or is empty; never quotes a value.
    """
    given, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if not path:
        return default if given is None else given
    if given:
        raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set: give one of them.")
    try:
        found = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"The file of {name}_FILE cannot be read: {type(error).__name__}.") from None
    if not found:
        raise ImproperlyConfigured(f"The file of {name}_FILE is empty.")
    return found


def is_given(name: str) -> bool:
    """Whether the environment has the setting, by itself or as a file."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))

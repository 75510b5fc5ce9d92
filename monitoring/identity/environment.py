"""What the environment says about signing in, checked when the settings are loaded. Imports no other module of ours.

Every function raises ImproperlyConfigured, and none quotes a secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, cast, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

ROLES = frozenset(
    {"nurse", "charge_nurse", "surgeon", "administrator", "registry_lead"}
)  # the values of wards.models.Role
LONGEST_SESSION_HOURS = 24
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Match = Literal["username", "email", "subject"]


@dataclass(frozen=True, slots=True)
class Provider:
    """The hospital's OpenID Connect provider, and what its claims mean here.

    `roles`: for each value of the claim named `role_claim`, the ward codes and roles that it stands for. `match`: how
    somebody who comes for the first time is found among our accounts; by "subject", not at all. `overrules_hand`: roles
    that were given by hand go too where the claims do not name them. `asks_second_factor`: the provider does that, so
    that we do not.
    """

    issuer: str
    client_id: str
    client_secret: str
    role_claim: str
    roles: Mapping[str, frozenset[tuple[str, str]]]
    match: Match
    overrules_hand: bool
    asks_second_factor: bool


def second_factor_roles(words: Sequence[str]) -> frozenset[str]:
    """SECOND_FACTOR_REQUIRED: the roles whose holders need one."""
    if not ROLES.issuperset(words):
        raise ImproperlyConfigured(f"SECOND_FACTOR_REQUIRED: the roles are {', '.join(sorted(ROLES))}.")
    return frozenset(words)


def session_length(text: str) -> timedelta:
    """SESSION_HOURS: so long after signing in a session ends, whatever is touched."""
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= LONGEST_SESSION_HOURS:
        raise ImproperlyConfigured(f"SESSION_HOURS must be more than 0, and {LONGEST_SESSION_HOURS} at most.")
    return timedelta(hours=hours)


def zone(name: str) -> ZoneInfo:
    """HOUSE_ZONE: where the house's days begin and end."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ImproperlyConfigured("HOUSE_ZONE must be a time zone's name, such as Europe/Berlin.") from None


def provider(
    *,
    issuer: str,
    client_id: str,
    client_secret: str,
    role_claim: str,
    roles: str,
    match: str,
    overrules_hand: bool,
    asks_second_factor: bool,
) -> Provider | None:
    """The OIDC_… settings together; None where no OIDC_ISSUER is given."""
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
        raise ImproperlyConfigured("OIDC_ISSUER must begin with https://.")
    if not client_id:
        raise ImproperlyConfigured("OIDC_ISSUER needs OIDC_CLIENT_ID.")
    if match not in get_args(Match):
        raise ImproperlyConfigured(f"OIDC_MATCH must be one of {', '.join(get_args(Match))}.")
    return Provider(
        issuer.rstrip("/"),
        client_id,
        client_secret,
        role_claim,
        mapping(roles),
        cast(Match, match),
        overrules_hand,
        asks_second_factor,
    )


def mapping(text: str) -> dict[str, frozenset[tuple[str, str]]]:
    """OIDC_ROLES: `spine-nurse=7b:nurse,…`; a value may come again, with another ward or role.

    Where values have commas in them (names of a directory), the entries are separated by semicolons.
    """
    found: dict[str, set[tuple[str, str]]] = {}
    for entry in filter(None, map(str.strip, text.split(";" if ";" in text else ","))):
        value, _, place = entry.rpartition("=")
        ward, _, role = place.partition(":")
        if not value or not ward or role not in ROLES:
            raise ImproperlyConfigured("OIDC_ROLES: each entry is claim-value=ward-code:role.")
        found.setdefault(value, set()).add((ward, role))
    return {value: frozenset(places) for value, places in found.items()}

"""Signing in by the hospital's OpenID Connect provider: the code flow with state, nonce and PKCE.

What the provider says is believed when its signature, by a key of its own and no lesser algorithm, says that it was
said by it, to us, just now, in answer to this very question (OpenID Connect Core 1.0, 3.1.3.7). joserfc does the
checking. Nothing the provider sends is ever in a log.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from monitoring.due.clock import now
from monitoring.identity.environment import Provider

SCOPE = "openid profile email"
SECONDS = 5  # for each question to the provider
LEEWAY = 60  # seconds that two clocks may differ by
GOOD_FOR = timedelta(minutes=10)  # to sign in there
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""By a private key of the provider's: no shared secret, and never "none"."""

Claims = Mapping[str, Any]


class Refused(Exception):
    """The provider's answer is not believed, or did not come. The argument is a code for the audit log."""


class Asked(NamedTuple):
    """Where the browser is sent, and what must be kept for the answer alone."""

    url: str
    kept: dict[str, str]


def ask(provider: Provider, *, back: str, way: str) -> Asked:
    """Begin: the browser goes to the provider, which sends it to `back`; `way` is where the person wants to go then.

    Raises Refused where the provider does not answer.
    """
    verifier = secrets.token_urlsafe(48)
    kept = {
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": verifier,
        "back": back,
        "way": way,
        "until": (now() + GOOD_FOR).isoformat(),
    }
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": SCOPE,
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    endpoint = str(_metadata(provider)["authorization_endpoint"])
    return Asked(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", kept)


def answered(provider: Provider, kept: Mapping[str, str] | None, said: Mapping[str, str]) -> Claims:
    """Finish: what the provider says of whom, out of the query `said` that the browser came back with.

    Raises Refused where it does not answer what was asked, or cannot be believed.
    """
    if kept is None or datetime.fromisoformat(kept["until"]) <= now():
        raise Refused("too_late")
    if not compare_digest(said.get("state", "").encode(), kept["state"].encode()):
        raise Refused("state")
    if said.get("iss", provider.issuer) != provider.issuer or "error" in said or not said.get("code"):
        raise Refused("no_code")
    metadata = _metadata(provider)
    tokens = _tokens(provider, metadata, kept, said["code"])
    claims = _believed(provider, metadata, str(tokens.get("id_token", "")), kept["nonce"])
    if role_values(provider, claims) or "userinfo_endpoint" not in metadata or "access_token" not in tokens:
        return claims
    return claims | _user_info(metadata, tokens["access_token"], claims["sub"])


def role_values(provider: Provider, claims: Claims) -> list[str]:
    """The values of the role claim; dots in its name lead into objects ("realm_access.roles")."""
    found: Any = claims
    for name in provider.role_claim.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    values = found if isinstance(found, list) else [found]
    return [value for value in values if isinstance(value, str)]


def _metadata(provider: Provider) -> dict[str, Any]:
    found = _json("GET", f"{provider.issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != provider.issuer:
        raise Refused("issuer")
    if not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= found.keys():
        raise Refused("metadata")
    return found


def _tokens(provider: Provider, metadata: Claims, kept: Mapping[str, str], code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": kept["back"],
        "client_id": provider.client_id,
        "code_verifier": kept["verifier"],
    }
    ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if provider.client_secret and "client_secret_basic" in ways:
        known = (quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
        return _json("POST", metadata["token_endpoint"], data=form, auth=known)
    if provider.client_secret:
        form["client_secret"] = provider.client_secret
    return _json("POST", metadata["token_endpoint"], data=form)


def _believed(provider: Provider, metadata: Claims, token: str, nonce: str) -> dict[str, Any]:
    """The claims of the id token, after everything about it has been checked."""
    try:
        keys = KeySet.import_key_set(_json("GET", metadata["jwks_uri"]))  # type: ignore[arg-type]
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            now=int(now().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": metadata["issuer"]},
            sub={"essential": True},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise Refused("token") from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else provider.client_id) != provider.client_id:
        raise Refused("token")
    return claims


def _user_info(metadata: Claims, access_token: str, subject: str) -> dict[str, Any]:
    """What the id token leaves out. Of nobody but the same person."""
    headers = {"Authorization": f"Bearer {access_token}"}
    found = _json("GET", metadata["userinfo_endpoint"], headers=headers)
    if found.get("sub") != subject:
        raise Refused("userinfo")
    return found


def _json(method: str, url: str, **sent: Any) -> dict[str, Any]:
    """A JSON object of the provider's. Raises Refused("unreachable"): what it answers instead may quote a secret."""
    try:
        answer = requests.request(method, url, timeout=SECONDS, allow_redirects=False, **sent)
        found = answer.json() if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, ValueError):
        found = None
    if not isinstance(found, dict):
        raise Refused("unreachable")
    return found

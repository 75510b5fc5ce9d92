"""An OpenID Connect provider as a hospital has one: discovery, keys, the code flow, on a port of this machine.

It is strict where a real one is (client, redirect, PKCE, a code good once), and tests make it lie where they want.
"""

from __future__ import annotations

import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from joserfc.jws import JWSRegistry

CREDENTIALS = ("spinewatch", "a%20secret%20of%20ours")


@dataclass
class Hospital:
    """`person`: whom it signs in, by claims. `lies`: what its id token says instead; `alg` and `key`: how it signs."""

    issuer: str
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    alg: str = "ES256"
    keeps_groups_back: bool = False
    down: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1"}))
    signs_with: ECKey | OctKey | None = None

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Hospital]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        server.daemon_threads = True
        hospital = cls(issuer=f"http://127.0.0.1:{server.server_port}")
        server.hospital = hospital  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield hospital
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def begin(self) -> None:
        """As at first: it signs in Nina, a nurse of the spine ward, and tells the truth."""
        self.person = {
            "sub": "h-1",
            "preferred_username": "nina",
            "given_name": "Nina",
            "family_name": "Novak",
            "email": "nina@hospital.example",
            "email_verified": True,
            "groups": ["everybody", "spine-nurse"],
        }
        self.lies, self.alg, self.signs_with = {}, "ES256", None
        self.keeps_groups_back = self.down = False
        self.codes.clear()

    # --- What it answers ----------------------------------------------------------------------------------------------

    def metadata(self) -> dict[str, Any]:
        places = ("authorization", "token", "userinfo")
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            **{f"{place}_endpoint": f"{self.issuer}/{place}" for place in places},
        }

    def code_for(self, asked: dict[str, str]) -> str:
        """Somebody signs in there: where their browser is sent back to."""
        code = token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def tokens(self, form: dict[str, str], known: bool) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = sha256(form.get("code_verifier", "").encode()).digest()
        if (
            not known
            or asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or text_of(verifier) != asked["code_challenge"]
        ):
            return None
        return {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        at = int(time.time())
        person = {name: said for name, said in self.person.items() if name != "groups" or not self.keeps_groups_back}
        said = {"iss": self.issuer, "aud": "spinewatch", "iat": at, "exp": at + 60, "nonce": nonce}
        claims = {name: value for name, value in (person | said | self.lies).items() if value is not None}
        header = {"alg": self.alg, "kid": "1"}
        if self.alg == "none":
            return ".".join([*(text_of(json.dumps(part).encode()) for part in (header, claims)), ""])
        key = self.signs_with or self.key
        return jwt.encode(header, claims, key, registry=JWSRegistry(algorithms=[self.alg]))


class Desk(BaseHTTPRequestHandler):
    """One question, one answer."""

    @property
    def hospital(self) -> Hospital:
        return self.server.hospital  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        hospital = self.hospital
        if hospital.down:
            self.answer({}, status=503)
        elif place.path == "/.well-known/openid-configuration":
            self.answer(hospital.metadata())
        elif place.path == "/jwks":
            self.answer({"keys": [hospital.key.as_dict(private=False) | {"kid": "1"}]})
        elif place.path == "/userinfo" and self.headers.get("Authorization") == "Bearer access":
            self.answer(hospital.person)
        elif place.path == "/authorization":
            asked = {name: values[0] for name, values in parse_qs(place.query).items()}
            self.answer({}, status=302, headers={"Location": hospital.code_for(asked)})
        else:
            self.answer({}, status=404)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(sent).items()}
        tokens = self.hospital.tokens(form, self.headers.get("Authorization") == basic(*CREDENTIALS))
        self.answer(tokens or {"error": "invalid_grant"}, status=200 if tokens else 400)

    def answer(self, said: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
        pass


def text_of(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()

"""Browsers of the tests: each with its own device and address, signing in by the pages as people do."""

from __future__ import annotations

import secrets
from typing import Any
from typing import cast as typed

from django.http import HttpResponse
from django.test import Client

from monitoring.audit.origins import DEVICE_COOKIE
from monitoring.due.clock import now
from monitoring.identity import box, totp
from monitoring.identity.models import Factor
from tests.cast import PASSWORD
from wards.models import Staff

WARD_ADDRESS = "10.7.0.1"  # one for the whole ward: it sits behind NAT


class Browser(Client):
    """One browser; `address` is where it seems to come from."""

    def __init__(self, address: str = WARD_ADDRESS, **options: Any) -> None:
        super().__init__(REMOTE_ADDR=address, **options)
        self.cookies[DEVICE_COOKIE] = secrets.token_hex(16)

    @property
    def device(self) -> str:
        return self.cookies[DEVICE_COOKIE].value

    def get(self, *args: Any, **more: Any) -> HttpResponse:  # type: ignore[override]
        return typed(HttpResponse, super().get(*args, **more))

    def post(self, *args: Any, **more: Any) -> HttpResponse:  # type: ignore[override]
        return typed(HttpResponse, super().post(*args, **more))

    def sign_in(self, name: str, password: str = PASSWORD, way: str = "") -> HttpResponse:
        return self.post("/sign-in/", {"username": name, "password": password, "next": way})

    def guess(self, name: str) -> HttpResponse:
        return self.sign_in(name, "a wrong guess")

    @property
    def person(self) -> str | None:
        """The id of whoever is signed in."""
        return self.session.get("_auth_user_id")


def in_as(browser: Browser, staff: Staff) -> bool:
    return browser.person == str(staff.pk)


def app_of(staff: Staff) -> str:
    """Give somebody an authenticator app: its secret."""
    secret = totp.new_secret()
    Factor.objects.create(staff=staff, kind=Factor.Kind.TOTP, secret=box.closed(secret))
    return secret


def code_now(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return totp.code_at(secret, int(now().timestamp()) // totp.STEP + steps)

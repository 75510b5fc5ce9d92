"""What a request says of where it comes from, as far as it can be believed."""

from __future__ import annotations

import re
import secrets
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from monitoring.audit.context import Origin, new_request_id

DEVICE_COOKIE = "device"
DEVICE = re.compile(r"[0-9a-f]{32}")
A_LONG_TIME = 400 * 24 * 60 * 60  # seconds; no browser keeps a cookie for longer
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
AGENT_LENGTH = 200


def origin_of(request: HttpRequest) -> Origin:
    """A request of this moment, with a new id, and from a browser without a name a new one."""
    return Origin(
        request_id=new_request_id(),
        address=address_of(request),
        device=_device_told(request) or secrets.token_hex(16),
        agent=CONTROL.sub("", request.headers.get("User-Agent", ""))[:AGENT_LENGTH],
        request=request,
    )


def address_of(request: HttpRequest) -> str | None:
    """The client's address; None over a unix socket.

    Each proxy adds whom it heard from at the end of X-Forwarded-For. Of that only what our own proxies added counts
    (settings.TRUSTED_PROXIES says how many there are): all that stands before was written by the client.
    """
    ours: int = settings.TRUSTED_PROXIES
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    told = hops[-ours] if 0 < ours <= len(hops) else ""
    return _address(told) or _address(request.META.get("REMOTE_ADDR", ""))


def _address(word: str) -> str | None:
    try:
        return str(ip_address(word.strip()))
    except ValueError:
        return None


def _device_told(request: HttpRequest) -> str:
    told = request.COOKIES.get(DEVICE_COOKIE, "")
    return told if DEVICE.fullmatch(told) else ""


def name_device(request: HttpRequest, response: HttpResponse, device: str) -> None:
    """Have the browser keep its name, from the first page on that it is given. It opens nothing."""
    if _device_told(request) or not response.get("Content-Type", "").startswith("text/html"):
        return
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=A_LONG_TIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

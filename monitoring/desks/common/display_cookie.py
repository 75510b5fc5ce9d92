"""What makes a browser a screen on the wall: a signed cookie that names its `Display`.

No session does it: the last requests of whoever was signed in there are still under way when theirs ends, and answer
that the browser shall forget the session it has.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, get_cookie_signer
from django.http import HttpResponse

from wards.models import Display

COOKIE = "display"
A_YEAR = 365 * 24 * 60 * 60  # seconds; begun anew whenever the page is loaded


def bind(response: HttpResponse, display: Display) -> None:
    """From this answer on the browser shows the display."""
    response.set_cookie(
        COOKIE,
        get_cookie_signer(salt=COOKIE).sign(str(display.public_id)),
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def display_of(cookie: str | None) -> Display | None:
    """The display that the cookie names, ended ones too; None for one that we did not give."""
    if not cookie:
        return None
    try:
        public_id = UUID(get_cookie_signer(salt=COOKIE).unsign(cookie, max_age=A_YEAR))
    except (BadSignature, ValueError):
        return None
    return Display.objects.select_related("ward", "ended_by").filter(public_id=public_id).first()

"""Short ways to an alert's page: who is on call, where the alert stands, and one step sent to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitoring.alerts.models import Alert
from monitoring.due.clock import now
from tests.cast import Cast
from tests.desks.pages import read, said, signed_in, spaced
from wards.models import Duty, Post, Staff
from wards.rota import add_duty

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


def on_call(cast: Cast, post: Post, staff: Staff) -> Duty:
    """From an hour ago for six hours, on ward 7B."""
    at = now()
    starts, ends = at - timedelta(hours=1), at + timedelta(hours=5)
    return add_duty(by=cast.carol, ward=cast.ward_7b, post=post, staff=staff, starts_at=starts, ends_at=ends)


def url(alert: Alert, step: str = "") -> str:
    return f"/alerts/{alert.public_id}/{step}"


def shown(staff: Staff, alert: Alert) -> str:
    """What the alert's page says to this person."""
    return spaced(read(staff, url(alert)))


def send(staff: Staff, alert: Alert, step: str, **sent: object) -> Response:
    """A step from the alert's page, with its revision now unless told otherwise."""
    return signed_in(staff).post(url(alert, step), {"revision": alert.revision, "back": "alert", **sent})


def follow(staff: Staff, alert: Alert, step: str, **sent: object) -> str:
    """As `send`, and what the page says that one then comes to."""
    values = {"revision": alert.revision, "back": "alert", **sent}
    return said(signed_in(staff).post(url(alert, step), values, follow=True).content.decode())

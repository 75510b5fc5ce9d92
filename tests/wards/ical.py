"""Calendar files of the tests, written as other programs write them."""

from __future__ import annotations

from datetime import UTC, datetime


def calendar(*parts: str) -> bytes:
    """A calendar file of these components."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *parts, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def event(uid: str, start: str | datetime, end: str | datetime, *lines: str, summary: str = "Sam Stone") -> str:
    """An event. Times are instants, or the property's own text after its name: `;VALUE=DATE:20261224`."""
    times = f"DTSTART{_written(start)}\r\nDTEND{_written(end)}"
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", times, f"SUMMARY:{summary}", *lines, "END:VEVENT"])


def _written(at: str | datetime) -> str:
    return at if isinstance(at, str) else f":{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"

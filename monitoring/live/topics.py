"""What a page can listen to. A topic names a place, never a patient: it travels through Redis and to browsers."""

from __future__ import annotations


def ward(ward_id: int) -> str:
    """Something on this ward has changed: a check, an alert, a bed."""
    return f"ward.{ward_id}"


def person(staff_id: int) -> str:
    """Somebody has been called, or has seen a call: their own pages alone hear of it."""
    return f"person.{staff_id}"

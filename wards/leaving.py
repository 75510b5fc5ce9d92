"""Who may refuse a discharge. Upper rooms register here what they guard: calls go up, imports do not."""

from __future__ import annotations

from collections.abc import Callable

from wards.models import Stay

Guard = Callable[[Stay, str], None]
"""Asked with the stay, locked, and the departure (a value of `Stay.Departure`) before anything is written.

Raises ValidationError where the patient may not leave so.
"""

_guards: list[Guard] = []


def register(guard: Guard) -> None:
    if guard not in _guards:
        _guards.append(guard)


def require_free_to_leave(stay: Stay, departure: str) -> None:
    """Raises ValidationError where any guard refuses."""
    for guard in _guards:
        guard(stay, departure)

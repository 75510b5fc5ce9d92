"""When was something that must stay alive last heard from?"""

from __future__ import annotations

from monitoring.due.clock import now
from monitoring.due.models import Pulse


def seconds_since(name: str) -> float | None:
    """How long ago it was heard from; None: never. A pulse from the future, of before the clock was set back, is as
    old as it is ahead."""
    heard = Pulse.objects.filter(name=name).values_list("at", flat=True).first()
    return None if heard is None else abs((now() - heard).total_seconds())

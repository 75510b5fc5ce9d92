"""Stale lines as a sweep of the slow lane: nobody who watches a patient may wait for a study."""

from monitoring.due.registry import Lane, Sweep, register
from monitoring.registry.actions import lines

register(
    Sweep(
        name="lines",
        task="registry.lines",
        due=lines.due,
        run=lines.make_due,
        back_off=lines.back_off,
        lane=Lane.SLOW,
    )
)

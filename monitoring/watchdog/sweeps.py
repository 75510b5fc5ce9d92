"""The watchdog's chores as a sweep. They may take seconds, so they go in the slow lane."""

from monitoring.due.registry import Lane, Sweep, register
from monitoring.watchdog.chores import back_off, chores_due, run_chore

register(Sweep(name="chore", task="watchdog.chore", due=chores_due, run=run_chore, back_off=back_off, lane=Lane.SLOW))

"""What the ladder has to do, as sweeps. `monitoring.due` finds this module when the apps are loaded.

Sending has a lane of its own: it may hang, and must never stand in the way of assessing and climbing.
"""

from monitoring.due.registry import Lane, Sweep, register
from monitoring.escalation import deliver
from monitoring.escalation.climb import back_off, climb, retarget, retarget_back_off
from monitoring.escalation.queries import alerts_to_climb, deliveries_to_attempt, wards_to_retarget

register(
    Sweep(name="retarget", task="escalation.retarget", due=wards_to_retarget, run=retarget, back_off=retarget_back_off)
)
register(Sweep(name="climb", task="escalation.climb", due=alerts_to_climb, run=climb, back_off=back_off))
register(
    Sweep(
        name="deliver",
        task="escalation.deliver",
        due=deliveries_to_attempt,
        run=deliver.deliver,
        back_off=deliver.back_off,
        lane=Lane.SLOW,
    )
)

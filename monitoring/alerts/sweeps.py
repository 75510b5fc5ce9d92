"""The stays whose assessment is due, as a sweep. `monitoring.due` finds this module when the apps are loaded."""

from monitoring.alerts.actions import assess_stay, back_off
from monitoring.alerts.queries import stays_to_assess
from monitoring.due.registry import Sweep, register

register(Sweep(name="assess", task="alerts.assess", due=stays_to_assess, run=assess_stay, back_off=back_off))

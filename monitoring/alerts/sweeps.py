"""What lower rooms call here: due assessments as a sweep, and a guard of discharges. Found by `monitoring.due`."""

from monitoring.alerts.actions import assess_stay, back_off
from monitoring.alerts.leaving import refuse_undecided
from monitoring.alerts.queries import stays_to_assess
from monitoring.due.registry import Sweep, register
from wards import leaving

register(Sweep(name="assess", task="alerts.assess", due=stays_to_assess, run=assess_stay, back_off=back_off))
leaving.register(refuse_undecided)

"""What lower rooms call here: due assessments as a sweep, a guard of discharges, and what surgeons who go leave behind.
Found by `monitoring.due`.
"""

from monitoring.alerts.actions import assess_stay, back_off
from monitoring.alerts.in_hand import accepted_alerts
from monitoring.alerts.leaving import refuse_undecided
from monitoring.alerts.queries import stays_to_assess
from monitoring.due.registry import Sweep, register
from wards import leaving, left_behind

register(Sweep(name="assess", task="alerts.assess", due=stays_to_assess, run=assess_stay, back_off=back_off))
leaving.register(refuse_undecided)
left_behind.register(accepted_alerts)

"""How often should one look? A simulation of deficits under two check schedules: pure, seeded, standard library only.

The looks, what they mean and what is then to be done are the protocol's own (`monitoring.protocol`); when deficits
begin is its predictive distribution after the paper's Table 2; the rest are assumptions that a `Plan` names.
"""

from monitoring.registry.planning.bedside import TooManyLooks, looks_of
from monitoring.registry.planning.plan import Ladder, Plan, Schedule
from monitoring.registry.planning.results import Compared, Curve, Group, Outcome, Result, Share, Work, curves
from monitoring.registry.planning.simulation import simulate

__all__ = [
    "Compared",
    "Curve",
    "Group",
    "Ladder",
    "Outcome",
    "Plan",
    "Result",
    "Schedule",
    "Share",
    "TooManyLooks",
    "Work",
    "curves",
    "looks_of",
    "simulate",
]

"""Which rows tell the stories of episodes: plain querysets, for a page that reads them all at once.

`desks.common.gather` reads them in one statement, however many they are; one more puts the people in place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from monitoring.alerts.models import Alert, AlertEvent, Milestone, SpokenReport
from monitoring.alerts.timeline import BESIDE
from monitoring.checks.models import Acceptance, Check, Treatment
from monitoring.pathway.models import Exploration, Imaging, TheatrePlan
from wards.models import Operation

UNTOLD = BESIDE - {AlertEvent.Kind.LAPSED}  # whom the ladder called is told by the alert's own page


@dataclass(frozen=True)
class Sources:
    """Whatever counts no longer is among them; each list is in the order in which it was written."""

    alerts: QuerySet[Alert]
    events: QuerySet[AlertEvent]
    milestones: QuerySet[Milestone]
    reports: QuerySet[SpokenReport]
    checks: QuerySet[Check]
    operations: QuerySet[Operation]
    treatments: QuerySet[Treatment]
    acceptances: QuerySet[Acceptance]
    imaging: QuerySet[Imaging]
    plans: QuerySet[TheatrePlan]
    explorations: QuerySet[Exploration]


def sources_of(episodes: Collection[int]) -> Sources:
    """The rows of these episodes, over wards and stays. Nothing is read yet."""
    deficit = Alert.Kind.DEFICIT
    of_alerts = {"alert__stay__episode__in": episodes, "alert__kind": deficit}
    return Sources(
        alerts=Alert.objects.filter(stay__episode__in=episodes, kind=deficit).order_by("pk"),
        events=AlertEvent.objects.filter(**of_alerts).exclude(kind__in=UNTOLD).order_by("pk"),
        milestones=Milestone.objects.filter(**of_alerts).order_by("pk"),
        reports=SpokenReport.objects.filter(**of_alerts).order_by("pk"),
        checks=Check.objects.filter(episode__in=episodes).order_by("pk"),
        operations=Operation.objects.filter(episode__in=episodes).order_by("pk"),
        treatments=Treatment.objects.filter(episode__in=episodes).order_by("pk"),
        acceptances=Acceptance.objects.filter(episode__in=episodes).order_by("pk"),
        imaging=Imaging.objects.filter(episode__in=episodes).order_by("pk"),
        plans=TheatrePlan.objects.filter(episode__in=episodes).order_by("pk"),
        explorations=Exploration.objects.filter(episode__in=episodes).order_by("pk"),
    )

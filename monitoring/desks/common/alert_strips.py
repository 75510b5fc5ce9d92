"""Of an alert's worst muscles, a small chart each: the standing checks from the last good one until now. No queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.checks.models import Check
from monitoring.desks.common import presentation as say
from monitoring.desks.common.alert_card import AlertCard
from monitoring.desks.common.chart import HEIGHT, ROW, dots_of, line_of, looks_of, y_of
from monitoring.desks.common.chart_scale import SHORTEST, WIDTH, Scale
from monitoring.protocol import Muscle

MOST: Final = 3
MARGIN: Final = 0.03  # of its length, so that the first dot is not cut in half


@dataclass(frozen=True, slots=True)
class AlertStrip:
    """One muscle, in the units of `chart`. `told`: what it shows, for whoever hears the page."""

    found: dict[str, Any]
    line: str
    dots: str
    grave: str
    untested: str
    reference_y: int
    told: str
    since: datetime
    until: datetime

    @property
    def grid(self) -> str:
        """The lines between the grades."""
        return "".join(f"M0 {ROW * row}H{WIDTH}" for row in range(1, HEIGHT // ROW))


def strips_of(card: AlertCard, checks: Sequence[Check], since: datetime, until: datetime) -> list[AlertStrip]:
    """Of at most three muscles, the worst first. `checks` in the order of time."""
    length = max(until - since, SHORTEST)
    scale = Scale(since - length * MARGIN, since + length)
    return [_strip(card, found, checks, scale, (since, until)) for found in card.muscles[:MOST]]


def _strip(
    card: AlertCard, found: dict[str, Any], checks: Sequence[Check], scale: Scale, span: tuple[datetime, datetime]
) -> AlertStrip:
    muscle = Muscle.parse(found["muscle"])
    looks = looks_of(checks, muscle, scale)
    graded = [look for look in looks if isinstance(look[1], int)]
    return AlertStrip(
        found=found,
        line=line_of(looks),
        dots=dots_of(graded),
        grave=dots_of(look for look in graded if isinstance(look[1], int) and look[1] <= 1),
        untested=dots_of(look for look in looks if not isinstance(look[1], int)),
        reference_y=y_of(found["reference"]),
        told=_told(card, muscle, checks),
        since=span[0],
        until=span[1],
    )


def _told(card: AlertCard, muscle: Muscle, checks: Sequence[Check]) -> str:
    """ "L4 left: 10:20 grade 5, 14:30 grade 2"; of many, the last few: all of them stand on the alert's page."""
    seen = [(check.at, grade) for check in checks if (grade := check.grade(muscle)) is not None][-6:]
    said = [
        _("%(time)s grade %(grade)s") % {"time": say.clock_words(at, now=card.now, zone=card.zone), "grade": grade}
        for at, grade in seen
    ]
    words = pgettext("between names", ", ").join(said) or _("No grades")
    return _("%(muscle)s: %(grades)s") % {"muscle": say.muscle_words(muscle.value), "grades": words}

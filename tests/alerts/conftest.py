"""A patient of ward 7B, operated a day ago, normal before and since; and short ways to go on from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import pytest

from monitoring.alerts.actions import assess_stay
from monitoring.alerts.models import Alert
from monitoring.checks import actions
from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Check, Flag
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from tests.cast import Cast, admit_patient, ago, cast, operate
from wards.models import Bed, Staff, Stay

__all__ = ["cast"]


def findings(*, flag: str | None = None, **weaker: int) -> CheckFindings:
    """All ten muscles 5 but for `L4_left=2`; both flags absent but for `flag`."""
    return CheckFindings(
        muscles=dict.fromkeys(MUSCLES, 5) | {Muscle(name.replace("_", " ")): grade for name, grade in weaker.items()},
        flags={name: Flag.PRESENT if name == flag else Flag.ABSENT for name in FLAGS},
    )


@dataclass
class Patient:
    """One stay, its nurse and its surgeon; times are minutes ago."""

    cast: Cast
    stay: Stay

    def check(self, minutes_ago: float, *, flag: str | None = None, **weaker: int) -> Check:
        """Record a whole check; it is not assessed yet."""
        at, found = ago(minutes=minutes_ago), findings(flag=flag, **weaker)
        return actions.record_check(self.stay, by=self.cast.alice, at=at, findings=found, key=uuid4())

    def correct(
        self,
        check: Check,
        *,
        by: Staff | None = None,
        at: datetime | None = None,
        flag: str | None = None,
        **weaker: int,
    ) -> Check:
        by, found = by or self.cast.alice, findings(flag=flag, **weaker)
        return actions.correct_check(
            check, by=by, at=at or check.examined_at, findings=found, reason="mixed up", key=uuid4()
        )

    def retract(self, check: Check, *, by: Staff | None = None) -> Check:
        return actions.retract_check(check, by=by or self.cast.alice, reason="wrong patient")

    def assess(self) -> None:
        assess_stay(self.stay.pk)

    def checked(self, minutes_ago: float, *, flag: str | None = None, **weaker: int) -> Check:
        """Record a check and assess it."""
        check = self.check(minutes_ago, flag=flag, **weaker)
        self.assess()
        return check

    def clock_comes(self) -> None:
        """Let the stay be assessed as when the clock had come to its next change."""
        Watch.objects.filter(stay=self.stay).update(assess_at=now())
        self.assess()

    @property
    def watch(self) -> Watch:
        return Watch.objects.get(stay=self.stay)

    @property
    def alerts(self) -> list[Alert]:
        """The stay's deficit alerts, oldest first."""
        return list(Alert.objects.filter(stay=self.stay, kind=Alert.Kind.DEFICIT).order_by("pk"))

    @property
    def alert(self) -> Alert:
        """Its only deficit alert."""
        (alert,) = self.alerts
        return alert

    @property
    def told(self) -> list[str]:
        """The kinds of the events on its last alert's timeline."""
        return [event.kind for event in self.alerts[-1].events.all()]


def watched_patient(cast: Cast, bed: Bed | None = None) -> Patient:
    """Somebody admitted two days ago, normal at the baseline, operated a day ago, normal five hours ago."""
    stay = admit_patient(cast, bed=bed)
    patient = Patient(cast, stay)
    patient.check(30 * 60)
    operate(cast, stay)
    patient.checked(300)
    return patient


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Let assessments be made as of an instant."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitoring.alerts.history.now", lambda: instant)
        yield


@pytest.fixture
def patient(cast: Cast) -> Patient:
    return watched_patient(cast)

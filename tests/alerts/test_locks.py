"""Everything at once on one stay: no deadlock, no lost wake-up, the same alerts as one by one.

Rounds: a fresh patient, eight workers that check, correct, assess, move, acknowledge, close and at last discharge, all
in their own connections. Then the audit log's order is played again one by one on a second patient, each step assessed
at once, and both must have the same alerts.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from monitoring.alerts.actions import acknowledge, assess_stay, close
from monitoring.alerts.history import History, read_history
from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from monitoring.checks import actions as checks
from monitoring.checks.findings import findings_of
from monitoring.checks.models import Check
from monitoring.due.actions import tick
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient, clock_at, findings, watched_patient
from tests.cast import Cast, ago, set_stage
from wards import actions as wards
from wards.locks import lock_stays
from wards.models import Bed, Stay

WORKERS = 8
SOAK_SECONDS = float(os.environ.get("SPINEWATCH_SOAK_SECONDS", "60"))
MUSCLES = ("L2_left", "L4_left", "L5_left", "L4_right", "S1_right")


def some_findings(dice: random.Random) -> dict[str, int]:
    """Mostly one or two weaker muscles, now and then none."""
    return {name: dice.choice((0, 1, 2, 3, 4)) for name in dice.sample(MUSCLES, dice.choice((0, 1, 1, 2)))}


class Hammer:
    """What one worker does to the stay. Refusals by the rules are answers; anything else fails the round."""

    def __init__(self, cast: Cast, stay: Stay, seed: int) -> None:
        self.cast, self.stay_id, self.dice = cast, stay.pk, random.Random(seed)
        self.done: Counter[str] = Counter()

    @property
    def stay(self) -> Stay:
        return Stay.objects.get(pk=self.stay_id)

    def check(self) -> None:
        """Examined under the lock, so in the order in which all is stored: a late entry is another story."""
        found = findings(flag=None, **some_findings(self.dice))
        with transaction.atomic():
            lock_stays(self.stay.episode_id)
            checks.record_check(self.stay, by=self.cast.alice, at=now(), findings=found, key=uuid4())

    def correct(self) -> None:
        """Of its time alone: what was assessed before it was corrected depends on who came first."""
        check = Check.objects.standing().filter(stay=self.stay_id).order_by("?").first()
        if check is not None and check.examined_at > ago(hours=1):
            same = findings_of(check)
            checks.correct_check(check, by=self.cast.alice, at=None, findings=same, reason="again", key=uuid4())

    def assess(self) -> None:
        Watch.objects.filter(stay=self.stay_id).update(assess_at=now())
        assess_stay(self.stay_id)

    def move(self) -> None:
        free = Bed.objects.filter(ward=self.cast.ward_7b).order_by("?").first()
        assert free is not None
        wards.move(self.stay, by=self.cast.carol, at=now(), to_bed=free)

    def acknowledge(self) -> None:
        if alert := self.open_alert():
            acknowledge(alert, by=self.cast.alice, revision=alert.revision)

    def close(self) -> None:
        if alert := self.open_alert():
            close(alert, by=self.cast.sam, revision=alert.revision, outcome="non_neurogenic")

    def open_alert(self) -> Alert | None:
        return Alert.objects.filter(stay=self.stay_id, kind=Alert.Kind.DEFICIT, closed_at__isnull=True).first()

    def hammer(self, until: float) -> Counter[str]:
        steps: list[Callable[[], None]] = [self.check, self.check, self.correct, self.assess, self.move]
        steps += [self.acknowledge, self.close, self.assess]
        try:
            while time.monotonic() < until:
                step = self.dice.choice(steps)
                try:
                    step()
                    self.done[step.__name__] += 1
                except ValidationError:
                    self.done[f"{step.__name__} refused"] += 1
        finally:
            connection.close()
        return self.done


def hammer_together(cast: Cast, patient: Patient, seconds: float, seed: int) -> Counter[str]:
    until = time.monotonic() + seconds
    hammers = [Hammer(cast, patient.stay, seed * WORKERS + number) for number in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(hammer.hammer, until) for hammer in hammers]
        return sum((future.result() for future in futures), Counter())


def play_again(cast: Cast, recorded: list[AuditEntry], bed: Bed) -> Patient:
    """The same checks and closings on another patient, in the order in which they were committed, one by one.

    The clock that assessments read shows the times of the first playing: what was known at a closing depends on it.
    """
    again = watched_patient(cast, bed=bed)
    for entry in recorded:
        if entry.action == "check.recorded":
            check = Check.objects.get(pk=entry.subject_id)
            said = findings_of(check)
            checks.record_check(again.stay, by=cast.alice, at=check.examined_at, findings=said, key=uuid4())
            with clock_at(check.examined_at):
                again.assess()
        elif entry.action == "alert.closed" and entry.actor is not None:
            first = Alert.objects.get(pk=entry.subject_id)
            alert = again.alerts[-1]
            assert first.marks is not None
            with clock_at(datetime.fromisoformat(first.marks["closed_at"])):
                close(alert, by=cast.sam, revision=alert.revision, outcome="non_neurogenic")
    return again


def told(patient: Patient) -> list[tuple[object, ...]]:
    """What the stay's deficit alerts say, without the times at which the software said it."""
    return [
        (alert.level, alert.actions, alert.because, alert.rules, alert.muscles, alert.outcome, alert.superseded)
        for alert in patient.alerts
    ]


def one_round(seconds: float, seed: int, cast: Cast) -> Counter[str]:
    patient = watched_patient(cast)
    since = AuditEntry.objects.latest("pk").pk
    done = hammer_together(cast, patient, seconds, seed)
    tick()
    watch = patient.watch
    assert watch.changed_since is None, "a change that nobody assessed"
    assert watch.assess_at is None or watch.assess_at > ago(minutes=0)
    recorded = list(AuditEntry.objects.filter(pk__gt=since, patient_id=patient.stay.patient_id).order_by("pk"))
    wards.discharge(patient.stay, by=cast.carol, at=now(), departure=Stay.Departure.HOME)
    tick()
    again = play_again(cast, recorded, cast.beds[0])
    assert told(patient) == told(again)
    wards.discharge(again.stay, by=cast.carol, at=now(), departure=Stay.Departure.HOME)
    return done


@pytest.mark.django_db(transaction=True)
def test_eight_workers_on_one_stay_leave_the_alerts_of_one_by_one() -> None:
    done = one_round(3, seed=1, cast=set_stage())
    assert min(done[name] for name in ("check", "assess", "move", "close")) > 0, done


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_eight_workers_for_a_minute_leave_the_alerts_of_one_by_one() -> None:
    cast, until, seed, done = set_stage(), time.monotonic() + SOAK_SECONDS, 2, Counter[str]()
    while time.monotonic() < until:
        done += one_round(6, seed, cast)
        seed += 1
    print(f"\n{seed - 2} rounds: {dict(done)}")


def at_once(step: Callable[[], object], barrier: threading.Barrier) -> None:
    """Do it when the others do. Who comes too late is told so; anything else, a deadlock above all, fails the test."""
    barrier.wait()
    try:
        with suppress(ValidationError):
            step()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_discharge_against_assess_and_close_against_assess_do_not_deadlock() -> None:
    cast = set_stage()
    for _ in range(5):
        patient = watched_patient(cast)
        patient.checked(1, L4_left=1)
        alert = patient.alert
        Watch.objects.filter(stay=patient.stay).update(assess_at=now())
        barrier = threading.Barrier(3)

        steps: list[Callable[[], object]] = [
            partial(wards.discharge, patient.stay, by=cast.carol, at=now(), departure="home"),
            partial(close, alert, by=cast.sam, revision=alert.revision, outcome="explored"),
            partial(assess_stay, patient.stay.pk),
        ]
        with ThreadPoolExecutor(len(steps)) as pool:
            for future in [pool.submit(at_once, step, barrier) for step in steps]:
                future.result(timeout=20)
        if Stay.objects.get(pk=patient.stay.pk).is_open:
            wards.discharge(patient.stay, by=cast.carol, at=now(), departure="home")


@pytest.mark.django_db(transaction=True)
def test_one_row_that_raises_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = set_stage()
    bad, good = watched_patient(cast), watched_patient(cast, bed=cast.beds[1])
    bad.check(1, L4_left=1)
    good.check(1, L4_left=1)
    break_history_of(bad.stay, monkeypatch)
    tick()
    assert good.alert.level == "critical"
    assert (bad.watch.failures, bad.watch.last_error) == (1, "ZeroDivisionError")
    assert bad.watch.assess_at is not None
    assert bad.watch.assess_at > now()
    monkeypatch.undo()
    Watch.objects.update(assess_at=now())
    tick()
    assert bad.alert.level == "critical"
    assert bad.watch.failing_since is None


def break_history_of(stay: Stay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reading this stay's history raise."""

    def read(one: Stay, watch: Watch) -> History:
        if one.pk == stay.pk:
            raise ZeroDivisionError
        return read_history(one, watch)

    monkeypatch.setattr("monitoring.alerts.actions.read_history", read)

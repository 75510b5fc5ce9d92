"""Everything at once on one stay: no deadlock, no lost wake-up, the same alerts as one by one.

Rounds: a fresh patient, and eight workers that check, correct, assess, move, transfer, acknowledge, close, discharge
and readmit, all in their own connections. Then the audit log, which holds the assessments too, is played again one by
one on another patient, and both must say the same, word for word. Where all was recorded in the order in which it
happened, an assessment after each step instead must make the same alerts as well (protocol §10).
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from monitoring.alerts.actions import assess_stay
from monitoring.alerts.history import History, read_history
from monitoring.alerts.models import Alert
from monitoring.alerts.steps import close, decide
from monitoring.due.actions import tick
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.alerts.conftest import watched_patient
from tests.alerts.hammer import hammer
from tests.alerts.playback import (
    assessments_on_record,
    deficits,
    happened,
    log_of,
    play,
    play_assessing_after_each_step,
    said,
)
from tests.cast import Cast, set_stage
from wards import actions as wards
from wards.models import Membership, Patient, Role, Stay

SOAK_SECONDS = float(os.environ.get("SPINEWATCH_SOAK_SECONDS", "60"))
LONGEST_WAIT = 20  # rounds, for a step that the dice have not brought
STEPS = {
    "check.recorded",
    "check.corrected",
    "stay.assessed",
    "attempt.recorded",
    "attempt.retracted",
    "not done twice",
    "stay.moved",
    "moved to another ward",
    "stay.discharged",
    "alert.acknowledged",
    "alert.closed",
    "alert.reopened",
}
STEPS_OUT_OF_ORDER = {"check recorded late", "check changed", "stay continued"}


def both_wards_stage() -> Cast:
    """Alice, Carol and Sam work on both wards, wherever the patient lies."""
    cast = set_stage()
    roles = {cast.alice: Role.NURSE, cast.carol: Role.CHARGE_NURSE, cast.sam: Role.SURGEON}
    Membership.objects.bulk_create(Membership(staff=who, ward=cast.ward_8c, role=role) for who, role in roles.items())
    return cast


def one_round(cast: Cast, seconds: float, seed: int, *, in_order: bool) -> Counter[str]:
    """Hammer a fresh patient, play it again one by one, and compare; what really happened."""
    with assessments_on_record():
        stay = watched_patient(cast).stay
        hammer(cast, stay, seconds, seed, in_order=in_order)
        tick()
    patient, log = stay.patient, log_of(stay.patient)
    assert not Watch.objects.filter(stay__patient=patient, changed_since__isnull=False).exists(), "a lost wake-up"
    assert not Watch.objects.filter(stay__patient=patient, assess_at__lte=now()).exists(), "a lost wake-up"
    expected, told = said(patient), deficits(patient)
    discharge(cast, patient)
    again = play(log)
    assert said(again) == expected
    discharge(cast, again)
    if in_order:
        step_by_step = play_assessing_after_each_step(log)
        assert deficits(step_by_step) == told
        discharge(cast, step_by_step)
    return happened(log)


def discharge(cast: Cast, patient: Patient) -> None:
    """Empty the bed for the next one; nobody leaves with a critical alert that nobody has decided on."""
    for stay in patient.stays.filter(discharged_at__isnull=True):
        for alert in Alert.objects.filter(stay=stay, level="critical", closed_at=None, decided_at=None):
            decide(
                alert,
                by=cast.sam,
                revision=alert.revision,
                decision="observe",
                reason="scanned elsewhere",
                look_again=timedelta(hours=1),
            )
        wards.discharge(stay, by=cast.carol, at=None, departure=Stay.Departure.HOME)
    tick()


def rounds(seconds: float, at_least: float, first_seed: int, *, in_order: bool) -> Counter[str]:
    """Rounds until `at_least` so many seconds were hammered, and then until each kind of step has really happened."""
    cast, done, wanted = both_wards_stage(), Counter[str](), STEPS if in_order else STEPS | STEPS_OUT_OF_ORDER
    for number in range(LONGEST_WAIT + int(at_least / seconds)):
        if number * seconds >= at_least and all(done[step] for step in wanted):
            break
        done += one_round(cast, seconds, first_seed + number, in_order=in_order)
        done["rounds"] += 1
    assert wanted <= set(+done), f"some step never happened: {wanted - set(+done)}"
    return done


@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "late and corrected"])
@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_eight_workers_on_one_patient_leave_what_one_by_one_leaves(in_order: bool) -> None:
    rounds(1.5, at_least=3, first_seed=1, in_order=in_order)


@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "late and corrected"])
@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_eight_workers_for_a_minute_leave_what_one_by_one_leaves(in_order: bool) -> None:
    done = rounds(5, at_least=SOAK_SECONDS, first_seed=int(time.time()), in_order=in_order)
    print(f"\n{dict(done)}")


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
            partial(close, alert, by=cast.sam, revision=alert.revision, outcome="non_neurogenic"),
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

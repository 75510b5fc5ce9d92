"""Two people at the same moment: one wins, the other is told, and nothing is left half done."""

import time
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from monitoring.audit.models import AuditEntry
from tests.cast import Cast, admit_patient, ago, new_patient, operate, operation_facts
from tests.together import together
from wards import actions
from wards.locks import current_stay, lock_stays
from wards.models import Bed, Move, Operation, Patient, Stay

pytestmark = pytest.mark.django_db(transaction=True)


def one_refusal(answers: list[object]) -> ValidationError:
    refusals = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert len(refusals) == 1
    return refusals[0]


def test_one_bed_takes_one_of_two_patients_and_the_other_is_not_half_registered(cast: Cast) -> None:
    for bed in cast.beds:
        before = Patient.objects.count()
        answers = together(*[lambda bed=bed: admit_patient(cast, bed=bed)] * 2)
        assert one_refusal(answers).message_dict == {"bed": [f"Bed {bed} is taken. Choose another one."]}
        assert Patient.objects.count() == before + 1


def test_one_new_patient_registered_twice_at_once_is_admitted_once(cast: Cast) -> None:
    patient = new_patient()
    answers = together(*[lambda bed=bed: admit_patient(cast, bed=bed, patient=patient) for bed in cast.beds[:2]])
    assert list(one_refusal(answers).message_dict) == ["record_number"]
    assert (Stay.objects.count(), Patient.objects.count()) == (1, 1)


def test_one_known_patient_is_admitted_to_one_of_two_beds(cast: Cast) -> None:
    stay = admit_patient(cast)
    actions.discharge(stay, by=cast.alice, at=ago(hours=9), departure="home")
    beds: list[Bed] = [cast.beds[0], cast.beds_8c[0]]
    answers = together(
        *[lambda bed=bed: admit_patient(cast, bed=bed, patient=stay.patient, at=ago(hours=1)) for bed in beds]
    )
    assert list(one_refusal(answers).message_dict) == ["record_number"]
    assert Stay.objects.filter(discharged_at__isnull=True).count() == 1


def test_one_bed_takes_one_of_two_moves(cast: Cast) -> None:
    stays = [admit_patient(cast, bed=bed) for bed in cast.beds[:2]]
    answers = together(
        *[lambda stay=stay: actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds[2]) for stay in stays]
    )
    assert list(one_refusal(answers).message_dict) == ["to_bed"]
    assert Move.objects.count() == AuditEntry.objects.filter(action="stay.moved").count() == 1


def test_one_of_two_corrections_wins_and_the_other_is_told_whose_it_was(cast: Cast) -> None:
    operation = operate(cast, admit_patient(cast))
    people = (cast.alice, cast.sam)
    answers = together(
        *[
            lambda by=by: actions.correct_operation(
                operation, by=by, facts=operation_facts(level_lower="S1"), reason="levels", key=uuid4()
            )
            for by in people
        ]
    )
    winner = next(answer for answer in answers if isinstance(answer, Operation)).recorded_by
    assert f"{winner} corrected this entry at" in one_refusal(answers).messages[0]
    assert Operation.objects.standing().get().recorded_by == winner


def test_a_correction_and_a_retraction_exclude_each_other(cast: Cast) -> None:
    operation = operate(cast, admit_patient(cast))
    answers = together(
        lambda: actions.correct_operation(
            operation, by=cast.alice, facts=operation_facts(), reason="levels", key=uuid4()
        ),
        lambda: actions.retract_operation(operation, by=cast.sam, reason="wrong patient"),
    )
    one_refusal(answers)
    assert (
        Operation.objects.filter(supersedes__isnull=False).count()
        + Operation.objects.filter(retracted_at__isnull=False).count()
        == 1
    )


def test_a_discharge_and_an_operation_after_it_exclude_each_other(cast: Cast) -> None:
    for bed in cast.beds:
        stay = admit_patient(cast, bed=bed)
        answers = together(
            partial(actions.discharge, stay, by=cast.alice, at=ago(hours=2), departure="home"),
            partial(operate, cast, stay, ended_at=ago(hours=1)),
        )
        one_refusal(answers)
        assert (stay.operations.count() == 1) == Stay.objects.get(pk=stay.pk).is_open


def test_whoever_waited_for_a_readmission_sees_it(cast: Cast) -> None:
    """The lock's second look: the first one began before the new stay was there."""
    stay = admit_patient(cast)
    actions.discharge(stay, by=cast.alice, at=ago(hours=5), departure="home")
    admitted = Event()

    def readmit() -> Stay:
        with transaction.atomic():
            readmission = admit_patient(cast, at=ago(hours=1), patient=stay.patient, episode=stay.episode)
            admitted.set()
            wait_until_somebody_waits()
        return readmission

    def look() -> Stay:
        admitted.wait(timeout=10)
        with transaction.atomic():
            return current_stay(lock_stays(stay.episode_id))

    readmission, found = together(readmit, look)
    assert found == readmission


def wait_until_somebody_waits() -> None:
    """Until another connection waits for a row that this one holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    stop_at = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < stop_at:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waited")

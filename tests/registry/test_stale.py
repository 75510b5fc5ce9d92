"""Whatever a line is made of makes it stale when it changes, by every action of the application; nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from monitoring.alerts import steps
from monitoring.audit.models import RowChange
from monitoring.checks.actions import accept_reference, correct_acceptance, record_attempt, retract_acceptance
from monitoring.checks.models import Acceptance, Check, Treatment
from monitoring.pathway.actions.imaging import retract_imaging
from monitoring.pathway.actions.theatre import retract_exploration
from monitoring.pathway.models import Exploration, Imaging
from monitoring.protocol import Muscle
from monitoring.registry.models import Import, Line
from monitoring.watchdog.cast import ensure_cast
from monitoring.watchdog.patient import admit, purge
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago, operation_facts
from tests.pathway.examples import again, change_stage, explore, image, place, plan
from tests.pathway.full_case import treat
from tests.registry.many import ordinary_operations
from tests.registry.recording import forget, line_of, make_due, stale
from wards import actions, ward_actions
from wards.models import Operation
from wards.models import Patient as Record


@dataclass
class Ill:
    """A patient with a severe deficit that was explored, and all kinds of entries."""

    patient: Patient
    operation: Operation
    findings: Exploration
    imaging: Imaging
    check: Check
    acceptance: Acceptance


@pytest.fixture
def ill(patient: Patient) -> Ill:
    cast, stay = patient.cast, patient.stay
    check = patient.checked(200, L4_left=1)
    imaging = image(cast, stay, at=ago(minutes=190))
    operation = again(cast, stay, ended_at=ago(minutes=100))
    findings = explore(cast, operation)
    accepted = accept_reference(
        stay,
        by=cast.sam,
        at=None,
        muscles={Muscle.L4_LEFT: 1},
        flags=(),
        reason="the root was cut",
        key=uuid4(),
    )
    patient.assess()
    forget()
    return Ill(patient, operation, findings, imaging, check, accepted)


def critical(ill: Ill) -> None:
    """Not one of the entries below: the stay is assessed, and the alert changes by that alone."""
    ill.patient.check(1, S1_right=0)
    forget()
    ill.patient.assess()


def closed_and_opened_again(ill: Ill) -> None:
    alert = ill.patient.alert
    closed = steps.close(alert, by=ill.patient.cast.sam, revision=alert.revision, outcome="explored")
    forget()
    steps.reopen(closed, by=ill.patient.cast.sam, revision=closed.revision, reason="the wrong one")


def in_hand(ill: Ill, step: Callable[..., object], **said: object) -> None:
    alert = ill.patient.alert
    step(alert, by=ill.patient.cast.sam, revision=alert.revision, **said)


CHANGES: dict[str, Callable[[Ill], object]] = {
    "a check": lambda ill: ill.patient.check(5),
    "a corrected check": lambda ill: ill.patient.correct(ill.check, L4_left=2),
    "a retracted check": lambda ill: ill.patient.retract(ill.check),
    "a corrected operation": lambda ill: actions.correct_operation(
        Operation.objects.standing().get(kind="index"),
        by=ill.patient.cast.alice,
        facts=operation_facts(procedure="PLF"),
        reason="misread",
        key=uuid4(),
    ),
    "a re-operation": lambda ill: again(ill.patient.cast, ill.patient.stay, ended_at=ago(minutes=5)),
    "retracted findings": lambda ill: retract_exploration(ill.findings, by=ill.patient.cast.sam, reason="not theirs"),
    "a stage of imaging": lambda ill: image(ill.patient.cast, ill.patient.stay, "done", study=ill.imaging.study),
    "a corrected stage": lambda ill: change_stage(ill.patient.cast, ill.imaging, modality="CT"),
    "a retracted stage": lambda ill: retract_imaging(ill.imaging, by=ill.patient.cast.sam, reason="not theirs"),
    "a corrected acceptance": lambda ill: correct_acceptance(
        ill.acceptance,
        by=ill.patient.cast.sam,
        at=ill.acceptance.accepted_at,
        muscles={Muscle.L4_LEFT: 2},
        flags=(),
        reason="still cut",
        correction_reason="misread",
        key=uuid4(),
    ),
    "a retracted acceptance": lambda ill: retract_acceptance(
        ill.acceptance, by=ill.patient.cast.sam, reason="not theirs"
    ),
    "an alert that rises": critical,
    "an acknowledgement": lambda ill: in_hand(ill, steps.acknowledge),
    "an acceptance of the alert": lambda ill: in_hand(ill, steps.accept),
    "a milestone": lambda ill: in_hand(ill, steps.record_milestone, kind="imaging_done", at=None),
    "a closing": lambda ill: in_hand(ill, steps.close, outcome="explored"),
    "a re-opening": closed_and_opened_again,
    "a move to another ward": lambda ill: actions.move(
        ill.patient.stay,
        by=ill.patient.cast.alice,
        at=None,
        to_bed=ill.patient.cast.beds_8c[0],
        responsible_surgeon=ill.patient.cast.sue,
    ),
    "a birthday put right": lambda ill: Record.objects.update(date_of_birth=date(1944, 1, 1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_makes_the_line_stale(ill: Ill, change: Callable[[Ill], object]) -> None:
    change(ill)
    assert stale() == {ill.patient.stay.episode_id}


NO_CHANGES: dict[str, Callable[[Patient], object]] = {
    "a treatment": lambda well: treat(well, Treatment.Kind.REST, ""),
    "an attempt": lambda well: record_attempt(
        well.stay,
        by=well.cast.alice,
        at=None,
        reason="asleep",
        next_try=timedelta(minutes=30),
        note="",
        key=uuid4(),
    ),
    "a plan": lambda well: plan(well.cast, well.stay),
    "a drain": lambda well: place(well.cast, well.stay, at=ago(minutes=90)),
    "another bed": lambda well: actions.move(well.stay, by=well.cast.alice, at=None, to_bed=well.cast.beds[3]),
    "another name": lambda well: Record.objects.update(given_name="Patricia"),
}


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES)
def test_what_no_line_is_made_of_makes_none_stale(patient: Patient, change: Callable[[Patient], object]) -> None:
    forget()
    change(patient)
    assert stale() == set()


def test_an_admission_an_operation_and_a_discharge_do(cast: Cast) -> None:
    stay = admit_patient(cast)
    assert stale() == {stay.episode_id}
    forget()
    actions.record_operation(stay, by=cast.alice, facts=operation_facts(), key=uuid4())
    assert stale() == {stay.episode_id}
    forget()
    actions.discharge(stay, by=cast.alice, at=None, departure="home")
    assert stale() == {stay.episode_id}


def test_a_wards_other_clock_makes_all_its_lines_stale(cast: Cast) -> None:
    episodes = ordinary_operations(cast, 3)
    make_due()
    ward = cast.ward_7b
    kept = ward_actions.WardFacts(ward.name, ward.time_zone)
    ward_actions.edit_ward(ward, by=cast.adam, facts=ward_actions.WardFacts(ward.name, "Asia/Shanghai"), seen=kept)
    assert stale() == {episode.pk for episode in episodes}


def test_rows_written_past_the_application_do_too(cast: Cast) -> None:
    """One statement that changes many, as somebody at the database's own prompt would."""
    episodes = ordinary_operations(cast, 3)
    assert stale() == {episode.pk for episode in episodes}
    forget()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wards_patient SET sex = 'X' WHERE record_number LIKE 'MANY-%'")
    assert stale() == {episode.pk for episode in episodes}


def test_the_watchdogs_patient_never_is(db: None) -> None:
    ensure_cast()
    admit(-7)
    purge()
    assert stale() == set()


def test_what_is_rolled_back_was_never_stale(patient: Patient) -> None:
    forget()
    with transaction.atomic():
        patient.check(5)
        assert stale() == {patient.stay.episode_id}
        transaction.set_rollback(True)
    assert stale() == set()


# --- What is kept ----------------------------------------------------------------------------------------------------


@pytest.fixture
def imported(cast: Cast) -> Line:
    brought = Import.objects.create(source="2009", digest="0" * 64, rows=1, imported_by=cast.adam)
    return Line.objects.create(
        brought_by=brought,
        case_key="1",
        ward=cast.ward_7b,
        operated_on="2018-05-04",
        sex="F",
        age=60,
        diagnosis="stenosis",
        procedure="PLIF",
        segments=2,
    )


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_line SET age = 61",
        "UPDATE registry_line SET made_at = now()",
        "UPDATE registry_line SET brought_by_id = NULL",
        "DELETE FROM registry_line",
        "DELETE FROM registry_import",
    ],
)
def test_what_was_imported_stays_as_it_came(imported: Line, statement: str) -> None:
    assert refused(statement)


@pytest.mark.parametrize("table", ["registry_line", "registry_import"])
def test_and_is_not_emptied_as_a_whole(db: None, table: str) -> None:
    assert refused(f"TRUNCATE {table} CASCADE")


def test_but_may_be_taken_back(imported: Line) -> None:
    assert not refused("UPDATE registry_line SET counts = false")


def test_a_line_of_the_record_may_change_and_cannot_become_an_imported_one(imported: Line, patient: Patient) -> None:
    line = line_of(patient.stay)
    assert not refused(f"UPDATE registry_line SET age = 61 WHERE id = {line.pk}")
    assert refused(
        f"UPDATE registry_line SET episode_id = NULL, case_key = 'x', brought_by_id = {imported.brought_by_id} "
        f"WHERE id = {line.pk}"
    )


def test_an_import_is_in_the_history_of_rows_and_what_the_registry_derives_is_not(
    imported: Line, patient: Patient
) -> None:
    """But what is changed past the application is: here no request is on its way."""
    assert RowChange.objects.filter(table="registry_import").count() == 1
    line = line_of(patient.stay)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('spinewatch.request', 'r1', true)")
        cursor.execute("UPDATE registry_line SET age = 61 WHERE id = %s", [line.pk])
        assert not RowChange.objects.filter(table="registry_line", row_id=line.pk, operation="UPDATE").exists()
        cursor.execute("SELECT set_config('spinewatch.request', '', true)")
        cursor.execute("UPDATE registry_line SET age = 62 WHERE id = %s", [line.pk])
    assert RowChange.objects.filter(table="registry_line", row_id=line.pk, operation="UPDATE").count() == 1

"""The same form, or two people, at the same moment: one row, one plan, one report; the slower is told why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.pathway.actions import imaging
from monitoring.pathway.facts import DrainFacts
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan
from monitoring.pathway.queries import course
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, operate, set_stage
from tests.pathway.examples import again, change_stage, explore, image, place, plan, read, remove, reported_study
from tests.together import together
from wards import actions as wards
from wards.models import Operation, Stay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return set_stage()


@pytest.fixture
def stay(cast: Cast) -> Stay:
    stay = admit_patient(cast)
    operate(cast, stay)
    return stay


def one_wins(*calls: Callable[[], Any]) -> str:
    """Do them together: exactly one is done; what the other was told."""
    [refused] = [answer for answer in together(*calls) if isinstance(answer, ValidationError)]
    return " ".join(refused.messages)


def test_a_form_sent_five_times_at_once_is_one_row_and_five_equal_answers(cast: Cast, stay: Stay) -> None:
    key, study = uuid4(), uuid4()
    answers = together(*[lambda: image(cast, stay, study=study, key=key)] * 5)
    assert answers == [Imaging.objects.get()] * 5
    assert AuditEntry.objects.filter(action="imaging.recorded").count() == 1


def test_findings_with_their_drains_sent_five_times_at_once_are_stored_once(cast: Cast, stay: Stay) -> None:
    operation, key = again(cast, stay, ended_at=ago(hours=3)), uuid4()
    drains_placed = (DrainFacts(drain=uuid4(), stage="placed", label="left", suction=True),)
    answers = together(*[lambda: explore(cast, operation, key=key, drains_placed=drains_placed)] * 5)
    assert answers == [Exploration.objects.get()] * 5
    assert DrainEntry.objects.count() == 1


def test_two_requests_of_one_study_are_one(cast: Cast, stay: Stay) -> None:
    study = uuid4()
    told = one_wins(*[lambda: image(cast, stay, study=study)] * 2)
    assert "recorded already" in told


def test_two_plans_at_once_leave_one(cast: Cast, stay: Stay) -> None:
    told = one_wins(lambda: plan(cast, stay, by=cast.alice), lambda: plan(cast, stay, by=cast.sam))
    assert "Theatre is planned already" in told
    assert TheatrePlan.objects.count() == 1


def test_two_surgeons_findings_of_one_operation_leave_one(cast: Cast, stay: Stay) -> None:
    operation = again(cast, stay, ended_at=ago(hours=3))
    told = one_wins(*[lambda: explore(cast, operation)] * 2)
    assert "recorded already" in told


def test_two_drains_of_one_name_at_once_leave_one(cast: Cast, stay: Stay) -> None:
    assert "lies already" in one_wins(*[lambda: place(cast, stay)] * 2)


def test_a_drain_removed_and_read_for_later_at_once_is_one_of_both(cast: Cast, stay: Stay) -> None:
    placed = place(cast, stay)
    one_wins(lambda: remove(cast, placed, at=ago(hours=2)), lambda: read(cast, placed, 5, at=ago(hours=1)))


def test_a_report_and_the_retraction_of_what_it_rests_on_are_one_of_both(cast: Cast, stay: Stay) -> None:
    done = image(cast, stay, "done", at=ago(hours=1))
    one_wins(
        lambda: image(cast, stay, "reported", study=done.study),
        lambda: imaging.retract_imaging(done, by=cast.alice, reason="another patient's"),
    )
    assert all(study.done is not None for study in course(stay.episode_id).studies)


def test_findings_and_the_retraction_of_their_operation_are_one_of_both(cast: Cast, stay: Stay) -> None:
    operation = again(cast, stay, ended_at=ago(hours=3))
    one_wins(
        lambda: explore(cast, operation),
        lambda: wards.retract_operation(operation, by=cast.alice, reason="another patient's"),
    )
    standing = Operation.objects.standing().filter(pk=operation.pk).exists()
    assert Exploration.objects.exists() is standing


def test_two_corrections_of_one_report_leave_one(cast: Cast, stay: Stay) -> None:
    _requested, _done, reported = reported_study(cast, stay)
    told = one_wins(*[lambda: change_stage(cast, reported, finding="none_found")] * 2)
    assert "Sam Stone corrected this entry" in told


def test_two_requests_at_once_are_one_milestone(cast: Cast) -> None:
    patient: Patient = watched_patient(cast)
    patient.checked(120, L4_left=1)
    together(*[lambda: image(cast, patient.stay, at=ago(hours=1))] * 2)
    assert patient.alert.milestones.count() == 1
    assert Imaging.objects.count() == 2

"""The message to read out: what it says, and that what is missing is said to be missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from monitoring.alerts import steps
from monitoring.checks.actions import record_treatment
from monitoring.checks.models import Check
from monitoring.desks.common.brief import Brief, briefs, stays_of
from monitoring.desks.common.sbar import Sbar, sbar
from monitoring.desks.common.state import shown
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago, operate
from tests.desks.pages import queries_of
from wards.absences import leave
from wards.models import Absence, Operation, Staff


def brief_of(patient: Patient) -> Brief:
    [brief] = briefs(list(stays_of(patient.stay.ward)), now())
    return brief


def message(patient: Patient, caller: Staff | None = None) -> Sbar:
    brief = brief_of(patient)
    return sbar(replace(brief, state=shown(brief.stay, brief.now)), caller=caller)


def test_a_caller_says_who_calls_and_names_the_patient_by_two_identifiers(cast: Cast, critical: Patient) -> None:
    patient = critical.stay.patient
    assert message(critical, cast.alice).situation[:2] == [
        "This is Alice Ames, calling from Ward 7B.",
        f"It is about {patient.display_name}, born 07-Mar-1955, record number {patient.record_number}, in bed 7B-1.",
    ]
    assert "This is" not in " ".join(message(critical).situation)


def test_the_situation_is_what_fell(critical: Patient) -> None:
    assert message(critical).situation == ["L4 left, ankle up, has fallen from 5 to 2."]


def test_grade_0_is_said(patient: Patient) -> None:
    patient.checked(1, L5_right=0)
    assert message(patient).situation == ["L5 right, big toe up, has fallen from 5 to 0."]


def test_an_assumed_reference_is_said_to_be_assumed(cast: Cast) -> None:
    patient = Patient(cast, admit_patient(cast))
    operate(cast, patient.stay)
    patient.checked(10, L4_left=2)
    said = message(patient)
    assert "L4 left, ankle up, is 2. Not measured before: 5 is assumed." in said.situation
    assert "Not watched: no baseline recorded." in said.situation
    assert said.background[-1].startswith("No strength is recorded from before the operation")


def test_the_background_tells_age_operation_side_and_risks(cast: Cast) -> None:
    patient = Patient(cast, admit_patient(cast))
    patient.check(30 * 60, L3_right=4)
    operate(cast, patient.stay, coagulopathy=True, deformity_correction=True)
    patient.checked(10, L4_left=2, L3_right=4)
    background = message(patient).background
    operation = Operation.objects.get()
    assert background[0].endswith("years old.")
    assert background[1].startswith(f"{operation.levels_label} TLIF for stenosis, ended ")
    assert background[1].endswith(": day 1.")
    assert background[2:] == [
        "Symptoms before the operation on the right.",
        "Coagulopathy.",
        "The deformity was corrected.",
        "Reference strength 49 of 50.",
        "Reference of L3 right: 4.",
    ]


def test_the_assessment_tells_the_rule_the_onset_and_who_has_it(cast: Cast, critical: Patient) -> None:
    said = message(critical).assessment
    assert said[:2] == ["The level is critical.", "Rule: a drop of 3 grades or more (protocol §4.2)."]
    assert any(line.startswith("It began between ") and line.endswith("; count from the earlier.") for line in said)
    assert "Saddle numbness: no." in said
    assert said[-2:] == ["No conservative treatment is running.", "No surgeon has accepted the alert."]
    steps.accept(critical.alert, by=cast.sam, revision=critical.alert.revision)
    assert message(critical).assessment[-1].startswith("Sam Stone has accepted the alert")


def test_a_question_that_was_not_asked_is_not_answered_no(patient: Patient) -> None:
    brief = brief_of(patient)
    assert brief.check is not None
    unasked = Check(recorded_by=brief.check.recorded_by, examined_at=brief.check.examined_at, catheter=True)
    said = sbar(replace(brief, check=unasked)).assessment
    assert "Saddle numbness: not asked." in said
    assert "New bladder or bowel trouble: not asked." in said
    assert "A urinary catheter is in place: retention would not show." in said


def test_running_treatment_is_named_with_its_dose_until_it_is_stopped(cast: Cast, critical: Patient) -> None:
    def treat(action: str, minutes: float) -> str:
        said: dict[str, Any] = {"kind": "mannitol", "action": action, "dose": "250 ml", "key": uuid4()}
        record_treatment(critical.stay, by=cast.alice, at=ago(minutes=minutes), **said)
        critical.assess()
        return " ".join(message(critical).assessment)

    assert "mannitol IV, 250 ml." in treat("started", 5)
    assert "No conservative treatment is running." in treat("stopped", 2)


def test_on_the_phone_the_surgeon_is_asked_to_come_and_to_read_it_back(cast: Cast, critical: Patient) -> None:
    asked = message(critical, cast.alice).recommendation
    assert asked[0] == "Please come and see the patient now."
    assert asked[1].startswith("The protocol asks for: Start conservative treatment, re-examine by ")
    assert asked[-1] == "Please tell me when you will be here, and read this back to me."


def test_on_paper_the_call_is_still_to_be_made_until_a_surgeon_has_it(cast: Cast, critical: Patient) -> None:
    assert message(critical).recommendation[0] == "The protocol asks for: Phone the surgeon now: Sam Stone."
    steps.accept(critical.alert, by=cast.sam, revision=critical.alert.revision)
    assert "Phone the surgeon" not in " ".join(message(critical).recommendation)


def test_what_is_better_now_does_not_hide_the_open_alert(critical: Patient) -> None:
    critical.checked(1)
    said = message(critical)
    assert said.situation[0] == "No muscle is below its reference now."
    assert said.situation[1].endswith("is still open at critical.")
    assert said.situation[2] == "At the worst since then, L4 left: from 5 to 2."
    assert "Decide on the open alert, or close it with its outcome." in said.recommendation


def test_what_is_not_assessed_yet_is_not_called_stable(patient: Patient) -> None:
    patient.check(1, L4_left=1)
    said = message(patient)
    assert said.situation[0] == "Something was recorded that is not assessed yet: the last level may be too good."
    assert not any("level is" in line or "Motor score" in line for line in said.assessment)


def test_a_check_that_is_late_is_asked_for_now(patient: Patient) -> None:
    Watch.objects.filter(stay=patient.stay).update(check_due_at=ago(minutes=20))
    assert message(patient).recommendation[-1].startswith("Examine now: the check was due at ")


def test_who_is_away_is_said_to_be_away(cast: Cast, patient: Patient) -> None:
    leave(patient.stay, by=cast.alice, at=None, place=Absence.Place.IMAGING)
    assert "The patient is away from the ward: examine on return." in message(patient).recommendation


def test_briefs_cost_the_same_for_one_patient_as_for_three(cast: Cast, critical: Patient) -> None:
    one = list(stays_of(cast.ward_7b))
    alone = queries_of(lambda: briefs(one, now()))
    for bed in cast.beds[1:3]:
        operate(cast, admit_patient(cast, bed=bed))
    three = list(stays_of(cast.ward_7b))
    assert len(three) == 3
    assert queries_of(lambda: briefs(three, now())) == alone <= 8

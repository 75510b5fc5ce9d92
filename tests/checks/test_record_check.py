"""A check is recorded: what is stored with it, what is due after it, what it costs."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.audit.models import AuditEntry
from monitoring.checks import actions
from monitoring.checks.findings import CheckFindings, findings_of
from monitoring.checks.models import Check, Flag, Untested
from monitoring.due import clock
from monitoring.due.models import Watch
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from tests.cast import Cast, admit_patient, ago, operate
from tests.checks.examples import examine, findings
from wards.access import Forbidden
from wards.actions import discharge
from wards.models import Stay


def test_a_check_keeps_all_that_was_found(cast: Cast, stay: Stay) -> None:
    found = findings(
        l4_left=0,
        s1_right=Untested.OTHER,
        l2_left=Untested.AMPUTATION,
        flags={"saddle_anaesthesia": Flag.PRESENT, "bladder_bowel": Flag.NOT_ASSESSED},
        pain=0,
        second_examiner=cast.carol,
        note="drain in the way",
    )
    check = actions.record_check(stay, by=cast.alice, at=ago(minutes=5), findings=found, key=uuid4())
    stored = Check.objects.get(pk=check.pk)
    assert findings_of(stored) == found
    assert stored.examined_at == ago(minutes=5)
    assert stored.recorded_by == cast.alice
    assert stored.grade(Muscle.L4_LEFT) == 0
    assert stored.grade(Muscle.S1_RIGHT) == "NT"
    assert stored.grade(Muscle.L2_LEFT) == "NA"


def test_what_a_check_leaves_out_was_not_looked_at(cast: Cast, stay: Stay) -> None:
    found = CheckFindings(muscles={Muscle.L4_LEFT: 4})
    check = actions.record_check(stay, by=cast.alice, at=None, findings=found, key=uuid4())
    stored = Check.objects.get(pk=check.pk)
    assert [stored.grade(muscle) for muscle in MUSCLES if muscle != Muscle.L4_LEFT] == [None] * 9
    assert [getattr(stored, flag) for flag in FLAGS] == ["", ""]


def test_now_is_the_servers_clock_at_receipt(cast: Cast, stay: Stay) -> None:
    before = clock.now()
    check = examine(cast, stay)
    assert before <= check.examined_at <= clock.now()
    assert not check.is_late


def test_a_check_typed_more_than_15_minutes_after_the_examination_is_late(cast: Cast, stay: Stay) -> None:
    assert examine(cast, stay, at=clock.now() - timedelta(minutes=16)).is_late
    assert not examine(cast, stay, at=clock.now() - timedelta(minutes=14)).is_late


def test_a_check_is_audited_and_makes_the_assessment_due_since_the_examination(cast: Cast, stay: Stay) -> None:
    Watch.objects.filter(stay=stay).update(assess_at=None, changed_since=None, changes=[])
    check = examine(cast, stay, at=ago(hours=2))
    entry = AuditEntry.objects.get(action="check.recorded")
    assert (entry.actor, entry.subject_id, entry.patient_id) == (cast.alice, str(check.pk), stay.patient_id)
    stay.watch.refresh_from_db()
    assert stay.watch.assess_at is not None
    assert stay.watch.assess_at <= clock.now()
    assert stay.watch.changed_since == ago(hours=2)
    assert stay.watch.changes == [{"by": cast.alice.pk, "what": "check.recorded", "why": ""}]


def test_recording_takes_twelve_statements_however_long_the_history(cast: Cast, stay: Stay) -> None:
    for hours in range(1, 20):
        examine(cast, stay, at=ago(hours=hours))
    with CaptureQueriesContext(connection) as queries:
        examine(cast, stay, second_examiner=cast.carol)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 12


def test_a_check_after_a_readmission_marks_the_stay_that_is_watched_now(cast: Cast, stay: Stay) -> None:
    discharge(stay, by=cast.alice, at=ago(hours=4), departure=Stay.Departure.HOME)
    again = admit_patient(cast, at=ago(hours=2), patient=stay.patient, episode=stay.episode)
    again.watch.changes = []
    again.watch.save()
    examine(cast, stay, at=ago(hours=5))
    again.watch.refresh_from_db()
    assert [change["what"] for change in again.watch.changes] == ["check.recorded"]


def test_a_nurse_of_another_ward_may_not_record(cast: Cast, stay: Stay) -> None:
    with pytest.raises(Forbidden):
        examine(cast, stay, by=cast.nora)
    assert not Check.objects.exists()


def test_an_administrator_may_not_record(cast: Cast, stay: Stay) -> None:
    with pytest.raises(Forbidden):
        examine(cast, stay, by=cast.adam)


def refusal(error: pytest.ExceptionInfo[ValidationError], field: str) -> str:
    """The one message, which must stand beside this field."""
    assert set(error.value.message_dict) == {field}
    (message,) = error.value.message_dict[field]
    assert not Check.objects.exists()
    return message


def test_the_future_is_refused(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, at=clock.now() + timedelta(seconds=30))
    assert "in the future" in refusal(error, "examined_time")


def test_a_time_long_before_the_admission_is_refused(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, at=stay.admitted_at - timedelta(days=30, minutes=1))
    assert "30 days before the admission" in refusal(error, "examined_time")


def test_a_baseline_from_the_clinic_is_taken(cast: Cast, stay: Stay) -> None:
    assert examine(cast, stay, at=stay.admitted_at - timedelta(days=29)).pk


@pytest.mark.parametrize("minutes", [0, 1, 90], ids=["at its end", "just before its end", "in the middle"])
def test_a_check_within_an_operation_is_refused(cast: Cast, stay: Stay, minutes: int) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, at=ago(days=1) - timedelta(minutes=minutes))
    assert "false baseline" in refusal(error, "examined_time")


def test_a_check_at_the_start_of_an_operation_or_right_after_it_is_taken(cast: Cast, stay: Stay) -> None:
    assert examine(cast, stay, at=ago(days=1, hours=3)).pk
    assert examine(cast, stay, at=ago(days=1) + timedelta(minutes=1)).pk


def test_a_discharged_patient_takes_only_what_was_examined_before(cast: Cast) -> None:
    stay = admit_patient(cast)
    discharge(stay, by=cast.alice, at=ago(hours=2), departure=Stay.Departure.HOME)
    with pytest.raises(ValidationError) as error:
        examine(cast, stay)
    assert "was discharged at" in refusal(error, "examined_time")
    assert examine(cast, stay, at=ago(hours=3)).pk


def test_the_second_examiner_must_not_be_the_first(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, second_examiner=cast.alice)
    assert "somebody else" in refusal(error, "second_examiner")


@pytest.mark.parametrize("name", ["nora", "adam"], ids=["of another ward", "an administrator"])
def test_the_second_examiner_must_examine_on_the_ward(cast: Cast, stay: Stay, name: str) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, second_examiner=getattr(cast, name))
    assert "does not examine on" in refusal(error, "second_examiner")


def test_an_other_reason_needs_a_note(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, l4_left=Untested.OTHER, note="  ")
    assert "NT: other" in refusal(error, "note")


@pytest.mark.parametrize("flags", [{}, dict.fromkeys(FLAGS, Flag.NOT_ASSESSED)], ids=["empty", "flags not asked"])
def test_a_check_that_looks_at_nothing_is_refused(cast: Cast, stay: Stay, flags: dict[str, Flag]) -> None:
    with pytest.raises(ValidationError) as error:
        actions.record_check(stay, by=cast.alice, at=None, findings=CheckFindings(flags=flags, pain=3), key=uuid4())
    assert "looks at nothing" in refusal(error, "__all__")


def test_a_check_in_which_nothing_could_be_tested_is_taken_with_its_reasons(cast: Cast, stay: Stay) -> None:
    found = CheckFindings(muscles=dict.fromkeys(MUSCLES, Untested.SEDATED))
    assert actions.record_check(stay, by=cast.alice, at=None, findings=found, key=uuid4()).pk


@pytest.mark.parametrize("grade", [6, -1, 4.0, True, "5"])
def test_an_action_takes_no_grade_but_whole_ones_from_0_to_5(cast: Cast, stay: Stay, grade: Any) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, l4_left=grade)
    assert "0 to 5" in refusal(error, "l4_left")


@pytest.mark.parametrize("pain", [-1, 11])
def test_pain_is_from_0_to_10(cast: Cast, stay: Stay, pain: int) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, pain=pain)
    assert "0 to 10" in refusal(error, "pain")


def test_all_that_is_wrong_is_said_at_once(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError) as error:
        examine(cast, stay, l4_left=6, pain=11, second_examiner=cast.alice, at=clock.now() + timedelta(hours=1))
    assert set(error.value.message_dict) == {"l4_left", "pain", "second_examiner", "examined_time"}


def test_two_operations_each_keep_checks_out(cast: Cast, stay: Stay) -> None:
    operate(cast, stay, kind="secondary", ended_at=ago(hours=2))
    with pytest.raises(ValidationError):
        examine(cast, stay, at=ago(hours=3))
    assert examine(cast, stay, at=ago(hours=6)).pk

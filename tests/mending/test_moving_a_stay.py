"""A stay on the wrong record goes to the right one with all that was signed in it; both histories are assessed anew."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.audit.models import AuditEntry, RowChange
from monitoring.checks.models import Check
from monitoring.due.models import Watch
from monitoring.mending import actions
from monitoring.mending.models import Mending
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, operate
from wards.actions import discharge
from wards.models import Episode, Operation, Staff, Stay

WHY = "Admitted under the wrong record number."


@pytest.fixture
def right(cast: Cast) -> Stay:
    """Somebody else, at home since a week: their record is the right one."""
    stay = admit_patient(cast, bed=cast.beds[5], at=ago(days=9))
    return discharge(stay, by=cast.alice, at=ago(days=7), departure="home")


def move(cast: Cast, noel: Staff, stay: Stay, right: Stay, **how: object) -> Mending:
    mending = actions.propose_stay_move(stay, right.patient, by=cast.adam, reason=WHY, **how)  # type: ignore[arg-type]
    return actions.confirm(mending, by=noel)


def test_the_stay_is_the_right_patients_with_all_that_was_signed(
    cast: Cast, noel: Staff, one: Patient, right: Stay
) -> None:
    wrong = one.stay.patient
    move(cast, noel, one.stay, right)
    one.stay.refresh_from_db()
    assert one.stay.patient == right.patient
    assert one.stay.episode.patient == right.patient
    assert not wrong.stays.exists()
    assert wrong.merged_into is None
    assert set(Check.objects.filter(stay=one.stay).values_list("episode", flat=True)) == {one.stay.episode_id}
    assert Operation.objects.get(stay=one.stay).episode == one.stay.episode
    one.assess()
    assert Watch.objects.get(stay=one.stay).level == "stable"


def test_its_open_alert_goes_along_and_says_so(cast: Cast, noel: Staff, one: Patient, right: Stay) -> None:
    one.checked(30, L4_left=1)
    move(cast, noel, one.stay, right)
    one.assess()
    alert = one.alert
    assert (alert.level, alert.closed_at) == ("critical", None)
    told = alert.events.get(kind=AlertEvent.Kind.MENDED)
    assert (told.notifies, told.data["how"]) == (True, "moved")


def test_it_may_continue_an_episode_whose_baseline_then_counts(
    cast: Cast, noel: Staff, one: Patient, right: Stay
) -> None:
    """Readmitted under somebody else's number: grade 3 was nothing there, and is a fall by the right patient's own."""
    discharge(one.stay, by=cast.alice, at=None, departure="home")
    readmitted = Patient(cast, admit_patient(cast, bed=cast.beds[1], at=ago(minutes=0), patient=right.patient))
    assert readmitted.alerts == []
    move(cast, noel, readmitted.stay, one.stay, into=one.stay.episode)
    readmitted.stay.refresh_from_db()
    readmitted.check(0, L4_left=2)
    readmitted.assess()
    assert readmitted.alert.muscles["L4 left"]["reference"] == 5


def test_what_is_left_behind_is_assessed_without_it(cast: Cast, noel: Staff, one: Patient, right: Stay) -> None:
    """A readmission continued the wrong patient's episode, and its checks made that patient's alert."""
    discharge(one.stay, by=cast.alice, at=ago(minutes=50), departure="home")
    wrongly = Patient(
        cast,
        admit_patient(cast, bed=cast.beds[1], at=ago(minutes=40), patient=one.stay.patient, episode=one.stay.episode),
    )
    wrongly.checked(30, L4_left=1)
    assert wrongly.alert.level == "critical"
    move(cast, noel, wrongly.stay, right)
    one.assess()
    assert Watch.objects.get(stay=one.stay).level == "stable"
    assert one.alerts == []
    wrongly.assess()
    alert = wrongly.alert
    assert alert.level == "critical"
    assert alert.closed_at is None


def test_to_somebody_in_a_bed_one_of_the_two_goes_on(cast: Cast, noel: Staff, one: Patient) -> None:
    other = watched_patient(cast, bed=cast.beds[2])
    with pytest.raises(ValidationError, match="in which one"):
        actions.propose_stay_move(one.stay, other.stay.patient, by=cast.adam, reason=WHY)
    assert one.stay.is_open


def test_what_belongs_together_is_not_torn_apart(cast: Cast, one: Patient, right: Stay) -> None:
    """A re-operation stays where its index fusion is."""
    discharge(one.stay, by=cast.alice, at=ago(minutes=50), departure="home")
    later = admit_patient(
        cast, bed=cast.beds[1], at=ago(minutes=40), patient=one.stay.patient, episode=one.stay.episode
    )
    operate(cast, later, ended_at=ago(minutes=5), kind=Operation.Kind.SECONDARY, started_at=ago(minutes=20))
    with pytest.raises(ValidationError, match="without its index fusion"):
        actions.propose_stay_move(later, right.patient, by=cast.adam, reason=WHY)
    with pytest.raises(ValidationError, match="without its index fusion"):
        actions.propose_stay_move(one.stay, right.patient, by=cast.adam, reason=WHY)
    assert Episode.objects.filter(patient=right.patient).count() == 1


def test_a_wrong_merge_is_undone_by_moving_the_stay_back(cast: Cast, noel: Staff, one: Patient, right: Stay) -> None:
    theirs = right.patient
    actions.confirm(actions.propose_merge(theirs, one.stay.patient, by=cast.adam, reason=WHY), by=noel)
    right.refresh_from_db()
    assert right.patient == one.stay.patient
    actions.confirm(actions.propose_stay_move(right, theirs, by=cast.adam, reason="They are two after all."), by=noel)
    right.refresh_from_db()
    theirs.refresh_from_db()
    assert (right.patient, theirs.merged_into) == (theirs, None)


def test_both_stories_tell_of_it_and_every_changed_row_is_kept(
    cast: Cast, noel: Staff, one: Patient, right: Stay
) -> None:
    wrong = one.stay.patient
    move(cast, noel, one.stay, right)
    told = AuditEntry.objects.filter(action="mending.carried_out")
    assert {entry.patient_id for entry in told} == {wrong.pk, right.patient_id}
    assert {entry.actor_id for entry in told} == {noel.pk}
    assert {entry.data["proposed_by"] for entry in told} == {cast.adam.pk}
    changed = RowChange.objects.filter(table="wards_stay", row_id=str(one.stay.pk)).latest("pk")
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before["patient_id"], changed.after["patient_id"]) == (wrong.pk, right.patient_id)


def test_a_stay_that_has_ended_meanwhile_goes_as_it_is(cast: Cast, noel: Staff, one: Patient, right: Stay) -> None:
    mending = actions.propose_stay_move(one.stay, right.patient, by=cast.adam, reason=WHY)
    discharge(one.stay, by=cast.alice, at=None, departure="home")
    one.assess()
    actions.confirm(mending, by=noel)
    one.stay.refresh_from_db()
    assert (one.stay.patient, one.stay.departure) == (right.patient, "home")
    assert not Alert.objects.filter(stay=one.stay, closed_at=None).exists()

"""Two records of one patient become one: every stay and entry is there, both histories are assessed as one, and of two
alerts one goes on with all that both told (protocol §10: merging re-assesses, nothing is erased)."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import steps
from monitoring.alerts.actions import assess_stay
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.checks.models import Check
from monitoring.due.models import Watch
from monitoring.mending import actions
from monitoring.mending.models import Mending
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago, new_patient, operate
from tests.mending.conftest import WHY
from wards.access import Forbidden
from wards.actions import discharge
from wards.models import Episode, Operation, Staff, Stay
from wards.models import Patient as Record


@pytest.fixture
def again(cast: Cast, one: Patient) -> Patient:
    """The same person under a second record in 7B-2, without an operation: nobody saw that they were here already."""
    return Patient(cast, admit_patient(cast, bed=cast.beds[1]))


@pytest.fixture
def twice(cast: Cast, again: Patient) -> Patient:
    """The same, and the one operation was written down on both records."""
    operate(cast, again.stay)
    return again


def merge(cast: Cast, again: Patient, one: Patient, *, keeps: Stay | None = None) -> Mending:
    """Propose that `again` is `one`, in one episode, and lies where `keeps` is."""
    return actions.propose_merge(
        again.stay.patient,
        one.stay.patient,
        by=cast.adam,
        reason=WHY,
        one_episode=(again.stay.episode, one.stay.episode),
        keeps=keeps or one.stay,
    )


def test_all_stays_and_entries_are_the_one_patients(cast: Cast, noel: Staff, one: Patient, again: Patient) -> None:
    elsewhere, wrong = again.check(60, L4_left=4), again.stay.patient
    mending = actions.confirm(merge(cast, again, one), by=noel)
    again.stay.refresh_from_db()
    elsewhere.refresh_from_db()
    assert not wrong.stays.exists()
    assert set(one.stay.patient.stays.all()) == {one.stay, again.stay}
    assert elsewhere.episode == one.stay.episode
    assert elsewhere.stay == again.stay
    assert mending.state == Mending.State.DONE
    assert Check.objects.filter(episode=one.stay.episode).count() == 3


def test_the_wrong_record_is_kept_and_says_into_which_it_went(
    cast: Cast, noel: Staff, one: Patient, again: Patient
) -> None:
    wrong = again.stay.patient
    actions.confirm(merge(cast, again, one), by=noel)
    wrong.refresh_from_db()
    assert wrong.merged_into == one.stay.patient
    assert not wrong.stays.exists()


def test_one_bed_goes_on_and_the_other_is_free(cast: Cast, noel: Staff, one: Patient, again: Patient) -> None:
    actions.confirm(merge(cast, again, one), by=noel)
    again.stay.refresh_from_db()
    one.stay.refresh_from_db()
    assert (again.stay.is_open, again.stay.departure) == (False, Stay.Departure.MERGED)
    assert one.stay.is_open
    assert not Stay.objects.filter(bed=again.stay.bed, discharged_at=None).exists()


def test_the_patient_may_lie_in_the_bed_of_the_wrong_record(
    cast: Cast, noel: Staff, one: Patient, again: Patient
) -> None:
    again.checked(30, L4_left=2)
    actions.confirm(merge(cast, again, one, keeps=again.stay), by=noel)
    again.stay.refresh_from_db()
    one.stay.refresh_from_db()
    assert again.stay.is_open
    assert again.stay.patient == one.stay.patient
    assert not one.stay.is_open


def test_a_drop_that_neither_record_showed_alone_alerts(cast: Cast, noel: Staff, one: Patient, again: Patient) -> None:
    """Normal on the one, grade 2 after it on the other, which knew of no operation and no baseline."""
    again.checked(30, L4_left=2)
    assert not any("drop_3" in alert.because for alert in again.alerts)
    actions.confirm(merge(cast, again, one), by=noel)
    one.assess()
    assert one.alert.level == "critical"
    assert "L4 left" in one.alert.muscles


def test_of_two_open_alerts_one_goes_on_with_what_both_told(
    cast: Cast, noel: Staff, one: Patient, twice: Patient
) -> None:
    one.checked(50, L4_left=2)
    twice.checked(40, flag="saddle_anaesthesia")
    kept, other = one.alert, twice.alert
    actions.confirm(merge(cast, twice, one), by=noel)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (other.outcome, other.merged_into, other.closed_by) == (Alert.Outcome.MERGED, kept, noel)
    assert kept.closed_at is None
    assert "saddle_anaesthesia" in kept.flags
    assert "L4 left" in kept.muscles
    assert AlertEvent.objects.filter(alert=kept, kind=AlertEvent.Kind.MENDED, data__alert=other.pk).exists()
    one.assess()
    kept.refresh_from_db()
    assert "saddle_anaesthesia" in kept.flags
    assert len(Alert.objects.filter(stay__patient=one.stay.patient, kind="deficit", closed_at=None)) == 1


def test_the_one_that_goes_on_keeps_the_earlier_beginning_and_an_onset(
    cast: Cast, noel: Staff, one: Patient, twice: Patient
) -> None:
    """The other record told of it first, and was the only one that was critical."""
    twice.checked(50, L4_left=1)
    one.checked(20, L4_left=3)
    kept, other = one.alert, twice.alert
    assert (kept.level, kept.seen_at) == ("concern", None)
    actions.confirm(merge(cast, twice, one), by=noel)
    kept.refresh_from_db()
    assert (kept.level, kept.began_at) == ("critical", other.began_at)
    assert (kept.seen_at, kept.last_good_at) == (other.seen_at, other.last_good_at)
    assert kept.seen_at is not None


def test_an_alert_of_the_other_record_alone_goes_on_at_the_bed(
    cast: Cast, noel: Staff, one: Patient, twice: Patient
) -> None:
    twice.checked(40, flag="bladder_bowel")
    alert = twice.alert
    actions.confirm(merge(cast, twice, one), by=noel)
    alert.refresh_from_db()
    assert (alert.stay, alert.closed_at) == (one.stay, None)
    one.assess()
    assert one.alert == alert


def test_a_surgeon_who_had_the_lesser_alert_is_asked_again(
    cast: Cast, noel: Staff, one: Patient, twice: Patient
) -> None:
    one.checked(50, L4_left=3)
    kept = steps.accept(one.alert, by=cast.sam, revision=one.alert.revision)
    twice.checked(40, flag="saddle_anaesthesia")
    assert kept.level != "critical"
    actions.confirm(merge(cast, twice, one), by=noel)
    kept.refresh_from_db()
    assert (kept.level, kept.accepted_at) == ("critical", None)


def test_what_the_one_history_does_not_bear_is_marked_and_not_erased(
    cast: Cast, noel: Staff, one: Patient, twice: Patient
) -> None:
    """Without a baseline a grade 3 counts as a fall from 5; the other record shows that it was 3 before already."""
    for check in Check.objects.standing().filter(stay=one.stay):
        one.correct(check, S1_right=3)
    one.assess()
    twice.checked(30, S1_right=3)
    alert = twice.alert
    told = alert.evidence
    actions.confirm(merge(cast, twice, one), by=noel)
    one.assess()
    alert.refresh_from_db()
    assert "S1 right" in alert.superseded["muscles"]
    assert alert.evidence == told


def test_the_one_operation_on_both_records_counts_once(cast: Cast, noel: Staff, one: Patient, twice: Patient) -> None:
    actions.confirm(merge(cast, twice, one), by=noel)
    (standing,) = Operation.objects.standing().filter(episode=one.stay.episode)
    (retracted,) = Operation.objects.filter(episode=one.stay.episode, retracted_at__isnull=False)
    assert (standing.stay, retracted.stay, retracted.retracted_by) == (one.stay, twice.stay, noel)
    assert retracted.retraction_reason == WHY


def test_nobody_watches_the_ended_stay_and_nothing_of_it_is_missed(
    cast: Cast, noel: Staff, one: Patient, again: Patient
) -> None:
    again.check(20, L4_left=0)
    actions.confirm(merge(cast, again, one), by=noel)
    assert Watch.objects.get(stay=again.stay).assess_at is None
    assess_stay(again.stay.pk)
    assert again.alerts == []
    one.assess()
    assert one.alert.level == "critical"


def test_both_in_a_bed_asks_where_the_patient_lies(cast: Cast, one: Patient, again: Patient) -> None:
    with pytest.raises(ValidationError, match="in which one"):
        actions.propose_merge(again.stay.patient, one.stay.patient, by=cast.adam, reason=WHY)
    with pytest.raises(ValidationError, match="one and the same surgical episode"):
        actions.propose_merge(again.stay.patient, one.stay.patient, by=cast.adam, reason=WHY, keeps=one.stay)
    assert not Mending.objects.exists()


def test_two_operations_at_different_times_are_not_merged_unseen(cast: Cast, one: Patient, again: Patient) -> None:
    operate(cast, again.stay, ended_at=ago(hours=30))
    with pytest.raises(ValidationError, match="Both have an index fusion"):
        merge(cast, again, one)


def test_episodes_that_are_two_stay_two(cast: Cast, noel: Staff, one: Patient, again: Patient) -> None:
    """An operation of years ago, under another record: one person, and another surgical episode."""
    discharge(again.stay, by=cast.alice, at=None, departure="home")
    mending = actions.propose_merge(again.stay.patient, one.stay.patient, by=cast.adam, reason=WHY)
    actions.confirm(mending, by=noel)
    again.stay.refresh_from_db()
    assert again.stay.patient == one.stay.patient
    assert again.stay.episode != one.stay.episode
    assert set(Episode.objects.filter(patient=one.stay.patient)) == {one.stay.episode, again.stay.episode}


def test_it_takes_two_people(cast: Cast, noel: Staff, one: Patient, again: Patient) -> None:
    mending = merge(cast, again, one)
    with pytest.raises(ValidationError, match="somebody else"):
        actions.confirm(mending, by=cast.adam)
    again.stay.refresh_from_db()
    assert again.stay.is_open
    actions.confirm(mending, by=cast.carol)
    with pytest.raises(ValidationError, match="already"):
        actions.confirm(mending, by=noel)


def test_records_without_a_stay_are_nobodys_to_merge(cast: Cast, one: Patient) -> None:
    """No ward has them, so that no role on a ward allows it."""
    empty, other = (Record.objects.create(**asdict(new_patient())) for _ in range(2))
    for target in (one.stay.patient, other):
        with pytest.raises(ValidationError, match="nothing to mend"):
            actions.propose_merge(empty, target, by=cast.adam, reason=WHY)
    assert not Mending.objects.exists()


@pytest.mark.parametrize("who", ["alice", "carol", "sam", "nora", "sue"])
def test_administrators_alone_propose(cast: Cast, one: Patient, again: Patient, who: str) -> None:
    with pytest.raises(Forbidden):
        actions.propose_merge(again.stay.patient, one.stay.patient, by=getattr(cast, who), reason=WHY)


@pytest.mark.parametrize("who", ["alice", "nora", "sue"])
def test_and_a_lead_of_every_ward_concerned_or_a_surgeon_confirms(
    cast: Cast, one: Patient, again: Patient, who: str
) -> None:
    mending = merge(cast, again, one)
    with pytest.raises(Forbidden):
        actions.confirm(mending, by=getattr(cast, who))


def test_a_refused_one_changes_nothing(cast: Cast, noel: Staff, one: Patient, again: Patient) -> None:
    mending = merge(cast, again, one)
    actions.end(mending, by=noel, reason="They are twins.")
    mending.refresh_from_db()
    assert (mending.state, mending.ending_reason) == (Mending.State.REFUSED, "They are twins.")
    with pytest.raises(ValidationError, match="ended this"):
        actions.confirm(mending, by=cast.carol)
    again.stay.refresh_from_db()
    assert again.stay.is_open

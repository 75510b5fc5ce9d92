"""Conservative treatment is recorded: which, started or stopped, when, by whom."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.checks import actions
from monitoring.checks.models import Treatment
from monitoring.checks.queries import running_treatments
from monitoring.due import clock
from monitoring.due.models import Watch
from tests.cast import Cast, admit_patient, ago
from tests.checks.examples import treat
from wards.access import Forbidden
from wards.actions import discharge
from wards.models import Stay

REST, MANNITOL = Treatment.Kind.REST, Treatment.Kind.MANNITOL
STARTED, STOPPED = Treatment.Action.STARTED, Treatment.Action.STOPPED


def test_a_treatment_keeps_which_when_and_by_whom(cast: Cast, stay: Stay) -> None:
    treatment = actions.record_treatment(
        stay, by=cast.alice, at=ago(minutes=5), kind=MANNITOL, action=STARTED, dose="20 g", key=uuid4()
    )
    stored = Treatment.objects.get(pk=treatment.pk)
    assert (stored.kind, stored.action, stored.dose) == ("mannitol", "started", "20 g")
    assert (stored.happened_at, stored.recorded_by) == (ago(minutes=5), cast.alice)


def test_a_treatment_makes_the_assessment_due(cast: Cast, stay: Stay) -> None:
    Watch.objects.filter(stay=stay).update(assess_at=None, changed_since=None, changes=[])
    treat(cast, stay, at=ago(minutes=5))
    watch = Watch.objects.get(stay=stay)
    assert watch.assess_at is not None
    assert watch.changed_since == ago(minutes=5)
    assert [change["what"] for change in watch.changes] == ["treatment.recorded"]


def test_what_does_not_run_cannot_be_stopped(cast: Cast, stay: Stay) -> None:
    treat(cast, stay, at=ago(minutes=30), kind=MANNITOL)
    with pytest.raises(ValidationError, match="rest was not running") as error:
        treat(cast, stay, kind=REST, action=STOPPED)
    assert set(error.value.message_dict) == {"action"}
    with pytest.raises(ValidationError, match="mannitol IV was not running"):
        treat(cast, stay, at=ago(minutes=31), action=STOPPED)
    treat(cast, stay, at=ago(minutes=20), action=STOPPED)
    with pytest.raises(ValidationError, match="was not running"):
        treat(cast, stay, action=STOPPED)
    assert Treatment.objects.count() == 2


def test_what_runs_is_known_by_kind_and_time(cast: Cast, stay: Stay) -> None:
    treat(cast, stay, at=ago(minutes=30), kind=MANNITOL)
    treat(cast, stay, at=ago(minutes=20), kind=REST)
    treat(cast, stay, at=ago(minutes=10), kind=MANNITOL, action=STOPPED)
    running = [running_treatments(stay.episode_id, ago(minutes=minutes)) for minutes in (31, 30, 20, 10)]
    assert running == [set(), {"mannitol"}, {"mannitol", "rest"}, {"rest"}]


def test_a_treatment_in_the_future_or_after_the_discharge_is_refused(cast: Cast) -> None:
    stay = admit_patient(cast)
    with pytest.raises(ValidationError, match="in the future") as error:
        treat(cast, stay, at=clock.now() + timedelta(minutes=1))
    assert set(error.value.message_dict) == {"happened_time"}
    discharge(stay, by=cast.alice, at=ago(minutes=10), departure=Stay.Departure.HOME)
    with pytest.raises(ValidationError, match="was discharged"):
        treat(cast, stay)


def test_a_treatment_is_corrected_and_retracted_like_a_check(cast: Cast, stay: Stay) -> None:
    old = treat(cast, stay, at=ago(minutes=30), kind=MANNITOL)
    new = actions.correct_treatment(
        old, by=cast.carol, at=None, kind=REST, action=STARTED, dose="", reason="wrong line", key=uuid4()
    )
    assert (new.supersedes, new.place, new.happened_at) == (old, old.place, old.happened_at)
    with pytest.raises(ValidationError, match="Carol Chase corrected this entry"):
        actions.retract_treatment(old, by=cast.alice, reason="never given")
    actions.retract_treatment(new, by=cast.alice, reason="never given")
    assert running_treatments(stay.episode_id, clock.now()) == set()


def test_a_start_cannot_be_corrected_into_the_stop_of_itself(cast: Cast, stay: Stay) -> None:
    old = treat(cast, stay, at=ago(minutes=30))
    with pytest.raises(ValidationError, match="was not running"):
        actions.correct_treatment(
            old, by=cast.alice, at=None, kind=MANNITOL, action=STOPPED, dose="", reason="misread", key=uuid4()
        )


def test_a_corrected_treatment_obeys_the_rules_of_time(cast: Cast, stay: Stay) -> None:
    old = treat(cast, stay)
    with pytest.raises(ValidationError, match="in the future"):
        actions.correct_treatment(
            old,
            by=cast.alice,
            at=clock.now() + timedelta(hours=1),
            kind=MANNITOL,
            action=STARTED,
            dose="",
            reason="misread",
            key=uuid4(),
        )


def test_a_nurse_of_another_ward_may_not_record_treatment(cast: Cast, stay: Stay) -> None:
    with pytest.raises(Forbidden):
        actions.record_treatment(stay, by=cast.nora, at=None, kind=REST, action=STARTED, dose="", key=uuid4())

"""A check that could not be done: stored once, judged, told in the history, and taken back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.checks import actions
from monitoring.checks.models import Attempt
from monitoring.checks.queries import attempts_since, history, last_look_at
from monitoring.due.clock import now
from tests.cast import Cast, ago
from tests.checks.examples import examine
from wards.access import Forbidden
from wards.actions import discharge
from wards.models import Staff, Stay

IN_A_QUARTER = timedelta(minutes=15)


def attempt(
    cast: Cast,
    stay: Stay,
    *,
    at: datetime | None = None,
    by: Staff | None = None,
    next_try: datetime | timedelta = IN_A_QUARTER,
    key: UUID | None = None,
    **said: Any,
) -> Attempt:
    """Alice could not do a check because the patient was asleep, unless told otherwise."""
    told = {"reason": "asleep", "note": ""} | said
    return actions.record_attempt(stay, by=by or cast.alice, at=at, next_try=next_try, key=key or uuid4(), **told)


def wrong(cast: Cast, stay: Stay, **said: Any) -> set[str]:
    """The fields that are refused."""
    with pytest.raises(ValidationError) as error:
        attempt(cast, stay, **said)
    return set(error.value.message_dict)


def test_an_attempt_says_why_and_when_the_next_one_is(cast: Cast, stay: Stay) -> None:
    made = attempt(cast, stay)
    stored = Attempt.objects.get()
    assert (stored, stored.reason, stored.recorded_by) == (made, "asleep", cast.alice)
    assert stored.next_try_at - stored.tried_at == IN_A_QUARTER


def test_so_many_minutes_count_from_now_and_not_from_an_earlier_try(cast: Cast, stay: Stay) -> None:
    made = attempt(cast, stay, at=ago(minutes=40))
    assert now() < made.next_try_at <= now() + IN_A_QUARTER


def test_a_form_sent_again_is_stored_once_though_now_has_moved_on(cast: Cast, stay: Stay) -> None:
    key = uuid4()
    first = attempt(cast, stay, key=key)
    assert attempt(cast, stay, key=key) == first
    assert Attempt.objects.count() == 1
    assert AuditEntry.objects.filter(action="attempt.recorded").count() == 1


def test_the_same_key_with_another_reason_is_refused(cast: Cast, stay: Stay) -> None:
    key = uuid4()
    attempt(cast, stay, key=key)
    with pytest.raises(ValidationError, match="already saved"):
        attempt(cast, stay, key=key, reason="refused")
    with pytest.raises(ValidationError, match="already saved"):
        attempt(cast, stay, key=key, next_try=timedelta(minutes=60))


def test_other_is_explained(cast: Cast, stay: Stay) -> None:
    assert wrong(cast, stay, reason="other", note="  ") == {"note"}
    assert attempt(cast, stay, reason="other", note=" visitors ").note == "visitors"


def test_what_cannot_be_is_refused(cast: Cast, stay: Stay) -> None:
    assert wrong(cast, stay, reason="bored") == {"reason"}
    assert wrong(cast, stay, at=now() + timedelta(hours=1), next_try=now() + timedelta(hours=2)) == {"tried_time"}
    assert wrong(cast, stay, at=ago(hours=1), next_try=ago(hours=2)) == {"next_time"}
    assert wrong(cast, stay, next_try=timedelta(hours=25)) == {"next_time"}


def test_only_who_may_record_a_check_on_the_ward_may_say_that_none_was_done(cast: Cast, stay: Stay) -> None:
    for somebody in (cast.nora, cast.adam):
        with pytest.raises(Forbidden):
            attempt(cast, stay, by=somebody)
    made = attempt(cast, stay)
    with pytest.raises(Forbidden):
        actions.retract_attempt(made, by=cast.nora, reason="x")


def test_an_attempt_taken_back_stays_in_the_history_struck(cast: Cast, stay: Stay) -> None:
    made = attempt(cast, stay)
    actions.retract_attempt(made, by=cast.carol, reason="wrong patient")
    row = history(stay)[0]
    assert (row.kind, row.entry) == ("attempt", made)
    assert row.struck is not None
    assert (row.struck.how, row.struck.by, row.struck.reason) == ("retracted", "Carol Chase", "wrong patient")


def test_attempts_in_a_row_are_those_since_a_muscle_was_graded(cast: Cast, stay: Stay) -> None:
    attempt(cast, stay, at=ago(hours=3))
    looked = examine(cast, stay, at=ago(hours=2))
    second, first = attempt(cast, stay, at=ago(minutes=10)), attempt(cast, stay, at=ago(minutes=30))
    look = last_look_at(stay.episode_id, now())
    assert look == looked.examined_at
    assert attempts_since(look, stay, now()) == [first, second]
    assert len(attempts_since(None, stay, now())) == 3


def test_a_stay_does_not_end_before_an_attempt(cast: Cast, stay: Stay) -> None:
    attempt(cast, stay, at=ago(minutes=10))
    with pytest.raises(ValidationError, match="Something is recorded"):
        discharge(stay, by=cast.alice, at=ago(minutes=30), departure=Stay.Departure.HOME)

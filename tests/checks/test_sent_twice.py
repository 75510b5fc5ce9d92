"""A form sent five times is stored once, and answered the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from monitoring.audit.models import AuditEntry
from monitoring.checks import actions
from monitoring.checks.models import Acceptance, Check, Treatment
from monitoring.protocol import Muscle
from tests.cast import Cast, admit_patient, ago
from tests.checks.examples import examine, findings
from wards.actions import discharge
from wards.models import ClinicalEntry, Stay


def five_times_at_once(send: Callable[[], ClinicalEntry]) -> list[int]:
    """The ids answered to five threads that send at the same moment."""
    barrier = Barrier(5)

    def one(_: int) -> int:
        try:
            barrier.wait()
            answer: int = send().pk
            return answer
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        return list(pool.map(one, range(5)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("now", [True, False], ids=["now", "earlier"])
def test_a_check_sent_five_times_at_once_is_one_row_and_five_equal_answers(cast: Cast, stay: Stay, now: bool) -> None:
    key, at = uuid4(), None if now else ago(minutes=20)
    answers = five_times_at_once(
        lambda: actions.record_check(stay, by=cast.alice, at=at, findings=findings(l4_left=1), key=key)
    )
    assert answers == [Check.objects.get().pk] * 5
    assert AuditEntry.objects.filter(action="check.recorded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_correction_sent_five_times_at_once_is_one_row_and_five_equal_answers(cast: Cast, stay: Stay) -> None:
    old, key = examine(cast, stay), uuid4()
    answers = five_times_at_once(
        lambda: actions.correct_check(
            old, by=cast.alice, at=None, findings=findings(l4_left=1), reason="misread", key=key
        )
    )
    assert answers == [Check.objects.standing().get().pk] * 5


@pytest.mark.django_db(transaction=True)
def test_five_people_who_correct_the_same_check_at_once_leave_one_correction(cast: Cast, stay: Stay) -> None:
    old = examine(cast, stay)
    refusals: list[str] = []

    def send() -> ClinicalEntry:
        try:
            return actions.correct_check(
                old, by=cast.carol, at=None, findings=findings(l4_left=2), reason="misread", key=uuid4()
            )
        except ValidationError as error:
            refusals.extend(error.messages)
            return old

    five_times_at_once(send)
    assert Check.objects.count() == 2
    assert len(refusals) == 4
    assert all("Carol Chase corrected this entry" in refusal for refusal in refusals)


@pytest.mark.django_db(transaction=True)
def test_a_retraction_sent_five_times_at_once_is_made_once(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    answers = five_times_at_once(lambda: actions.retract_check(check, by=cast.alice, reason="wrong patient"))
    assert answers == [check.pk] * 5
    assert AuditEntry.objects.filter(action="check.retracted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_treatment_sent_five_times_at_once_is_one_row_and_five_equal_answers(cast: Cast, stay: Stay) -> None:
    key = uuid4()
    answers = five_times_at_once(
        lambda: actions.record_treatment(
            stay,
            by=cast.alice,
            at=None,
            kind=Treatment.Kind.MANNITOL,
            action=Treatment.Action.STARTED,
            dose="20 g",
            key=key,
        )
    )
    assert answers == [Treatment.objects.get().pk] * 5


@pytest.mark.django_db(transaction=True)
def test_an_acceptance_sent_five_times_at_once_is_one_row_and_five_equal_answers(cast: Cast, stay: Stay) -> None:
    key = uuid4()
    answers = five_times_at_once(
        lambda: actions.accept_reference(
            stay, by=cast.sam, at=None, muscles={Muscle.L4_LEFT: 3}, flags=[], reason="known for years", key=key
        )
    )
    assert answers == [Acceptance.objects.get().pk] * 5


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_for_two_patients_at_once_is_stored_for_one_of_them(cast: Cast, stay: Stay) -> None:
    other = admit_patient(cast, bed=cast.beds[1])
    key, stays = uuid4(), [stay, other, stay, other, stay]
    refusals: list[str] = []

    def send() -> ClinicalEntry:
        mine = stays.pop()
        try:
            return actions.record_check(mine, by=cast.alice, at=ago(minutes=5), findings=findings(), key=key)
        except ValidationError as error:
            refusals.extend(error.messages)
            return Check(pk=0)

    answers = five_times_at_once(send)
    stored = Check.objects.get()
    assert {answer for answer in answers if answer} == {stored.pk}
    assert len(refusals) == answers.count(0) in {2, 3}
    assert all("already saved" in refusal for refusal in refusals)


def test_the_same_key_with_other_content_is_refused_with_the_time_it_was_saved(cast: Cast, stay: Stay) -> None:
    key = uuid4()
    actions.record_check(stay, by=cast.alice, at=None, findings=findings(l4_left=4), key=key)
    for other in (findings(l4_left=3), findings(l4_left=4, pain=0), findings(l4_left=4, note="x")):
        with pytest.raises(ValidationError, match=r"already saved at .* with other values"):
            actions.record_check(stay, by=cast.alice, at=None, findings=other, key=key)
    assert Check.objects.get().l4_left == 4


def test_the_same_key_from_somebody_else_is_refused(cast: Cast, stay: Stay) -> None:
    key = uuid4()
    actions.record_check(stay, by=cast.alice, at=None, findings=findings(), key=key)
    with pytest.raises(ValidationError, match="already saved"):
        actions.record_check(stay, by=cast.carol, at=None, findings=findings(), key=key)


def test_a_check_sent_again_after_the_discharge_is_answered_as_before(cast: Cast, stay: Stay) -> None:
    key, at = uuid4(), ago(minutes=30)
    first = actions.record_check(stay, by=cast.alice, at=at, findings=findings(), key=key)
    discharge(stay, by=cast.alice, at=ago(minutes=20), departure=Stay.Departure.HOME)
    assert actions.record_check(stay, by=cast.alice, at=at, findings=findings(), key=key) == first


def test_an_earlier_time_is_content_though_now_is_not(cast: Cast, stay: Stay) -> None:
    key = uuid4()
    actions.record_check(stay, by=cast.alice, at=ago(minutes=30), findings=findings(), key=key)
    for at in (ago(minutes=31), None):
        with pytest.raises(ValidationError, match="already saved"):
            actions.record_check(stay, by=cast.alice, at=at, findings=findings(), key=key)

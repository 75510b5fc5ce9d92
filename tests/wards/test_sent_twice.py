"""A form sent five times is stored once and answered the same."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from tests.cast import Cast, admit_patient, ago, new_patient, operation_facts
from tests.together import together
from wards import actions
from wards.models import Operation, Patient, Stay


def admission(cast: Cast, **changes: Any) -> Callable[[], Stay]:
    sent = {
        "by": cast.alice,
        "at": None,
        "bed": cast.beds[0],
        "patient": new_patient(),
        "episode": None,
        "responsible_surgeon": cast.sam,
        "key": uuid4(),
    }
    return lambda: actions.admit(**(sent | changes))


def five(call: Callable[[], models.Model]) -> set[Any]:
    return {call().pk for _ in range(5)}


@pytest.mark.parametrize("now", [True, False])
def test_an_admission_is_stored_once(cast: Cast, now: bool) -> None:
    assert len(five(admission(cast, at=None if now else ago(hours=1)))) == 1
    assert (Stay.objects.count(), Patient.objects.count()) == (1, 1)


def test_an_admission_is_answered_the_same_after_a_move(cast: Cast) -> None:
    send = admission(cast, at=ago(hours=2))
    stay = send()
    actions.move(stay, by=cast.alice, at=ago(hours=1), to_bed=cast.beds[1])
    assert send() == stay


@pytest.mark.parametrize(
    "changes",
    [
        lambda cast: {"patient": new_patient()},
        lambda cast: {"bed": cast.beds[1]},
        lambda cast: {"at": ago(hours=3)},
        lambda cast: {"by": cast.carol},
    ],
    ids=["patient", "bed", "time", "person"],
)
def test_an_admission_with_the_same_key_and_other_values_is_refused(cast: Cast, changes: Any) -> None:
    patient, key = new_patient(), uuid4()
    admission(cast, patient=patient, key=key)()
    with pytest.raises(ValidationError, match=r"This form was already saved at .* with other values"):
        admission(cast, **({"patient": patient, "key": key} | changes(cast)))()
    assert Stay.objects.count() == 1


def test_an_operation_is_stored_once(cast: Cast) -> None:
    stay, key, facts = admit_patient(cast), uuid4(), operation_facts()
    assert len(five(lambda: actions.record_operation(stay, by=cast.alice, facts=facts, key=key))) == 1
    with pytest.raises(ValidationError, match="already saved"):
        actions.record_operation(stay, by=cast.alice, facts=operation_facts(level_lower="S1"), key=key)
    with pytest.raises(ValidationError, match="already saved"):
        actions.record_operation(stay, by=cast.sam, facts=facts, key=key)
    assert Operation.objects.count() == 1


def test_an_operation_is_answered_the_same_after_the_discharge(cast: Cast) -> None:
    stay, key, facts = admit_patient(cast), uuid4(), operation_facts()
    operation = actions.record_operation(stay, by=cast.alice, facts=facts, key=key)
    actions.discharge(stay, by=cast.alice, at=None, departure="home")
    assert actions.record_operation(stay, by=cast.alice, facts=facts, key=key) == operation


def test_a_correction_is_stored_once_and_its_key_serves_no_other(cast: Cast) -> None:
    stay, key, facts = admit_patient(cast), uuid4(), operation_facts(level_lower="S1")
    old = actions.record_operation(stay, by=cast.alice, facts=operation_facts(), key=uuid4())

    def send(reason: str) -> Operation:
        return actions.correct_operation(old, by=cast.alice, facts=facts, reason=reason, key=key)

    assert len(five(lambda: send("typed wrong"))) == 1
    with pytest.raises(ValidationError, match="already saved"):
        send("another reason")
    assert Operation.objects.count() == 2


def test_an_admission_overtaken_after_it_had_looked_gets_the_first_ones_answer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, look = admission(cast, key=uuid4()), actions._admitted_before
    first = send()
    looks = iter([lambda *_: None, look])
    monkeypatch.setattr(actions, "_admitted_before", lambda *said: next(looks)(*said))
    assert send().pk == first.pk


@pytest.mark.django_db(transaction=True)
def test_an_admission_sent_five_times_at_once_is_stored_once(cast: Cast) -> None:
    answers = together(*[admission(cast, key=uuid4())] * 5)
    assert {answer.pk for answer in answers} == {Stay.objects.get().pk}
    assert Patient.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_operation_sent_five_times_at_once_is_stored_once(cast: Cast) -> None:
    stay, key, facts = admit_patient(cast), uuid4(), operation_facts()
    answers = together(*[lambda: actions.record_operation(stay, by=cast.alice, facts=facts, key=key)] * 5)
    assert {answer.pk for answer in answers} == {Operation.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_one_key_for_two_patients_at_once_is_stored_for_one(cast: Cast) -> None:
    """The two hold different locks: the unique key decides, and the slower one is told."""
    stays = [admit_patient(cast, bed=bed) for bed in cast.beds[:2]]
    key, facts = uuid4(), operation_facts()
    answers = together(
        *[lambda stay=stay: actions.record_operation(stay, by=cast.alice, facts=facts, key=key) for stay in stays]
    )
    assert [type(answer) for answer in sorted(answers, key=lambda each: isinstance(each, Operation))] == [
        ValidationError,
        Operation,
    ]
    assert Operation.objects.count() == 1

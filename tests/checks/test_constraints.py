"""What the database itself refuses, whoever writes: no path stores a grade of 6, and nothing signed is changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction

from monitoring.checks.forms import CheckForm
from monitoring.checks.models import Acceptance, Check, Treatment, Untested, column
from monitoring.protocol import MUSCLES, Muscle
from tests.cast import Cast, ago
from tests.checks.examples import examine, posted, treat
from wards.models import Stay

EXAMINED = datetime(2026, 3, 1, 15, tzinfo=UTC)


def a_check(cast: Cast, stay: Stay, **columns: Any) -> Check:
    return Check(
        stay=stay,
        episode=stay.episode,
        recorded_by=cast.alice,
        idempotency_key=uuid4(),
        **{"examined_at": EXAMINED, **columns},
    )


def by_save(check: Check) -> None:
    check.save()


def by_bulk_create(check: Check) -> None:
    Check.objects.bulk_create([check])


def by_raw_sql(check: Check) -> None:
    names = ["public_id", "idempotency_key", "episode_id", "stay_id", "recorded_by_id", "examined_at", "catheter"]
    blank = ["correction_reason", "retraction_reason", "note", "saddle_anaesthesia", "bladder_bowel"]
    muscles = [name for muscle in MUSCLES for name in (column(muscle), f"{column(muscle)}_untested")]
    every = [*names, *blank, *muscles]
    marks = ", ".join(["%s"] * len(every))
    with connection.cursor() as cursor:
        values = [str(value) if "id" in name else value for name in every for value in [getattr(check, name)]]
        cursor.execute(f"INSERT INTO checks_check ({', '.join(every)}) VALUES ({marks})", values)


PATHS = [by_save, by_bulk_create, by_raw_sql]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("muscle", MUSCLES)
@pytest.mark.parametrize("grade", [6, -1])
def test_no_path_stores_a_grade_outside_0_to_5(
    cast: Cast, stay: Stay, muscle: Muscle, grade: int, path: Callable[[Check], None]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        path(a_check(cast, stay, **{column(muscle): grade}))
    assert not Check.objects.exists()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("grade", range(6))
def test_every_path_stores_grades_0_to_5(cast: Cast, stay: Stay, grade: int, path: Callable[[Check], None]) -> None:
    path(a_check(cast, stay, **{column(muscle): grade for muscle in MUSCLES}))
    stored = Check.objects.get()
    assert [stored.grade(muscle) for muscle in MUSCLES] == [grade] * 10


def test_a_form_with_a_grade_of_6_is_not_valid(cast: Cast, stay: Stay) -> None:
    form = CheckForm(posted(l4_left="6"), ward=stay.ward, by=cast.alice)
    assert set(form.errors) == {"l4_left"}


WRONG: list[dict[str, Any]] = [
    {"l4_left": 3, "l4_left_untested": Untested.PAIN},
    {"l4_left_untested": "tired"},
    {"l4_left_untested": Untested.OTHER},
    {"saddle_anaesthesia": "perhaps"},
    {"pain": 11},
    {"pain": -1},
    {"correction_reason": "corrects nothing"},
    {"retraction_reason": "unsigned"},
    {"retracted_at": EXAMINED, "retraction_reason": "by nobody"},
]


@pytest.mark.parametrize("columns", WRONG, ids=lambda columns: ", ".join(columns))
def test_the_database_refuses_a_check_that_contradicts_itself(cast: Cast, stay: Stay, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        a_check(cast, stay, **columns).save()


def test_the_database_refuses_the_same_person_as_second_examiner(cast: Cast, stay: Stay) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        a_check(cast, stay, second_examiner=cast.alice).save()


def test_the_database_refuses_a_second_row_of_the_same_key(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    again = a_check(cast, stay)
    again.idempotency_key = check.idempotency_key
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_the_database_refuses_a_second_correction_of_the_same_check(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    a_check(cast, stay, supersedes=check, correction_reason="first").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        a_check(cast, stay, supersedes=check, correction_reason="second").save()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE checks_check SET l4_left = 4",
        "UPDATE checks_check SET examined_at = examined_at - interval '1 hour'",
        "UPDATE checks_check SET recorded_by_id = second_examiner_id",
        "DELETE FROM checks_check",
        "TRUNCATE checks_check CASCADE",
        "DELETE FROM checks_treatment",
        "UPDATE checks_treatment SET action = 'stopped'",
        "DELETE FROM checks_acceptance",
        "UPDATE checks_acceptance SET reason = 'another'",
    ],
)
def test_the_database_refuses_to_change_what_was_signed(cast: Cast, stay: Stay, change: str) -> None:
    examine(cast, stay, second_examiner=cast.carol)
    treat(cast, stay)
    an_acceptance(cast, stay).save()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit: nothing is pending that could refuse too
        with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
            cursor.execute(change)


def test_a_retraction_is_stored_once_and_never_taken_back(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    mark = {"retracted_at": ago(), "retracted_by": cast.alice, "retraction_reason": "wrong patient"}
    Check.objects.filter(pk=check.pk).update(**mark)
    for change in ({"retraction_reason": "another"}, dict.fromkeys(mark) | {"retraction_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Check.objects.filter(pk=check.pk).update(**change)


def an_acceptance(cast: Cast, stay: Stay, **columns: Any) -> Acceptance:
    facts = {"accepted_at": EXAMINED, "muscles": {"L4 left": 3}, "reason": "known since childhood", **columns}
    return Acceptance(stay=stay, episode=stay.episode, recorded_by=cast.sam, idempotency_key=uuid4(), **facts)


WRONG_ACCEPTANCES: list[dict[str, Any]] = [
    {"muscles": {"L4 left": 6}},
    {"muscles": {"L4 left": -1}},
    {"muscles": {"L4 left": 2.5}},
    {"muscles": {"L4 left": "3"}},
    {"muscles": {"L4 left": True}},
    {"muscles": {"L4 left": None}},
    {"muscles": {"L4 left": [3]}},
    {"muscles": {"L6 left": 3}},
    {"muscles": {"L4 LEFT": 3}},
    {"muscles": {"L4 left": 3, "L5 left": 6}},
    {"muscles": ["L4 left"]},
    {"muscles": {}, "flags": []},
    {"flags": ["headache"]},
    {"flags": {"bladder_bowel": True}},
    {"reason": ""},
]


@pytest.mark.parametrize("columns", WRONG_ACCEPTANCES, ids=str)
def test_the_database_refuses_an_acceptance_of_what_the_protocol_does_not_know(
    cast: Cast, stay: Stay, columns: dict[str, Any]
) -> None:
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        an_acceptance(cast, stay, **columns).save()


@pytest.mark.parametrize(
    "columns",
    [
        {
            "muscles": {
                str(muscle): grade for muscle, grade in zip(MUSCLES, [0, 1, 2, 3, 4, 5, 0, 1, 2, 3], strict=True)
            }
        },
        {"muscles": {}, "flags": ["bladder_bowel", "saddle_anaesthesia"]},
    ],
    ids=["every muscle", "every flag"],
)
def test_the_database_takes_an_acceptance_of_what_the_protocol_knows(
    cast: Cast, stay: Stay, columns: dict[str, Any]
) -> None:
    an_acceptance(cast, stay, **columns).save()


@pytest.mark.parametrize("columns", [{"kind": "prayer"}, {"action": "paused"}], ids=str)
def test_the_database_refuses_an_unknown_treatment(cast: Cast, stay: Stay, columns: dict[str, Any]) -> None:
    facts = {"kind": "rest", "action": "started", "happened_at": EXAMINED, **columns}
    with pytest.raises(IntegrityError), transaction.atomic():
        Treatment(stay=stay, episode=stay.episode, recorded_by=cast.alice, idempotency_key=uuid4(), **facts).save()


def test_validation_of_the_model_speaks_before_the_database_does(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError):
        a_check(cast, stay, l4_left=6).full_clean()

"""After a re-operation: the checks of day 3 and day 7 are planned and told of, and the outcome is read off them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from monitoring.checks.actions import record_check
from monitoring.desks.common.stay import stay_context
from monitoring.desks.common.visit import visit_by
from monitoring.desks.nurse.board_queries import board
from monitoring.desks.nurse.sheet import sheet_of
from monitoring.due.clock import now
from monitoring.pathway.actions.theatre import record_exploration
from monitoring.pathway.facts import ExplorationFacts
from monitoring.pathway.models import Exploration
from monitoring.pathway.vocabulary import Finding, Indication
from monitoring.protocol import Muscle
from tests.alerts.conftest import Patient, findings
from tests.cast import Cast, admit_patient, ago, operate
from tests.desks.pages import alerting_works, queries_of, read, spaced
from tests.desks.test_operation_and_treatment_pages import BERLIN
from wards.access import stay_or_404
from wards.models import Bed, Operation

HOUR, DAY = 60, 24 * 60


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@dataclass
class Reoperated(Patient):
    """Fell in L4 left from 5 to 1 and L5 left to 0, and was operated again so many minutes ago."""

    operation: Operation
    ended: float

    def after(self, hours: float, **weaker: int) -> None:
        """A whole check so many hours after the re-operation."""
        self.checked(self.ended - hours * HOUR, flag=None, **weaker)


def reoperated(cast: Cast, *, days_ago: float, bed: Bed | None = None) -> Reoperated:
    ended = days_ago * DAY
    stay = admit_patient(cast, bed=bed, at=ago(minutes=ended + 4 * DAY))
    patient = Patient(cast, stay)
    patient.check(ended + 3 * DAY)
    operate(cast, stay, ended_at=ago(minutes=ended + 2 * DAY))
    patient.checked(ended + DAY)
    patient.checked(ended + 5 * HOUR, L4_left=1, L5_left=0)
    operation = operate(cast, stay, ended_at=ago(minutes=ended), kind=Operation.Kind.SECONDARY)
    patient.assess()
    return Reoperated(cast, stay, operation, ended)


def found(patient: Reoperated, indication: Indication = Indication.DEFICIT) -> Exploration:
    """Sam records what the re-operation was for, and that it found a haematoma."""
    finding = Finding.EPIDURAL_HAEMATOMA.value if indication == Indication.DEFICIT else ""
    facts = ExplorationFacts(indication=indication, finding=finding)
    sam = patient.cast.sam
    return record_exploration(patient.operation, by=sam, facts=facts, drains_placed=[], key=uuid4())


def stay_page(patient: Patient) -> str:
    return spaced(read(patient.cast.alice, f"/stays/{patient.stay.public_id}/"))


def board_says(patient: Patient) -> str:
    return spaced(read(patient.cast.alice, "/wards/7b/"))


def sheet_says(patient: Patient) -> str:
    return spaced(read(patient.cast.alice, "/wards/7b/sheet/"))


def due_at(patient: Reoperated, day: int) -> str:
    """As the ward's clock says it."""
    at = patient.operation.ended_at + timedelta(days=day)
    return f"{at.astimezone(BERLIN):%H:%M}"


def outcome_of(patient: Patient) -> str:
    """What the table says, from its heading on."""
    return stay_page(patient).split("Strength after the re-operation of ", 1)[1].split("Operations Secondary", 1)[0]


def test_both_checks_are_planned_on_the_stays_page(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=1)
    text = stay_page(patient)
    assert re.search(rf"Day-3 outcome check planned for \S+ {due_at(patient, 3)}", text)
    assert re.search(rf"Day-7 outcome check planned for \S+ {due_at(patient, 7)}", text)
    assert "outcome check" not in board_says(patient)
    assert "outcome check" not in sheet_says(patient)


def test_who_was_not_operated_again_has_none(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_left=1)
    assert "outcome check" not in stay_page(patient)
    assert "Strength after the re-operation" not in stay_page(patient)


@pytest.mark.parametrize(("days_ago", "day"), [(2.6, 3), (3.9, 3), (6.6, 7), (7.9, 7)])
def test_a_check_is_due_from_twelve_hours_before_until_a_day_after(cast: Cast, days_ago: float, day: int) -> None:
    patient = reoperated(cast, days_ago=days_ago)
    words = rf"Day-{day} outcome check due (\S+ )?{due_at(patient, day)}"
    for text in (stay_page(patient), board_says(patient), sheet_says(patient)):
        assert re.search(words, text)


@pytest.mark.parametrize("days_ago", [2.4, 4.1, 6.4, 8.1])
def test_outside_of_that_time_neither_board_nor_sheet_tells_of_it(cast: Cast, days_ago: float) -> None:
    patient = reoperated(cast, days_ago=days_ago)
    assert "outcome check" not in board_says(patient)
    assert "outcome check" not in sheet_says(patient)


def test_an_ordinary_check_does_it_and_the_line_goes(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=3.2)
    found(patient)
    assert "Day-3 outcome check due" in board_says(patient)
    patient.after(73, L4_left=3, L5_left=4)
    assert "outcome check" not in board_says(patient)
    assert "outcome check" not in sheet_says(patient)
    assert "Day-3 outcome check: done" in stay_page(patient)


def test_a_check_of_one_of_two_muscles_leaves_it_due_and_in_the_end_partly_done(cast: Cast) -> None:
    for bed, days_ago, words in ((0, 3.5, "Day-3 outcome check due"), (1, 5, "Day-3 outcome check: partly done")):
        patient = reoperated(cast, days_ago=days_ago, bed=cast.beds[bed])
        looked = findings(L4_left=3)
        looked.muscles.pop(Muscle("L5 left"))  # type: ignore[attr-defined]
        at = patient.operation.ended_at + timedelta(days=3)
        record_check(patient.stay, by=cast.alice, at=at, findings=looked, key=uuid4())
        patient.assess()
        assert words in stay_page(patient)
        assert "L5 left 0 – L5 left: not examined" in outcome_of(patient)


def test_what_nobody_did_in_time_was_missed(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=4.5)
    patient.after(20, L4_left=2, L5_left=1)
    assert "Day-3 outcome check: missed" in stay_page(patient)
    assert "Day-7 outcome check planned for" in stay_page(patient)


def test_the_outcome_is_a_row_a_muscle_with_relief_read_off_day_3(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=8.5)
    found(patient)
    patient.after(72, L4_left=3, L5_left=3)
    patient.after(168, L4_left=4)
    text = outcome_of(patient)
    assert "Muscle At the deficit Day 3 done Day 7 done" in text
    assert "L4 left 1 3 L4 left: 3 4 L4 left: 4" in text
    assert "L5 left 0 3 L5 left: 3 5 L5 left: 5" in text
    assert "L3 left" not in text
    assert "Relief: yes Relief as the paper counts it" in text
    assert "nobody enters it" in text
    assert "outcome check" not in stay_page(patient)


def test_a_muscle_that_stays_at_2_on_day_3_is_no_relief(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=5)
    patient.after(72, L4_left=2, L5_left=3)
    assert "Relief: no Relief as" in outcome_of(patient)


@pytest.mark.parametrize(("days_ago", "words"), [(1, "not known yet"), (9, "not known")])
def test_relief_is_not_known_before_day_3_or_where_nobody_looked(cast: Cast, days_ago: float, words: str) -> None:
    assert f"Relief: {words} Relief as" in outcome_of(reoperated(cast, days_ago=days_ago))


def test_before_day_3_is_over_relief_is_only_so_far(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=2.8)
    patient.after(62, L4_left=2, L5_left=2)
    assert "Relief: no, so far" in outcome_of(patient)


def test_a_reoperation_for_another_reason_has_no_outcome(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=3)
    found(patient, Indication.EXUDATION)
    assert "outcome check" not in stay_page(patient)
    assert "Strength after the re-operation" not in stay_page(patient)
    assert "outcome check" not in board_says(patient)
    assert "outcome check" not in sheet_says(patient)


def test_a_second_reoperation_has_checks_of_its_own(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=3)
    operate(cast, patient.stay, ended_at=ago(days=1), kind=Operation.Kind.SECONDARY)
    patient.assess()
    text = stay_page(patient)
    assert "Day-3 outcome check planned for" in text
    assert "Day 3 operated again before" in text
    assert "outcome check due" not in text
    assert "outcome check" not in board_says(patient)


def test_a_reoperation_without_a_fall_before_it_has_nothing_to_compare_and_any_check_does_it(cast: Cast) -> None:
    stay = admit_patient(cast, at=ago(days=8))
    operate(cast, stay, ended_at=ago(days=7))
    patient = Reoperated(cast, stay, operate(cast, stay, ended_at=ago(days=3), kind=Operation.Kind.SECONDARY), 3 * DAY)
    patient.assess()
    assert "Day-3 outcome check due" in board_says(patient)
    assert "there is nothing to compare, and relief is not known" in outcome_of(patient)
    patient.checked(30)
    assert "outcome check" not in board_says(patient)
    assert "Day-3 outcome check: done" in stay_page(patient)


def test_a_correction_that_takes_the_check_back_makes_it_due_again(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=3.2)
    check = patient.check(patient.ended - 72 * HOUR, L4_left=4)
    assert "outcome check" not in board_says(patient)
    patient.retract(check)
    assert "Day-3 outcome check due" in board_says(patient)


def many(cast: Cast, count: int) -> Iterator[Reoperated]:
    for number in range(count):
        bed = Bed.objects.create(ward=cast.ward_7b, label=f"X{number:02}")
        yield reoperated(cast, days_ago=3, bed=bed)


def test_board_and_sheet_ask_as_much_for_many_reoperated_as_for_two(cast: Cast) -> None:
    def of_the_board(at: datetime) -> int:
        return queries_of(lambda: board(cast.ward_7b, now=at, staff=cast.alice))

    patients = many(cast, 6)
    for _ in range(2):
        next(patients)
    few, few_on_the_sheet = of_the_board(now()), queries_of(lambda: sheet_of(cast.ward_7b, now()))
    assert len([found(patient) for patient in patients]) == 4
    cards = board(cast.ward_7b, now=now(), staff=cast.alice).cards
    assert [len(card.outcome_checks) for card in cards] == [1] * 6
    assert of_the_board(now()) == few <= 6
    assert queries_of(lambda: sheet_of(cast.ward_7b, now())) == few_on_the_sheet <= 12


def test_the_stays_page_asks_twelve_queries_at_most_however_long_it_has_been(cast: Cast) -> None:
    patient = reoperated(cast, days_ago=5)
    stay = stay_or_404(cast.alice, patient.stay.public_id)
    found(patient)
    few = queries_of(lambda: stay_context(visit_by(cast.alice), stay))
    for hours in range(60, 84, 4):
        patient.after(hours, L4_left=2)
    assert queries_of(lambda: stay_context(visit_by(cast.alice), stay)) == few <= 12

"""One alert as the surgeon reads it: what fell and how, the basis of it, the patient's risks, the treatment so far."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from monitoring.alerts.models import Alert
from monitoring.checks.actions import record_treatment
from monitoring.desks.common.risks import risks_of, segments_of
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago, new_patient, operate, operation_facts
from tests.desks.alerting import url
from tests.desks.pages import alerting_works, queries_of, read, said, spaced
from wards.models import Operation, Stay
from wards.models import Patient as Person


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def strips(page: str) -> list[str]:
    """What the small charts tell those who hear the page."""
    return re.findall(r'<svg role="img" aria-label="([^"]*)" viewBox="0 0 1000 70"', page)


def test_the_strip_tells_the_checks_from_the_last_good_one_on(cast: Cast, patient: Patient) -> None:
    patient.checked(200, L4_left=5)
    patient.checked(40, L4_left=2)
    patient.checked(20, L4_left=1)
    [told] = strips(read(cast.sam, "/inbox/"))
    assert re.fullmatch(r"L4 left: \S.* grade 5, \S.* grade 2, \S.* grade 1", told)


def test_three_muscles_have_a_strip_the_worst_first_and_the_others_are_named(cast: Cast, patient: Patient) -> None:
    patient.checked(30, L4_left=1, L5_left=2, L5_right=3, S1_left=4)
    page = read(cast.sam, "/inbox/")
    assert [told.split(":")[0] for told in strips(page)] == ["L4 left", "L5 left", "L5 right"]
    assert "also S1 left 5 → 4" in said(page)


def test_a_paralysed_muscle_is_drawn_at_zero_and_marked_grave(cast: Cast, patient: Patient) -> None:
    patient.checked(30, L4_left=0)
    grave = re.search(r'<path class="grave" d="([^"]*)"', read(cast.sam, "/inbox/"))
    assert grave
    assert re.fullmatch(r"M\d+ 55h0", grave.group(1))


def test_a_concern_without_an_onset_shows_the_day_before_it(cast: Cast, patient: Patient) -> None:
    patient.checked(30, L4_left=3)
    [told] = strips(read(cast.sam, "/inbox/"))
    assert told.count("grade 5") == 1  # the check five hours ago, and not the baseline before the operation
    assert told.endswith("grade 3")


def test_the_rule_is_quoted_with_the_version_that_it_was_made_under(cast: Cast, critical: Patient) -> None:
    def rule() -> str:
        return spaced(read(cast.sam, "/inbox/")).split(" Rule ")[1].split(" Operation ")[0]

    assert rule().startswith("a drop of 3 grades or more (protocol §4.2)")
    assert rule().endswith("the protocol’s default settings")
    Alert.objects.update(protocol_version="7b 3")
    assert rule().endswith("protocol version 7b 3")


def test_what_is_given_stands_with_since_when_and_an_operation_ends_it(cast: Cast, patient: Patient) -> None:
    for kind, dose, at in (("rest", "", ago(hours=30)), ("mannitol", "250 ml", ago(minutes=25))):
        record_treatment(patient.stay, by=cast.alice, at=at, kind=kind, action="started", dose=dose, key=uuid4())
    patient.checked(10, L4_left=2)
    text = spaced(read(cast.sam, "/inbox/")).split("Strength ")[1].split("Treatment ")[1]
    assert text.startswith("rest from ")
    assert "mannitol IV 250 ml since " in text.split("Likely cause")[0]


def test_every_check_behind_an_alert_stands_on_its_page_with_the_way_to_it(cast: Cast, patient: Patient) -> None:
    good, first = patient.checked(200), patient.checked(40, L4_left=2)
    wrong = patient.checked(30, L4_left=4, flag="bladder_bowel")
    right = patient.correct(wrong, L4_left=1)
    patient.assess()
    page = read(cast.sam, url(patient.alert))
    behind = page.split("Checks behind this", 1)[1].split("What was done")[0]
    ways = re.findall(r"/checks/([0-9a-f-]+)/result/", behind)
    assert ways == [str(check.public_id) for check in (right, wrong, first, good)]
    assert "Corrected" in spaced(behind)
    assert behind.count('class="is-struck"') == 1
    assert 'class="g fell"' in behind


def test_a_check_typed_late_is_marked_and_a_long_list_is_folded(cast: Cast, patient: Patient) -> None:
    patient.checked(120)
    for minutes in range(60, 40, -2):
        patient.check(minutes, L4_left=2)
    patient.assess()
    behind = read(cast.sam, url(patient.alert)).split("Checks behind this", 1)[1].split("What was done")[0]
    assert "late, typed" in said(behind)
    assert "3 earlier checks" in said(behind)


def test_a_long_history_is_read_by_one_statement(cast: Cast, patient: Patient) -> None:
    patient.checked(120)
    patient.checked(60, L4_left=2)
    few = queries_of(lambda: read(cast.sam, url(patient.alert)))
    for minutes in range(50, 10, -4):
        patient.check(minutes, L4_left=2)
    patient.assess()
    assert queries_of(lambda: read(cast.sam, url(patient.alert))) == few


def operation(**changes: Any) -> Operation:
    facts = operation_facts(**changes)
    return Operation(**{name: getattr(facts, name) for name in facts.__dataclass_fields__})


@pytest.mark.parametrize(
    ("levels", "segments"),
    [(("L4", "L5"), 1), (("L3", "S1"), 3), (("T10", "ilium"), 8), (("L5", "S2"), 1), (("L2", "L2"), 0)],
)
def test_segments_are_what_lies_between_the_levels_down_to_s1(db: None, levels: tuple[str, str], segments: int) -> None:
    assert segments_of(operation(level_upper=levels[0], level_lower=levels[1])) == segments


def test_the_papers_risks_are_named_and_nothing_else(db: None) -> None:
    young, old = Person(date_of_birth=date(1990, 1, 1)), Person(date_of_birth=date(1955, 3, 7))
    assert risks_of(None, old) == []
    assert risks_of(operation(symptomatic_side="both"), young) == []
    [age, many, blood, deformity, side] = risks_of(
        operation(level_upper="L2", coagulopathy=True, deformity_correction=True, symptomatic_side="left"), old
    )
    assert re.fullmatch(r"\d\d years old", age)
    assert (many, blood, deformity) == ("3 segments", "coagulopathy or anticoagulant", "deformity correction")
    assert side == "symptoms on the left alone before surgery"


@pytest.mark.parametrize(("born", "counts"), [(date(1966, 3, 2), True), (date(1966, 3, 3), False)])
def test_sixty_counts_from_the_birthday_on(db: None, born: date, counts: bool) -> None:
    ended_at = operation_facts().ended_at.replace(year=2026, month=3, day=2)
    index = operation(ended_at=ended_at, symptomatic_side="none")
    assert bool(risks_of(index, Person(date_of_birth=born))) == counts


def test_the_operation_says_how_many_segments_and_the_risks_stand_beside_it(cast: Cast) -> None:
    stay: Stay = admit_patient(cast, patient=new_patient(date_of_birth=date(1950, 1, 1)))
    patient = Patient(cast, stay)
    patient.check(30 * 60)
    operate(cast, stay, level_upper="L2", level_lower="S1", coagulopathy=True)
    patient.checked(300)
    patient.checked(10, L4_left=2)
    text = spaced(read(cast.sam, "/inbox/"))
    assert "4 segments" in text.split("Operation ")[1].split("Risk ")[0]
    assert "coagulopathy or anticoagulant" in text.split("Risk ")[1].split("Red flags")[0]

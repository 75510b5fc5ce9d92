"""What a device says by itself (grave.js), held against the server's rules over every case there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from monitoring.checks.models import column
from monitoring.protocol import (
    FLAGS,
    MUSCLES,
    Assessment,
    Check,
    Event,
    Muscle,
    Operation,
    ReferenceAccepted,
    Rule,
    Settings,
    Timeline,
    assess,
)
from monitoring.protocol.vocabulary import FlagStatus
from tests.offline.modules import open_modules

STATUSES: tuple[FlagStatus, ...] = ("present", "absent", "not_assessed")
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
GRADES, DROPS = range(6), range(1, 6)
RULES = {1: Rule.FALL_TO_0_1, 2: Rule.MAJOR_DROP, 4: Rule.RED_FLAG}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A page of nothing but our own modules."""
    context = chromium.new_context()
    yield open_modules(context)
    context.close()


def said_by_device(page: Page, cases: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What grave.js finds in each case: {values, patient, drop}."""
    found: list[list[dict[str, Any]]] = page.evaluate(
        """async cases => { const { graveOf } = await import("/grave.js");
        return cases.map(({ values, patient, drop }) => graveOf(values, patient, drop)) }""",
        cases,
    )
    return found


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def case(before: list[Event], check: Check, settings: Settings) -> dict[str, Any]:
    """What the kit says before the check, and what the form of the check sends."""
    known = assess(Timeline(tuple(before)), settings, check.at - timedelta(minutes=1))
    values = {column(muscle): str(grade) for muscle, grade in check.grades.items()} | dict(check.flags)
    patient = {
        "references": {column(muscle): grade for muscle, (grade, _) in known.references.items()},
        "raises": [flag for flag in FLAGS if known.has_operation and flag not in known.known_flags],
    }
    return {"values": values, "patient": patient, "drop": settings.major_drop_grades}


def said_by_server(before: list[Event], check: Check, settings: Settings) -> list[tuple[int, str]]:
    """The findings 1, 2 and 4 of what the check looked at, by number and name. What stood before it is not its own."""
    looked_at = {*map(column, check.graded), *check.assessed}
    after = assess(Timeline((*before, check)), settings, check.at)
    return [(number, name) for number, name in named(after) if name in looked_at]


def named(assessment: Assessment) -> list[tuple[int, str]]:
    by_rule = {finding.rule: finding for finding in assessment.findings}
    found = [(number, by_rule[rule]) for number, rule in RULES.items() if rule in by_rule]
    muscles = [(number, column(muscle.muscle)) for number, finding in found for muscle in finding.muscles]
    return sorted(muscles + [(number, flag) for number, finding in found for flag in finding.flags])


def reference_histories() -> Iterator[tuple[Muscle, int, list[Event]]]:
    """Every muscle with every reference, checked, assumed and accepted: its history up to the check."""
    operation = Operation(at=at(2), kind="index")
    for muscle, reference in product(MUSCLES, GRADES):
        yield muscle, reference, [Check(at=at(0), grades={muscle: reference}), operation]
        yield muscle, reference, [operation, ReferenceAccepted(at=at(3), muscles={muscle: reference})]
    for muscle in MUSCLES:
        yield muscle, 5, [operation]  # assumed


def flag_histories() -> Iterator[tuple[str, list[Event]]]:
    """A flag new, old, old and gone, old and accepted, accepted, accepted and gone; and no operation at all."""
    operation = Operation(at=at(2), kind="index")
    for flag in FLAGS:
        present: dict[str, FlagStatus] = {flag: "present"}
        absent: dict[str, FlagStatus] = {flag: "absent"}
        accepted = ReferenceAccepted(at=at(4), flags=(flag,))
        yield flag, [operation]
        yield flag, [Check(at=at(0), flags=present)]
        yield flag, [Check(at=at(0), flags=absent), operation]
        yield flag, [Check(at=at(0), flags=present), operation]
        yield flag, [Check(at=at(0), flags=present), operation, Check(at=at(3), flags=absent)]
        yield flag, [Check(at=at(0), flags=present), operation, accepted]
        yield flag, [operation, Check(at=at(3), flags=present)]
        yield flag, [operation, Check(at=at(3), flags=present), accepted]
        yield flag, [operation, Check(at=at(3), flags=present), accepted, Check(at=at(5), flags=absent)]
        yield flag, [operation, accepted]


def test_findings_1_and_2_over_every_muscle_reference_grade_and_setting(page: Page) -> None:
    cases, expected = [], []
    for (muscle, reference, before), grade, drop in product(reference_histories(), [*GRADES, "NT"], DROPS):
        settings, check = Settings(major_drop_grades=drop), Check(at=at(6), grades={muscle: grade})
        cases.append(case(before, check, settings))
        assert cases[-1]["patient"]["references"][column(muscle)] == reference
        expected.append(said_by_server(before, check, settings))
    assert len(cases) == (10 * 6 * 2 + 10) * 7 * 5
    found = [sorted((each["finding"], each["muscle"]) for each in one) for one in said_by_device(page, cases)]
    assert found == expected
    assert {number for one in expected for number, _ in one} == {1, 2}


def test_finding_4_over_every_flag_status_and_history(page: Page) -> None:
    cases, expected = [], []
    for (flag, before), status in product(flag_histories(), STATUSES):
        check = Check(at=at(6), flags={flag: status})
        cases.append(case(before, check, Settings()))
        expected.append(said_by_server(before, check, Settings()))
    assert len(cases) == 2 * 10 * 3
    found = [[(each["finding"], each["flag"]) for each in one] for one in said_by_device(page, cases)]
    assert found == expected
    assert {number for one in expected for number, _ in one} == {4}


def test_all_that_is_grave_in_one_check_is_said(page: Page) -> None:
    before: list[Event] = [Check(at=at(0), grades=dict.fromkeys(MUSCLES, 5)), Operation(at=at(2), kind="index")]
    grades = dict.fromkeys(MUSCLES, 5) | {Muscle("L4 left"): 0, Muscle("L5 left"): 2, Muscle("S1 right"): 3}
    check = Check(at=at(6), grades=grades, flags=dict.fromkeys(FLAGS, "present"))
    (found,) = said_by_device(page, [case(before, check, Settings())])
    assert sorted((each["finding"], each.get("muscle") or each["flag"]) for each in found) == said_by_server(
        before, check, Settings()
    )


def test_an_empty_form_is_not_grave(page: Page) -> None:
    patient = {"references": {column(muscle): 5 for muscle in MUSCLES}, "raises": list(FLAGS)}
    empty = {column(muscle): "" for muscle in MUSCLES}
    assert said_by_device(page, [{"values": values, "patient": patient, "drop": 3} for values in ({}, empty)]) == [
        [],
        [],
    ]

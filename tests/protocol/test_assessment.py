"""The assessment as a value: what it says, what lies behind it, and what makes two equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitoring.protocol import Assessment, Level, Muscle, Reference
from tests.protocol.histories import assessed, check, minute

BEHIND: dict[str, Any] = {
    "severe_run_seen_at": minute(1),
    "critical_run_seen_at": minute(1),
    "latest": {Muscle.L4_LEFT: 0},
    "references": {Muscle.L4_LEFT: Reference(3, assumed=False)},
    "present_flags": ("bladder_bowel",),
    "last_look": minute(1),
    "operation_at": minute(1),
    "has_baseline": False,
}


def test_the_answer_has_the_fields_of_the_protocol_in_their_order() -> None:
    assert list(assessed(10, check(10, L4_left=2)).to_json("t-1")) == [
        "id",
        "level",
        "actions",
        "because",
        "findings",
        "seen_at",
        "last_good_at",
        "reassess_due",
        "next_check_due",
        "overdue",
        "causes",
    ]


def test_an_assessment_of_nothing_is_stable() -> None:
    assert Assessment().to_json()["level"] == "stable"
    assert not Assessment().has_operation
    assert not Assessment().has_baseline


@pytest.mark.parametrize("name", BEHIND)
def test_what_lies_behind_the_answer_makes_no_difference_between_two(name: str) -> None:
    assessment = assessed(10, check(10, L4_left=2))
    assert replace(assessment, **{name: BEHIND[name]}) == assessment


def test_what_the_answer_says_does() -> None:
    assessment = assessed(10, check(10, L4_left=2))
    for difference in ({"level": Level.WATCH}, {"overdue": True}, {"seen_at": minute(11)}, {"causes": ()}):
        assert replace(assessment, **difference) != assessment

"""Words and figures as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from monitoring.desks.common import presentation as say
from monitoring.protocol import Action, Reason, Rule
from wards.times import age_on

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 2, 14, tzinfo=UTC)  # 03:14 in Berlin


def test_a_birthday_is_written_so_that_day_and_month_cannot_be_mistaken() -> None:
    assert say.day_words(date(1963, 3, 7)) == "07-Mar-1963"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW - timedelta(minutes=40), "02:34"),
        (NOW - timedelta(hours=4), "yesterday 23:14"),
        (NOW + timedelta(days=1), "tomorrow 03:14"),
        (NOW - timedelta(days=4), "26-Feb 03:14"),
        (NOW - timedelta(days=400), "26-Jan-2025 03:14"),
    ],
)
def test_a_time_is_the_wards_and_names_its_day_unless_it_is_today(at: datetime, words: str) -> None:
    assert say.clock_words(at, now=NOW, zone=BERLIN) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=4, minutes=14), "4 h 14"),
        (timedelta(hours=2, minutes=4), "2 h 04"),
        (timedelta(days=3, hours=2), "3 d 2 h"),
        (timedelta(minutes=-3), "0 min"),
    ],
)
def test_a_span_is_read_at_a_glance(span: timedelta, words: str) -> None:
    assert say.span_words(span) == words


def test_the_day_of_the_operation_is_counted_in_hours_and_then_in_the_wards_days() -> None:
    late_evening = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    assert say.since_surgery(late_evening, now=late_evening + timedelta(minutes=20), zone=BERLIN) == "0 h"
    assert say.since_surgery(late_evening, now=NOW, zone=BERLIN) == "day 1"


def test_a_birthday_that_has_not_come_this_year_does_not_count() -> None:
    assert age_on(date(2026, 3, 6), born=date(1963, 3, 7)) == 62
    assert age_on(date(2026, 3, 7), born=date(1963, 3, 7)) == 63


def muscle(name: str, reference: int, latest: int, *, assumed: bool = False) -> dict[str, object]:
    drop = reference - latest
    return {"muscle": name, "reference": reference, "assumed": assumed, "latest": latest, "drop": drop}


def test_paralysis_is_written_as_0_and_an_assumed_reference_says_so() -> None:
    assert say.change_words(muscle("L4 left", 5, 0, assumed=True)) == "L4 left 5 (assumed) → 0"


def test_the_worst_muscle_stands_first_and_each_stands_once() -> None:
    minor, fallen, major = muscle("L2 left", 5, 4), muscle("S1 right", 2, 0), muscle("L5 left", 5, 2)
    findings = [
        {"rule": "major_drop", "muscles": [major]},
        {"rule": "multiple_drops", "muscles": [minor, fallen, major]},
    ]
    assert [found["muscle"] for found in say.fallen_muscles(findings)] == ["S1 right", "L5 left", "L2 left"]


def test_untested_muscles_are_not_taken_for_fallen_ones() -> None:
    assert say.fallen_muscles([{"rule": "untested", "muscles": ["L4 right"], "flags": []}]) == []


def test_every_rule_reason_and_action_of_the_protocol_has_words() -> None:
    assert set(say.RULE_WORDS) == set(Rule)
    assert set(say.REASON_WORDS) == set(Reason)
    assert all(say.action_words(action) and say.short_action_words(action) for action in Action)


def test_the_rules_are_numbered_as_in_the_protocol() -> None:
    assert [number for _, number in (say.RULE_WORDS[rule] for rule in Rule)] == list(range(1, 11))


def test_the_rule_quotes_the_wards_own_setting() -> None:
    assert say.rule_words("major_drop", {"major_drop_grades": 4}) == "a drop of 4 grades or more (protocol §4.2)"


def test_what_was_not_assessed_is_never_shown_as_stable() -> None:
    page = Template("{% load spinewatch %}{% level_chip level %}").render(Context({"level": None}))
    assert "not yet assessed" in page
    assert "stable" not in page


@pytest.mark.parametrize(("minutes", "words"), [(18, "in 18 min"), (-11, "overdue 11 min")])
def test_a_countdown_turns_loud_when_its_time_has_passed(minutes: int, words: str) -> None:
    context = Context({"now": NOW, "at": (NOW + timedelta(minutes=minutes)).isoformat()})
    page = Template("{% load spinewatch %}{% due at %}").render(context)
    assert words in page
    assert ('class="due overdue"' in page) is (minutes < 0)

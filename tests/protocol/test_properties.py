"""What holds of every timeline, drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from monitoring.protocol import (
    Assessment,
    Check,
    Level,
    Muscle,
    Rule,
    Settings,
    Timeline,
    assess,
    next_change,
    parse_now,
    parse_timeline,
    passage,
)
from tests.protocol.timelines import random_settings, random_timeline

Case = tuple[Random, Timeline, Settings, datetime]
CASES = 250


def cases(number: int = CASES) -> Iterator[Case]:
    for seed in range(number):
        rng = Random(f"property {seed}")
        timeline = random_timeline(rng)
        yield rng, parse_timeline(timeline), Settings.from_json(random_settings(rng)), parse_now(timeline)


def everything(assessment: Assessment) -> list[object]:
    """All fields, those of alerting included, which `==` leaves out."""
    return [getattr(assessment, name) for name in Assessment.__slots__]


def names_of(assessment: Assessment) -> set[tuple[Rule, str]]:
    return {(finding.rule, name) for finding in assessment.findings for name in finding.names}


def drops(assessment: Assessment) -> dict[str, int]:
    return {found.muscle: found.drop for finding in assessment.findings for found in finding.muscles}


def test_entry_order_does_not_matter_between_distinct_times() -> None:
    for rng, timeline, settings, now in cases():
        in_order = timeline.standing()
        shuffled = list(timeline.events)
        rng.shuffle(shuffled)
        shuffled.sort(key=lambda event: rng.random())
        rank = {id(event): number for number, event in enumerate(timeline.events)}
        together: dict[datetime, list[int]] = {}
        for event in timeline.events:
            together.setdefault(event.at, []).append(rank[id(event)])
        queues = {at: iter(sorted(ranks)) for at, ranks in together.items()}
        entered = tuple(timeline.events[next(queues[event.at])] for event in shuffled)
        other = replace(timeline, events=entered)
        assert other.standing() == in_order
        assert everything(assess(other, settings, now)) == everything(assess(timeline, settings, now))


def test_a_check_that_tested_nothing_never_lowers_a_finding() -> None:
    for rng, timeline, settings, now in cases():
        untestable = {muscle: "NT" for muscle in Muscle if rng.random() < 0.5}
        added = Check(now, untestable, dict.fromkeys(("bladder_bowel",), "not_assessed"))  # type: ignore[arg-type]
        before = assess(timeline, settings, now)
        after = assess(replace(timeline, events=(*timeline.events, added)), settings, now)
        assert after.findings == before.findings
        assert after.level == before.level
        assert set(before.because) <= set(after.because)


def test_a_check_that_left_a_muscle_out_never_lowers_its_finding() -> None:
    for rng, timeline, settings, now in cases():
        looked_at = [muscle for muscle in Muscle if rng.random() < 0.5]
        added = Check(now, dict.fromkeys(looked_at, 5))
        before = drops(assess(timeline, settings, now))
        after = drops(assess(replace(timeline, events=(*timeline.events, added)), settings, now))
        assert {name: drop for name, drop in before.items() if name not in looked_at} == {
            name: drop for name, drop in after.items() if name not in looked_at
        }


def test_a_lower_grade_in_the_most_recent_check_never_lowers_the_level() -> None:
    compared = 0
    for rng, timeline, settings, now in cases(3 * CASES):
        checks = [event for event in timeline.standing() if isinstance(event, Check) and event.at <= now]
        if not checks or not checks[-1].graded:
            continue
        last = checks[-1]
        muscle, grade = rng.choice(sorted(last.graded.items()))
        lower = replace(last, grades={**last.grades, muscle: rng.randint(0, grade)})
        first_operation = assess(timeline, settings, now).operation_at
        if first_operation is None or last.at < first_operation:
            continue
        events = tuple(lower if event is last else event for event in timeline.standing())
        later = [event for event in timeline.standing() if last.at <= event.at <= now and event is not last]
        if later:
            continue
        compared += 1
        before = assess(timeline, settings, now).level
        assert assess(replace(timeline, events=events), settings, now).level >= before
    assert compared > 60


def test_a_retracted_check_equals_one_that_never_was() -> None:
    for rng, timeline, settings, now in cases():
        gone = rng.randrange(len(timeline.events))
        retracted = tuple(
            replace(event, retracted=True) if number == gone else event for number, event in enumerate(timeline.events)
        )
        never = timeline.events[:gone] + timeline.events[gone + 1 :]
        assert everything(assess(replace(timeline, events=retracted), settings, now)) == everything(
            assess(replace(timeline, events=never), settings, now)
        )


def test_level_and_reasons_never_fall_while_nothing_is_recorded() -> None:
    for rng, timeline, settings, now in cases():
        past = tuple(event for event in timeline.events if event.at <= now)
        standing = replace(timeline, events=past)
        earlier = assess(standing, settings, now)
        later = assess(standing, settings, now + timedelta(minutes=rng.choice((1, 30, 120, 721, 10_000))))
        assert later.level >= earlier.level
        assert set(earlier.because) <= set(later.because)
        assert names_of(earlier) <= names_of(later)
        assert earlier.overdue <= later.overdue


def test_assessing_is_a_function_of_its_arguments_alone() -> None:
    for _, timeline, settings, now in cases():
        once = assess(timeline, settings, now)
        passage(timeline, settings, now - timedelta(days=3), now)
        next_change(timeline, settings, now)
        assert everything(assess(timeline, settings, now)) == everything(once)
        copy = parse_like(timeline)
        assert everything(assess(copy, Settings.from_json(settings.to_json()), now)) == everything(once)


def parse_like(timeline: Timeline) -> Timeline:
    return Timeline(tuple(replace(event) for event in timeline.events), timeline.symptomatic_side, timeline.id)


def test_what_lies_ahead_and_what_was_said_elsewhere_does_not_matter() -> None:
    for _, timeline, settings, now in cases():
        past = tuple(event for event in timeline.events if event.at <= now)
        assert everything(assess(replace(timeline, events=past, id="other"), settings, now)) == everything(
            assess(timeline, settings, now)
        )


@pytest.mark.parametrize("hours", [0, 5, 12, 48])
def test_between_now_and_the_next_change_nothing_changes(hours: int) -> None:
    for rng, timeline, settings, now in cases(CASES // 2):
        now -= timedelta(hours=hours)
        change = next_change(timeline, settings, now)
        present = assess(timeline, settings, now)
        until = change or now + timedelta(days=400)
        assert until > now
        for _ in range(5):
            between = now + (until - now - timedelta(microseconds=1)) * rng.random()
            assert assess(timeline, settings, between) == present
        if change is not None:
            assert assess(timeline, settings, change) != present


def test_a_passage_never_misses_a_level_an_action_or_a_reason() -> None:
    for rng, timeline, settings, now in cases(CASES // 4):
        since = now - timedelta(minutes=rng.choice((30, 300, 3000)))
        moments = passage(timeline, settings, since, now)
        told = {(moment.assessment.level, moment.assessment.actions, moment.assessment.because) for moment in moments}
        for _ in range(20):
            at = since + (now - since) * rng.random()
            assessment = assess(timeline, settings, at)
            assert (assessment.level, assessment.actions, assessment.because) in told


def test_critical_is_told_with_when_it_was_seen_and_nothing_less_is() -> None:
    for _, timeline, settings, now in cases():
        assessment = assess(timeline, settings, now)
        critical = assessment.level is Level.CRITICAL
        assert (assessment.seen_at is not None) == (assessment.last_good_at is not None) == critical
        if assessment.seen_at is not None and assessment.last_good_at is not None:
            assert assessment.last_good_at <= assessment.seen_at == assessment.critical_run_seen_at
        assert (assessment.because != ()) == ("image_and_explore" in assessment.actions)
        assert (assessment.reassess_due is not None) == ("treat_and_recheck" in assessment.actions)
        assert (assessment.next_check_due is not None) == assessment.has_operation

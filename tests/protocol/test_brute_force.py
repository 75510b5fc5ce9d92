"""The engine against the protocol written a second time, naively and from its text alone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitoring.protocol import Settings, assess, next_change, parse_now, parse_timeline, passage
from tests.protocol import brute_force
from tests.protocol.timelines import random_settings, random_timeline

FEW, MANY = 1_000, 60_000
FEW_PASSAGES, MANY_PASSAGES = 25, 3_000
MICROSECOND = timedelta(microseconds=1)


def assert_the_engine_agrees(seeds: range) -> None:
    for seed in seeds:
        rng = Random(seed)
        timeline, changes = random_timeline(rng), random_settings(rng)
        now = parse_now(timeline)
        answer = assess(parse_timeline(timeline), Settings.from_json(changes), now).to_json()
        assert answer == brute_force.assess(timeline, changes, now), f"seed {seed}"


def assert_the_clock_agrees(seeds: range) -> None:
    """At every instant at which anything may happen, and just before and after it, `passage` and `next_change` say
    what the brute force finds there."""
    for seed in seeds:
        rng = Random(seed)
        timeline, changes = random_timeline(rng), random_settings(rng)
        settings, now = Settings.from_json(changes), parse_now(timeline)
        instants = [at for at in telling_instants(timeline, settings) if at <= now]
        since = rng.choice([*instants, now])
        moments = passage(parse_timeline(timeline), settings, since, now)
        assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
        assert moments[0].at == since
        assert (moments[-1].at, moments[-1].event) == (now, None)
        for at in (at for at in instants if since <= at):
            standing = [moment.assessment for moment in moments if moment.at <= at][-1].to_json()
            assert standing == brute_force.assess(timeline, changes, at), f"seed {seed}: passage at {at}"
        assert_next_change_is_the_first(timeline, changes, since, f"seed {seed}")


def assert_next_change_is_the_first(
    timeline: dict[str, Any], changes: dict[str, Any], now: datetime, hint: str
) -> None:
    settings = Settings.from_json(changes)
    events = parse_timeline(timeline)
    change = next_change(events, settings, now)
    present = assess(events, settings, now)
    instants = [at for at in telling_instants(timeline, settings) if at > now]
    for at in instants if change is None else [at for at in instants if at < change]:
        assert assess(events, settings, at) == present, f"{hint}: changed at {at}, before {change}"
    if change is not None:
        assert assess(events, settings, change - MICROSECOND) == present, hint
        assert assess(events, settings, change) != present, hint
        assert change in instants, hint


def telling_instants(timeline: dict[str, Any], settings: Settings) -> list[datetime]:
    """Each event's time, and each time so many minutes of a setting or two after it; and the instants beside them."""
    events = [datetime.fromisoformat(event["at"]) for event in timeline["events"]]
    first = {0, settings.untested_after_minutes, settings.raised_interval_minutes}
    first |= {row.every_minutes for row in settings.schedule}
    first |= {settings.trial_limit_minutes, settings.start_limit_minutes + settings.trial_limit_minutes}
    times = {at + timedelta(minutes=number) for at in events for number in first}
    return sorted({at + step for at in times for step in (-MICROSECOND, timedelta(), MICROSECOND)})


def assert_the_moments_amid_an_instant_agree(seeds: range) -> int:
    """After each of several events at one instant the later ones are not there yet, nor has the clock struck. Returns
    how many such moments there were."""
    seen = 0
    for seed in seeds:
        rng = Random(seed)
        timeline, changes = random_timeline(rng), random_settings(rng)
        now = parse_now(timeline)
        events = brute_force.existing(timeline, now)
        if not events:
            continue
        moments = passage(parse_timeline(timeline), Settings.from_json(changes), brute_force.when(events[0]), now)
        after_events = [moment for moment in moments if moment.event is not None]
        assert len(after_events) == len(events)
        for number, moment in enumerate(after_events[:-1], start=1):
            if after_events[number].at == moment.at:
                seen += 1
                so_far = timeline | {"events": events[:number]}
                expected = brute_force.assess(so_far, changes, moment.at, settled=False)
                assert moment.assessment.to_json() == expected, f"seed {seed}, event {number}"
    return seen


def test_the_engine_agrees_with_the_brute_force() -> None:
    assert_the_engine_agrees(range(FEW))


def test_passage_and_next_change_agree_with_the_brute_force() -> None:
    assert_the_clock_agrees(range(FEW_PASSAGES))


@pytest.mark.soak
def test_the_engine_agrees_with_the_brute_force_very_often() -> None:
    assert_the_engine_agrees(range(FEW, MANY))


@pytest.mark.soak
def test_passage_and_next_change_agree_with_the_brute_force_very_often() -> None:
    assert_the_clock_agrees(range(FEW_PASSAGES, MANY_PASSAGES))


def test_the_moments_amid_an_instant_agree_with_the_brute_force() -> None:
    assert assert_the_moments_amid_an_instant_agree(range(150)) > 100


@pytest.mark.soak
def test_the_moments_amid_an_instant_agree_with_the_brute_force_very_often() -> None:
    assert assert_the_moments_amid_an_instant_agree(range(150, 20_000)) > 10_000


def test_the_brute_force_answers_the_vectors_too() -> None:
    for line in Path(__file__).with_name("vectors.jsonl").read_text().splitlines():
        vector = json.loads(line)
        now = datetime.fromisoformat(vector["timeline"]["now"])
        assert brute_force.assess(vector["timeline"], {}, now) == vector["expected"], vector["why"]

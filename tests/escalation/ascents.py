"""Ladders and ascents drawn at random, for what holds of all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from monitoring.escalation.ascent import Ascent
from monitoring.escalation.ladder import Key, Ladder, Rung, Track, Whom, validated

START = datetime(2024, 3, 1, 2, 0, tzinfo=UTC)


def minute(after: float) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=after)


rungs = st.builds(
    Rung,
    track=st.sampled_from(Track),
    whom=st.tuples(st.sampled_from(Whom)),
    after=st.integers(0, 30),
    repeat=st.none() | st.integers(1, 12),
)
ladders = st.lists(rungs, min_size=1, max_size=6).map(validated)
instants = st.integers(0, 90 * 60).map(lambda seconds: START + timedelta(seconds=seconds))
quiet_tracks = st.sets(st.sampled_from(Track)).map(frozenset)


def begun(ladder: Ladder) -> Ascent:
    return Ascent.begin(Key.CRITICAL, ladder, START, first_step=1)


@st.composite
def climbed(draw: st.DrawFn) -> tuple[Ascent, datetime]:
    """An ascent some way up, and an instant not before its last step: what was due was called or passed, or waited."""
    ascent, at, step = begun(draw(ladders)), START, 0
    for _ in range(draw(st.integers(0, 6))):
        at += timedelta(seconds=draw(st.integers(0, 15 * 60)))
        for number in ascent.due(at, draw(quiet_tracks)):
            step += 1
            ascent = ascent.called(number, at, step=step)
            if draw(st.booleans()):
                ascent = ascent.passed(number, at)
    return ascent, at

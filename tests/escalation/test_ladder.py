"""A ladder is what a ward's lead may choose, within what keeps an alert from going unanswered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitoring.escalation.ladder import (
    DEFAULTS,
    LONGEST_MINUTES,
    MOST_RUNGS,
    WHOM_WORDS,
    Key,
    NotALadder,
    Rung,
    Track,
    Whom,
    ladder_from_json,
    ladder_to_json,
    validated,
    validated_for,
)

NURSES = Rung(Track.NURSING, (Whom.NURSES_ON_SHIFT,), after=0)
SURGEON = Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=0, repeat=5)


def said(key: Key) -> list[tuple[str, str, int, int | None]]:
    """A default ladder in the ward's words: track, whom, after, repeat."""
    return [
        (rung.track.value, ", ".join(WHOM_WORDS[whom] for whom in rung.whom), rung.after, rung.repeat)
        for rung in DEFAULTS[key]
    ]


def test_the_default_for_critical_is_the_issues_text() -> None:
    assert said(Key.CRITICAL) == [
        ("nursing", "the patient's nurse, the nurses on shift, the ward's phone", 0, None),
        ("surgical", "the surgeon on call", 0, None),
        ("nursing", "the charge nurse", 3, None),
        ("surgical", "the second on call", 8, None),
        ("surgical", "the responsible surgeon, the site's number", 15, None),
        (
            "surgical",
            "the surgeon on call, the second on call, the responsible surgeon, the site's number",
            20,
            5,
        ),
    ]


def test_the_defaults_below_critical_call_no_surgeon() -> None:
    assert said(Key.CONCERN) == [
        ("nursing", "the patient's nurse, the nurses on shift, the ward's phone", 0, None),
        ("nursing", "the charge nurse", 15, None),
    ]
    assert said(Key.OVERDUE) == [
        ("nursing", "the patient's nurse", 10, None),
        ("nursing", "the charge nurse", 25, None),
    ]
    assert said(Key.WATCH) == []


@pytest.mark.parametrize("key", Key)
def test_every_default_is_a_ladder_of_its_key(key: Key) -> None:
    assert validated_for(key, DEFAULTS[key]) == DEFAULTS[key]


def test_every_role_has_words() -> None:
    assert set(WHOM_WORDS) == set(Whom)


@pytest.mark.parametrize("key", Key)
def test_a_ladder_comes_back_from_json_as_it_was(key: Key) -> None:
    ladder = (*DEFAULTS[key], Rung(Track.SURGICAL, (), after=7, repeat=3, groups=("a-group",)))
    assert ladder_from_json(ladder_to_json(ladder)) == ladder


def test_rungs_are_put_in_the_order_in_which_they_are_climbed() -> None:
    late, early = replace(NURSES, after=9), replace(NURSES, after=2)
    assert validated([late, early, SURGEON]) == (SURGEON, early, late)


def test_rungs_of_the_same_minute_keep_their_order() -> None:
    assert validated([NURSES, SURGEON]) == (NURSES, SURGEON)
    assert validated([SURGEON, NURSES]) == (SURGEON, NURSES)


def test_a_group_alone_makes_a_rung() -> None:
    rung = Rung(Track.NURSING, (), after=0, groups=("a-group",))
    assert validated([rung]) == (rung,)


@pytest.mark.parametrize(
    ("rung", "why"),
    [
        (replace(NURSES, whom=()), "whom to call"),
        (replace(NURSES, after=-1), "after 0 to"),
        (replace(NURSES, after=LONGEST_MINUTES + 1), "after 0 to"),
        (replace(NURSES, repeat=0), "repeats every"),
        (replace(NURSES, repeat=LONGEST_MINUTES + 1), "repeats every"),
    ],
)
def test_a_rung_that_makes_no_sense_is_refused(rung: Rung, why: str) -> None:
    with pytest.raises(NotALadder, match=why):
        validated([rung])


def test_the_limits_themselves_are_allowed() -> None:
    assert validated([replace(NURSES, after=LONGEST_MINUTES, repeat=1)])
    assert validated([NURSES] * MOST_RUNGS)


def test_a_ladder_has_an_end() -> None:
    with pytest.raises(NotALadder, match="at most"):
        validated([NURSES] * (MOST_RUNGS + 1))


@pytest.mark.parametrize(
    "rungs",
    [
        [],
        [NURSES],
        [replace(SURGEON, repeat=None)],
        [replace(NURSES, repeat=5), replace(SURGEON, repeat=None)],
    ],
    ids=["none at all", "nurses only", "surgeons once", "only the nurses again"],
)
def test_a_critical_ladder_that_would_fall_silent_is_refused(rungs: list[Rung]) -> None:
    with pytest.raises(NotALadder, match="until a surgeon accepts"):
        validated_for(Key.CRITICAL, rungs)


@pytest.mark.parametrize("key", [Key.CONCERN, Key.WATCH, Key.OVERDUE])
def test_below_critical_a_ladder_may_be_empty(key: Key) -> None:
    assert validated_for(key, []) == ()

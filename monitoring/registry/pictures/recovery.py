"""Does time matter: hours from the last good check to decompression, against the strength on day 3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING, Final, TypeAlias

from monitoring.registry.pictures import words
from monitoring.registry.pictures.hours import MARKS_ROOM, log_scale, mark_hours
from monitoring.registry.pictures.ink import NO_RELIEF, RELIEF, RELIEF_UNKNOWN, RULE
from monitoring.registry.pictures.key import dot_sample, key, key_height
from monitoring.registry.pictures.letters import BODY
from monitoring.registry.pictures.marks import dots
from monitoring.registry.pictures.sheet import EDGE, THIN, WIDTH, Sheet, alone, empty, sheet
from monitoring.registry.pictures.swarm import dot_and_lanes, swarm

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "Time to decompression and strength on day 3"


@dataclass(frozen=True, slots=True)
class Recovered:
    """One case. `hours` from the last good check to the end of the decompression; `grade` the lowest on day 3."""

    hours: float | None
    grade: int | None
    relief: bool | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """`cases` is None where they are not told one by one: each dot is a patient."""

    cases: Sequence[Recovered] | None
    notes: Sequence[str] = ()


LOOKS: Final = {True: RELIEF, False: NO_RELIEF, None: RELIEF_UNKNOWN}
SAID: Final = {True: "relief", False: "no relief", None: "relief not known"}
GRADES: Final = (0, 1, 2, 3, 4, 5)

NAMES: Final = 56.0
ROW: Final = 32.0
AXIS: Final = 30.0
SPARE: Final = 10.0
ROOM: Final = WIDTH - 2 * EDGE - NAMES - SPARE
DOT: Final = 5.0
FIRST, LAST = 0.5, 24.0
"""Hours: where the axis begins, and where it ends at the earliest."""
TICKS: Final = {hours: f"{hours:g}" for hours in (0.5, 1, 2, 4, 12, 24, 48, 96, 192, 384)}
"""6 and 8 are marked anyway."""


@alone
def draw(data: Recovery) -> Figure:
    """A dot for each case whose hours are known, on the row of its grade."""
    if data.cases is None:
        return empty(TITLE, words.NOT_ONE_BY_ONE, data.notes)
    drawn = [(case.hours, case.grade, case.relief) for case in data.cases if case.hours is not None and case.hours >= 0]
    notes = [*_left_out(data.cases), *data.notes]
    if not drawn:
        return empty(TITLE, "No case whose hours are known" if data.cases else words.NO_CASES, notes)
    entries = [(dot_sample(look), _in_key(drawn, one)) for one, look in LOOKS.items() if _has(drawn, one)]
    grades = [*([None] if any(grade is None for _, grade, _ in drawn) else []), *GRADES]
    tall, above = ROW * len(grades), key_height(entries)
    made = sheet(TITLE, above + MARKS_ROOM + tall + AXIS, notes)
    key(made, made.top, entries)
    last = max(LAST, *(hours for hours, _, _ in drawn)) * 1.15
    axes = _axes(made, tall, last)
    for row, grade in enumerate(grades):
        _write_grade(made, axes, ROW * row, grade)
        cases = [(hours, relief) for hours, one, relief in drawn if one == grade]
        for relief, x, y, dot in _placed(cases, ROW * (row + 0.5), last):
            dots(axes, x, y, LOOKS[relief], size=dot, name=f"grade-{grade}-{relief}", among=len(drawn))
    return made.figure


Drawn: TypeAlias = tuple[float, int | None, bool | None]
"""Hours, grade, relief."""


def _in_key(drawn: Sequence[Drawn], relief: bool | None) -> str:
    return f"{SAID[relief]} ({words.count(sum(one is relief for _, _, one in drawn))})"


def _has(drawn: Sequence[Drawn], relief: bool | None) -> bool:
    return any(one is relief for _, _, one in drawn)


def _axes(made: Sheet, tall: float, last: float) -> Axes:
    axes = made.axes(EDGE + NAMES, made.bottom + AXIS, ROOM, tall)
    axes.set_ylim(0, tall)
    log_scale(axes, FIRST, last, TICKS)
    axes.set_xlabel("hours from the last good check to decompression", size=BODY, labelpad=3)
    mark_hours(axes, tall)
    return axes


def _left_out(cases: Sequence[Recovered]) -> list[str]:
    """What cannot be drawn, or not where it lies."""
    unknown = sum(case.hours is None for case in cases)
    before = sum(case.hours is not None and case.hours < 0 for case in cases)
    short = sum(case.hours is not None and 0 <= case.hours < FIRST for case in cases)
    said = (
        (unknown, f"Not drawn: {words.cases(unknown)} whose hours are not known."),
        (before, f"Not drawn: {words.cases(before)} whose times are recorded out of order."),
        (short, f"Drawn at the left edge: {words.cases(short)} of less than {FIRST:g} h."),
    )
    return [sentence for number, sentence in said if number]


def _write_grade(made: Sheet, axes: Axes, bottom: float, grade: int | None) -> None:
    name = "not known" if grade is None else f"grade {grade}"
    made.write(EDGE, made.bottom + AXIS + bottom + ROW / 2 - BODY * 0.36, name)
    if bottom:
        axes.axhline(bottom, color=RULE, linewidth=THIN / 2, zorder=0)


def _placed(
    cases: Sequence[tuple[float, bool | None]], middle: float, last: float
) -> Iterator[tuple[bool | None, list[float], list[float], float]]:
    """The cases of one grade by relief: where they lie, side by side if they would lie on each other, and how large."""
    x = [max(hours, FIRST) for hours, _ in cases]
    dot, lanes = dot_and_lanes(len(cases), DOT)
    aside = swarm([log10(hours) for hours in x], dot * log10(last / FIRST) / ROOM, lanes)
    y = [middle + one * (ROW - DOT) / 2 for one in aside]
    for relief in LOOKS:
        mine = [place for place, (_, one) in enumerate(cases) if one is relief]
        if mine:
            yield relief, [x[place] for place in mine], [y[place] for place in mine], dot * 0.9

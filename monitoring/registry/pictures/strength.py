"""Did strength come back: cases by MRC grade at the deficit, on day 3 and on day 7."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures import words
from monitoring.registry.pictures.ink import HERE, RULE, SOFT
from monitoring.registry.pictures.letters import BODY, LEADING, SMALL, width_of, wrapped
from monitoring.registry.pictures.marks import MOST_FEW, bar, few_bar
from monitoring.registry.pictures.sheet import EDGE, THIN, WIDTH, Sheet, alone, empty, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "Strength at the deficit, on day 3 and on day 7"


@dataclass(frozen=True, slots=True)
class Moment:
    """How many cases had each grade then (None: not known); a number of None is too few to be told.

    `paper`: what the paper published of that day, in words.
    """

    name: str
    grades: Mapping[int | None, int | None]
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Strength:
    """`few`: there are fewer cases than may be told."""

    moments: Sequence[Moment]
    few: bool = False
    notes: Sequence[str] = ()


GRADES: Final = (5, 4, 3, 2, 1, 0, None)
NAMES: Final = 62.0
GAP: Final = 10.0
ROW: Final = 17.0
THICK: Final = 10.0
HEAD: Final = 16.0


@alone
def draw(data: Strength) -> Figure:
    """For each moment a column of bars, the highest grade on top; what nobody had is written as 0."""
    if data.few:
        return empty(TITLE, words.TOO_FEW, data.notes)
    if all(number == 0 for moment in data.moments for number in moment.grades.values()):
        return empty(TITLE, words.NO_CASES, data.notes)
    grades = [grade for grade in GRADES if grade is not None or _any_unknown(data)]
    wide = (WIDTH - 2 * EDGE - NAMES) / len(data.moments)
    published = [
        wrapped(f"Paper: {moment.paper}" if moment.paper else "", wide - GAP, SMALL) for moment in data.moments
    ]
    tall, below = ROW * len(grades), max(map(len, published)) * SMALL * LEADING + 4
    made = sheet(TITLE, HEAD + tall + below, data.notes)
    foot = made.bottom + below
    for place, grade in enumerate(reversed(grades)):
        name = "not known" if grade is None else f"grade {grade}"
        made.write(EDGE, foot + ROW * (place + 0.5) - BODY * 0.36, name)
    most = max(MOST_FEW, *(number or 0 for moment in data.moments for number in moment.grades.values()))
    counts = width_of(words.count(most), SMALL) + 5
    for place, (moment, said) in enumerate(zip(data.moments, published, strict=True)):
        left = EDGE + NAMES + wide * place
        made.write(left, made.top - BODY - 2, moment.name, bold=True)
        axes = made.axes(left, foot, wide - GAP - counts, tall)
        _bars(axes, moment, grades, most)
        _write_published(made, left, foot, said)
    return made.figure


def _any_unknown(data: Strength) -> bool:
    return any(moment.grades.get(None, 0) != 0 for moment in data.moments)


def _bars(axes: Axes, moment: Moment, grades: Sequence[int | None], most: int) -> None:
    axes.set_ylim(0, ROW * len(grades))
    axes.set_xlim(0, most)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=RULE, linewidth=THIN)
    for place, grade in enumerate(reversed(grades)):
        number = moment.grades.get(grade, 0)
        y = ROW * place + (ROW - THICK) / 2
        long = MOST_FEW if number is None else number
        if long:
            made = few_bar(0, y, long, THICK) if number is None else bar(0, y, long, THICK, HERE)
            made.set_gid(f"{moment.name.replace(' ', '-')}-{grade}")
            axes.add_patch(made)
        axes.annotate(
            words.count(number), (long, y + THICK / 2), (3, 0), textcoords="offset points", va="center", size=SMALL,
            annotation_clip=False,
        )  # fmt: skip


def _write_published(made: Sheet, left: float, foot: float, lines: Sequence[str]) -> None:
    for place, line in enumerate(lines, 1):
        made.write(left, foot - place * SMALL * LEADING, line, size=SMALL, colour=SOFT)

"""When deficits begin: the share of operated patients with a severe deficit by each day after surgery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures import words
from monitoring.registry.pictures.ink import BAND, DASHED, HERE, RULE, SKY, SOFT
from monitoring.registry.pictures.letters import BODY, SMALL
from monitoring.registry.pictures.sheet import EDGE, THIN, WIDTH, alone, empty, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "Severe deficits by day after the operation"


@dataclass(frozen=True, slots=True)
class Day:
    """`k` had the deficit by the end of that day; `low` and `high` bound the share with 95 % confidence."""

    day: int
    k: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Cumulative:
    """Of `n` operations. `days` is None where they are too few to be told; `unknown`: deficits of no known day."""

    n: int
    days: Sequence[Day] | None
    unknown: int = 0
    notes: Sequence[str] = ()


NAMES: Final = 42.0
AXIS: Final = 30.0
TALL: Final = 150.0
ABOVE: Final = 16.0
SPARE: Final = 12.0
BAND_WORDS: Final = "95 % interval"
ROOM_FOR_WORDS: Final = 12.0
LAST_IN_PAPER: Final = 9
"""The day of the paper's latest weakness."""


@alone
def draw(data: Cumulative) -> Figure:
    """Steps with their band, from 0 on the day of the operation."""
    unknown = [f"Not drawn: deficits whose day is not known ({words.count(data.unknown)})."] if data.unknown else []
    notes = [*unknown, *data.notes]
    if not data.n:
        return empty(TITLE, words.NO_OPERATIONS, notes)
    if not data.days:
        return empty(TITLE, words.TOO_FEW if data.days is None else words.NO_CASES, notes)
    made = sheet(TITLE, ABOVE + TALL + AXIS, notes)
    made.write(EDGE, made.top - BODY, f"% of operations (n = {words.count(data.n)})", size=SMALL)
    axes = made.axes(EDGE + NAMES, made.bottom + AXIS, WIDTH - 2 * EDGE - NAMES - SPARE, TALL, upright=True)
    last = data.days[-1].day
    highest = max(100 * max(day.high, day.k / data.n) for day in data.days)
    axes.set_xlim(0, last)
    axes.set_ylim(0, max(highest * 1.12, 0.1))
    axes.set_xticks(range(last + 1))
    axes.set_xlabel("days after the operation", size=BODY, labelpad=3)
    _steps(axes, data.n, data.days)
    _mark_paper(axes, last)
    return made.figure


def _steps(axes: Axes, n: int, days: Sequence[Day]) -> None:
    """The share of each day holds until the next."""
    at = [0, *(day.day for day in days)]
    share, low, high = (
        [0.0, *(100 * one for one in each)]
        for each in ([day.k / n for day in days], [day.low for day in days], [day.high for day in days])
    )
    axes.fill_between(at, low, high, step="post", facecolor=BAND, edgecolor=SKY, linewidth=THIN, gid="band")
    axes.step(at, share, where="post", color=HERE.colour, linewidth=1.6, gid="share")
    said = f"{words.count(days[-1].k)} of {words.count(n)} = {words.percent(days[-1].k / n, 2)}"
    axes.annotate(said, (at[-1], share[-1]), (-2, 4), textcoords="offset points", ha="right", size=SMALL)
    if (high[-1] - share[-1]) * TALL > ROOM_FOR_WORDS * axes.get_ylim()[1]:
        axes.annotate(BAND_WORDS, (at[-1], high[-1]), (-2, 3), textcoords="offset points", ha="right", size=SMALL)
    else:
        axes.annotate(BAND_WORDS, (at[-1], low[-1]), (-2, 4), textcoords="offset points", ha="right", size=SMALL)


def _mark_paper(axes: Axes, last: int) -> None:
    if last > LAST_IN_PAPER:
        axes.axvline(LAST_IN_PAPER, color=RULE, linewidth=0.9, linestyle=DASHED, zorder=1)
        axes.annotate(
            f"day {LAST_IN_PAPER}: the paper’s last", (LAST_IN_PAPER, 1), (0, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", size=SMALL, color=SOFT, annotation_clip=False,
        )  # fmt: skip

"""The paper's Table 2 drawn: days until the weakness, by cause, every case a dot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures import words
from monitoring.registry.pictures.ink import HERE, PAPER, RULE, SOFT, Look
from monitoring.registry.pictures.key import dot_sample, key, key_height, line_sample
from monitoring.registry.pictures.letters import BODY, LEADING, SMALL, width_of, wrapped
from monitoring.registry.pictures.marks import dots
from monitoring.registry.pictures.sheet import EDGE, THIN, WIDTH, Sheet, alone, sheet
from monitoring.registry.pictures.swarm import dot_and_lanes, swarm

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "Days from the operation to the weakness"


@dataclass(frozen=True, slots=True)
class Mean:
    """`sd` is None of a single value."""

    n: int
    mean: float
    sd: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """One cause. `days` of each case whose onset is known; None where cases are not told one by one, and `here` None
    too where they are too few to be told.
    """

    cause: str
    days: Sequence[float] | None
    here: Mean | None
    paper: Mean | None


@dataclass(frozen=True, slots=True)
class Onset:
    """`unknown`: cases whose day nobody knows, and which are not drawn."""

    groups: Sequence[Group]
    unknown: int = 0
    notes: Sequence[str] = ()


NAMES: Final = 92.0
ROW: Final = 62.0
AXIS: Final = 30.0
SPARE: Final = 8.0
"""Room right of the last tick."""
ROOM: Final = WIDTH - 2 * EDGE - NAMES - SPARE
LEAST_DAYS: Final = 7.0
DOT: Final = 4.6
SWARM, HERE_LANE, PAPER_LANE = 45.0, 22.0, 9.0
"""Where, in points from the lower edge of a row, the dots lie and the two means."""
HALF_SWARM: Final = 13.0


@alone
def draw(data: Onset) -> Figure:
    """A row for each cause: the dots, and below them mean ± SD of this hospital and of the paper."""
    if not data.groups:
        return _nothing(data)
    entries = [
        (dot_sample(HERE), "case"),
        (line_sample(HERE), "mean ± SD, this hospital"),
        (line_sample(PAPER), "mean ± SD, paper"),
    ]
    tall, above = ROW * len(data.groups), key_height(entries)
    made = sheet(TITLE, above + tall + AXIS, [*_unknown(data), *data.notes])
    key(made, made.top, entries)
    axes = made.axes(EDGE + NAMES, made.bottom + AXIS, ROOM, tall)
    axes.set_ylim(0, tall)
    scale = _scale(data)
    axes.set_xlim(0, scale)
    axes.set_xlabel("days after the operation", size=BODY, labelpad=3)
    for place, group in enumerate(data.groups):
        bottom = tall - ROW * (place + 1)
        if place:
            axes.axhline(bottom + ROW, color=RULE, linewidth=THIN / 2)
        _write_name(made, made.bottom + AXIS + bottom + ROW, group)
        _group(axes, bottom, group, scale)
    return made.figure


def _nothing(data: Onset) -> Figure:
    made = sheet(TITLE, ROW, [*_unknown(data), *data.notes])
    made.write(WIDTH / 2, (made.top + made.bottom) / 2, words.NO_CASES, align="center", colour=SOFT)
    return made.figure


def _unknown(data: Onset) -> list[str]:
    return [f"Not drawn: {words.cases(data.unknown)} of unknown onset."] if data.unknown else []


def _end(mean: Mean | None) -> float:
    return 0.0 if mean is None else mean.mean + (mean.sd or 0.0)


def _said(mean: Mean) -> str:
    spread = "" if mean.sd is None else f" ± {mean.sd:.1f}"
    return f"{mean.mean:.1f}{spread} (n = {words.count(mean.n)})"


def _scale(data: Onset) -> float:
    """Days on the axis: enough for each dot, and for the words behind each mean."""
    means = [mean for group in data.groups for mean in (group.here, group.paper) if mean is not None]
    for_words = [_end(mean) * ROOM / (ROOM - width_of(_said(mean), SMALL) - 8) for mean in means]
    for_dots = [max(group.days) * 1.04 for group in data.groups if group.days]
    return max([LEAST_DAYS, *for_words, *for_dots])


def _write_name(made: Sheet, top: float, group: Group) -> None:
    lines = wrapped(words.name(group.cause, words.CAUSES), NAMES - 8)
    y = top - (ROW - len(lines) * BODY * LEADING) / 2
    for place, line in enumerate(lines, 1):
        made.write(EDGE, y - place * BODY * LEADING + BODY * 0.3, line)


def _group(axes: Axes, bottom: float, group: Group, scale: float) -> None:
    if group.days:
        dot, lanes = dot_and_lanes(len(group.days), DOT)
        aside = swarm(group.days, dot * scale / ROOM, lanes)
        heights = [bottom + SWARM + HALF_SWARM * one for one in aside]
        dots(axes, group.days, heights, HERE, size=dot * 0.8, name=f"cases-{group.cause}")
    else:
        said = words.NO_CASES
        if group.days is None:
            said = words.TOO_FEW if group.here is None else words.NOT_ONE_BY_ONE
        axes.text(scale * 0.02, bottom + SWARM, said, size=SMALL, va="center", color=SOFT)
    for mean, y, look in ((group.here, HERE_LANE, HERE), (group.paper, PAPER_LANE, PAPER)):
        if mean is not None:
            _mean(axes, bottom + y, mean, look)


def _mean(axes: Axes, y: float, mean: Mean, look: Look) -> None:
    if mean.sd is not None:
        ends = [mean.mean - mean.sd, mean.mean + mean.sd]
        axes.plot(ends, [y, y], color=look.colour, linestyle=look.dash, linewidth=1.4)
        axes.plot(ends, [y, y], linestyle="none", marker="|", markersize=6, color=look.colour, markeredgewidth=1.2)
    dots(axes, [mean.mean], [y], look, size=6)
    axes.annotate(_said(mean), (_end(mean), y), (6, 0), textcoords="offset points", va="center", size=SMALL)

"""How fast deficits were answered: minutes from the examination to alert, acknowledgement, imaging, theatre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures import words
from monitoring.registry.pictures.hours import log_scale
from monitoring.registry.pictures.ink import BAND, BLUE, INK, SOFT
from monitoring.registry.pictures.key import key, key_height
from monitoring.registry.pictures.letters import BODY, LEADING, SMALL, width_of
from monitoring.registry.pictures.sheet import EDGE, INNER, Sheet, alone, empty, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "Time from the examination that found the deficit"


@dataclass(frozen=True, slots=True)
class Took:
    """Minutes that a quarter, half, three quarters and nine tenths of `n` deficits did not exceed."""

    n: int
    q25: float
    median: float
    q75: float
    q90: float
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """No time of any deficit is known; or `few`: too few to be told."""

    unknown: int = 0
    few: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """By the answer's code ("minutes_to_alert"), in order."""

    answers: Mapping[str, Took | Missing]
    notes: Sequence[str] = ()


ROW, ROW_WITHOUT_TIMES = 46.0, 18.0
LANE: Final = 9.0
"""Of the bars, in points from the lower edge of their row."""
THICK: Final = 8.0
AXIS: Final = 18.0
FIRST, SHORTEST, SPARE = 0.5, 120.0, 1.25
"""Minutes: where the axis begins and where it ends at the earliest; and how much further than the longest."""
TICKS: Final[Mapping[float, str]] = {
    1: "1 min", 2: "2", 5: "5", 15: "15", 60: "1 h", 240: "4 h", 1440: "1 d", 10080: "1 wk", 100800: "10 wk",
}  # fmt: skip


@alone
def draw(data: Times) -> Figure:
    """For each answer its quartiles, median, and by when nine in ten had come, on a logarithmic axis."""
    took = [one for one in data.answers.values() if isinstance(one, Took)]
    if not took:
        few = any(isinstance(one, Missing) and one.few for one in data.answers.values())
        return empty(TITLE, words.TOO_FEW if few else "No times known", data.notes)
    entries = [(_quartiles_sample, "quartiles"), (_median_sample, "median"), (_ninth_sample, "9 in 10")]
    above, tall = key_height(entries), sum(map(_height, data.answers.values()))
    early = [f"Below {FIRST:g} min is drawn at the left edge."] if any(one.q25 < FIRST for one in took) else []
    made = sheet(TITLE, above + tall + AXIS, [*early, *data.notes])
    key(made, made.top, entries)
    axes = made.axes(EDGE + 4, made.bottom + AXIS, INNER - 12, tall)
    axes.set_ylim(0, tall)
    log_scale(axes, FIRST, max(SHORTEST, *(one.q90 for one in took)) * SPARE, TICKS)
    top = tall
    for answer, one in data.answers.items():
        _write(made, made.bottom + AXIS + top, answer, one)
        top -= _height(one)
        if isinstance(one, Took):
            _draw(axes, top + LANE, one, answer)
    return made.figure


def _height(one: Took | Missing) -> float:
    return ROW if isinstance(one, Took) else ROW_WITHOUT_TIMES


def _write(made: Sheet, top: float, answer: str, one: Took | Missing) -> None:
    """Above its bar the answer's name and its numbers."""
    name = words.name(answer, words.ANSWERS)
    y = top - BODY * LEADING - 2
    made.write(EDGE, y, name, bold=True)
    made.write(EDGE + width_of(name, bold=True) + 7, y, _how_many(one), size=SMALL, colour=SOFT)
    if isinstance(one, Took):
        made.write(EDGE, y - SMALL * LEADING, _said(one), size=SMALL)


def _how_many(one: Took | Missing) -> str:
    if isinstance(one, Missing) and one.few:
        return words.TOO_FEW
    known = f"n = {words.count(one.n)}" if isinstance(one, Took) else "no time known"
    return f"{known}, not known or never: {words.count(one.unknown)}" if one.unknown else known


def _said(one: Took) -> str:
    median, low, high, ninth = map(words.span, (one.median, one.q25, one.q75, one.q90))
    return f"median {median}, quartiles {low} and {high}, 9 in 10 within {ninth}"


def _draw(axes: Axes, y: float, one: Took, answer: str) -> None:
    low, median, high, ninth = (max(each, FIRST) for each in (one.q25, one.median, one.q75, one.q90))
    axes.plot([high, ninth], [y, y], color=BLUE, linewidth=1.4, solid_capstyle="butt")
    axes.plot([ninth], [y], marker="|", markersize=THICK, color=BLUE, markeredgewidth=1.6, clip_on=False)
    axes.fill_between(
        [low, high], y - THICK / 2, y + THICK / 2, facecolor=BAND, edgecolor=BLUE, linewidth=1, gid=answer
    )
    axes.plot([median], [y], marker="D", markersize=5, color=INK, clip_on=False, zorder=4)


def _quartiles_sample(ground: Axes, x: float, y: float) -> None:
    ground.fill_between([x - 10, x + 10], y - 3.5, y + 3.5, facecolor=BAND, edgecolor=BLUE, linewidth=1)


def _median_sample(ground: Axes, x: float, y: float) -> None:
    ground.plot([x], [y], marker="D", markersize=5, color=INK)


def _ninth_sample(ground: Axes, x: float, y: float) -> None:
    ground.plot([x - 10, x + 8], [y, y], color=BLUE, linewidth=1.4)
    ground.plot([x + 8], [y], marker="|", markersize=THICK, color=BLUE, markeredgewidth=1.6)

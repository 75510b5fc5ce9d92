"""Planning: what share of deficits two schedules see, and what share is decompressed, by hours since the onset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures.hours import MARKS, MARKS_ROOM, mark_hours
from monitoring.registry.pictures.ink import SCHEDULE_A, SCHEDULE_B, SOFT, Look
from monitoring.registry.pictures.key import key, key_height, line_sample
from monitoring.registry.pictures.letters import BODY, SMALL, legible
from monitoring.registry.pictures.sheet import EDGE, WIDTH, Sheet, alone, empty, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "Simulated: two schedules of checks"


@dataclass(frozen=True, slots=True)
class Curve:
    """One schedule: the shares of deficits, 0 to 1, `seen` and `decompressed` by each of `hours` since the onset."""

    name: str
    hours: Sequence[float]
    seen: Sequence[float]
    decompressed: Sequence[float]


@dataclass(frozen=True, slots=True)
class Schedules:
    """`b` is None where there is one schedule alone."""

    a: Curve
    b: Curve | None = None
    notes: Sequence[str] = ()


NAMES: Final = 34.0
HEAD: Final = 27.0
TALL: Final = 92.0
AXIS: Final = 32.0
BETWEEN: Final = 22.0
SPARE: Final = 16.0
EVERY: Final = 4
"""Hours between two markers of a curve."""


@alone
def draw(data: Schedules) -> Figure:
    """Above the share seen, below the share decompressed; what is reached by 6 and 8 hours in numbers too."""
    curves = [("A", data.a, SCHEDULE_A), *([("B", data.b, SCHEDULE_B)] if data.b else [])]
    if not any(curve.hours for _, curve, _ in curves):
        return empty(TITLE, "Nothing simulated", data.notes)
    entries = [(line_sample(look), _name(letter, curve)) for letter, curve, look in curves]
    above, panel = key_height(entries), HEAD + MARKS_ROOM + TALL
    made = sheet(TITLE, above + 2 * panel + BETWEEN + AXIS, data.notes)
    key(made, made.top, entries)
    top = made.top - above
    for what in ("seen", "decompressed"):
        drawn = [(letter, curve.hours, getattr(curve, what), look) for letter, curve, look in curves]
        axes = _panel(made, top, what, drawn)
        top -= panel + BETWEEN
    axes.set_xlabel("hours since the onset", size=BODY, labelpad=3)
    return made.figure


Drawn = tuple[str, Sequence[float], Sequence[float], Look]


def _name(letter: str, curve: Curve) -> str:
    return legible(f"{letter}: {curve.name}" if curve.name else letter)


def _panel(made: Sheet, top: float, what: str, drawn: Sequence[Drawn]) -> Axes:
    made.write(EDGE, top - BODY, f"Deficits {what}, %", bold=True)
    made.write(
        EDGE, top - BODY - SMALL * 1.3, "; ".join(_reached(hours, drawn) for hours in MARKS), size=SMALL, colour=SOFT
    )
    axes = made.axes(EDGE + NAMES, top - HEAD - MARKS_ROOM - TALL, WIDTH - 2 * EDGE - NAMES - SPARE, TALL, upright=True)
    last = max(max(hours, default=0) for _, hours, _, _ in drawn) or 1
    axes.set_xlim(0, last)
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.locator_params(axis="x", nbins=7, steps=[1, 2, 4, 6, 10])
    mark_hours(axes, 100)
    for letter, hours, shares, look in drawn:
        _curve(axes, hours, shares, look, f"{what}-{letter}")
    return axes


def _reached(mark: float, drawn: Sequence[Drawn]) -> str:
    shares = [f"{letter} {100 * _at(mark, hours, shares):.0f} %" for letter, hours, shares, _ in drawn if hours]
    return f"within {mark:g} h: {', '.join(shares)}"


def _at(mark: float, hours: Sequence[float], shares: Sequence[float]) -> float:
    """What was reached by then; nothing happens between two hours that would be known."""
    return max((share for hour, share in zip(hours, shares, strict=True) if hour <= mark), default=0.0)


def _curve(axes: Axes, hours: Sequence[float], shares: Sequence[float], look: Look, name: str) -> None:
    marked = [place for place, hour in enumerate(hours) if hour % EVERY == 0]
    axes.plot(
        hours, [100 * share for share in shares], color=look.colour, linestyle=look.dash, linewidth=1.5,
        marker=look.marker, markevery=marked, markersize=4.5, markerfacecolor=look.fill, markeredgecolor=look.colour,
        clip_on=False, zorder=3, gid=name,
    )  # fmt: skip

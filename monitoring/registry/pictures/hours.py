"""Axes of time: logarithmic ones, and the marks at 6 and 8 hours that the paper's discussion names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures.ink import DASHED, DOTTED, INK, Dash
from monitoring.registry.pictures.letters import SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS: Final[Mapping[float, Dash]] = {6.0: DASHED, 8.0: DOTTED}
MARKS_ROOM: Final = 13.0
"""Points above the axes for the names of the marks."""


def mark_hours(axes: Axes, top: float) -> None:
    """A line at each mark, its name above `top`, on the side away from the other."""
    for hours, dash in MARKS.items():
        axes.axvline(hours, color=INK, linewidth=0.9, linestyle=dash, zorder=1)
        align, aside = ("right", 2) if hours == min(MARKS) else ("left", -2)
        axes.annotate(
            f"{hours:g} h", (hours, top), (aside, 3), textcoords="offset points", ha=align, size=SMALL,
            annotation_clip=False,
        )  # fmt: skip


def log_scale(axes: Axes, first: float, last: float, ticks: Mapping[float, str]) -> None:
    """A logarithmic axis with those ticks of these that lie on it."""
    axes.set_xscale("log")
    axes.set_xlim(first, last)
    shown = [tick for tick in ticks if first <= tick <= last]
    axes.set_xticks(shown, [ticks[tick] for tick in shown])
    axes.set_xticks([], minor=True)

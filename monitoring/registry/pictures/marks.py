"""What stands for numbers: bars, dots, and the hatched piece for a number too small to be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from monitoring.registry import libraries
from monitoring.registry.pictures.ink import FEW_HATCH, SOFT, WHITE, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST, MOST_FEW = 1, 4
"""Where a number that is not told is drawn. It may be larger, where it would give a small one away."""


def bar(x: float, y: float, width: float, height: float, look: Look) -> Any:
    """A bar from its lower left corner; `look.bar` and hatch say whose it is."""
    return libraries.shapes().Rectangle(
        (x, y), width, height, facecolor=look.bar, edgecolor=look.colour, linewidth=0.8, hatch=look.hatch or None
    )


MANY: Final = 2000
"""More markers than this are drawn as one image, or the file would be larger than any use of it."""


def dots(
    axes: Axes, x: Sequence[float], y: Sequence[float], look: Look, *, size: float = 4.0, name: str = "",
    among: int = 0,
) -> None:  # fmt: skip
    """Markers, one for each, `among` so many others; `name` is that of their group in an SVG."""
    (line,) = axes.plot(
        x, y, linestyle="none", marker=look.marker, markersize=size, markerfacecolor=look.fill,
        markeredgecolor=look.colour, markeredgewidth=0.9, clip_on=False, zorder=4, rasterized=max(len(x), among) > MANY,
    )  # fmt: skip
    if name:
        line.set_gid(name)


def few_bar(x: float, y: float, width: float, height: float) -> Any:
    """Where a number lies that is not told is drawn, from its lower left corner; words beside it say so."""
    return libraries.shapes().Rectangle(
        (x, y), width, height, facecolor=WHITE, edgecolor=SOFT, linewidth=0.8, hatch=FEW_HATCH
    )

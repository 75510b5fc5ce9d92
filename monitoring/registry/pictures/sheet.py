"""The sheet a picture is drawn on: its title above, its notes below, and between them room measured in points.

matplotlib is not made for threads: whatever draws or renders holds `LOCK`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from threading import RLock
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from monitoring.registry import libraries
from monitoring.registry.pictures.ink import INK, RULE, SOFT, WHITE
from monitoring.registry.pictures.letters import BODY, LEADING, SMALL, families, legible, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
R = TypeVar("R")

LOCK: Final = RLock()

WIDTH: Final = 340.0
"""120 mm: between a journal's one column and two, and nearly the width of a phone's screen, letter for letter."""
EDGE: Final = 6.0
INNER: Final = WIDTH - 2 * EDGE
POINTS: Final = 72
THIN: Final = 0.6

SETTINGS: Final = {
    "svg.hashsalt": "registry",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "hatch.linewidth": 0.7,
    "font.size": BODY,
    "axes.unicode_minus": True,
}


def alone(draw: Callable[P, R]) -> Callable[P, R]:
    """One thread at a time."""

    @wraps(draw)
    def drawing(*args: P.args, **kwargs: P.kwargs) -> R:
        with LOCK:
            _settle()
            return draw(*args, **kwargs)

    return drawing


@cache
def _settle() -> None:
    """matplotlib as its makers set it, whatever a file of the server's says, and as these pictures want it."""
    matplotlib = libraries.matplotlib()
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(SETTINGS | {"font.family": [*families()]})


@dataclass(frozen=True, slots=True)
class Sheet:
    """`top` and `bottom` are the body's, from the lower edge; the body is as wide as the sheet."""

    figure: Figure
    height: float
    top: float
    bottom: float

    def write(
        self, x: float, y: float, words: str, *, size: float = BODY, bold: bool = False, align: str = "left",
        colour: str = INK,
    ) -> None:  # fmt: skip
        """One line, standing on `y`."""
        weight = "bold" if bold else "normal"
        place = (x / WIDTH, y / self.height)
        self.figure.text(*place, words, size=size, weight=weight, ha=align, va="baseline", color=colour)

    def axes(self, left: float, bottom: float, width: float, height: float, *, upright: bool = False) -> Axes:
        """Bare axes with a rule below them; `upright`: and one at their left, with numbers."""
        box = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        axes = self.figure.add_axes(box)
        for side, spine in axes.spines.items():
            spine.set_visible(side == "bottom" or (upright and side == "left"))
            spine.set_linewidth(THIN)
            spine.set_color(RULE)
        axes.tick_params(width=THIN, length=3, labelsize=SMALL, color=RULE, labelcolor=INK, pad=2)
        axes.yaxis.set_visible(upright)
        axes.patch.set_visible(False)
        return axes

    def ground(self) -> Axes:
        """Axes of the whole sheet in points, for boxes and keys."""
        axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(0, self.height)
        axes.axis("off")
        return axes


def sheet(title: str, body: float, notes: Iterable[str] = ()) -> Sheet:
    """A white sheet with so many points of room between its title and its notes. Empty notes are left out."""
    said = [line for note in notes for line in wrapped(legible(note), INNER, SMALL)]
    head = wrapped(legible(title), INNER, BODY, bold=True)
    above, below = len(head) * BODY * LEADING + 6, len(said) * SMALL * LEADING + (4 if said else 0)
    height = EDGE + above + body + below + EDGE
    size = (WIDTH / POINTS, height / POINTS)
    figure = libraries.figure().Figure(figsize=size, dpi=POINTS, facecolor=WHITE)
    figure.set_label(title)
    made = Sheet(figure, height, top=height - EDGE - above, bottom=EDGE + below)
    for place, line in enumerate(head, 1):
        made.write(EDGE, height - EDGE - place * BODY * LEADING + 2, line, bold=True)
    for place, line in enumerate(said, 1):
        made.write(EDGE, EDGE + below - 4 - place * SMALL * LEADING + 2, line, size=SMALL, colour=SOFT)
    return made


EMPTY_BODY: Final = 60.0


def empty(title: str, words: str, notes: Iterable[str] = ()) -> Figure:
    """A sheet that says why nothing is drawn."""
    made = sheet(title, EMPTY_BODY, notes)
    made.write(WIDTH / 2, (made.top + made.bottom) / 2 - BODY / 2, words, align="center", colour=SOFT)
    return made.figure

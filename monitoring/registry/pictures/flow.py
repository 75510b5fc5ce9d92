"""The flow diagram: how the cases come out of all operations, every reason counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from monitoring.registry import libraries
from monitoring.registry.pictures import words
from monitoring.registry.pictures.ink import INK, WHITE
from monitoring.registry.pictures.letters import BODY, LEADING, SMALL, wrapped
from monitoring.registry.pictures.sheet import EDGE, WIDTH, Sheet, alone, empty, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "Who is counted"


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines by standing ("too_recent", "ameliorated"); None is too few to be told, or would give away one that is.

    `outside` are not in the denominator `cohort`, `not_cases` are in it and no cases.
    """

    whole: int | None
    outside: Mapping[str, int | None]
    cohort: int | None
    not_cases: Mapping[str, int | None]
    cases: int | None
    notes: Sequence[str] = ()


MAIN: Final = 112.0
"""Width of the boxes that lead down to the cases."""
SIDE: Final = 190.0
"""Width of the boxes of those who leave."""
NUMBER: Final = 40.0
"""Room for a number, right in a side box."""
PAD: Final = 5.0
DOWN: Final = 16.0
"""Height of an arrow from one box to the next, above and below what branches off."""


@dataclass(frozen=True, slots=True)
class _Side:
    """Who leaves, with the reasons."""

    head: str
    number: str
    reasons: Sequence[tuple[Sequence[str], str]]

    @property
    def height(self) -> float:
        return BODY * LEADING + sum(len(lines) * SMALL * LEADING + 1.5 for lines, _ in self.reasons) + 2 * PAD


@alone
def draw(data: Flow) -> Figure:
    """Boxes downwards, and beside them who leaves between two of them."""
    if data.whole == 0:
        return empty(TITLE, words.NO_OPERATIONS, data.notes)
    mains = [
        _main("Index fusions in the registry", data.whole),
        _main("Operations in the cohort", data.cohort),
        _main(words.STANDINGS["case"], data.cases),
    ]
    sides = [_side("Not counted", data.outside), _side("Not cases", data.not_cases)]
    heights = [len(lines) * BODY * LEADING + 2 * PAD for lines in mains]
    made = sheet(TITLE, sum(heights) + sum(side.height + 2 * DOWN for side in sides), data.notes)
    ground = made.ground()
    top = made.top
    for place, (lines, tall) in enumerate(zip(mains, heights, strict=True)):
        _box(ground, EDGE + 1, top - tall, MAIN, tall)
        _write_main(made, top, lines)
        top -= tall
        if place < len(sides):
            side = sides[place]
            _arrow(ground, (EDGE + MAIN / 2, top), (EDGE + MAIN / 2, top - side.height - 2 * DOWN))
            middle = top - DOWN - side.height / 2
            _arrow(ground, (EDGE + MAIN / 2, middle), (WIDTH - EDGE - SIDE, middle))
            _box(ground, WIDTH - EDGE - SIDE - 1, top - DOWN - side.height, SIDE, side.height)
            _write_side(made, top - DOWN, side)
            top -= side.height + 2 * DOWN
    return made.figure


def _main(name: str, number: int | None) -> list[str]:
    """Its name, and its number on a line of its own."""
    return [*wrapped(name, MAIN - 2 * PAD), f"n {words.FEW}" if number is None else f"n = {words.count(number)}"]


def _side(head: str, counts: Mapping[str, int | None]) -> _Side:
    wide = SIDE - 2 * PAD - NUMBER
    reasons = [(wrapped(words.name(code, words.STANDINGS), wide, SMALL), words.count(n)) for code, n in counts.items()]
    known = [n for n in counts.values() if n is not None]
    return _Side(head, words.count(sum(known)) if len(known) == len(counts) else "", reasons)


def _write_main(made: Sheet, top: float, lines: Sequence[str]) -> None:
    for place, line in enumerate(lines, 1):
        y = top - PAD - place * BODY * LEADING + BODY * 0.3
        made.write(EDGE + 1 + MAIN / 2, y, line, align="center", bold=place == len(lines))


def _write_side(made: Sheet, top: float, side: _Side) -> None:
    left, right = WIDTH - EDGE - SIDE - 1 + PAD, WIDTH - EDGE - 1 - PAD
    y = top - PAD - BODY * LEADING + BODY * 0.3
    made.write(left, y, side.head, bold=True)
    made.write(right, y, side.number, bold=True, align="right")
    for lines, number in side.reasons:
        y -= 1.5
        for place, line in enumerate(lines):
            y -= SMALL * LEADING
            made.write(left, y, line, size=SMALL)
            if not place:
                made.write(right, y, number, size=SMALL, align="right")


def _box(ground: Axes, x: float, y: float, width: float, height: float) -> None:
    box = libraries.shapes().Rectangle((x, y), width, height, facecolor=WHITE, edgecolor=INK, linewidth=0.8)
    ground.add_patch(box)


def _arrow(ground: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    made: Any = libraries.shapes().FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=7, color=INK, linewidth=0.8, shrinkA=0, shrinkB=0
    )
    ground.add_patch(made)

"""The key of a picture: a sample of each thing that is drawn, with its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from monitoring.registry.pictures.ink import Look
from monitoring.registry.pictures.letters import SMALL, width_of, wrapped
from monitoring.registry.pictures.marks import bar, dots
from monitoring.registry.pictures.sheet import EDGE, INNER, Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Sample: TypeAlias = "Callable[[Axes, float, float], None]"
"""Draws itself about its middle."""
Entry: TypeAlias = tuple[Sample, str]

SAMPLE, GAP = 20.0, 12.0
KEY_LINE: Final = 13.0


def key_height(entries: Sequence[Entry]) -> float:
    return KEY_LINE * sum(_lines_in(row) for row in _key_rows(entries)) + 4 if entries else 0.0


def key(made: Sheet, top: float, entries: Sequence[Entry]) -> None:
    """What stands for what: a sample of each, with its name, from `top` down. A sample is given its middle."""
    ground = made.ground()
    y = top - KEY_LINE / 2
    for row in _key_rows(entries):
        x = EDGE
        for sample, words in row:
            sample(ground, x + SAMPLE / 2, y)
            for place, line in enumerate(_key_lines(words)):
                made.write(x + SAMPLE + 4, y - SMALL * 0.36 - KEY_LINE * place, line, size=SMALL)
            x += _entry_width(words)
        y -= KEY_LINE * _lines_in(row)


def _key_lines(words: str) -> list[str]:
    return wrapped(words, INNER - SAMPLE - 4, SMALL)


def _lines_in(row: Sequence[Entry]) -> int:
    return max(len(_key_lines(words)) for _, words in row)


def _entry_width(words: str) -> float:
    return SAMPLE + 4 + max(width_of(line, SMALL) for line in _key_lines(words)) + GAP


def _key_rows(entries: Sequence[Entry]) -> list[list[Entry]]:
    rows: list[list[Entry]] = [[]]
    used = 0.0
    for sample, words in entries:
        width = _entry_width(words)
        if rows[-1] and used + width - GAP > INNER:
            rows.append([])
            used = 0.0
        rows[-1].append((sample, words))
        used += width
    return rows


def bar_sample(look: Look) -> Sample:
    """A piece of a bar."""

    def draw(ground: Axes, x: float, y: float) -> None:
        ground.add_patch(bar(x - SAMPLE / 2, y - 3.5, SAMPLE, 7, look))

    return draw


def line_sample(look: Look) -> Sample:
    """A marker on a piece of line."""

    def draw(ground: Axes, x: float, y: float) -> None:
        ground.plot([x - SAMPLE / 2, x + SAMPLE / 2], [y, y], color=look.colour, linestyle=look.dash, linewidth=1.2)
        dots(ground, [x], [y], look, size=4.5)

    return draw


def dot_sample(look: Look) -> Sample:
    """A marker alone."""

    def draw(ground: Axes, x: float, y: float) -> None:
        dots(ground, [x], [y], look, size=4.5)

    return draw

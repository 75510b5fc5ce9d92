"""Names beside dots, where there is room for them. All in points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from monitoring.registry.pictures.letters import SMALL, shortened, width_of

MOST: Final = 40
"""More names than this nobody reads in one picture."""

SHORT: Final = 52.0
"""Points that are left of a long name where there is no room for it."""

Box = tuple[float, float, float, float]
"""Left, lower, right, upper."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A dot with its name, and how far down it reaches if it is none; the more `urgent` are named first."""

    x: float
    y: float
    words: str
    urgent: int = 0
    down: float = 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """A name, and where its line begins."""

    x: float
    y: float
    words: str


def place_labels(
    anchors: Sequence[Anchor], room: tuple[float, float], dot: float, lines: Iterable[tuple[float, float]] = ()
) -> list[Label]:
    """Names that lie on no dot and no other name, and on as few points of `lines` as can be had.

    A name that finds no place is shortened, and at last left out.
    """
    half = dot / 2 + 0.5
    taken = [(one.x - half, one.y - half - one.down, one.x + half, one.y + half) for one in anchors]
    soft = list(lines)
    placed = []
    for anchor in sorted(anchors, key=lambda one: -one.urgent)[:MOST]:
        for words in dict.fromkeys((anchor.words, shortened(anchor.words, SHORT, SMALL))):
            places = _places(anchor, words, half, room[0])
            free = [box for box in places if _lies_in(box, room) and not _overlaps(box, taken)]
            if free:
                box = min(free, key=lambda one: _crossed(one, soft))
                taken.append(box)
                placed.append(Label(box[0] + 2, box[1] + SMALL * 0.25, words))
                break
    return placed


def _places(anchor: Anchor, words: str, half: float, right: float) -> Iterator[Box]:
    """Right of the dot, left, above, below, and in the corners; above and below moved aside as the room wants."""
    wide, tall = width_of(words, SMALL) + 4, SMALL * 1.1
    for across, up in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
        x = anchor.x + across * (half + wide / 2) if across else min(max(anchor.x, wide / 2), right - wide / 2)
        y = anchor.y + up * (half + tall / 2 + 1)
        yield (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)


def _lies_in(box: Box, room: tuple[float, float]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= room[0] and box[3] <= room[1]


def _overlaps(box: Box, others: Iterable[Box]) -> bool:
    return any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in others)


def _crossed(box: Box, points: Iterable[tuple[float, float]]) -> int:
    return sum(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in points)


def spread_out(heights: Sequence[float], apart: float) -> list[float]:
    """Rising heights, each moved up as far as it must be to lie so far above the one before."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + apart) if moved else height)
    return moved

"""Dots that lie on each other, moved apart: the same way each time, and only across, so that their values stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LANES: Final = 7
MANY, VERY_MANY = 100, 1000


def dot_and_lanes(number: int, dot: float) -> tuple[float, int]:
    """How large each of so many dots is, if a few are as large as `dot`, and how many lanes of them there are."""
    if number <= MANY:
        return dot, LANES
    return (dot / 2, 2 * LANES + 1) if number <= VERY_MANY else (dot / 4, 4 * LANES + 1)


def swarm(values: Sequence[float], width: float, lanes: int = LANES) -> list[float]:
    """For each value how far aside it is drawn, from -1 to 1: 0 unless another dot would lie on it.

    `width` is that of a dot, in the unit of the values. Where all lanes are taken, dots lie on each other again.
    """
    order = [(place + 1) // 2 * (-1) ** place for place in range(lanes)]
    furthest = max(order) or 1
    taken_until = [float("-inf")] * lanes
    aside = [0.0] * len(values)
    for index in sorted(range(len(values)), key=values.__getitem__):
        value = values[index]
        free = next((lane for lane in range(lanes) if taken_until[lane] + width <= value), None)
        lane = taken_until.index(min(taken_until)) if free is None else free
        taken_until[lane] = value
        aside[index] = order[lane] / furthest
    return aside

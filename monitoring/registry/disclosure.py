"""What leaves the hospital tells no number so small that somebody could be recognised by it. Pure.

A count of one to four is not told, nor one whose complement is as small. Where a single one is left out of numbers that
add up to a total that is told, the smallest other one is left out too, or a subtraction would give it away. 0 is told.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Final, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)

FEW: Final = 5
"""Numbers below this are not told."""


def is_few(number: int) -> bool:
    return 0 < number < FEW


def is_few_of(number: int, of: int) -> bool:
    """Whether it, or what is missing to `of`, is too few to be told."""
    return is_few(number) or is_few(of - number)


def hidden(counts: Mapping[KeyT, int], told: Collection[KeyT] = ()) -> frozenset[KeyT]:
    """The keys whose counts are not told, of counts whose total is. Those of `told` stand elsewhere already."""
    few = {key for key, number in counts.items() if is_few(number)}
    if len(few) == 1:
        others = {key: number for key, number in counts.items() if number and key not in few and key not in told}
        few |= {min(others, key=lambda key: others[key])} if others else set()
    return frozenset(few)

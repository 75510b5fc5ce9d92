"""A table of the registry as a page, a report or a file shows it: words and figures, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FEW_WORDS: Final = "<5"
NOTHING: Final = "–"
NARROW: Final = "\u00a0"
"""Where no line may end: between a number and what belongs to it."""


@dataclass(frozen=True, slots=True)
class Row:
    """`part`: one of the row above it, set in."""

    head: str
    cells: Sequence[str]
    part: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is its anchor on the page and its file's name; `columns` are those beside the rows' heads. `wide`: it
    needs the page's whole width.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    note: str = ""
    head: str = ""
    wide: bool = False


def percent(share: float, decimals: int = 1) -> str:
    """36.7 %: a share between 0 and 1."""
    return f"{100 * share:.{decimals}f}{NARROW}%"


def p_words(p: float) -> str:
    """Three decimals, as journals print them."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"

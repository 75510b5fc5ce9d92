"""CSV made while it is sent: lines one by one, gathered into pieces; no cell runs in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

ItemT = TypeVar("ItemT")
AT_A_TIME: Final = 500
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet may run."""


def csv_lines(head: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The file's lines, its head first. Text that a spreadsheet would take for a formula begins with an apostrophe."""
    writer = csv.writer(_Passing())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow(map(harmless, row))


def harmless(cell: Any) -> Any:
    """Text that a spreadsheet shows and never runs."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def in_pieces(items: Iterable[ItemT], size: int = AT_A_TIME) -> Iterator[list[ItemT]]:
    each = iter(items)
    while some := list(islice(each, size)):
        yield some


class _Passing:
    """A file for the CSV writer that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line

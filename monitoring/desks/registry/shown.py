"""A table with the picture that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.desks.registry.table import Table

DRAWN = frozenset(
    {"flow", "incidence", "causes", "onset", "strength", "decompression", "answers", "beginnings", "wards"}
)
"""The tables that are drawn too, by their names."""


@dataclass(frozen=True, slots=True)
class Shown:
    table: Table
    is_drawn: bool


def shown(tables: Iterable[Table]) -> list[Shown]:
    return [Shown(table, table.name in DRAWN) for table in tables]

"""Pending work of the tests' own, held in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from monitoring.due.registry import Lane, Sweep


def nothing(row_id: int) -> None:
    """The work of a row that is no trouble."""


@dataclass
class Rows:
    """A kind of work held in memory: `todo` is what is due, in order; `work` may raise.

    `stays_due`: doing a row does not take it away. `blind`: asking what is due raises.
    """

    name: str = "test"
    todo: list[int] = field(default_factory=list)
    work: Callable[[int], None] = nothing
    done: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    stays_due: bool = False
    blind: bool = False
    lane: Lane = Lane.DETECT

    def due(self, limit: int) -> list[int]:
        if self.blind:
            raise RuntimeError
        return self.todo[:limit]

    def run(self, row_id: int) -> None:
        self.work(row_id)
        self.done.append(row_id)
        if not self.stays_due:
            self.todo.remove(row_id)

    def back_off(self, row_id: int, error: Exception) -> None:
        self.failed.append((row_id, type(error).__name__))
        self.todo.remove(row_id)

    def sweep(self) -> Sweep:
        return Sweep(self.name, f"test.{self.name}", self.due, self.run, self.back_off, self.lane)

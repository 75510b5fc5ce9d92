"""The kinds of pending work. Each upper room registers its own in its `sweeps.py`: calls go up, imports do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Lane(StrEnum):
    """Which work stands in whose way. Each lane is swept by itself, and its name is that of its Celery queue.

    DETECT is quick and never waits for anything outside the database: assess, climb. SLOW is whatever may hang: it
    talks to providers, or writes files.
    """

    DETECT = "detect"
    SLOW = "slow"

    @property
    def pulse(self) -> str:
        """The name under which a finished tick of this lane is remembered."""
        return "tick" if self is Lane.DETECT else f"tick.{self.value}"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One kind of pending work.

    `due(limit)` gives the ids of rows past due, longest due first. `run(id)` does one, in transactions of its own; it
    looks again under its lock and leaves quietly where there is nothing (any more) to do, so that it is safe twice and
    in parallel. `back_off(id, error)` notes that `run` raised, and puts the row off for a while. `task` is the name of
    the Celery task around `run`. Rows of the slow lane are done in threads, each on a connection of its own.
    """

    name: str
    task: str
    due: Callable[[int], Sequence[int]]
    run: Callable[[int], None]
    back_off: Callable[[int, Exception], None]
    lane: Lane = Lane.DETECT


_sweeps: dict[str, Sweep] = {}


def register(sweep: Sweep) -> None:
    _sweeps[sweep.name] = sweep


def sweep_named(name: str) -> Sweep:
    return _sweeps[name]


def sweeps_of(lane: Lane) -> tuple[Sweep, ...]:
    return tuple(sweep for sweep in _sweeps.values() if sweep.lane is lane)

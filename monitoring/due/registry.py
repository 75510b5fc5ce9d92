"""The kinds of pending work. Each upper room registers its own in its `sweeps.py`: calls go up, imports do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sweep:
    """One kind of pending work.

    `due(limit)` gives the ids of rows past due, longest due first. `run(id)` does one, in transactions of its own; it
    looks again under its lock and leaves quietly where there is nothing (any more) to do, so that it is safe twice and
    in parallel. `back_off(id, error)` notes that `run` raised, and puts the row off for a while. `task` is the name of
    the Celery task around `run`.
    """

    name: str
    task: str
    due: Callable[[int], Sequence[int]]
    run: Callable[[int], None]
    back_off: Callable[[int, Exception], None]


_sweeps: dict[str, Sweep] = {}


def register(sweep: Sweep) -> None:
    _sweeps[sweep.name] = sweep


def sweep_named(name: str) -> Sweep:
    return _sweeps[name]


def all_sweeps() -> tuple[Sweep, ...]:
    return tuple(_sweeps.values())

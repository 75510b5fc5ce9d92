"""One alert's way up its ladder: what is due when. Pure: it is given every instant, and reads no clock.

An ascent is a value. `due` says which rungs to climb now; `called`, `passed`, … give the ascent that follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from monitoring.escalation.ladder import Key, Ladder, Rung, Track


@dataclass(frozen=True, slots=True)
class Planned:
    """A rung and when it is called (next). `calls` counts the calls, `step` is the number of the last; `passed`: nobody
    could be reached by it.
    """

    rung: Rung
    next_at: datetime | None
    calls: int = 0
    step: int = 0
    passed: bool = False

    def is_due(self, at: datetime) -> bool:
        return self.next_at is not None and self.next_at <= at

    def called(self, at: datetime, step: int) -> Planned:
        """After a call at `at`. Repeats missed while nothing ran are not made up for: the next one is ahead of us."""
        next_at = None
        if self.next_at is not None and self.rung.interval is not None:
            missed = max(at - self.next_at, timedelta()) // self.rung.interval
            next_at = self.next_at + self.rung.interval * (missed + 1)
        return replace(self, next_at=next_at, calls=self.calls + 1, step=step, passed=False)

    def anew(self, at: datetime) -> Planned:
        """Not called yet, and planned from `at` on; but no later than it was planned ahead of that already."""
        next_at = at + self.rung.delay
        if self.next_at is not None and at < self.next_at < next_at:
            next_at = self.next_at
        return Planned(self.rung, next_at)


@dataclass(frozen=True, slots=True)
class Ascent:
    """A ladder being climbed since `started_at`. `first_step` is the number of its first round of calls."""

    key: Key
    started_at: datetime
    first_step: int
    rungs: tuple[Planned, ...]

    @classmethod
    def begin(cls, key: Key, ladder: Ladder, at: datetime, *, first_step: int) -> Self:
        return cls(key, at, first_step, tuple(Planned(rung, at + rung.delay) for rung in ladder))

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        rungs = tuple(
            Planned(
                Rung.from_json(planned["rung"]),
                planned["next_at"] and datetime.fromisoformat(planned["next_at"]),
                planned["calls"],
                planned["step"],
                planned["passed"],
            )
            for planned in stored["rungs"]
        )
        return cls(Key(stored["key"]), datetime.fromisoformat(stored["started_at"]), stored["first_step"], rungs)

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key.value,
            "started_at": self.started_at.isoformat(),
            "first_step": self.first_step,
            "rungs": [
                {
                    "rung": planned.rung.to_json(),
                    "next_at": planned.next_at and planned.next_at.isoformat(),
                    "calls": planned.calls,
                    "step": planned.step,
                    "passed": planned.passed,
                }
                for planned in self.rungs
            ],
        }

    def due(self, at: datetime, quiet: Iterable[Track]) -> list[int]:
        """The numbers of the rungs to call at `at`, lowest first. Rungs of a quiet track wait."""
        loud = self._loud(quiet)
        return [number for number in loud if self.rungs[number].is_due(at)]

    def next_at(self, quiet: Iterable[Track]) -> datetime | None:
        """When the next rung is due; None where nothing more is planned."""
        planned = (self.rungs[number].next_at for number in self._loud(quiet))
        return min((at for at in planned if at is not None), default=None)

    def climbed(self, quiet: Iterable[Track]) -> list[int]:
        """The rungs that have been called and whose track is not quiet: whoever they name by now must know."""
        return [number for number in self._loud(quiet) if self.rungs[number].calls]

    def called(self, number: int, at: datetime, *, step: int) -> Ascent:
        """A rung was called at `at`, in the round of calls `step`."""
        return self._with(number, self.rungs[number].called(at, step))

    def passed(self, number: int, at: datetime) -> Ascent:
        """A rung by which nobody could be reached is passed at once: the later rungs of its track come forward, so that
        the next is due at `at` and the times between them stay."""
        here = self._with(number, replace(self.rungs[number], passed=True))
        return here._forward(self._above(number), at)

    def restarted(self, track: Track, at: datetime) -> Ascent:
        """The rungs of one track begin anew at `at`: what was acknowledged has changed since. None is put off by it."""
        again = tuple(planned.anew(at) if planned.rung.track is track else planned for planned in self.rungs)
        return replace(self, rungs=again)

    def begun_again(self, at: datetime, *, first_step: int) -> Ascent:
        """The same ladder from its first rung at `at`: there is more to say. No rung is put off by it."""
        return Ascent(self.key, at, first_step, tuple(planned.anew(at) for planned in self.rungs))

    def called_again(self, track: Track, at: datetime) -> Ascent:
        """Paging goes on at `at` after a pause: what a track has called is due again, because it was told to wait."""
        again = tuple(
            replace(planned, next_at=at) if planned.rung.track is track and planned.calls else planned
            for planned in self.rungs
        )
        return replace(self, rungs=again)

    def resumed(self, track: Track, at: datetime) -> Ascent:
        """A track that was quiet goes on at `at`, one rung up from the highest that was called; where there is none
        above, with that one. The rungs above wait for their turn, however long it was quiet.
        """
        numbers = [number for number, planned in enumerate(self.rungs) if planned.rung.track is track]
        if not numbers:
            return self
        reached = max((number for number in numbers if self.rungs[number].calls), default=-1)
        above = [number for number in numbers if number > reached]
        last = replace(self.rungs[numbers[-1]], next_at=at)
        return self._shifted(above, at) if above else self._with(numbers[-1], last)

    def _loud(self, quiet: Iterable[Track]) -> list[int]:
        silent = frozenset(quiet)
        return [number for number, planned in enumerate(self.rungs) if planned.rung.track not in silent]

    def _above(self, number: int) -> list[int]:
        """The rungs of the same track that come after and were not called yet."""
        track = self.rungs[number].rung.track
        later = range(number + 1, len(self.rungs))
        return [n for n in later if self.rungs[n].rung.track is track and not self.rungs[n].calls]

    def _forward(self, numbers: list[int], at: datetime) -> Ascent:
        """Bring these rungs forward together, so that the first is due at `at`; never put any of them off."""
        first = self._first(numbers)
        return self if first is None or first <= at else self._shifted(numbers, at)

    def _shifted(self, numbers: list[int], at: datetime) -> Ascent:
        """Move these rungs together, so that the first is due at `at` and the times between them stay."""
        first = self._first(numbers)
        if first is None:
            return self
        by = first - at
        moved = self
        for number in numbers:
            next_at = self.rungs[number].next_at
            if next_at is not None:
                moved = moved._with(number, replace(self.rungs[number], next_at=next_at - by))
        return moved

    def _first(self, numbers: list[int]) -> datetime | None:
        return min((next_at for n in numbers if (next_at := self.rungs[n].next_at) is not None), default=None)

    def _with(self, number: int, planned: Planned) -> Ascent:
        return replace(self, rungs=(*self.rungs[:number], planned, *self.rungs[number + 1 :]))

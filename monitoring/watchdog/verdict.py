"""The verdict on the monitor itself: ok, degraded (it works, and something must be seen to) or failed. No input here.

`judge` gathers faults. Some of them a ward must know at once, because alerts may not come: they have a
`line`, in the language of the moment; all else is for whoever runs the house, in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SILENT_AFTER = 10.0  # seconds since the last tick of a lane: degraded. A tick comes every 2 s
DEAD_AFTER = 60.0  # failed; also for work that is past due
PROCESS_SILENT_AFTER = 15.0  # since a worker, beat or the loop was heard from
PAGES_SILENT_AFTER = 20.0  # since a web process looked for its open pages, which it does every 5 s
UNSEALED_AFTER = 300.0  # since the audit log was sealed to its end, or since the oldest entry that is not; every 10 s
PROBE_OLD_AFTER = 180.0  # since the last test alert ended; one is sent every minute
CLOCKS_DIFFER_BY = 5.0
BACKWARDS_BY = 2.0  # a pulse that is so much later than now was written before the clock was set back
LITTLE_ROOM = 500 * 2**20  # bytes
NO_ROOM = 50 * 2**20

PROCESSES = {
    "loop.detect": "the sweep (manage.py tick --loop)",
    "loop.slow": "the sweep's slow lane (manage.py tick --loop)",
    "beat": "Celery beat",
}
WORKERS = {"worker.detect": "the worker of the queue detect", "worker.slow": "the worker of the queue slow"}


class Tally(NamedTuple):
    """So many rows are late, the oldest by so many seconds."""

    rows: int = 0
    oldest: float = 0.0

    @classmethod
    def of(cls, found: Sequence[float | None]) -> Self:
        return cls(int(found[0] or 0), float(found[1] or 0.0))


class Probe(NamedTuple):
    """A finished test alert, and how many seconds ago it ended."""

    passed: bool
    fault: str
    age: float


NONE = Tally()


@dataclass(frozen=True, slots=True)
class Look:
    """What the database says. `heard`: by the name of a pulse, the seconds since (below zero: the clock went back).

    `unalerted`: overdue checks without their alert. `failing`: stays on a ward whose assessment raises. `probes`: the
    last two test alerts, the newest first. `unsealed`: seconds since the audit log was sealed to its end;
    `seals_unsent`: the ways on which its seals have not left the house for a quarter of an hour. `proposals`: replays
    of proposed protocols, and approved ones that should be in force; those of either that raise are counted apart.
    """

    at: datetime
    heard: Mapping[str, float]
    assessments: Tally = NONE
    steps: Tally = NONE
    messages: Tally = NONE
    unalerted: Tally = NONE
    failing: int = 0
    failing_discharged: int = 0
    climbs_failing: int = 0
    chores_failing: Sequence[str] = ()
    probes: Sequence[Probe] = ()
    unsealed: float = 0.0
    seals_unsent: Sequence[str] = ()
    replays_failing: int = 0
    adoptions_failing: int = 0
    proposals: Tally = NONE

    def silence(self, name: str) -> float | None:
        """Seconds since it was heard from; None: never. One from the future is as old as it is ahead: whoever lives
        speaks again at once, and the dead must not seem alive until the clock comes there."""
        age = self.heard.get(name)
        return None if age is None else abs(age)


@dataclass(frozen=True, slots=True)
class Around:
    """What the asking process sees: Redis, the room on its disk (None: unknown), and its own clock."""

    redis: bool
    free_bytes: int | None
    clock: datetime


class Fault(NamedTuple):
    """What is wrong, for whoever runs the house. `line`: for the ward, where alerts may not come."""

    words: str
    failed: bool = False
    line: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`line` is the gravest thing that a ward must know, without a full stop; empty where alerting works."""

    status: Literal["ok", "degraded", "failed"]
    reasons: tuple[str, ...]
    line: str = ""

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> Self:
        failed = any(fault.failed for fault in faults)
        return cls(
            status="failed" if failed else "degraded" if faults else "ok",
            reasons=tuple(fault.words for fault in faults),
            line=next((fault.line for fault in faults if fault.line), ""),
        )


def judge(look: Look | None, around: Around) -> Verdict:
    """The verdict. `look` is None where the database did not answer in time."""
    if look is None:
        return Verdict.of([Fault("the database does not answer", failed=True), *_around(around)])
    faults = [*_lanes(look), *_work(look), *_probes(look), *_processes(look, around), *_around(around)]
    return Verdict.of([*faults, *_clocks(look, around), *_chores(look), *_seals(look), *_proposals(look)])


def judge_work(look: Look) -> Verdict:
    """As `judge`, of what bears on the wards alone: for pages, which find out about Redis by themselves."""
    return Verdict.of([*_lanes(look), *_work(look), *_probes(look)])


def failed_for(patients: int) -> str:
    words = ngettext("ASSESSMENT FAILED for %(count)d patient", "ASSESSMENT FAILED for %(count)d patients", patients)
    return words % {"count": patients}


def late_for(patients: int) -> str:
    words = ngettext("ASSESSMENT IS LATE for %(count)d patient", "ASSESSMENT IS LATE for %(count)d patients", patients)
    return words % {"count": patients}


def _lanes(look: Look) -> Iterator[Fault]:
    for name, what, line in (
        ("tick", "sweep", _("ALERTING HAS STOPPED")),
        ("tick.slow", "sweep of the slow lane", _("MESSAGES ARE NOT BEING SENT")),
    ):
        silence = look.silence(name)
        if silence is None:
            yield Fault(f"no {what} has ever run", failed=True, line=line)
        elif silence > SILENT_AFTER:
            dead = silence > DEAD_AFTER
            yield Fault(f"the last {what} was {silence:.0f} s ago", failed=dead, line=line if dead else "")


def _work(look: Look) -> Iterator[Fault]:
    """What raises, and the invariants: nothing past due, and no overdue check without its alert."""
    if failing := look.failing + look.failing_discharged:
        line = failed_for(look.failing) if look.failing else ""
        yield Fault(f"{failing} stays cannot be assessed", line=line)
    late = (
        (look.assessments, "assessments are", late_for(look.assessments.rows)),
        (look.unalerted, "overdue checks without an alert are", _("OVERDUE CHECKS ARE NOT ALERTED")),
        (look.steps, "steps of ladders are", _("CALLS ARE LATE")),
        (look.messages, "messages are", _("MESSAGES ARE LATE")),
    )
    for tally, what, line in late:
        if tally.rows:
            words = f"{tally.rows} {what} overdue by more than ten seconds, the oldest by {tally.oldest:.0f} s"
            yield Fault(words, failed=tally.oldest > DEAD_AFTER, line=line)
    if look.climbs_failing:
        yield Fault(f"{look.climbs_failing} alerts cannot climb their ladder", line=_("CALLING FAILED FOR AN ALERT"))


def _probes(look: Look) -> Iterator[Fault]:
    """One test alert that failed may be a worker's end. Two in a row, or none for three minutes, is no accident."""
    if not look.probes:
        yield Fault("no test alert has been sent yet")
        return
    newest = look.probes[0]
    if abs(newest.age) > PROBE_OLD_AFTER:
        yield Fault(f"the last test alert ended {newest.age:.0f} s ago", failed=True, line=_("NO TEST ALERT IS SENT"))
    elif not newest.passed:
        again = not all(probe.passed for probe in look.probes[1:])
        yield Fault(
            f"the last test alert failed: {newest.fault}", failed=again, line=_("THE TEST ALERT DID NOT ARRIVE") * again
        )
    elif newest.fault:
        yield Fault(f"the last test alert: {newest.fault}")


def _processes(look: Look, around: Around) -> Iterator[Fault]:
    """Whoever sweeps, a lane is fine; but whoever is missing is missed when the others go.

    A worker hears of its lane from beat, and beat speaks through Redis: where one of them is away, the next is not
    accused.
    """
    expected = dict(PROCESSES)
    beat = look.silence("beat")
    if around.redis and beat is not None and beat <= PROCESS_SILENT_AFTER:
        expected |= WORKERS
    for name, what in expected.items():
        silence = look.silence(name)
        if silence is None:
            yield Fault(f"{what} has never been heard from")
        elif silence > PROCESS_SILENT_AFTER:
            yield Fault(f"{what} was last heard from {silence:.0f} s ago")
    pages = look.silence("pages")
    if pages is None or pages > PAGES_SILENT_AFTER:
        yield Fault("no web process looks after open pages")


def _around(around: Around) -> Iterator[Fault]:
    if not around.redis:
        yield Fault("Redis does not answer: the web processes assess by themselves, pages poll")
    if around.free_bytes is None:
        yield Fault("the folder for files (VAR_DIR) cannot be read")
    elif around.free_bytes < LITTLE_ROOM:
        room = around.free_bytes / 2**20
        yield Fault(f"there is little room on the disk: {room:.0f} MiB", failed=around.free_bytes < NO_ROOM)


def _clocks(look: Look, around: Around) -> Iterator[Fault]:
    gap = (around.clock - look.at).total_seconds()
    if abs(gap) > CLOCKS_DIFFER_BY:
        yield Fault(f"the clock of this machine differs from the database's by {gap:+.0f} s")
    ahead = -min(look.heard.values(), default=0.0)
    if ahead > BACKWARDS_BY:
        yield Fault(f"the database's clock has gone back by {ahead:.0f} s or more")


def _chores(look: Look) -> Iterator[Fault]:
    for name in look.chores_failing:
        yield Fault(f"the watchdog fails at its {name}")


def _seals(look: Look) -> Iterator[Fault]:
    if abs(look.unsealed) > UNSEALED_AFTER:
        yield Fault(f"the audit log has not been sealed to its end for {look.unsealed:.0f} s")
    for channel in look.seals_unsent:
        yield Fault(f"the seals of the audit log do not leave by {channel}")


def _proposals(look: Look) -> Iterator[Fault]:
    """Until a new version is in force the one before is: nobody on a ward need know."""
    if look.replays_failing:
        yield Fault(f"{look.replays_failing} replays of a proposed protocol fail")
    if look.adoptions_failing:
        yield Fault(f"{look.adoptions_failing} approved protocols cannot be brought in force")
    if tally := look.proposals.rows:
        yield Fault(f"{tally} proposed protocols wait for the sweep, {look.proposals.oldest:.0f} s by now")

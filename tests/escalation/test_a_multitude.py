"""Thousands of alerts, four worker processes, a clock that steps from tick to tick.

The clock stands while a tick is worked off, so that the verdict is exact: every rung is called at the first tick that
is not before its instant, once, and nothing else is. People acknowledge, accept and close while the workers climb.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Min

from monitoring.alerts import steps
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.escalation.models import Climb, Delivery
from monitoring.escalation.queries import alerts_to_climb, wards_to_retarget
from tests.blueprint import with_database
from tests.escalation.clocks import Clock
from tests.escalation.multitude import TICK, Fate, build, on_tick
from tests.escalation.oracle import Call, expected
from tests.stack import ROOT
from wards.models import Ward

WORKERS = 4
Message = tuple[int | None, str]


class Workers:
    """The four processes."""

    def __init__(self) -> None:
        name = connection.settings_dict["NAME"]
        environment = os.environ | {
            "DATABASE_URL": with_database(os.environ["DATABASE_URL"], name),
            "DJANGO_SETTINGS_MODULE": "monitoring.settings",
        }
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.escalation.climber"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(WORKERS)
        ]
        self.counts = [(0, 0)] * WORKERS
        for process in self.processes:
            assert self._read(process) == ["ready"]

    def tell(self, at: datetime) -> None:
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{at.isoformat()}\n")
            process.stdin.flush()

    def wait(self) -> None:
        for number, process in enumerate(self.processes):
            climbs, queries = map(int, self._read(process))
            self.counts[number] = climbs, queries

    def _read(self, process: subprocess.Popen[str]) -> list[str]:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "a worker died"
        return line.split()

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()


@contextmanager
def four_workers() -> Iterator[Workers]:
    workers = Workers()
    try:
        yield workers
    finally:
        workers.close()


@dataclass
class Figures:
    """What it cost."""

    ticks: int = 0
    seconds: float = 0
    longest_tick: float = 0
    by_worker: list[tuple[int, int]] = field(default_factory=list)

    def __str__(self) -> str:
        climbs, queries = (sum(column) for column in zip(*self.by_worker, strict=True))
        return (
            f"{self.ticks} ticks in {self.seconds:.0f} s; {climbs} climbs by {len(self.by_worker)} workers"
            f" ({', '.join(str(own) for own, _ in self.by_worker)}), {climbs / self.seconds:.0f} a second,"
            f" {queries / climbs:.1f} queries each; longest work of one tick {self.longest_tick:.2f} s"
        )


def run(fates: list[Fate], workers: Workers, clock: Clock, end: datetime, seed: int) -> Figures:
    """Let the clock step until `end`; at each tick the workers climb while people do what is theirs to do."""
    dice, figures = random.Random(seed), Figures()
    todo: defaultdict[datetime, list[tuple[str, Fate]]] = defaultdict(list)
    for fate in fates:
        acts = [("acknowledge", fate.acknowledged), *(("accept", at) for at in fate.accepted), ("close", fate.closed)]
        for act, at in acts:
            if at is not None:
                todo[at].append((act, fate))
    wards = [fate.crew.ward.pk for fate in fates]
    while clock.at < end:
        began = time.monotonic()
        if figures.ticks % 50 == 0:  # a change of the rota that changes nothing: every open alert is looked at again
            Ward.objects.filter(pk=dice.choice(wards)).update(retarget_at=clock.at)
        work_off(workers, clock.at, todo.pop(clock.at, []))
        figures.longest_tick = max(figures.longest_tick, time.monotonic() - began)
        figures.seconds += time.monotonic() - began
        figures.ticks += 1
        clock.at = next_tick(clock, todo)
    assert not any(at < end for at in todo)
    figures.by_worker = workers.counts
    return figures


def next_tick(clock: Clock, todo: Iterable[datetime]) -> datetime:
    """The next tick at which anything is due or anybody does something: at those between, a sweep finds nothing."""
    due = Alert.objects.aggregate(first=Min("next_step_at"))["first"]
    ticks = [*todo] if due is None else [*todo, on_tick(due, clock.start)]
    return max(clock.at + TICK, min(ticks, default=clock.at + TICK))


def work_off(workers: Workers, at: datetime, acts: list[tuple[str, Fate]]) -> None:
    """One tick. It is over when nothing is due any more."""
    workers.tell(at)
    for act, fate in acts:
        do(act, fate)
    workers.wait()
    while something_is_due():
        workers.tell(at)
        workers.wait()


def something_is_due() -> bool:
    return bool(alerts_to_climb(1) or wards_to_retarget(1))


def do(act: str, fate: Fate) -> None:
    """What somebody does to the alert, if it is still open by then."""
    alert = Alert.objects.get(pk=fate.alert_id)
    if alert.closed_at is not None:
        return
    people, revision = fate.crew.people, alert.revision
    if act == "acknowledge":
        steps.acknowledge(alert, by=people["nurse"], revision=revision)
    elif act == "accept":
        steps.accept(alert, by=people["responsible"], revision=revision)
    else:
        steps.close(alert, by=people["responsible"], revision=revision, outcome="non_neurogenic")


@dataclass
class Seen:
    """What the rows say of one alert: the rungs climbed and when. An empty rung is noted instead of called."""

    called: Counter[Call] = field(default_factory=Counter)
    noted: Counter[Call] = field(default_factory=Counter)


def read_rows(fates: list[Fate]) -> tuple[dict[int, Seen], list[str]]:
    """What was seen, by alert; and each round of calls that does not reach exactly the people of its rung, once."""
    of = {fate.alert_id: fate for fate in fates}
    seen: dict[int, Seen] = {alert_id: Seen() for alert_id in of}
    messages: defaultdict[tuple[int, int], list[tuple[Message, datetime]]] = defaultdict(list)
    rows = Delivery.objects.filter(purpose=Delivery.Purpose.CALL)
    columns = rows.values_list("alert_id", "step", "person_id", "channel", "created_at")
    for alert_id, step, person, channel, at in columns.iterator():
        messages[alert_id, step].append(((person, channel), at))
    wrong = []
    events = AlertEvent.objects.filter(kind__in=[AlertEvent.Kind.CALLED, AlertEvent.Kind.NOBODY])
    for alert_id, kind, data, at in events.values_list("alert_id", "kind", "data", "at").iterator():
        fate, rung = of[alert_id], data["rung"]
        if kind == AlertEvent.Kind.NOBODY:
            seen[alert_id].noted[rung, at] += 1
            continue
        seen[alert_id].called[rung, at] += 1
        sent = messages.pop((alert_id, data["step"]), [])
        if sorted(sent, key=str) != sorted(((one, at) for one in fate.crew.called_by(rung, fate.key)), key=str):
            wrong.append(f"alert {alert_id} rung {rung}: {sent}")
    return seen, wrong + [f"alert {alert_id} step {step} is not on the timeline" for alert_id, step in messages]


def verdict(fates: list[Fate], start: datetime, end: datetime) -> tuple[list[str], Counter[str]]:
    """All that differs from what must have happened; and how much was looked at."""
    seen, wrong = read_rows(fates)
    told: Counter[str] = Counter()
    for fate in fates:
        found, crew = seen[fate.alert_id], fate.crew
        climbed = found.called + Counter(
            {call: n for call, n in found.noted.items() if not crew.called_by(call[0], fate.key)}
        )
        right = expected(fate, set(climbed), start, end)
        wrong += [f"{fate} skipped {call}" for call in right.must - set(climbed)]
        wrong += [f"{fate} early, late or never planned: {call}" for call in set(climbed) - right.must - right.may]
        wrong += [f"{fate} doubled {call}" for call, times in climbed.items() if times > 1]
        passed = Counter({call: n for call, n in climbed.items() if crew.passed(call[0], fate.key)})
        wrong += [f"{fate} passed {found.noted} and not {passed}"] if passed != found.noted else []
        told.update(
            must=len(right.must), either=len(right.may), climbed=sum(climbed.values()), empty=sum(found.noted.values())
        )
    return wrong, told


def go(number: int, wards: int, opening: timedelta, minutes: float, clock: Clock, seed: int) -> str:
    """Climb with so many alerts for so many minutes, and fail unless every rung was climbed as it must be."""
    start = clock.start = clock.at = clock.at.replace(microsecond=0)
    end = start + timedelta(minutes=minutes)
    fates = build(number, wards, start, opening, seed)
    with four_workers() as workers:
        figures = run(fates, workers, clock, end, seed)
    wrong, told = verdict(fates, start, end - TICK)
    assert (len(wrong), wrong[:5]) == (0, [])
    assert not Climb.objects.filter(failures__gt=0).exists()
    assert told["climbed"] > number
    return f"{number} alerts, {told}: {figures}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.thorough
def test_no_rung_is_early_late_skipped_or_doubled(clock: Clock) -> None:
    go(40, 4, timedelta(minutes=3), 45, clock, seed=1)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_ten_thousand_alerts_at_once(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    number = int(os.environ.get("SPINEWATCH_SOAK_ALERTS", "10000"))
    figures = go(number, 50, timedelta(minutes=15), 55, clock, seed=2)
    with capsys.disabled():
        print(f"\n{figures}")

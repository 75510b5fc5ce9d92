"""Eight workers at one patient: each does at random what a ward does, on a database connection of its own."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from monitoring.alerts.actions import assess_stay
from monitoring.alerts.models import Alert
from monitoring.alerts.steps import acknowledge, close, decide, reopen
from monitoring.checks import actions as checks
from monitoring.checks.findings import CheckFindings, findings_of
from monitoring.checks.models import Attempt, Check
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.alerts.conftest import findings
from tests.cast import Cast, ago
from wards import actions as wards
from wards.locks import current_stay, lock_stays
from wards.models import Bed, Stay, Ward

WORKERS = 8
MUSCLES = ("L2_left", "L4_left", "L5_left", "L4_right", "S1_right")
LATE = (0.005, 0.1, 2, 3600, 4 * 3600)  # seconds between an examination and its entry


def hammer(cast: Cast, stay: Stay, seconds: float, seed: int, *, in_order: bool) -> None:
    """Let all workers at the stay's patient for a while. What the rules refuse is an answer; anything else raises.

    `in_order`: one stay, all is recorded in the order in which it happened, and a correction repeats what was said.
    """
    until = time.monotonic() + seconds
    workers = [Worker(cast, stay, random.Random(seed * WORKERS + n), in_order) for n in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        for work in [pool.submit(worker.work, until) for worker in workers]:
            work.result()


@dataclass
class Worker:
    """Nurse Alice, charge nurse Carol or surgeon Sam, who work on both wards."""

    cast: Cast
    first_stay: Stay
    dice: random.Random
    in_order: bool

    def work(self, until: float) -> None:
        steps = self.steps()
        try:
            while time.monotonic() < until:
                (step,) = self.dice.choices(list(steps), list(steps.values()))
                with suppress(ValidationError):
                    step()
        finally:
            connection.close()

    def steps(self) -> dict[Callable[[], None], float]:
        """What a worker does, and how often."""
        steps: dict[Callable[[], None], float] = {
            self.check: 8,
            self.correct: 4,
            self.assess: 8,
            self.move: 2,
            self.transfer: 2,
            self.attempt: 3,
            self.take_back: 1,
        }
        steps |= {self.acknowledge: 2, self.close: 3, self.reopen: 2}
        if self.in_order:
            return steps | {self.discharge: 0.2}
        return steps | {self.discharge: 1, self.readmit: 3, self.check_late: 4}

    @property
    def stay(self) -> Stay:
        """The one the worker's page shows: by the time the step is made, it may be another."""
        return current_stay(list(Stay.objects.filter(episode=self.first_stay.episode_id)))

    def found(self) -> CheckFindings:
        """Nothing, or one or two muscles that are mostly a little weaker, and now and then a red flag."""
        weaker = self.dice.sample(MUSCLES, self.dice.choice((0, 0, 0, 1, 1, 2)))
        flag = self.dice.choice((*[None] * 14, "saddle_anaesthesia"))
        return findings(flag=flag, **{name: self.dice.choice((1, *[3] * 4, *[4] * 7)) for name in weaker})

    def check(self) -> None:
        """Examined under the lock, so in the order in which all is recorded."""
        with transaction.atomic():
            lock_stays(self.first_stay.episode_id)
            self.record(now())

    def check_late(self) -> None:
        self.record(now() - timedelta(seconds=self.dice.choice(LATE)))

    def record(self, examined_at: datetime) -> None:
        checks.record_check(self.stay, by=self.cast.alice, at=examined_at, findings=self.found(), key=uuid4())

    def correct(self) -> None:
        since = ago(hours=1) if self.in_order else ago(days=2)
        standing = Check.objects.standing().filter(episode=self.first_stay.episode_id, examined_at__gt=since)
        if (check := standing.order_by("?").first()) is None:
            return
        at, found = check.examined_at, findings_of(check)
        if not self.in_order:
            at, found = at - timedelta(seconds=self.dice.choice((0, 0, 1))), self.found()
        checks.correct_check(check, by=self.cast.alice, at=at, findings=found, reason="mixed up", key=uuid4())

    def attempt(self) -> None:
        """Once or twice in a row; under the lock, so in the order in which all is recorded."""
        with transaction.atomic():
            lock_stays(self.first_stay.episode_id)
            late = 0 if self.in_order else self.dice.choice((0, 0, 0, *LATE))
            for _ in range(self.dice.choice((1, 2))):
                self.record_attempt(now() - timedelta(seconds=late))

    def record_attempt(self, tried_at: datetime) -> None:
        said = {"reason": "asleep", "note": ""}
        next_try = timedelta(minutes=15)
        checks.record_attempt(self.stay, by=self.cast.alice, at=tried_at, next_try=next_try, key=uuid4(), **said)

    def take_back(self) -> None:
        attempts = Attempt.objects.standing().filter(episode=self.first_stay.episode_id)
        if attempt := attempts.order_by("?").first():
            checks.retract_attempt(attempt, by=self.cast.carol, reason="mixed up")

    def assess(self) -> None:
        """As the clock would have it at any instant; of one of the episode's stays."""
        stay = self.dice.choice(list(Stay.objects.filter(episode=self.first_stay.episode_id)))
        Watch.objects.filter(stay=stay).update(assess_at=now())
        assess_stay(stay.pk)

    def move(self) -> None:
        self.move_to(self.stay.ward)

    def transfer(self) -> None:
        self.move_to(self.cast.ward_8c if self.stay.ward == self.cast.ward_7b else self.cast.ward_7b)

    def move_to(self, ward: Ward) -> None:
        _, surgeon = self.cast.ward_people(ward)
        wards.move(self.stay, by=self.cast.carol, at=None, to_bed=self.bed(ward), responsible_surgeon=surgeon)

    def bed(self, ward: Ward) -> Bed:
        return self.dice.choice(list(Bed.objects.filter(ward=ward)))

    def acknowledge(self) -> None:
        if alert := self.open_alert():
            acknowledge(alert, by=self.cast.alice, revision=alert.revision)

    def close(self) -> None:
        if alert := self.open_alert():
            close(alert, by=self.cast.sam, revision=alert.revision, outcome="non_neurogenic")

    def reopen(self) -> None:
        """One that a person has closed; what is open is closed in the same breath."""
        with transaction.atomic():
            lock_stays(self.first_stay.episode_id)
            assess_stay(self.stay.pk)
            self.close()
            if closed := Alert.objects.filter(stay=self.stay, closed_by__isnull=False).order_by("?").first():
                reopen(closed, by=self.cast.sam, revision=closed.revision, reason="weak again")

    def open_alert(self) -> Alert | None:
        open_alerts = Alert.objects.filter(stay__episode=self.first_stay.episode_id, closed_at__isnull=True)
        return open_alerts.filter(kind=Alert.Kind.DEFICIT).order_by("?").first()

    def discharge(self) -> None:
        """A critical alert that nobody has decided on would hold the patient back: decide on it in the same breath."""
        with transaction.atomic():
            lock_stays(self.first_stay.episode_id)
            stay = self.stay
            assess_stay(stay.pk)
            for alert in Alert.objects.filter(stay=stay, level="critical", closed_at=None, decided_at=None):
                decide(
                    alert,
                    by=self.cast.sam,
                    revision=alert.revision,
                    decision="observe",
                    reason="scanned elsewhere",
                    look_again=timedelta(hours=1),
                )
            wards.discharge(stay, by=self.cast.carol, at=None, departure=Stay.Departure.HOME)

    def readmit(self) -> None:
        """The same episode goes on in another stay."""
        ward = self.dice.choice((self.cast.ward_7b, self.cast.ward_8c))
        _, surgeon = self.cast.ward_people(ward)
        wards.admit(
            by=self.cast.alice,
            at=None,
            bed=self.bed(ward),
            patient=self.first_stay.patient,
            episode=self.first_stay.episode,
            responsible_surgeon=surgeon,
            key=uuid4(),
        )

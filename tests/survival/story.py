"""What happens to one patient of the house, from the check to the last message; and how it has to end."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.due.clock import now
from monitoring.escalation.ascent import Ascent
from monitoring.escalation.models import Climb
from tests.stack import Stack, wait_for
from tests.survival.post import PostOffice
from tools.visitor import Visitor
from wards.models import Staff, Stay

MINUTES_TO_THE_LAST = 8  # rung
AT_ONCE, ALL = [0, 1], [0, 1, 2]  # the numbers of the rungs
PATIENCE_SECONDS = 40.0


class Outcome(NamedTuple):
    """What there is of a patient's story in the end."""

    checks: int
    alerts: list[tuple[str, str, str]]
    """Kind, level and outcome; none is the outcome of an open one."""
    lines: Counter[str]
    """The kinds of lines on the alerts' timelines."""
    rungs: list[int]
    """The numbers of those that were called."""
    told: list[tuple[str, str, str, str]]
    """Whom, what for, by which channel, in which state."""
    mails: Counter[str]
    """How many arrived for whom."""
    messages: int
    """How many different messages they were."""


def all_once(repeats: int = 0) -> Outcome:
    """As it should be: everything once; of Sam's message `repeats` more copies."""
    people = ("alice", "sam", "tess")
    told = [(name, "call", channel, "accepted") for name in people for channel in ("email", "in_app")]
    mails = Counter({"alice": 1, "sam": 1 + repeats, "tess": 1})
    return Outcome(1, [("deficit", "critical", "")], Counter(opened=1, called=3), ALL, told, mails, messages=3)


@dataclass
class Story:
    """What becomes of one patient's fall from 5 to 1."""

    stack: Stack
    office: PostOffice
    nurse: Visitor
    stay: Stay
    said: dict[str, str]
    answered: bool = False
    ended: Outcome | None = None
    _sending: threading.Thread | None = None

    def send(self) -> None:
        """The nurse sends the form; `answered`: she has seen that it is stored. Whoever answers may die of it."""
        try:
            status, _ = self.nurse.send_check(self.stay.public_id, self.said)
        except (OSError, http.client.HTTPException):
            return
        self.answered = status == 200

    def send_meanwhile(self) -> None:
        self._sending = threading.Thread(target=self.send)
        self._sending.start()

    def is_told(self) -> None:
        """Wait until the nurse knows what became of the form, or that nobody knows."""
        if self._sending is not None:
            self._sending.join(PATIENCE_SECONDS)
            assert not self._sending.is_alive()

    def minutes_pass(self, minutes: int = MINUTES_TO_THE_LAST) -> None:
        """For this patient's ladder, by moving all that it has planned; nobody is nudged."""
        by = timedelta(minutes=minutes)
        with self.stack.models(), transaction.atomic():
            alert = Alert.objects.select_for_update(no_key=True).get(stay=self.stay, kind=Alert.Kind.DEFICIT)
            climb = Climb.objects.get(alert=alert)
            ascent = Ascent.from_json(climb.progress)
            rungs = tuple(replace(rung, next_at=rung.next_at and rung.next_at - by) for rung in ascent.rungs)
            climb.progress = replace(ascent, started_at=ascent.started_at - by, rungs=rungs).to_json()
            climb.save(update_fields=["progress"])
            Alert.objects.filter(pk=alert.pk).update(next_step_at=now())

    def is_closed_by(self, surgeon: Staff) -> None:
        with self.stack.models():
            alert = Alert.objects.get(stay=self.stay)
            steps.close(alert, by=surgeon, revision=alert.revision, outcome=Alert.Outcome.NON_NEUROGENIC)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask the database about this stay (`%(stay)s`) and its alerts' ids (`mine`)."""
        mine = "WITH mine AS (SELECT id FROM alerts_alert WHERE stay_id = %(stay)s) "
        return self.stack.sql(mine + query, {"stay": self.stay.pk})

    def stored(self) -> int:
        """How often the check is in the database."""
        return len(self.rows("SELECT id FROM checks_check WHERE stay_id = %(stay)s AND l4_left = 1"))

    def rungs(self) -> list[int]:
        called = "SELECT data -> 'rung' FROM alerts_alertevent, mine WHERE alert_id = mine.id AND kind = 'called'"
        return sorted(int(str(rung)) for (rung,) in self.rows(called))

    def unfinished(self, besides: str = "") -> int:
        """How many messages are still to be sent, of those that are not for this person."""
        rows = self.rows(
            "SELECT username FROM escalation_delivery d JOIN mine ON alert_id = mine.id JOIN wards_staff s "
            "ON s.id = person_id WHERE next_attempt_at IS NOT NULL"
        )
        return len([name for (name,) in rows if name != besides])

    def is_quiet(self) -> bool:
        """Whether all is done that is due: nothing to assess, no next step yet, nothing to be sent."""
        waiting = self.rows(
            "SELECT 1 FROM due_watch WHERE stay_id = %(stay)s AND (changed_since IS NOT NULL OR failures > 0) UNION "
            "SELECT 1 FROM alerts_alert WHERE stay_id = %(stay)s AND next_step_at < clock_timestamp() + interval '1 s'"
        )
        return not waiting and not self.unfinished()

    def wait_until_called(self, rungs: list[int]) -> None:
        """Until these rungs (at least) have been climbed, and everybody was reached."""

        def done() -> bool:
            called = self.rungs()
            return set(rungs) <= set(called) and self.is_quiet()

        try:
            wait_for(done, PATIENCE_SECONDS, "all is quiet again")
        except AssertionError as late:
            logs = {name: self.stack.log(name)[-2000:] for name in self.stack.processes}
            raise AssertionError(f"{late}; {self.outcome()}; {logs}") from None

    def outcome(self) -> Outcome:
        alerts = self.rows("SELECT kind, level, outcome FROM alerts_alert WHERE stay_id = %(stay)s ORDER BY id")
        lines = self.rows("SELECT kind FROM alerts_alertevent, mine WHERE alert_id = mine.id")
        written = self.rows(
            "SELECT username, purpose, channel, state, d.public_id::text FROM escalation_delivery d "
            "JOIN mine ON alert_id = mine.id JOIN wards_staff s ON s.id = person_id ORDER BY 1, 2, 3"
        )
        ids = {row[4] for row in written}
        mails = [(to, message) for to, message in self.office.arrived() if str(message) in ids]
        return Outcome(
            checks=self.stored(),
            alerts=[(str(kind), str(level), str(outcome)) for kind, level, outcome in alerts],
            lines=Counter(str(kind) for (kind,) in lines),
            rungs=self.rungs(),
            told=[(str(name), str(why), str(channel), str(state)) for name, why, channel, state, _ in written],
            mails=Counter(to.partition("@")[0] for to, _ in mails),
            messages=len(set(mails)),
        )

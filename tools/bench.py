"""What the main job costs, measured over real processes: `make bench`.

Prints a table of medians and 99th percentiles in milliseconds, and beside each the ratio to one bare PostgreSQL commit
measured in the same run, because absolute times on a shared machine mean little.
"""

from __future__ import annotations

import http.client
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import django
import psycopg2

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's loop runs in this thread
django.setup()

import monitoring.celery  # noqa: E402, F401 (what this process sends goes to the bench's own broker)
from monitoring.protocol import MUSCLES, Check, Operation, Settings, Timeline, assess, next_change, passage  # noqa: E402
from tests.cast import PASSWORD, Cast, admit_patient, ago, operate, set_stage  # noqa: E402
from tests.stack import Stack, StackFactory, wait_for  # noqa: E402
from tools.audit_cost import Audited, Costs, Took, measure  # noqa: E402
from tools.page_weight import weigh  # noqa: E402
from tools.visitor import Visitor  # noqa: E402

CHECKS = int(os.environ.get("SPINEWATCH_BENCH_CHECKS", "300"))
PATIENTS = 30
EVENTS = 200
LOOK_SECONDS = 0.0005  # between two looks for the alert's row
UNIT = "a bare PostgreSQL commit"


@dataclass
class Measured:
    """Milliseconds by what was measured, in the order of first mention."""

    times: dict[str, list[float]] = field(default_factory=dict)

    def add(self, what: str, seconds: float) -> None:
        self.times.setdefault(what, []).append(seconds * 1000)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.add(what, time.perf_counter() - began)

    def print_table(self) -> None:
        """A line each: how many, median, 99th percentile, and the ratio of the median to that of `UNIT`."""
        base = statistics.median(self.times[UNIT])
        print(f"{'':52}{'n':>6}{'p50 ms':>10}{'p99 ms':>10}{'ratio':>9}")
        for what, times in self.times.items():
            p50, p99 = statistics.median(times), sorted(times)[max(0, round(len(times) * 0.99) - 1)]
            print(f"{what:52}{len(times):>6}{p50:>10.2f}{p99:>10.2f}{p50 / base:>9.1f}")
        print(f"ratio: to the median of “{UNIT}” in this same run")


class OpenInbox:
    """A surgeon's open page: at each news it looks for what it waits for, as a page does that fetches itself again."""

    def __init__(self, surgeon: Visitor, is_told: Callable[[str, str], bool]) -> None:
        host, port = surgeon.url.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port))
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in surgeon.cookies)
        connection.request("GET", "/live/", headers={"Cookie": cookies})
        self._stream = connection.getresponse()
        if self._stream.status != 200:
            raise LookupError(f"no stream: {self._stream.status}")
        self._is_told = is_told
        self._waiting_for: tuple[str, str] | None = None
        self.heard_at: float | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    def wait_for(self, stay: str, muscle: str) -> None:
        self.heard_at, self._waiting_for = None, (stay, muscle)

    def _listen(self) -> None:
        """Two pieces of news come of each check, its own and the alert's: it is the second that tells."""
        while line := self._stream.readline():
            if line.strip() == b"event: changed" and self._waiting_for is not None:
                heard = time.perf_counter()
                if self._is_told(*self._waiting_for):
                    self._waiting_for, self.heard_at = None, heard


def bare_commit(url: str) -> Callable[[], None]:
    """One row inserted and committed, on a connection that stays open: what any write costs here."""
    connection = psycopg2.connect(url)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE bench_bare (id bigserial PRIMARY KEY, said text)")
    connection.commit()

    def commit() -> None:
        cursor.execute("INSERT INTO bench_bare (said) VALUES ('x')")
        connection.commit()

    return commit


def patients(cast: Cast, how_many: int = PATIENTS) -> list[str]:
    """Stays on ward 7B, operated a day ago and not examined since: their public ids."""
    stays = []
    for number in range(how_many):
        stay = admit_patient(cast, bed=cast.ward_7b.beds.create(label=f"B{number:02}"))
        operate(cast, stay, ended_at=ago(hours=4))
        stays.append(str(stay.public_id))
    return stays


def main_job(stack: Stack, measured: Measured) -> None:
    """Each check lets one more muscle fall: a new muscle, so a rise of the alert and news for the inbox, each time."""
    with stack.models():
        stays = patients(set_stage())
    nurse, surgeon = Visitor(stack.url, follow=False), Visitor(stack.url, follow=False)
    nurse.sign_in("alice", PASSWORD)
    surgeon.sign_in("sam", PASSWORD)
    inbox = OpenInbox(surgeon, alert_tells(stack.database_url))
    commit, is_told = bare_commit(stack.database_url), alert_tells(stack.database_url)
    for number in range(CHECKS):
        stay, fallen = stays[number % PATIENTS], MUSCLES[: number // PATIENTS % len(MUSCLES) + 1]
        said = nurse.check_said(stay, **{f"{muscle.myotome.lower()}_{muscle.side}": "1" for muscle in fallen})
        with measured.timed(UNIT):
            commit()
        inbox.wait_for(stay, fallen[-1].value)
        began = time.perf_counter()
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(store, nurse, stay, said)
            while not is_told(stay, fallen[-1].value):
                time.sleep(LOOK_SECONDS)
            committed = time.perf_counter()
            measured.add("check posted → answered", sent.result() - began)
        measured.add("check posted → alert's row committed", committed - began)
        heard_at = wait_for(lambda: inbox.heard_at, 10, "the open inbox is told")
        measured.add("check posted → told to an open inbox", heard_at - began)


def store(nurse: Visitor, stay: str, said: dict[str, str]) -> float:
    """Send a check; when its answer came. Raises RuntimeError where it was not stored."""
    status, page = nurse.send_check(stay, said)
    if status != 302:
        raise RuntimeError(f"the check was not stored: {status} {page[:500]}")
    return time.perf_counter()


def audited_job(stack: Stack) -> Costs:
    """The main job with the audit log and without, check by check."""
    audited = Audited(stack)
    wait_for(stack.answers, 30, "the web process answers")
    with stack.models():
        stays = patients(set_stage(), how_many=-(-CHECKS // len(MUSCLES)))
    nurse, is_told = Visitor(stack.url, follow=False), alert_tells(stack.database_url)
    nurse.sign_in("alice", PASSWORD)

    def job(number: int) -> Took:
        stay, fallen = stays[number % len(stays)], MUSCLES[: number // len(stays) + 1]
        said = nurse.check_said(stay, **{f"{muscle.myotome.lower()}_{muscle.side}": "1" for muscle in fallen})
        began = time.perf_counter()
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(store, nurse, stay, said)
            while not is_told(stay, fallen[-1].value):
                time.sleep(LOOK_SECONDS)
            committed = time.perf_counter()
            return Took(sent.result() - began, committed - began)

    return measure(audited, range(CHECKS), job)


def alert_tells(url: str) -> Callable[[str, str], bool]:
    """Whether an open alert of the stay names the muscle: asked on a connection that stays open."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    cursor = connection.cursor()

    def tells(stay: str, muscle: str) -> bool:
        cursor.execute(
            "SELECT 1 FROM alerts_alert a JOIN wards_stay s ON s.id = a.stay_id "
            "WHERE s.public_id = %s AND a.kind = 'deficit' AND a.closed_at IS NULL AND a.muscles ? %s",
            [stay, muscle],
        )
        return cursor.fetchone() is not None

    return tells


def rules(measured: Measured) -> None:
    """The protocol on a timeline of 200 events."""
    at = datetime(2026, 3, 1, 14, tzinfo=UTC)
    later = [
        Check(at + timedelta(hours=hour), grades=dict.fromkeys(MUSCLES, 5 if hour % 7 else 3))
        for hour in range(1, EVENTS)
    ]
    timeline, now = Timeline((Operation(at, kind="index"), *later)), later[-1].at
    for _ in range(50):
        with measured.timed(f"assess, {EVENTS} events"):
            assess(timeline, Settings(), now)
        with measured.timed(f"next_change, {EVENTS} events"):
            next_change(timeline, Settings(), now)
        with measured.timed(f"passage over all {EVENTS} events"):
            passage(timeline, Settings(), at, now)


def broker_away(stack: Stack, measured: Measured) -> None:
    """The form's answer while Valkey hangs, and while it is gone: the web process assesses."""
    ((stay,),) = stack.sql("SELECT public_id FROM wards_stay ORDER BY id LIMIT 1")
    nurse = Visitor(stack.url, follow=False)
    nurse.sign_in("alice", PASSWORD)
    for what, take_away in (("hangs", stack.freeze_valkey), ("is gone", stack.stop_valkey)):
        time.sleep(6)  # the breakers of the last one are closed again
        take_away()
        for number in range(10):
            said = nurse.check_said(stay)
            with measured.timed(f"Valkey {what}, check {'1' if number == 0 else '2–10'}: posted → answered"):
                store(nurse, str(stay), said)
        stack.thaw()


def main() -> None:
    measured = Measured()
    with StackFactory() as factory, factory.open("web", "worker", "beat", "sweep") as stack:
        main_job(stack, measured)
        broker_away(stack, measured)
    rules(measured)
    measured.print_table()
    with StackFactory() as factory, factory.open() as stack:
        audited_job(stack).print_table()
    with StackFactory() as factory, factory.open("web", "worker", "beat") as stack:
        if weighed := weigh(stack):
            weighed.print_table()


if __name__ == "__main__":
    main()

"""The table of crash points. Each line is one test: a process is held there, seen there, and killed with SIGKILL.

It is started again as the supervisor does; then, whatever was lost: the check is stored once, one alert is open, each
rung was called once, each person has their message in the app and by e-mail, nothing is left to be sent, and at most
one copy more of one message has arrived, with the same id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import psutil
import pytest
from _pytest.mark.structures import ParameterSet

from tests.stack import wait_for
from tests.survival.holds import AtTheMailServer, Hold, InTransaction, Write
from tests.survival.house import House
from tests.survival.post import Moment
from tests.survival.story import ALL, AT_ONCE, Story, all_once

pytestmark = pytest.mark.thorough

USUAL = ("web", "worker", "slow", "beat")
REACHED_SECONDS = 30.0


@dataclass(frozen=True)
class Point:
    """One line of the table. The process is held at `at`; `dies` kills. `repeats`: copies more of Sam's message.

    `stored`: the check is, though nobody was told so. `leased`: a claim outlives the sender. `later`: it happens not
    when the alert opens, but when the clock comes to the last rung. `running`: nobody else is there to step in.
    """

    name: str
    at: Hold
    dies: Callable[[House, Hold], object]
    repeats: int = 0
    stored: bool = True
    leased: bool = False
    later: bool = False
    running: tuple[str, ...] = USUAL

    def soaked(self) -> ParameterSet:
        """This line takes its time to say what another says nearly as well."""
        return pytest.param(self, marks=pytest.mark.soak)


def kill(name: str) -> Callable[[House, Hold], None]:
    """A process with all that it started."""
    return lambda house, _: house.kill(name)


def kill_the_workers_pool(house: House, _: Hold) -> None:
    for child in psutil.Process(house.stack.pids["worker"]).children():
        child.kill()
    house.worn.add("worker")  # one that has just lost its pool ends when it loses its broker as well (Celery 5.7)


def kill_the_courier(house: House, _: Hold) -> None:
    """The process of one attempt."""
    house.courier().kill()


def kill_whom_the_courier_works_for(house: House, _: Hold) -> None:
    """The courier goes on, and hands the message over."""
    parent = house.courier().parent()
    assert parent is not None
    parent.kill()
    house.worn.add("slow")


def kill_valkey(house: House, _: Hold) -> None:
    house.kill_valkey()


def kill_postgres(house: House, _: Hold) -> None:
    house.kill_postgres()


def kill_a_session(house: House, hold: Hold) -> None:
    """PostgreSQL ends all others too, recovers, and goes on."""
    house.kill_a_session_of_postgres(cast(InTransaction, hold).standing(house)[0])


def writing(process: str, write: Write) -> InTransaction:
    return InTransaction(process, write)


def committing(process: str, write: Write) -> InTransaction:
    return InTransaction(process, write, committing=True)


ADDRESSED, TAKEN = AtTheMailServer(Moment.ADDRESSED), AtTheMailServer(Moment.TAKEN)

BY_CLOCK = ("web", "worker", "slow", "sweep")
POINTS = [
    Point("web: the check is written, not committed", writing("web", Write.CHECK), kill("web"), stored=False),
    Point("web: the check is committed, nobody nudged", committing("web", Write.CHECK), kill("web")),
    Point("worker: the alert is written, not committed", writing("worker", Write.ALERT), kill("worker")),
    Point("worker: the alert is committed, nobody nudged", committing("worker", Write.ALERT), kill("worker")),
    Point("worker: the calls are written, not committed", writing("worker", Write.CALLS), kill("worker")),
    Point("worker: the calls are committed, nobody nudged", committing("worker", Write.CALLS), kill("worker")),
    Point("worker: its pool, the alert not committed", writing("worker", Write.ALERT), kill_the_workers_pool).soaked(),
    Point("worker: its pool, the calls not committed", writing("worker", Write.CALLS), kill_the_workers_pool).soaked(),
    Point("slow: the message is claimed, not committed", writing("slow", Write.CLAIM), kill("slow")).soaked(),
    Point("slow: the claim is committed, nothing sent", committing("slow", Write.CLAIM), kill("slow"), leased=True),
    Point("slow: the mail server is told for whom", ADDRESSED, kill("slow"), leased=True),
    Point("slow: the mail is taken, no answer yet", TAKEN, kill("slow"), leased=True, repeats=1),
    Point("slow: sent, the mark not committed", writing("slow", Write.MARK), kill("slow"), leased=True, repeats=1),
    Point("slow: sent, and the mark is committed", committing("slow", Write.MARK), kill("slow")).soaked(),
    Point("slow: who sends, not the courier", TAKEN, kill_whom_the_courier_works_for, leased=True, repeats=1).soaked(),
    Point("slow: the courier alone", TAKEN, kill_the_courier, repeats=1).soaked(),
    Point("beat: saying that it is alive", writing("beat", Write.PULSE), kill("beat"), later=True),
    Point("sweep: the calls not committed", writing("sweep", Write.CALLS), kill("sweep"), later=True, running=BY_CLOCK),
    Point(
        "sweep: the calls committed", committing("sweep", Write.CALLS), kill("sweep"), later=True, running=BY_CLOCK
    ).soaked(),
    Point(
        "sweep: the mail is taken", TAKEN, kill("sweep"), leased=True, repeats=1, running=("web", "worker", "sweep")
    ).soaked(),
    Point("valkey: the check is not committed", writing("web", Write.CHECK), kill_valkey).soaked(),
    Point("valkey: the alert is not committed", writing("worker", Write.ALERT), kill_valkey).soaked(),
    Point("valkey: the calls are committed, nobody nudged", committing("worker", Write.CALLS), kill_valkey),
    Point("valkey: the mail is taken, no answer yet", TAKEN, kill_valkey).soaked(),
    Point("postgres: the check is not committed", writing("web", Write.CHECK), kill_postgres, stored=False).soaked(),
    Point("postgres: the alert is not committed", writing("worker", Write.ALERT), kill_postgres),
    Point("postgres: the calls are not committed", writing("worker", Write.CALLS), kill_postgres).soaked(),
    Point("postgres: the mail is taken, no answer yet", TAKEN, kill_postgres, repeats=1).soaked(),
    Point(
        "postgres: the mark not committed", writing("slow", Write.MARK), kill_postgres, leased=True, repeats=1
    ).soaked(),
    Point("postgres: one session, the alert not committed", writing("worker", Write.ALERT), kill_a_session).soaked(),
]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_after_a_crash_everything_has_happened_once(house: House, point: Point) -> None:
    house.begin(*point.running)
    story = house.new_story()
    if point.later:
        story.send()
        story.wait_until_called(AT_ONCE)
    crash(house, story, point)
    house.run(*point.running)
    if point.leased:
        assert house.end_leases() == 1
    if not point.stored:
        story.send()
    story.wait_until_called(AT_ONCE)
    if not point.later:
        story.minutes_pass()
    story.wait_until_called(ALL)
    if not story.answered:
        story.send()
    story.ended = story.outcome()
    assert story.ended == all_once(point.repeats)
    assert [name for name in point.running if not house.is_running(name)] == []
    assert house.stories_that_went_on() == []
    assert house.strays() == set()


def crash(house: House, story: Story, point: Point) -> None:
    """Let the story go on until a process stands at the point; kill there."""
    begin = story.minutes_pass if point.later else story.send_meanwhile
    with point.at.held(house, story):
        begin()
        wait_for(lambda: point.at.is_reached(house), REACHED_SECONDS, f"a process at: {point.name}")
        wait_for(lambda: not story.unfinished(besides="sam"), REACHED_SECONDS, "the others have their messages")
        point.dies(house, point.at)
    story.is_told()
    assert story.stored() == point.stored

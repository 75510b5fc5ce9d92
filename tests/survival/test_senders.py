"""More than one at work, or one that sleeps: two beats, a sender that wakes up too late, an alert that is over."""

from __future__ import annotations

import signal
from collections import Counter

import pytest

from tests.stack import wait_for
from tests.survival.holds import AtTheMailServer, InTransaction, Write
from tests.survival.house import House
from tests.survival.post import Moment
from tests.survival.story import ALL, AT_ONCE, Outcome, all_once
from tools.processes import commands

pytestmark = pytest.mark.thorough

SEEN_SECONDS = 30.0
LEASE_SECONDS = 20.0
TOO_LATE = "came too late"


def test_two_beats_at_once_call_nobody_twice(house: House) -> None:
    """The second is another machine's: it has a memory of its own."""
    house.begin("web", "worker", "slow", "beat")
    elsewhere = house.stack.folder / "elsewhere"
    elsewhere.mkdir()
    beat = commands("127.0.0.1", house.stack.port)["beat"]
    house.stack.launch("second beat", beat, VAR_DIR=str(elsewhere))
    story = house.new_story()
    story.send()
    story.wait_until_called(AT_ONCE)
    story.minutes_pass()
    story.wait_until_called(ALL)
    assert house.is_running("beat")
    assert house.is_running("second beat")
    assert story.outcome() == all_once()


def test_a_sender_that_froze_past_its_lease_wakes_up_and_changes_nothing(house: House) -> None:
    """Another has taken the message up meanwhile: it goes twice, with one id, and stays marked as the other left it."""
    freeze_a_sender(house, wait=False)


@pytest.mark.soak
def test_the_lease_of_a_frozen_sender_ends_by_itself(house: House) -> None:
    freeze_a_sender(house, wait=True)


def freeze_a_sender(house: House, *, wait: bool) -> None:
    """`wait`: until the lease is over, instead of letting the time pass."""
    house.begin("web", "worker", "slow", "beat")
    story = house.new_story()
    taken = AtTheMailServer(Moment.TAKEN)
    with taken.held(house, story):
        story.send()
        wait_for(lambda: taken.is_reached(house), SEEN_SECONDS, "the mail server has Sam's message")
        wait_for(lambda: not story.unfinished(besides="sam"), SEEN_SECONDS, "Alice has hers")
        house.worn.add("slow")
        house.stack.kill("slow", signal.SIGSTOP)
        house.stack.start("sweep")
        if not wait:
            assert house.end_leases() == 1
        wait_for(lambda: not story.unfinished(), SEEN_SECONDS + LEASE_SECONDS * wait, "the sweep has sent it")
        before = house.stack.log("slow").count(TOO_LATE)
    house.stack.kill("slow", signal.SIGCONT)
    wait_for(lambda: house.stack.log("slow").count(TOO_LATE) > before, SEEN_SECONDS, "the sleeper finds it done")
    story.minutes_pass()
    story.wait_until_called(ALL)
    assert story.outcome() == all_once(repeats=1)


def test_what_was_closed_while_the_sender_was_dead_is_not_sent_but_that_it_is_closed(house: House) -> None:
    """Sam's call was claimed and never left: after the restart it is withdrawn, and he hears how it ended."""
    house.begin("web", "worker", "slow", "beat")
    story = house.new_story()
    claiming = InTransaction("slow", Write.CLAIM, committing=True)
    with claiming.held(house, story):
        story.send()
        wait_for(lambda: claiming.is_reached(house), SEEN_SECONDS, "Sam's message is being claimed")
        wait_for(lambda: not story.unfinished(besides="sam"), SEEN_SECONDS, "Alice has hers")
        house.kill("slow")
    story.is_closed_by(house.tess)
    house.run("web", "worker", "slow", "beat")
    assert house.end_leases() == 1
    story.wait_until_called(AT_ONCE)
    assert story.outcome() == Outcome(
        checks=1,
        alerts=[("deficit", "critical", "non_neurogenic")],
        lines=Counter(opened=1, called=2, closed=1),
        rungs=AT_ONCE,
        told=[
            ("alice", "call", "email", "accepted"),
            ("alice", "call", "in_app", "accepted"),
            ("alice", "closed", "email", "accepted"),
            ("alice", "closed", "in_app", "accepted"),
            ("sam", "call", "email", "withdrawn"),
            ("sam", "call", "in_app", "accepted"),
            ("sam", "closed", "email", "accepted"),
            ("sam", "closed", "in_app", "accepted"),
        ],
        mails=Counter(alice=2, sam=1),
        messages=3,
    )

"""The watchdog's chores are rows with a due time: done once when due, whoever asks, and again later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.due.clock import now
from monitoring.due.registry import Lane, sweep_named
from monitoring.watchdog import chores
from monitoring.watchdog.chores import Work, back_off, chores_due, run_chore
from monitoring.watchdog.models import Chore


@pytest.fixture
def done(db: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two chores of the test's own, and what was done."""
    done: list[str] = []
    made = {
        "often": Work(timedelta(minutes=1), lambda: done.append("often")),
        "seldom": Work(timedelta(minutes=5), lambda: done.append("seldom")),
    }
    monkeypatch.setattr(chores, "CHORES", made)
    return done


def by_name(name: str) -> Chore:
    return Chore.objects.get(name=name)


def test_a_chore_that_was_never_done_is_due_at_once(done: list[str]) -> None:
    for chore_id in chores_due(10):
        run_chore(chore_id)
    assert sorted(done) == ["often", "seldom"]
    assert chores_due(10) == []


def test_it_comes_again_after_its_interval(done: list[str]) -> None:
    for chore_id in chores_due(10):
        run_chore(chore_id)
    assert by_name("often").due_at - now() == pytest.approx(timedelta(minutes=1), abs=timedelta(seconds=2))
    Chore.objects.filter(name="seldom").update(due_at=now())
    assert chores_due(10) == [by_name("seldom").pk]


def test_of_two_who_take_the_same_one_does_it(done: list[str]) -> None:
    chore_id = chores_due(10)[0]
    run_chore(chore_id)
    run_chore(chore_id)
    assert len(done) == 1


def test_after_the_clock_was_set_back_it_does_not_wait_until_the_clock_comes_there(done: list[str]) -> None:
    chores_due(10)
    Chore.objects.update(due_at=now() + timedelta(hours=1))
    assert len(chores_due(10)) == 2


def test_one_that_fails_says_so_until_it_is_done(done: list[str]) -> None:
    chore_id = chores_due(10)[0]
    back_off(chore_id, OSError("/var/secret/path"))
    failed = Chore.objects.get(pk=chore_id)
    assert (failed.failing_since is not None, failed.last_error) == (True, "OSError")
    run_chore(chore_id)
    assert Chore.objects.get(pk=chore_id).failing_since is None


def test_chores_go_in_the_slow_lane() -> None:
    assert sweep_named("chore").lane is Lane.SLOW

"""The sweep that puts stale lines together: nothing is lost, nothing old is written over what is newer, and what fails
stands in nobody's way."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection

from monitoring.due.actions import run_one
from monitoring.due.clock import now
from monitoring.due.registry import Lane, sweep_named, sweeps_of
from monitoring.registry.actions import lines
from monitoring.registry.freshness import Waiting, waiting
from monitoring.registry.models import Line, Stale
from monitoring.registry.recorded import Read, line_of
from monitoring.registry.vocabulary import Deficit
from tests.alerts.conftest import watched_patient
from tests.cast import Cast, set_stage
from tests.registry.many import ordinary_operations
from tests.registry.recording import make_due, stale
from wards.models import Patient


def test_it_is_a_sweep_of_the_slow_lane() -> None:
    assert "lines" in {sweep.name for sweep in sweeps_of(Lane.SLOW)}
    assert sweep_named("lines").task == "registry.lines"


def test_one_run_takes_up_all_that_wait(cast: Cast) -> None:
    episodes = ordinary_operations(cast, 5)
    due = lines.due(100)
    assert len(due) == 1
    run_one(sweep_named("lines"), due[0])
    assert set(Line.objects.values_list("episode", flat=True)) == {episode.pk for episode in episodes}
    assert (lines.due(100), stale()) == ([], set())


def test_batch_by_batch_the_longest_due_first(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "BATCH", 2)
    monkeypatch.setattr(lines, "RUN_SECONDS", 0.0)
    first, second, third = (episode.pk for episode in ordinary_operations(cast, 3))
    Stale.objects.filter(episode_id=third).update(due_at=now() - timedelta(hours=1))
    made = []
    for _ in range(2):
        lines.make_due(lines.due(1)[0])
        made.append(set(Line.objects.values_list("episode", flat=True)))
    assert made == [{third, first}, {third, first, second}]


def test_a_line_made_twice_is_the_same_row(cast: Cast) -> None:
    [episode] = ordinary_operations(cast, 1)
    make_due()
    before = Line.objects.get()
    assert lines.make([episode.pk])
    after = Line.objects.get()
    assert before.made_at < after.made_at
    same = [field.attname for field in Line._meta.concrete_fields if field.name != "made_at"]
    assert [getattr(before, name) for name in same] == [getattr(after, name) for name in same]


def test_what_waits_is_told_with_its_oldest_change(cast: Cast) -> None:
    assert waiting() == Waiting(episodes=0, failing=0, since=None, failing_since=None)
    first, _ = ordinary_operations(cast, 2)
    since = now() - timedelta(minutes=5)
    Stale.objects.filter(episode_id=first.pk).update(due_at=since)
    assert waiting() == Waiting(episodes=2, failing=0, since=since, failing_since=None)
    lines.put_off(first.pk, ValueError())
    told = waiting()
    assert (told.episodes, told.failing) == (2, 1)
    assert told.since is not None
    assert told.since > since
    assert told.failing_since is not None
    lines.put_off(first.pk, ValueError())
    assert waiting().failing_since == told.failing_since, "since the first time"


# --- What fails ------------------------------------------------------------------------------------------------------

SECRET = "Patient Zero, born 1955"


@pytest.fixture
def poisoned(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Of seven episodes the fourth cannot be put together while it is in this set."""
    episodes = [episode.pk for episode in ordinary_operations(cast, 7)]
    bad = {episodes[3]}

    def line(read: Read, at: Any) -> Line:
        if read.episode_id in bad:
            raise ValueError(SECRET)
        return line_of(read, at)

    monkeypatch.setattr(lines, "line_of", line)
    return bad


def test_one_that_fails_is_put_off_and_all_others_are_made(
    poisoned: set[int], caplog: pytest.LogCaptureFixture
) -> None:
    [bad] = poisoned
    with caplog.at_level(logging.ERROR):
        make_due()
    assert Line.objects.count() == 6
    assert stale() == {bad}
    for row in Stale.objects.all():
        assert (row.failures, row.last_error) == (1, "ValueError")
        assert row.due_at > now()
    assert lines.due(1) == []
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_it_waits_longer_each_time_and_an_hour_at_most(poisoned: set[int]) -> None:
    [bad] = poisoned
    waits = []
    for _ in range(14):
        before = now()
        lines.put_off(bad, ValueError(SECRET))
        waits.append(min(row.due_at for row in Stale.objects.filter(episode_id=bad)) - before)
    assert waits[0] < timedelta(seconds=3)
    assert waits[5] > timedelta(seconds=60)
    assert timedelta(minutes=60) <= waits[13] < timedelta(minutes=61)


def test_once_it_can_be_made_it_is(poisoned: set[int]) -> None:
    [bad] = poisoned
    make_due()
    poisoned.clear()
    Stale.objects.filter(episode_id=bad).update(due_at=now())
    make_due()
    assert (Line.objects.filter(episode=bad).count(), stale()) == (1, set())


def test_a_change_of_its_record_makes_it_due_at_once(poisoned: set[int]) -> None:
    """And what had been put off is done with it."""
    [bad] = poisoned
    make_due()
    poisoned.clear()
    Patient.objects.filter(episodes=bad).update(sex="M")
    make_due()
    assert (Line.objects.get(episode=bad).sex, stale()) == ("M", set())


def test_what_the_database_refuses_is_one_that_fails(cast: Cast) -> None:
    """Born after the operation: an age below 0 is none, and is not made one."""
    good, bad = ordinary_operations(cast, 2)
    Patient.objects.filter(episodes=bad.pk).update(date_of_birth=now().date())
    make_due()
    assert set(Line.objects.values_list("episode", flat=True)) == {good.pk}
    assert set(Stale.objects.values_list("episode_id", "last_error")) == {(bad.pk, "IntegrityError")}


def test_a_run_that_fails_as_a_whole_is_put_off_by_the_sweep(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    [episode] = ordinary_operations(cast, 1)

    def broken() -> list[int]:
        raise RuntimeError

    monkeypatch.setattr(lines, "_longest_due", broken)
    run_one(sweep_named("lines"), lines.due(1)[0])
    told = waiting()
    assert (told.episodes, told.failing, told.since) == (1, 1, None)
    run_one(sweep_named("lines"), -1)  # a row that is gone
    assert stale() == {episode.pk}


# --- At the same time ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_sweepers_one_makes_lines_and_what_changes_meanwhile_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first has read the record and stands still; a fall is recorded; the second leaves; the first writes what it
    read. The fall's rows were not taken away, and the line is made once more."""
    cast = set_stage()
    patient = watched_patient(cast)
    read, go_on = threading.Event(), threading.Event()

    def stand_still(one: Read, at: Any) -> Line:
        line = line_of(one, at)
        read.set()
        assert go_on.wait(10)
        return line

    def first() -> None:
        lines.make_due(0)
        connection.close()

    with monkeypatch.context() as patch:
        patch.setattr(lines, "line_of", stand_still)
        patch.setattr(lines, "RUN_SECONDS", 0.0)
        sweeper = threading.Thread(target=first)
        sweeper.start()
        assert read.wait(10)
        patient.checked(10, L4_left=1)  # nobody who records waits for it
        assert not lines.make([patient.stay.episode_id])
        assert stale() == {patient.stay.episode_id}
        go_on.set()
        sweeper.join()
    assert Line.objects.get().deficit == Deficit.NONE
    assert stale() == {patient.stay.episode_id}
    make_due()
    assert Line.objects.get().deficit == Deficit.SEVERE
    assert stale() == set()


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_yet_is_made_afterwards() -> None:
    """Somebody's transaction is open while lines are made: its row is not seen, and not taken away."""
    cast = set_stage()
    [episode] = ordinary_operations(cast, 1)
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        cursor.execute("UPDATE wards_patient SET sex = 'M'")
        make_due()
        assert (Line.objects.get().sex, stale()) == ("F", set())
        other.commit()
    other.close()
    assert stale() == {episode.pk}
    make_due()
    assert Line.objects.get().sex == "M"

"""Ok, degraded or failed: what each fault of the monitor itself is worth, and which of them a ward must know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitoring.watchdog.verdict import Around, Look, Probe, Tally, judge, judge_work

AT = datetime(2026, 3, 2, 3, 14, tzinfo=UTC)
EVERYBODY = (
    "tick",
    "tick.slow",
    "loop.detect",
    "loop.slow",
    "beat",
    "worker.detect",
    "worker.slow",
    "pages",
)
HEARD = dict.fromkeys(EVERYBODY, 1.0)
PASSED = Probe(True, "", 30.0)
FAILED = Probe(False, "the alert was raised, and nobody was called", 30.0)
FINE = Look(at=AT, heard=HEARD, probes=(PASSED, PASSED))
AROUND = Around(redis=True, free_bytes=10 * 2**30, clock=AT)


def heard(**ages: float | None) -> dict[str, Any]:
    """Pulses as they are where all is well, but for these; None: never."""
    said = HEARD | {name.replace("__", "."): age for name, age in ages.items()}
    return {"heard": {name: age for name, age in said.items() if age is not None}}


def test_where_everything_is_heard_from_and_nothing_is_late_it_is_ok() -> None:
    found = judge(FINE, AROUND)
    assert (found.status, found.reasons, found.line) == ("ok", (), "")


@pytest.mark.parametrize(
    ("changes", "status", "reason", "line"),
    [
        (heard(tick=10.0), "ok", "", ""),
        (heard(tick=10.1), "degraded", "the last sweep was 10 s ago", ""),
        (heard(tick=60.1), "failed", "the last sweep was 60 s ago", "ALERTING HAS STOPPED"),
        (heard(tick=None), "failed", "no sweep has ever run", "ALERTING HAS STOPPED"),
        (heard(tick__slow=10.1), "degraded", "the last sweep of the slow lane was 10 s ago", ""),
        (heard(tick__slow=60.1), "failed", "the last sweep of the slow lane", "MESSAGES ARE NOT BEING SENT"),
        (heard(tick__slow=None), "failed", "no sweep of the slow lane", "MESSAGES ARE NOT BEING SENT"),
        (heard(loop__detect=15.0), "ok", "", ""),
        (heard(loop__detect=15.1), "degraded", "the sweep (manage.py tick --loop) was last heard from 15 s ago", ""),
        (heard(loop__slow=None), "degraded", "the sweep's slow lane (manage.py tick --loop) has never", ""),
        (heard(worker__detect=20.0), "degraded", "the worker of the queue detect was last heard from 20 s ago", ""),
        (heard(worker__slow=None), "degraded", "the worker of the queue slow has never been heard from", ""),
        (heard(beat=20.0), "degraded", "Celery beat was last heard from 20 s ago", ""),
        (heard(pages=20.1), "degraded", "no web process looks after open pages", ""),
        ({"failing": 2}, "degraded", "2 stays cannot be assessed", "ASSESSMENT FAILED for 2 patients"),
        ({"failing_discharged": 1}, "degraded", "1 stays cannot be assessed", ""),
        ({"assessments": Tally(1, 11.0)}, "degraded", "1 assessments are overdue", "ASSESSMENT IS LATE for 1 patient"),
        ({"assessments": Tally(1, 61.0)}, "failed", "the oldest by 61 s", "ASSESSMENT IS LATE for 1 patient"),
        ({"steps": Tally(3, 11.0)}, "degraded", "3 steps of ladders are overdue", "CALLS ARE LATE"),
        ({"steps": Tally(3, 61.0)}, "failed", "3 steps of ladders are overdue", "CALLS ARE LATE"),
        ({"messages": Tally(4, 11.0)}, "degraded", "4 messages are overdue", "MESSAGES ARE LATE"),
        ({"unalerted": Tally(1, 11.0)}, "degraded", "1 overdue checks without", "OVERDUE CHECKS ARE NOT ALERTED"),
        ({"climbs_failing": 1}, "degraded", "1 alerts cannot climb", "CALLING FAILED FOR AN ALERT"),
        ({"chores_failing": ["downtime packs"]}, "degraded", "the watchdog fails at its downtime packs", ""),
        ({"unsealed": 300.0}, "ok", "", ""),
        ({"unsealed": 300.1}, "degraded", "the audit log has not been sealed to its end for 300 s", ""),
        ({"seals_unsent": ["webhook"]}, "degraded", "the seals of the audit log do not leave by webhook", ""),
        ({"replays_failing": 1}, "degraded", "1 replays of a proposed protocol fail", ""),
        ({"adoptions_failing": 1}, "degraded", "1 approved protocols cannot be brought in force", ""),
        (
            {"proposals": Tally(2, 600.0)},
            "degraded",
            "2 proposed protocols wait for the sweep, 600 s by now",
            "",
        ),
        ({"probes": ()}, "degraded", "no test alert has been sent yet", ""),
        ({"probes": (FAILED, PASSED)}, "degraded", "the last test alert failed: the alert was raised", ""),
        ({"probes": (FAILED, FAILED)}, "failed", "the last test alert failed", "THE TEST ALERT DID NOT ARRIVE"),
        ({"probes": (PASSED, FAILED)}, "ok", "", ""),
        ({"probes": (Probe(True, "", 180.1),)}, "failed", "ended 180 s ago", "NO TEST ALERT IS SENT"),
        ({"probes": (Probe(True, "open pages were not told", 9.0),)}, "degraded", "open pages were not told", ""),
    ],
)
def test_what_the_database_says(changes: dict[str, Any], status: str, reason: str, line: str) -> None:
    found = judge(replace(FINE, **changes), AROUND)
    assert (found.status, found.line) == (status, line)
    assert bool(found.reasons) == (status != "ok")
    assert any(reason in said for said in found.reasons) == bool(reason)


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"redis": False}, "degraded", "Redis does not answer"),
        ({"free_bytes": 499 * 2**20}, "degraded", "little room on the disk: 499 MiB"),
        ({"free_bytes": 49 * 2**20}, "failed", "little room on the disk"),
        ({"free_bytes": None}, "degraded", "VAR_DIR"),
        ({"clock": AT + timedelta(seconds=6)}, "degraded", "differs from the database's by +6 s"),
        ({"clock": AT - timedelta(seconds=6)}, "degraded", "differs from the database's by -6 s"),
        ({"clock": AT + timedelta(seconds=4)}, "ok", ""),
    ],
)
def test_what_the_asking_process_sees(changes: dict[str, Any], status: str, reason: str) -> None:
    found = judge(FINE, replace(AROUND, **changes))
    assert found.status == status
    assert any(reason in said for said in found.reasons) == bool(reason)


def test_without_an_answer_of_the_database_it_is_failed() -> None:
    found = judge(None, AROUND)
    assert (found.status, found.reasons) == ("failed", ("the database does not answer",))


def test_a_worker_that_cannot_be_told_is_not_accused() -> None:
    silent = replace(FINE, **heard(worker__detect=500.0, worker__slow=500.0))
    assert not any("worker" in said for said in judge(silent, replace(AROUND, redis=False)).reasons)
    without_beat = replace(FINE, **heard(worker__detect=500.0, beat=500.0))
    assert [said for said in judge(without_beat, AROUND).reasons if "worker" in said or "beat" in said] == [
        "Celery beat was last heard from 500 s ago"
    ]


def test_a_clock_set_back_by_a_minute_is_said_and_keeps_no_dead_sweep_alive() -> None:
    """Whoever lives speaks again within seconds; who is dead has spoken "in a minute"."""
    dead = replace(FINE, **heard(tick=-61.0, tick__slow=1.0))
    found = judge(dead, AROUND)
    assert found.status == "failed"
    assert found.line == "ALERTING HAS STOPPED"
    assert "the database's clock has gone back by 61 s or more" in found.reasons


def test_the_gravest_comes_first() -> None:
    both = replace(FINE, failing=1, **heard(tick=100.0))
    assert judge(both, AROUND).line == "ALERTING HAS STOPPED"


def test_a_page_hears_of_the_wards_own_faults_only() -> None:
    alone = replace(FINE, heard={"tick": 1.0, "tick.slow": 1.0}, chores_failing=["heartbeat"])
    assert judge_work(alone).status == "ok"
    assert judge(alone, AROUND).status == "degraded"

"""What the system does by itself is nobody's, and goes back to the request that made it due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from celery import current_app, shared_task
from django.db import transaction

from monitoring.audit.actions import record
from monitoring.audit.context import CAUSE, NOWHERE, Origin, coming_from, current_origin
from monitoring.audit.models import AuditEntry
from monitoring.due.actions import run_one, tick
from monitoring.due.nudge import nudge
from monitoring.due.registry import Sweep
from tests.cast import Cast
from wards.models import Ward

REQUEST = Origin(request_id="a1b2c3", address="10.1.2.3", device="d" * 32)


def sweep_that(run: Callable[[int], None], due: Sequence[int] = ()) -> Sweep:
    return Sweep("noting", "tests.noting", lambda _limit: due, run, lambda _id, _error: None)


def note(_row_id: int) -> None:
    with transaction.atomic():
        record("ward.viewed", by=None, about=Ward.objects.get(code="7b"))


def test_work_done_where_the_request_was_is_the_systems_by_its_cause(cast: Cast) -> None:
    with coming_from(REQUEST):
        run_one(sweep_that(note), 1)
        assert current_origin() == REQUEST
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor, entry.cause, entry.address, entry.device) == (None, "a1b2c3", None, "")
    assert entry.request_id not in {"", "a1b2c3"}


@pytest.mark.django_db(transaction=True)
def test_work_that_a_sweep_found_is_said_to_be_found_by_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.due.actions.sweeps_of", lambda _lane: [sweep_that(note, due=[1])])
    assert tick() == 1
    entry = AuditEntry.objects.get(action="ward.viewed")
    assert (entry.actor, entry.cause) == (None, "sweep:noting")
    assert current_origin() == NOWHERE


def test_work_that_nothing_asked_for_goes_back_to_none(cast: Cast) -> None:
    run_one(sweep_that(note), 1)
    run_one(sweep_that(note), 1)
    first, second = AuditEntry.objects.filter(action="ward.viewed").order_by("id")
    assert first.cause == second.cause == ""
    assert len({first.request_id, second.request_id, ""}) == 3
    assert current_origin() == NOWHERE


@pytest.mark.django_db(transaction=True)
def test_a_nudge_takes_the_cause_along(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **options: sent.append(options))

    def go_on(_row_id: int) -> None:
        nudge("climb", 7)

    with coming_from(REQUEST):
        nudge("assess", 7)
        run_one(sweep_that(go_on), 7)
    assert [options["headers"] for options in sent] == [{CAUSE: "a1b2c3"}] * 2


def test_a_task_works_for_the_cause_of_its_message() -> None:
    @shared_task(name="tests.where_from")
    def where_from() -> str:
        return current_origin().cause

    assert where_from.apply(headers={CAUSE: "a1b2c3"}).get() == "a1b2c3"
    where_from.push_request(**{CAUSE: "d4e5f6"})  # as a worker does
    assert where_from() == "d4e5f6"
    where_from.pop_request()
    assert where_from.apply().get() == ""
    assert current_origin() == NOWHERE

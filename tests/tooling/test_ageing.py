"""Ageing the record is the same as waiting: nothing between two entries changes, and nothing is forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from monitoring.alerts import steps
from monitoring.alerts.actions import assess_stay
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.checks.queries import timeline
from monitoring.due.clock import now
from monitoring.due.models import Pulse, Watch
from monitoring.escalation.climb import climb
from monitoring.protocol import Settings, assess
from tests.ageing import DUE, LEFT_OUT, columns_of, let_time_pass, moved
from tests.alerts.conftest import Patient, patient
from tests.cast import Cast, ago, cast, on_duty
from wards.models import Post

__all__ = ["cast", "patient"]

SPAN = timedelta(days=1, hours=7, minutes=13)
INSTANTS, DOCUMENTS = "timestamp with time zone", "jsonb"


@pytest.fixture
def critical(cast: Cast, patient: Patient) -> Patient:
    """A patient with an alert that was climbed, told and accepted; the rota has a surgeon."""
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    patient.checked(3, L4_left=1)
    climb(patient.alert.pk)
    steps.accept(patient.alert, by=cast.sam, revision=patient.alert.revision)
    steps.record_milestone(
        patient.alert, by=cast.sam, revision=patient.alert.revision, kind="surgeon_told", at=ago(minutes=1)
    )
    return patient


def dump(data_type: str) -> Iterator[tuple[str, list[Any]]]:
    """By column of the record: what stands there, row by row."""
    with connection.cursor() as cursor:
        for table, columns in columns_of(cursor, data_type).items():
            for column in columns:
                cursor.execute(f"SELECT {column}::text FROM {table}")
                yield f"{table}.{column}", sorted((text for (text,) in cursor.fetchall() if text), key=str)


def test_every_instant_of_the_record_is_older_by_as_much(critical: Patient) -> None:
    before = dict(dump(INSTANTS))
    let_time_pass(SPAN)
    after = dict(dump(INSTANTS))
    for column in before.keys() - {f"{table}.{due}" for table, due in DUE.items()}:
        assert [older(text) for text in before[column]] == [datetime.fromisoformat(text) for text in after[column]]
    assert sum(map(len, before.values())) > 40, "there is something to age"


def older(text: str) -> datetime:
    return datetime.fromisoformat(text) - SPAN


def test_instants_inside_documents_are_older_too_and_nothing_else_in_them_changes(critical: Patient) -> None:
    before = dict(dump(DOCUMENTS))
    let_time_pass(SPAN)
    after = dict(dump(DOCUMENTS))
    for column, texts in before.items():
        aged = [moved(json.loads(text), SPAN) for text in texts]
        assert sorted(map(json.dumps, aged)) == sorted(json.dumps(json.loads(text)) for text in after[column])
    changed = {column for column in before if before[column] != after[column]}
    assert {"due_watch.assessment", "alerts_alertevent.data", "escalation_climb.progress"} <= changed


def test_no_column_with_an_instant_is_forgotten(db: None) -> None:
    with connection.cursor() as cursor:
        covered = {(table, column) for table, columns in columns_of(cursor, INSTANTS).items() for column in columns}
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
            " AND (data_type LIKE 'time%%' OR data_type LIKE '%%range' OR data_type IN ('date', 'interval'))"
        )
        rows = cursor.fetchall()
    forgotten = {(table, column): kind for table, column, kind in rows if (table, column) not in covered}
    assert forgotten.pop(("wards_patient", "date_of_birth")) == "date"
    assert forgotten.pop(("wards_staff", "ends_on")) == "date"
    assert forgotten.pop(("registry_line", "operated_on")) == "date"  # made anew
    assert {table for table, _ in forgotten} <= LEFT_OUT.keys()


def test_an_assessment_is_the_same_only_so_much_earlier(critical: Patient) -> None:
    at = now()
    before = assess(timeline(critical.stay), Settings(), at).to_json(None)
    let_time_pass(SPAN)
    after = assess(timeline(critical.stay), Settings(), at - SPAN).to_json(None)
    assert before["level"] == "critical"
    assert after == moved(before, SPAN)


def test_a_check_due_in_half_an_hour_is_overdue_after_31_minutes(patient: Patient) -> None:
    patient.checked(90)  # every two hours on the first day
    due = patient.watch.check_due_at
    assert due is not None
    assert timedelta(minutes=28) < due - now() <= timedelta(minutes=30)
    let_time_pass(timedelta(minutes=31))
    assess_stay(patient.stay.pk)
    (overdue,) = Alert.objects.filter(stay=patient.stay, kind=Alert.Kind.OVERDUE, closed_at=None)
    assert patient.watch.check_due_at == due - timedelta(minutes=31) < now()
    assert overdue.began_at == patient.watch.check_due_at


def test_what_came_due_is_due_now_and_no_sooner(patient: Patient) -> None:
    patient.checked(10)
    due = patient.watch.assess_at
    assert due is not None
    let_time_pass(timedelta(minutes=1))
    assert patient.watch.assess_at == due - timedelta(minutes=1) > now()
    asked_at = now()
    let_time_pass(timedelta(days=2))
    assert asked_at <= Watch.objects.get(stay=patient.stay).assess_at <= now()  # type: ignore[operator]


def test_the_record_is_kept_again_afterwards_and_who_is_alive_is_alive(critical: Patient) -> None:
    Pulse.objects.create(name="beat", at=now())
    heard = Pulse.objects.get(name="beat").at
    let_time_pass(SPAN)
    assert Pulse.objects.get(name="beat").at == heard
    with pytest.raises(IntegrityError, match="kept as they were"), transaction.atomic():
        AlertEvent.objects.update(notifies=False)


@pytest.mark.parametrize("span", [timedelta(seconds=30), timedelta(0), timedelta(minutes=-5)])
def test_only_whole_minutes_pass_and_only_forwards(db: None, span: timedelta) -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        let_time_pass(span)

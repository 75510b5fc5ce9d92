"""A change of a stay's history makes its assessment due, in the transaction of the change."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from monitoring.due.actions import Change, mark_changed
from monitoring.due.clock import now
from monitoring.due.models import Watch
from tests.cast import Cast, admit_patient, ago
from wards.models import Stay


def change(what: str) -> Change:
    return {"by": 1, "what": what, "why": ""}


@pytest.fixture
def stay(cast: Cast) -> Stay:
    """Somebody who was admitted, assessed, and is not due."""
    stay = admit_patient(cast)
    Watch.objects.filter(stay=stay).update(assess_at=None, changed_since=None, changes=[])
    return stay


def test_a_change_is_due_now_by_the_databases_clock(stay: Stay) -> None:
    mark_changed(stay.pk, since=ago(hours=1), change=change("check recorded"))
    watch = Watch.objects.get(stay=stay)
    assert watch.assess_at is not None
    assert abs(now() - watch.assess_at) < timedelta(seconds=2)


def test_the_earliest_changed_event_is_remembered_whatever_the_order(stay: Stay) -> None:
    early, late = ago(hours=5), ago(hours=1)
    for since in (late, early, late):
        mark_changed(stay.pk, since=since, change=change("check recorded"))
    assert Watch.objects.get(stay=stay).changed_since == early


def test_everybody_who_changed_something_is_remembered_in_order(stay: Stay) -> None:
    mark_changed(stay.pk, since=ago(hours=1), change=change("check recorded"))
    mark_changed(stay.pk, since=ago(hours=2), change=change("check corrected"))
    assert [entry["what"] for entry in Watch.objects.get(stay=stay).changes] == ["check recorded", "check corrected"]


def test_a_change_that_nobody_would_look_at_is_refused(stay: Stay) -> None:
    Watch.objects.filter(stay=stay).delete()
    with pytest.raises(Watch.DoesNotExist):
        mark_changed(stay.pk, since=ago(hours=1), change=change("check recorded"))


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_is_not_due(cast: Cast) -> None:
    stay = admit_patient(cast)
    Watch.objects.filter(stay=stay).update(assess_at=None)

    with transaction.atomic():
        mark_changed(stay.pk, since=ago(hours=1), change=change("check recorded"))
        transaction.set_rollback(True)
    assert Watch.objects.get(stay=stay).assess_at is None


@pytest.mark.django_db(transaction=True)
def test_a_change_outside_a_transaction_is_refused(cast: Cast) -> None:
    stay = admit_patient(cast)
    with pytest.raises(transaction.TransactionManagementError):
        mark_changed(stay.pk, since=ago(hours=1), change=change("check recorded"))


@pytest.mark.django_db(transaction=True)
def test_changes_made_at_the_same_moment_are_all_remembered(cast: Cast) -> None:
    stay = admit_patient(cast)
    before = len(Watch.objects.get(stay=stay).changes)
    together = threading.Barrier(8)

    def work(number: int) -> None:
        together.wait()
        with transaction.atomic():
            mark_changed(stay.pk, since=ago(hours=number + 1), change=change(f"change {number}"))
        connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watch = Watch.objects.get(stay=stay)
    assert sorted(entry["what"] for entry in watch.changes[before:]) == [f"change {number}" for number in range(8)]

"""A surgeon was told by phone: written down once, whatever has happened to the alert meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import steps
from monitoring.alerts.models import Alert, AlertEvent, Milestone, SpokenReport
from monitoring.alerts.reports import record_report
from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from tests.alerts.conftest import Patient
from tests.cast import ago
from wards.access import Forbidden
from wards.models import Staff


@pytest.fixture
def alert(patient: Patient) -> Alert:
    """Critical since ten minutes ago."""
    patient.checked(10, L4_left=1)
    return patient.alert


def tell(
    alert: Alert,
    by: Staff,
    *,
    told: str = "Sam Stone",
    at: datetime | None = None,
    key: UUID | None = None,
    **more: Any,
) -> SpokenReport:
    said = {"read_back": True, "note": "", **more}
    return record_report(alert, by=by, told=told, at=at, key=key or uuid4(), **said)


def test_who_was_told_when_and_whether_they_read_it_back_is_kept(patient: Patient, alert: Alert) -> None:
    at = ago(minutes=3)
    report = tell(alert, patient.cast.alice, told=" Sam Stone ", at=at, read_back=False, note=" comes at once ")
    report.refresh_from_db()
    assert (report.told, report.at, report.read_back, report.note) == ("Sam Stone", at, False, "comes at once")
    assert report.recorded_by == patient.cast.alice
    [line] = alert.events.filter(kind=AlertEvent.Kind.REPORTED)
    assert line.by == patient.cast.alice
    assert line.data == {"told": "Sam Stone", "at": at.isoformat(), "read_back": False, "note": "comes at once"}
    assert AuditEntry.objects.filter(action="alert.reported", actor_id=patient.cast.alice.pk).count() == 1


def test_sent_five_times_it_is_one_report(patient: Patient, alert: Alert) -> None:
    key = uuid4()
    made = {tell(alert, patient.cast.alice, key=key).pk for _ in range(5)}
    assert len(made) == 1
    assert alert.events.filter(kind=AlertEvent.Kind.REPORTED).count() == 1


@pytest.mark.parametrize(
    "changed", [{"told": "Tess"}, {"read_back": False}, {"note": "no"}, {"at": timedelta(minutes=2)}]
)
def test_the_same_key_with_other_content_is_refused(patient: Patient, alert: Alert, changed: dict[str, Any]) -> None:
    key, before = uuid4(), ago(minutes=5)
    tell(alert, patient.cast.alice, key=key, at=before)
    if "at" in changed:
        changed = {"at": before + changed["at"]}
    with pytest.raises(ValidationError, match="already saved"):
        tell(alert, patient.cast.alice, key=key, **{"at": before, **changed})
    assert SpokenReport.objects.count() == 1


def test_the_first_report_is_the_milestone_too_and_a_second_leaves_it(patient: Patient, alert: Alert) -> None:
    tell(alert, patient.cast.alice, at=ago(minutes=5))
    tell(alert, patient.cast.alice, told="Tess Tiller", at=ago(minutes=4))
    milestone = Milestone.objects.get(alert=alert, kind=Milestone.Kind.SURGEON_TOLD)
    assert (milestone.at, milestone.note) == (ago(minutes=5), "Sam Stone")
    assert SpokenReport.objects.count() == 2


def test_a_milestone_that_is_there_is_no_obstacle(patient: Patient, alert: Alert) -> None:
    steps.record_milestone(alert, by=patient.cast.alice, revision=alert.revision, kind="surgeon_told", at=None)
    tell(alert, patient.cast.carol)
    assert Milestone.objects.get(alert=alert).recorded_by == patient.cast.alice


def test_the_surgeon_on_the_phone_can_accept_on_the_page_that_was_open(patient: Patient, alert: Alert) -> None:
    seen = alert.revision
    tell(alert, patient.cast.alice)
    steps.accept(alert, by=patient.cast.sam, revision=seen)
    assert patient.alert.accepted_by == patient.cast.sam


def test_a_call_that_was_made_is_written_down_after_the_alert_was_closed(patient: Patient, alert: Alert) -> None:
    steps.close(alert, by=patient.cast.sam, revision=alert.revision, outcome="entry_error")
    assert tell(alert, patient.cast.alice, at=ago(minutes=4)).pk


def test_an_overdue_check_has_no_milestones(patient: Patient) -> None:
    patient.clock_comes()
    overdue = Alert.objects.get(kind=Alert.Kind.OVERDUE)
    tell(overdue, patient.cast.alice)
    assert not Milestone.objects.exists()
    assert overdue.reports.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"told": "  "}, "told"),
        ({"told": "x" * 81}, "told"),
        ({"read_back": None}, "read_back"),
        ({"note": "x" * 201}, "note"),
        ({"at": timedelta(minutes=5)}, "at"),
        ({"at": timedelta(minutes=-60)}, "at"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    patient: Patient, alert: Alert, wrong: dict[str, Any], field: str
) -> None:
    if isinstance(wrong.get("at"), timedelta):
        wrong = {"at": now() + wrong["at"]}
    with pytest.raises(ValidationError) as refused:
        tell(alert, patient.cast.alice, **wrong)
    assert list(refused.value.message_dict) == [field]
    assert not SpokenReport.objects.exists()


@pytest.mark.parametrize("who", ["alice", "carol", "sam"])
def test_whoever_works_at_the_bedside_may(patient: Patient, alert: Alert, who: str) -> None:
    assert tell(alert, getattr(patient.cast, who)).pk


@pytest.mark.parametrize("who", ["adam", "nora", "sue"])
def test_nobody_else_may(patient: Patient, alert: Alert, who: str) -> None:
    with pytest.raises(Forbidden):
        tell(alert, getattr(patient.cast, who))
    assert not alert.events.filter(kind=AlertEvent.Kind.REPORTED).exists()

"""No page of the surgeon's desk runs more than 12 statements, whatever the length of the list or of the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.alerts.models import Alert, AlertEvent, HandOver, Milestone
from monitoring.checks.models import Acceptance, Check, Treatment
from monitoring.desks.common import lock
from monitoring.desks.surgeon import urls as surgeon_urls
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.escalation.climb import climb
from monitoring.escalation.models import Delivery
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, operate, operation_facts
from tests.desks.alerting import on_call
from tests.desks.pages import alerting_works, signed_in
from wards.models import Bed, ClinicalEntry, EntryT, Operation, Post, Staff, Stay, entries_of

BUDGET = 12
ALERTS, CHECKS, DELIVERIES = 40, 200, 60

PAGES: dict[str, Callable[[Alert, Alert], str]] = {
    "inbox": lambda _open, _closed: "/inbox/",
    "inbox, mine": lambda _open, _closed: "/inbox/?whose=mine",
    "inbox, closed": lambda _open, _closed: "/inbox/?which=closed",
    "inbox, mine, closed": lambda _open, _closed: "/inbox/?whose=mine&which=closed",
    "inbox, older": lambda _open, closed: f"/inbox/?which=closed&after={closed.public_id}",
    "alert": lambda alert, _closed: f"/alerts/{alert.public_id}/",
    "alert, closed": lambda _open, closed: f"/alerts/{closed.public_id}/",
    "alert-decide": lambda alert, _closed: f"/alerts/{alert.public_id}/decide/",
    "alert-close": lambda alert, _closed: f"/alerts/{alert.public_id}/close/",
    "alert-offer": lambda alert, _closed: f"/alerts/{alert.public_id}/offer/",
    "alert-milestone": lambda alert, _closed: f"/alerts/{alert.public_id}/milestones/theatre_booked/",
    "alert-report": lambda alert, _closed: f"/alerts/{alert.public_id}/report/",
    "alert-reopen": lambda _open, closed: f"/alerts/{closed.public_id}/reopen/",
    "stay": lambda alert, _closed: of_stay(alert, "stay"),
    "summary": lambda alert, _closed: of_stay(alert, "summary"),
    "drains": lambda alert, _closed: of_stay(alert, "drains"),
    "drain-place": lambda alert, _closed: of_stay(alert, "drain-place"),
    "imaging-new": lambda alert, _closed: of_stay(alert, "imaging-new"),
    "theatre-new": lambda _open, closed: of_stay(closed, "theatre-new"),  # a patient for whom none is planned
    "acceptance-new": lambda alert, _closed: of_stay(alert, "acceptance-new"),
    "imaging-done": lambda alert, _closed: reverse("imaging-done", args=[imaging(alert, "requested").study]),
    "imaging-report": lambda alert, _closed: reverse("imaging-report", args=[imaging(alert, "done").study]),
    "imaging-correct": lambda alert, _closed: of(imaging(alert, "done"), "imaging-correct"),
    "imaging-retract": lambda alert, _closed: of(imaging(alert, "done"), "imaging-retract"),
    "theatre-change": lambda alert, _closed: of(first(TheatrePlan, alert), "theatre-change"),
    "theatre-cancel": lambda alert, _closed: of(first(TheatrePlan, alert), "theatre-cancel"),
    "findings-new": lambda alert, _closed: of(reoperation(alert, told=False), "findings-new"),
    "findings-correct": lambda alert, _closed: of(first(Exploration, alert), "findings-correct"),
    "findings-retract": lambda alert, _closed: of(first(Exploration, alert), "findings-retract"),
    "drain-remove": lambda alert, _closed: reverse(
        "drain-remove", args=[alert.stay.public_id, first(DrainEntry, alert).drain]
    ),
    "drain-correct": lambda alert, _closed: of(first(DrainEntry, alert), "drain-correct"),
    "drain-retract": lambda alert, _closed: of(first(DrainEntry, alert), "drain-retract"),
    "acceptance-correct": lambda alert, _closed: of(first(Acceptance, alert), "acceptance-correct"),
    "acceptance-retract": lambda alert, _closed: of(first(Acceptance, alert), "acceptance-retract"),
}
"""The pages, each by its name, with the way to it for an open alert and a closed one."""


def test_every_page_of_the_desk_is_measured() -> None:
    assert {pattern.name for pattern in surgeon_urls.urlpatterns} <= set(PAGES)


def first(model: type[EntryT], alert: Alert) -> EntryT:
    """The first entry of its kind about the alert's patient."""
    return entries_of(model).filter(stay=alert.stay).order_by("pk")[0]


def of_stay(alert: Alert, name: str) -> str:
    return reverse(name, args=[alert.stay.public_id])


def of(entry: ClinicalEntry, name: str) -> str:
    return reverse(name, args=[entry.public_id])


def imaging(alert: Alert, stage: str) -> Imaging:
    return Imaging.objects.filter(stay=alert.stay, stage=stage).order_by("pk")[0]


def reoperation(alert: Alert, *, told: bool) -> Operation:
    """A re-operation of which the findings are recorded, or not."""
    operations = Operation.objects.filter(stay=alert.stay, kind="secondary", explorations__isnull=not told)
    return operations.order_by("pk")[0]


@pytest.fixture(autouse=True)
def _alive(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a touch written meanwhile: that is at most every 15 s, and no page's own."""
    alerting_works()
    monkeypatch.setattr(lock, "OFTEN", timedelta(hours=1))


def statements(client: Client, url: str) -> list[str]:
    """All that one GET says to the database, but for the bounds of transactions."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, f"{url}: {response.status_code}"
    bounds = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")
    return [said for query in captured.captured_queries if not (said := query["sql"]).startswith(bounds)]


def measured(cast: Cast, open_alert: Alert, closed_alert: Alert) -> dict[str, list[str]]:
    client = signed_in(cast.sam)
    return {name: statements(client, way(open_alert, closed_alert)) for name, way in PAGES.items()}


def test_no_page_runs_more_than_twelve_statements_nor_more_for_a_long_list_or_history(cast: Cast) -> None:
    on_call(cast, Post.SURGEON_ON_CALL, cast.sam)
    open_alert, closed_alert = critical(cast, cast.beds[0]), critical(cast, cast.beds[1], closed=True)
    few = measured(cast, open_alert, closed_alert)
    for alert in (open_alert, closed_alert):
        lengthen(cast, alert)
    crowd(cast, open_alert)
    many = measured(cast, open_alert, closed_alert)
    for name in PAGES:
        over = "\n".join(said[:160] for said in many[name])
        assert len(many[name]) <= BUDGET, f"{name} runs {len(many[name])} statements:\n{over}"
        assert len(few[name]) == len(many[name]), f"{name}: {len(few[name])} at first, then {len(many[name])}:\n{over}"


def critical(cast: Cast, bed: Bed, *, closed: bool = False) -> Alert:
    """A critical alert with a surgeon called, everything recorded about it once."""
    patient: Patient = watched_patient(cast, bed)
    patient.checked(20, L4_left=2)
    alert = patient.alert
    climb(alert.pk)
    Milestone.objects.create(alert=alert, kind="surgeon_told", at=now(), recorded_by=cast.alice)
    HandOver.objects.create(alert=alert, offered_by=cast.sam, offered_to=cast.carol, declined_at=now())
    signed = {"stay": patient.stay, "episode_id": patient.stay.episode_id, "recorded_by": cast.alice}
    Treatment.objects.create(**signed, idempotency_key=uuid4(), kind="rest", action="started", happened_at=now())
    follow(alert, by=cast.sam, theatre=not closed)
    if closed:
        close(cast, alert)
    return alert


def follow(alert: Alert, *, by: Staff, theatre: bool) -> None:
    """All that can follow an alert: two studies, perhaps theatre, two re-operations, a drain, a reference."""
    at = now()

    def signed() -> dict[str, Any]:
        patient = {"stay": alert.stay, "episode_id": alert.stay.episode_id}
        return {**patient, "recorded_by": by, "idempotency_key": uuid4()}

    Imaging.objects.create(**signed(), stage="requested", modality="CT", happened_at=at)
    Imaging.objects.create(**signed(), stage="done", modality="MRI", happened_at=at)
    if theatre:
        TheatrePlan.objects.create(**signed(), planned_at=at + timedelta(hours=1), indication="deficit")
    for hours in (9, 6):
        ended = at - timedelta(hours=hours)
        facts = asdict(operation_facts(ended_at=ended, kind="secondary", procedure="other"))
        again = Operation.objects.create(**signed(), **facts)
    told = {"indication": "deficit", "finding": "epidural_haematoma"}
    Exploration.objects.create(**signed(), operation=again, operation_place=again.place, **told)
    drain = {"drain": uuid4(), "happened_at": at - timedelta(hours=5)}
    DrainEntry.objects.create(**signed(), **drain, stage="placed", label="1", suction=True)
    Acceptance.objects.create(**signed(), accepted_at=at, muscles={"L4 right": 5}, reason="known")


def close(cast: Cast, alert: Alert) -> None:
    outcome = {"closed_at": now(), "closed_by": cast.sam, "outcome": "explored", "marks": {}}
    Alert.objects.filter(pk=alert.pk).update(**outcome)


def lengthen(cast: Cast, alert: Alert) -> None:
    """Two hundred checks, sixty messages and as many lines on its timeline."""
    at, episode = now(), alert.stay.episode_id
    Check.objects.bulk_create(
        Check(
            stay=alert.stay, episode_id=episode, recorded_by=(cast.alice, cast.carol)[number % 2],
            idempotency_key=uuid4(), examined_at=at - timedelta(minutes=1 + number), l4_left=number % 6, l4_right=5,
        )
        for number in range(CHECKS)
    )  # fmt: skip
    Delivery.objects.bulk_create(
        Delivery(alert=alert, step=100 + number, purpose="call", person=cast.sam, channel="in_app", state="accepted")
        for number in range(DELIVERIES)
    )
    drain = first(DrainEntry, alert)
    DrainEntry.objects.bulk_create(
        DrainEntry(
            stay=alert.stay, episode_id=episode, recorded_by=cast.carol, idempotency_key=uuid4(), drain=drain.drain,
            stage="read", volume_ml=1, happened_at=drain.happened_at + timedelta(minutes=1 + number),
        )
        for number in range(CHECKS)
    )  # fmt: skip
    Imaging.objects.bulk_create(
        Imaging(
            stay=alert.stay, episode_id=episode, recorded_by=cast.alice, idempotency_key=uuid4(), happened_at=at,
            stage="requested", modality="XRAY",
        )
        for _ in range(ALERTS)
    )  # fmt: skip
    told = {"step": 1, "rung": 1, "whom": "the surgeon on call", "people": ["Sam Stone"]}
    AlertEvent.objects.bulk_create(AlertEvent(alert=alert, kind="called", data=told) for _ in range(DELIVERIES))


def crowd(cast: Cast, like: Alert) -> None:
    """So many more patients with the same alert open, each with a message unread, and as many with it closed."""
    for number in range(ALERTS):
        stay = admit_patient(cast, bed=Bed.objects.create(ward=cast.ward_7b, label=f"X-{number}"))
        operation: Operation = operate(cast, stay)
        assessed: dict[str, Any] = {"assessment": like.stay.watch.assessment, "level": "critical", "assess_at": None}
        Watch.objects.filter(stay=stay).update(**assessed)
        for closed in (True, False):
            alert = copy_of(like, stay)
            Delivery.objects.create(alert=alert, purpose="call", person=cast.sam, channel="in_app", state="accepted")
            AlertEvent.objects.create(alert=alert, kind="opened")
            if closed:
                close(cast, alert)
        assert operation.ended_at < ago(hours=1)


def copy_of(alert: Alert, stay: Stay) -> Alert:
    copied = Alert.objects.get(pk=alert.pk)
    copied.pk, copied.public_id, copied.stay = None, uuid4(), stay
    copied._state.adding = True
    copied.save()
    return copied

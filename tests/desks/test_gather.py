"""Rows of many models in one statement: they come back as they are stored, in their order."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model, QuerySet
from django.db.models.functions import Now

from monitoring.alerts.models import Alert, AlertEvent, HandOver, Milestone, SpokenReport
from monitoring.checks.models import Acceptance, Attempt, Check, Treatment
from monitoring.desks.common.gather import Gathering, attach, join, join_back, name_people
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.escalation.climb import climb
from monitoring.escalation.models import Climb, Contact, Delivery
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.desks.alerting import on_call
from tests.desks.pages import queries_of
from wards.models import Absence, Operation, Post, Stay, Ward
from wards.models import Patient as Person

MODELS: list[type[Model]] = [
    Absence, Acceptance, Alert, AlertEvent, Attempt, Check, Climb, Contact, Delivery, HandOver, Milestone, Operation,
    Person, SpokenReport, Stay, Treatment, Ward, Watch,
]  # fmt: skip
ODD = "50 % of 'it' {\"x\": 1} \\ — 左\n%s"


def gathered(*querysets: QuerySet[Any]) -> list[list[Any]]:
    gathering = Gathering()
    asked = [gathering.ask(queryset) for queryset in querysets]
    gathering.read()
    return [one.rows for one in asked]


def values(row: Model) -> dict[str, tuple[type, Any]]:
    """Every column with the type of what is in it: 0 is not False, nor text a time."""
    stored = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: (type(value), value) for name, value in stored.items()}


@pytest.fixture
def eventful(cast: Cast, critical: Patient) -> Patient:
    """A patient about whom a row of every kind is stored."""
    stay, alert = critical.stay, critical.alert
    on_call(cast, Post.SURGEON_ON_CALL, cast.sam)
    Contact.objects.create(staff=cast.sam, channel="email", address="sam@hospital.example")
    climb(alert.pk)
    signed: dict[str, Any] = {"stay": stay, "episode_id": stay.episode_id, "recorded_by": cast.sam}
    Treatment.objects.create(**signed, idempotency_key=uuid4(), kind="rest", action="started", happened_at=now())
    Acceptance.objects.create(
        **signed, idempotency_key=uuid4(), accepted_at=now(), muscles={"L4 left": 0}, flags=[], reason=ODD
    )
    Attempt.objects.create(
        **signed, idempotency_key=uuid4(), tried_at=now(), next_try_at=now(), reason=Attempt.Reason.OTHER, note=ODD
    )
    critical.correct(critical.check(5, L2_left=0, flag="bladder_bowel"), L2_left=1)
    critical.assess()
    Milestone.objects.create(alert=alert, kind="imaging_requested", at=now(), note=ODD[:40], recorded_by=cast.sam)
    HandOver.objects.create(alert=alert, offered_by=cast.sam, offered_to=cast.carol)
    SpokenReport.objects.create(
        alert=alert, idempotency_key=uuid4(), told="Sam", at=now(), read_back=False, recorded_by=cast.alice
    )
    Absence.objects.create(stay=stay, place="imaging", left_at=now(), recorded_by=cast.alice)
    return critical


def test_every_kind_of_row_comes_back_as_it_is_stored(eventful: Patient) -> None:
    querysets = [model._default_manager.order_by("pk") for model in MODELS]
    for queryset, rows in zip(querysets, gathered(*querysets), strict=True):
        assert rows, queryset.model
        assert [values(row) for row in rows] == [values(row) for row in queryset]
        assert rows == list(queryset)
        assert not rows[0]._state.adding


def test_all_of_it_is_one_statement(eventful: Patient) -> None:
    assert queries_of(lambda: gathered(*(model._default_manager.all() for model in MODELS))) == 1


def test_each_list_keeps_its_own_order_and_limits(cast: Cast, patient: Patient) -> None:
    for minutes in (50, 10, 30, 20):
        patient.check(minutes)
    newest, oldest, two = gathered(
        Check.objects.order_by("-examined_at"), Check.objects.order_by("examined_at"), Check.objects.order_by("-pk")[:2]
    )
    assert newest == oldest[::-1] == list(Check.objects.order_by("-examined_at"))
    assert two == list(Check.objects.order_by("-pk")[:2])


def test_parameters_are_passed_and_never_read_as_sql(cast: Cast, patient: Patient) -> None:
    Check.objects.create(
        stay=patient.stay, episode_id=patient.stay.episode_id, recorded_by=cast.alice, idempotency_key=uuid4(),
        examined_at=now(), note=ODD,
    )  # fmt: skip
    odd, others, past = gathered(
        Check.objects.filter(note=ODD),
        Check.objects.filter(note__contains="100 %"),
        Check.objects.filter(examined_at__lte=Now()),
    )
    assert [check.note for check in odd] == [ODD]
    assert others == []
    assert len(past) == Check.objects.count()


def test_what_can_find_nothing_costs_nothing(db: None) -> None:
    assert queries_of(lambda: gathered(Check.objects.none(), Check.objects.filter(pk__in=[]))) == 0
    assert gathered(Check.objects.none(), Ward.objects.all()) == [[], []]


@pytest.mark.parametrize(
    "queryset",
    [
        Check.objects.select_related("stay"),
        Check.objects.annotate(at_once=Now()),
        Check.objects.values("pk"),
        Check.objects.only("pk"),
    ],
)
def test_anything_but_plain_rows_is_refused(queryset: QuerySet[Any]) -> None:
    with pytest.raises(TypeError, match="plain rows"):
        Gathering().ask(queryset)


def test_what_belongs_together_is_put_together_without_a_query(cast: Cast, eventful: Patient) -> None:
    alert = Alert.objects.get(pk=eventful.alert.pk)
    events, checks, treatments = gathered(
        AlertEvent.objects.filter(alert=alert), Check.objects.order_by("pk"), Treatment.objects.all()
    )

    def put_together() -> None:
        name_people([(events, "by"), (checks, "recorded_by"), (treatments, "recorded_by")], [cast.sam.pk])
        attach([alert], "events", events)
        join_back(checks, "superseded_by", [check for check in checks if check.supersedes_id is not None])
        join(events, "alert", {alert.pk: alert})

    assert queries_of(put_together) == 1
    stored = list(AlertEvent.objects.filter(alert=alert).select_related("by"))
    corrected = {check.pk: check.correction for check in Check.objects.select_related("superseded_by")}

    def look() -> None:
        assert [event.by for event in alert.events.all()] == [event.by for event in stored]
        assert {event.alert for event in alert.events.all()} == {alert}
        assert {check.pk: check.correction for check in checks} == corrected

    assert queries_of(look) == 0
    assert any(corrected.values())


def test_whoever_is_named_must_be_known(eventful: Patient) -> None:
    with pytest.raises(KeyError):
        join(Check.objects.all(), "recorded_by", {})

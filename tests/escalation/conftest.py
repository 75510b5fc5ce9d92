"""An alert of ward 7B with people on duty, each with an e-mail address, and a clock that the test moves.

Nurse Alice is on shift, Carol is in charge, Sam is surgeon on call, Tess second on call, Rhea the responsible surgeon;
the ward's phone and the site's number are set. Nobody of ward 8C is, until a test says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db.models import QuerySet

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.escalation.climb import climb, retarget
from monitoring.escalation.models import Climb, Contact, Delivery
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, cast, operate, person, set_stage
from tests.escalation.clocks import POSTGRES_NOW, Clock, put_in_place
from wards.models import Bed, Duty, Post, Role, Staff, Stay, Ward

__all__ = ["cast"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands until the test moves it."""
    hands = Clock(POSTGRES_NOW())
    put_in_place(hands, monkeypatch.setattr, monkeypatch.setitem)
    return hands


@dataclass
class Scene:
    """One alert, those who could be called about it, and what was done so far. Times are minutes from its start."""

    cast: Cast
    clock: Clock
    patient: Patient
    tess: Staff
    rhea: Staff
    kind: Alert.Kind = Alert.Kind.DEFICIT

    @property
    def stay(self) -> Stay:
        return Stay.objects.get(pk=self.patient.stay.pk)

    @property
    def alert(self) -> Alert:
        return Alert.objects.get(stay=self.patient.stay, kind=self.kind)

    @property
    def sent(self) -> QuerySet[Delivery]:
        """Every message about the alert, in the order of writing."""
        return Delivery.objects.filter(alert=self.alert).select_related("person", "contact").order_by("step", "pk")

    @property
    def climbing(self) -> Climb:
        return Climb.objects.get(alert=self.alert)

    def climb(self) -> None:
        climb(self.alert.pk)

    def climb_until(self, minute: float) -> None:
        """Let the sweep run, in no time, until this minute: whatever is due is done at its very instant."""
        until = self.clock.minute(minute)
        while (due := self._next_due()) is not None and due[0] <= until:
            self.clock.at = max(self.clock.at, due[0])
            due[1](due[2])
        self.clock.at = until

    def _next_due(self) -> tuple[datetime, Callable[[int], None], int] | None:
        alerts = Alert.objects.values_list("next_step_at", "pk")
        wards = Ward.objects.values_list("retarget_at", "pk")
        rows = [(at, climb, pk) for at, pk in alerts if at] + [(at, retarget, pk) for at, pk in wards if at]
        return min(rows, key=lambda row: row[0], default=None)

    def look_at(self, minute: float) -> None:
        """Do nothing until this minute, then climb once, if that is due."""
        self.clock.at = self.clock.minute(minute)
        self.climb()

    def calls(self, since: float = 0) -> list[tuple[float, str, set[str]]]:
        """Every round of calls: its minute, why, and whom it reached in the app or by a number of the ward's."""
        told: dict[int, tuple[float, str, set[str]]] = {}
        for row in self.sent.filter(purpose=Delivery.Purpose.CALL):
            name = who(row)
            at = self.clock.minutes(row.created_at)
            assert at is not None
            told.setdefault(row.step, (at, row.why, set()))[2].add(name)
        return [one for one in told.values() if one[0] >= since]

    def called(self, since: float = 0) -> list[tuple[float, str]]:
        """As `calls`, without why: the minute and who, "Alice+ward's phone or bleep"."""
        return [(at, "+".join(sorted(names))) for at, _, names in self.calls(since)]

    def told(self, purpose: Delivery.Purpose) -> list[str]:
        """Who was told something in the app, in the order of telling."""
        return [who(row) for row in self.sent.filter(purpose=purpose, channel="in_app")]

    def events(self, *kinds: AlertEvent.Kind) -> list[tuple[str, dict[str, Any]]]:
        rows = self.alert.events.all()
        return [(row.kind, row.data) for row in rows if not kinds or row.kind in kinds]

    def on_duty(
        self, staff: Staff, post: Post, since: float = -60, until: float = 24 * 60, ward: Ward | None = None
    ) -> Duty:
        return Duty.objects.create(
            ward=ward or self.cast.ward_7b,
            post=post,
            staff=staff,
            starts_at=self.clock.minute(since),
            ends_at=self.clock.minute(until),
            recorded_by=self.cast.carol,
        )

    def newcomer(self, name: str, role: Role, ward: Ward | None = None, *, reachable: bool = True) -> Staff:
        """Somebody more of the ward, who is not on duty."""
        staff = person(name, "Newcomer", (ward or self.cast.ward_7b, role))
        if reachable:
            by_email(staff)
        return staff


def who(row: Delivery) -> str:
    if row.person is not None:
        return row.person.first_name
    assert row.contact is not None
    return row.contact.get_purpose_display()


def by_email(staff: Staff) -> Contact:
    return Contact.objects.create(staff=staff, channel="email", address=f"{staff.username}@example.org")


def phone(ward: Ward, purpose: Contact.Purpose) -> Contact:
    return Contact.objects.create(ward=ward, purpose=purpose, channel="email", address=f"{purpose}@example.org")


@pytest.fixture
def scene(cast: Cast, clock: Clock) -> Scene:
    """The patient is well; people are on duty for a day."""
    return set_scene(cast, clock)


def well_patient(cast: Cast, bed: Bed | None = None) -> Patient:
    """Somebody operated a day ago, looked at half an hour ago: well, and no check is overdue."""
    stay = admit_patient(cast, bed=bed)
    patient = Patient(cast, stay)
    patient.check(30 * 60)
    operate(cast, stay)
    patient.checked(30)
    return patient


def set_scene(cast: Cast, clock: Clock) -> Scene:
    tess = person("Tess", "Thorn", (cast.ward_7b, Role.SURGEON))
    rhea = person("Rhea", "Rowe", (cast.ward_7b, Role.SURGEON))
    for staff in (cast.alice, cast.carol, cast.sam, tess, rhea, cast.nora, cast.sue):
        by_email(staff)
    for purpose in Contact.Purpose:
        phone(cast.ward_7b, purpose)
    patient = well_patient(cast)
    Stay.objects.filter(pk=patient.stay.pk).update(responsible_surgeon=rhea)
    Ward.objects.update(retarget_at=None)
    scene = Scene(cast, clock, patient, tess, rhea)
    scene.on_duty(cast.alice, Post.NURSE)
    scene.on_duty(cast.carol, Post.CHARGE_NURSE)
    scene.on_duty(cast.sam, Post.SURGEON_ON_CALL)
    scene.on_duty(tess, Post.SECOND_ON_CALL)
    return scene


@pytest.fixture
def critical(scene: Scene) -> Scene:
    """Critical since minute 0; nobody has been called yet."""
    scene.patient.checked(1, L4_left=1)
    return scene


@pytest.fixture
def concern(scene: Scene) -> Scene:
    """The same, at concern."""
    scene.patient.checked(1, L4_left=3)
    assert scene.alert.level == "concern"
    return scene


@pytest.fixture
def transactional_cast(transactional_db: None) -> Cast:
    """The cast, committed, so that other connections see it."""
    return set_stage()

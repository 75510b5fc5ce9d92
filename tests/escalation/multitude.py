"""Thousands of open alerts as rows, on wards of several kinds, and what people will do about each: drawn beforehand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from monitoring.alerts.models import Alert, AlertEvent
from monitoring.due.models import Watch
from monitoring.escalation.models import Contact
from wards.models import Bed, Duty, Episode, Membership, Patient, Post, Role, Staff, Stay, Ward

TICK = timedelta(seconds=2)
OFTEN = [timedelta(minutes=minutes) for minutes in (0, 3, 8, 15, 20, 25)]  # when rungs are climbed: just then


class Kind(Enum):
    """What is amiss on a ward."""

    ALL_THERE = "all there"
    NO_SECOND = "nobody is second on call"
    NO_SURGEONS = "nobody is on call"
    DEAF_SECOND = "the second on call has no channel"


@dataclass
class Crew:
    """A ward and those on duty there, by post; and by rung of the critical ladder, whom it calls."""

    ward: Ward
    kind: Kind
    people: dict[str, Staff]
    phones: dict[str, Contact]

    def called_by(self, rung: int, key: str) -> frozenset[tuple[int | None, str]]:
        """The messages of a rung: (person or None, channel). Written down by hand, from the ladder's text."""
        critical = (
            ("nurse", "ward_phone"),
            ("surgeon_on_call",),
            ("charge_nurse",),
            ("second_on_call",),
            ("responsible", "site_number"),
            ("surgeon_on_call", "second_on_call", "responsible", "site_number"),
        )
        concern = (("nurse", "ward_phone"), ("charge_nurse",))
        return frozenset(
            message for name in (critical if key == "critical" else concern)[rung] for message in self._messages(name)
        )

    def _messages(self, name: str) -> Iterator[tuple[int | None, str]]:
        if name in self.phones:
            yield None, self.phones[name].channel
        elif name in self.people:
            yield self.people[name].pk, "in_app"
            if not (name == "second_on_call" and self.kind is Kind.DEAF_SECOND):
                yield self.people[name].pk, "email"

    def passed(self, rung: int, key: str) -> bool:
        """Whether the rung reaches nobody outside the app."""
        return not any(channel != "in_app" for _, channel in self.called_by(rung, key))


@dataclass
class Fate:
    """One alert and what will happen to it. `accepted` again only after a lapse; instants lie on ticks."""

    crew: Crew
    key: str
    opened_at: datetime
    lapses: bool
    acknowledged: datetime | None = None
    accepted: list[datetime] = field(default_factory=list)
    closed: datetime | None = None
    alert_id: int = 0


def on_tick(at: datetime, start: datetime) -> datetime:
    """The first tick that is not before `at`."""
    return start + -((start - at) // TICK) * TICK


def build(number: int, wards: int, start: datetime, opening: timedelta, seed: int) -> list[Fate]:
    """That many alerts, opened at any instant within `opening`, each of a stay of its own."""
    dice = random.Random(seed)
    crews = [_crew(n, list(Kind)[n % len(Kind)], start) for n in range(wards)]
    fates = [_fate(dice, crews[n % wards], start, opening) for n in range(number)]
    stays = _stays(fates, start)
    alerts = Alert.objects.bulk_create(
        Alert(
            stay=stay,
            kind=Alert.Kind.DEFICIT,
            level=fate.key,
            level_now=fate.key,
            actions=["urgent_imaging"] if fate.lapses else [],
            began_at=fate.opened_at,
            opened_at=fate.opened_at,
            next_step_at=fate.opened_at,
            protocol_version="1",
        )
        for fate, stay in zip(fates, stays, strict=True)
    )
    AlertEvent.objects.bulk_create(
        AlertEvent(alert=alert, kind=AlertEvent.Kind.OPENED, at=alert.opened_at, notifies=True) for alert in alerts
    )
    for fate, alert in zip(fates, alerts, strict=True):
        fate.alert_id = alert.pk
    return fates


def _crew(number: int, kind: Kind, start: datetime) -> Crew:
    ward = Ward.objects.create(code=f"w{number}", name=f"Ward {number}")
    roles = {
        "nurse": Role.NURSE,
        "charge_nurse": Role.CHARGE_NURSE,
        "surgeon_on_call": Role.SURGEON,
        "second_on_call": Role.SURGEON,
        "responsible": Role.SURGEON,
    }
    if kind in {Kind.NO_SECOND, Kind.NO_SURGEONS}:
        del roles["second_on_call"]
    if kind is Kind.NO_SURGEONS:
        del roles["surgeon_on_call"]
    people = {name: Staff.objects.create(username=f"{name}{number}") for name in roles}
    Membership.objects.bulk_create(
        Membership(staff=staff, ward=ward, role=roles[name]) for name, staff in people.items()
    )
    Duty.objects.bulk_create(
        Duty(ward=ward, post=name, staff=people[name], starts_at=start - timedelta(1), ends_at=start + timedelta(1))
        for name in people
        if name in Post.values
    )
    deaf = {"second_on_call"} if kind is Kind.DEAF_SECOND else set()
    Contact.objects.bulk_create(
        Contact(staff=staff, channel="email", address=f"{staff.username}@example.org")
        for name, staff in people.items()
        if name not in deaf
    )
    phones = {
        purpose: Contact.objects.create(ward=ward, purpose=purpose, channel="pager", address=f"{number}")
        for purpose in Contact.Purpose.values
    }
    return Crew(ward, kind, people, phones)


def _stays(fates: list[Fate], start: datetime) -> list[Stay]:
    patients = Patient.objects.bulk_create(
        Patient(record_number=f"M{n}", family_name="Many", given_name="One", date_of_birth=date(1950, 1, 1), sex="F")
        for n in range(len(fates))
    )
    episodes = Episode.objects.bulk_create(Episode(patient=patient) for patient in patients)
    beds = Bed.objects.bulk_create(Bed(ward=fate.crew.ward, label=f"{n}") for n, fate in enumerate(fates))
    stays = Stay.objects.bulk_create(
        Stay(
            patient=patient,
            episode=episode,
            ward=fate.crew.ward,
            bed=bed,
            responsible_surgeon=fate.crew.people["responsible"],
            admitted_at=start - timedelta(days=1),
        )
        for fate, patient, episode, bed in zip(fates, patients, episodes, beds, strict=True)
    )
    Watch.objects.bulk_create(Watch(stay=stay, assessed_at=start) for stay in stays)
    return stays


def _fate(dice: random.Random, crew: Crew, start: datetime, opening: timedelta) -> Fate:
    """Every third act falls on the very tick at which a rung is due."""
    opened_at = start + dice.random() * opening

    def later(than: datetime, minutes: float) -> datetime:
        delay = dice.choice(OFTEN) if dice.random() < 1 / 3 else timedelta(minutes=dice.random() * minutes)
        return on_tick(than + delay, start)

    fate = Fate(crew, dice.choice(("critical", "critical", "concern")), opened_at, lapses=dice.random() < 0.7)
    if dice.random() < 0.7:
        fate.acknowledged = later(opened_at, 20)
    if fate.key == "critical" and dice.random() < 0.85:
        fate.accepted = [later(opened_at, 30)]
        if fate.lapses and dice.random() < 0.5:
            fate.accepted.append(later(lapse_of(fate.accepted[0], start) + TICK, 15))
    if dice.random() < 0.7:
        fate.closed = later(max([opened_at, *fate.accepted]), 30)
    return fate


def lapse_of(accepted: datetime, start: datetime) -> datetime:
    """When it is noticed that no imaging was requested within 30 min."""
    return on_tick(accepted + timedelta(minutes=30), start)

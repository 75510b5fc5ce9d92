"""Two wards with the same furniture: of everything that an address can name, each has one, and all that is written
there bears the ward's own mark. What is marked for one ward must never be read on the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from monitoring.alerts import steps
from monitoring.alerts.accepting import accept_reference
from monitoring.alerts.actions import assess_stay
from monitoring.alerts.models import Alert
from monitoring.alerts.offers import offer
from monitoring.breakglass.models import BreakGlass
from monitoring.checks import actions as checks
from monitoring.checks.models import Attempt, Check, Treatment
from monitoring.due.clock import now
from monitoring.escalation.climb import climb
from monitoring.escalation.ladder import Key
from monitoring.escalation.links import token_for
from monitoring.escalation.models import Contact, Delivery
from monitoring.identity.models import Factor, SignedIn
from monitoring.mending.actions import propose_check_move
from monitoring.offline.models import Held
from monitoring.pathway.actions.drains import record_drain
from monitoring.pathway.actions.imaging import record_imaging
from monitoring.pathway.actions.theatre import plan_theatre, record_exploration
from monitoring.pathway.facts import DrainFacts, ExplorationFacts, ImagingFacts
from monitoring.pathway.models import DrainEntry, Exploration, Imaging
from monitoring.pathway.vocabulary import Indication
from monitoring.proposals.actions import propose
from monitoring.protocol import Muscle, Settings
from monitoring.registry.models import Import
from tests.alerts.conftest import findings
from tests.cast import PASSWORD, ago, new_patient, operation_facts
from tests.desks.pages import alerting_works
from tests.registry.lines import CASE, line
from wards import actions
from wards.displays import make_display
from wards.invitations import token_for as token_for_account
from wards.models import Bed, Membership, Operation, Patient, Post, Role, Staff, Stay, Ward
from wards.rota import add_duty, allocate, save_group

ROLES = {"N": Role.NURSE, "C": Role.CHARGE_NURSE, "S": Role.SURGEON, "A": Role.ADMINISTRATOR, "R": Role.REGISTRY_LEAD}
"""The letters of the access table."""
EVERYBODYS: dict[str, tuple[Any, ...]] = {
    "words": ("en-gb", "0"),
    "registry-picture": ("causes", "svg"),
    "registry-picture-taken": ("causes", "svg"),
    "registry-planning-picture": ("svg",),
}
"""Names in addresses that are of no ward."""


@dataclass
class Side:
    """A ward, its people by the letters of the table, and for each address with an object in it how to name that."""

    ward: Ward
    mark: str
    people: dict[str, Staff] = field(default_factory=dict)
    colleague: Staff = field(default_factory=Staff)
    named: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def url(self, route: str) -> str:
        return reverse(route, args=self.named.get(route, EVERYBODYS.get(route, ())))


@dataclass
class Scene:
    own: Side
    other: Side
    nobody: Staff
    """Signed in, of no ward."""
    ended: Staff
    """Was a nurse of the own ward, and has left since she signed in."""


def set_scene() -> Scene:
    """Make both wards; the outsiders belong to the first. Every time is the database's."""
    alerting_works()
    ContentType.objects.clear_cache()
    own, other = furnished("7b", "OWNMARK"), furnished("8c", "OTHERMARK")
    nobody = Staff.objects.create_user("nobody", password=PASSWORD, first_name="No", last_name="Body")
    ended = colleague(own, "ended", Role.NURSE)
    return Scene(own, other, nobody, ended)


def colleague(side: Side, name: str, role: Role) -> Staff:
    """Somebody of the ward. First and last name bear its mark."""
    username = f"{name}.{side.ward.code}"
    staff = Staff.objects.create_user(
        username, password=PASSWORD, first_name=name.title(), last_name=f"{side.mark}-{name.title()}"
    )
    Membership.objects.create(staff=staff, ward=side.ward, role=role)
    return staff


def furnished(code: str, mark: str) -> Side:
    ward = Ward.objects.create(code=code, name=f"Ward {mark}", time_zone="Europe/Berlin", phone=f"+49 30 {mark}")
    side = Side(ward, mark)
    for letter, role in ROLES.items():
        side.people[letter] = colleague(side, f"{role.value.replace('_', '')}", role)
    side.colleague = colleague(side, "second", Role.SURGEON)
    for make in (_plans, _alerted_patient, _patient_of_the_past, _treated_patient, _governed):
        make(side)
    return side


def _governed(side: Side) -> None:
    """What an administrator looks after; what is somebody's own; and what lies open although it is not theirs."""
    ward, nurse, administrator = side.ward, side.people["N"], side.people["A"]
    bed = Bed.objects.create(ward=ward, label=f"{ward.code}-Z")
    _name(side, bed.public_id, "bed", "bed-close", "bed-reopen")
    _name(side, ward.code, "beds", "ward-desk", "ward-edit", "ward-colleague", "protocol-ward", "protocol-propose")
    person = side.colleague.public_id
    _name(
        side,
        person,
        "staff-person",
        "staff-edit",
        "staff-link",
        "staff-factor",
        "staff-close",
        "staff-reopen",
        "role-give",
    )
    side.named["role-take"] = (person, ward.code, Role.SURGEON.value)
    side.named["welcome"] = (token_for_account(side.colleague, until=now() + timedelta(hours=1)),)
    standard = Settings()
    values = {name: getattr(standard, name) for name in Settings.__slots__} | {"major_drop_grades": 2}
    proposal = propose(ward, by=administrator, values=values, reason=f"Proposed {side.mark}", replaces=0)
    steps_of_a_proposal = ("proposal", "revise", "replay", "approve", "end")
    _name(side, proposal.public_id, *(f"protocol-{step}" for step in steps_of_a_proposal))
    wrong, right = Stay.objects.filter(ward=ward).order_by("pk")[:2]
    mixed_up = Check.objects.standing().filter(stay=wrong).earliest("examined_at")
    mending = propose_check_move(mixed_up, right, by=administrator, reason=f"Mended {side.mark}")
    _name(side, mending.public_id, "mending-case", "mending-confirm", "mending-end")
    brought = Import.objects.create(
        source=f"Book {side.mark}", digest=f"{ward.pk:064x}", rows=1, imported_by=administrator
    )
    line(ward, brought, **CASE)
    _name(side, brought.public_id, "registry-import-take-back")
    session = SignedIn.objects.create(
        staff=nurse, name=uuid4().hex, how=SignedIn.How.PASSWORD, ends_at=now() + timedelta(hours=8)
    )
    _name(side, session.public_id, "session-end")
    factor = Factor.objects.create(
        staff=nurse, kind=Factor.Kind.PASSKEY, name=f"Key {side.mark}", credential_id="k" + side.mark
    )
    _name(side, factor.public_id, "factor-remove")
    stay = Stay.objects.filter(ward=ward).latest("pk")
    opened = BreakGlass.objects.create(
        staff=outsider(),
        patient=stay.patient,
        stay=stay,
        ward=ward,
        reason=f"Reason {side.mark}",
        until=now() + timedelta(minutes=59),
    )
    _name(side, opened.public_id, "break-glass-end", "break-glass-review")


def outsider() -> Staff:
    """A nurse of a third ward."""
    ward, _ = Ward.objects.get_or_create(code="9d", defaults={"name": "Ward 9D", "time_zone": "Europe/Berlin"})
    staff = Staff.objects.create_user(f"outsider{Staff.objects.count()}", password=PASSWORD, last_name="Outside")
    Membership.objects.create(staff=staff, ward=ward, role=Role.NURSE)
    return staff


def _admit(side: Side, bed: str) -> Stay:
    patient = new_patient(
        family_name=f"{side.mark}-{bed}",
        given_name=f"Given{side.mark}",
        record_number=f"R-{side.mark}-{bed}",
        date_of_birth=date(1931, 5, 17) if side.mark == "OTHERMARK" else date(1960, 2, 3),
        sex=Patient.Sex.FEMALE,
    )
    nurse, surgeon = side.people["N"], side.people["S"]
    place = Bed.objects.create(ward=side.ward, label=f"{side.ward.code}-{bed}")
    stay = actions.admit(
        by=nurse, at=ago(days=2), bed=place, patient=patient, episode=None, responsible_surgeon=surgeon, key=uuid4()
    )
    _check(side, stay, 30 * 60)
    actions.record_operation(stay, by=nurse, facts=operation_facts(), key=uuid4())
    _check(side, stay, 300)
    assess_stay(stay.pk)
    return stay


def _check(side: Side, stay: Stay, minutes_ago: float, **weaker: Any) -> Check:
    at, found = ago(minutes=minutes_ago), findings(**weaker)
    return checks.record_check(stay, by=side.people["N"], at=at, findings=found, key=uuid4())


def _name(side: Side, target: Any, *routes: str) -> None:
    for route in routes:
        side.named[route] = (target,)


def _plans(side: Side) -> None:
    """The ward's rota, group, contacts and screen."""
    ward, charge, at = side.ward, side.people["C"], now()
    surgeon = side.people["S"]
    for post, staff in ((Post.SURGEON_ON_CALL, surgeon), (Post.NURSE, side.people["N"])):
        add_duty(by=charge, ward=ward, post=post, staff=staff, starts_at=at, ends_at=at + timedelta(hours=8))
    duty = add_duty(
        by=charge,
        ward=ward,
        post=Post.SURGEON_ON_CALL,
        staff=surgeon,
        starts_at=at + timedelta(hours=9),
        ends_at=at + timedelta(hours=17),
    )
    group = save_group(by=charge, ward=ward, name=f"Group {side.mark}", members=[surgeon])
    contact = Contact.objects.create(
        ward=ward, channel="email", address=f"{side.mark.lower()}@example.org", purpose=Contact.Purpose.WARD_PHONE
    )
    display = make_display(ward, by=charge, name=f"Wall {side.mark}")
    of_the_ward = (
        "board displays display-names hand-over-sheet admit rota-ward rota-add rota-import rota-who allocation ladders "
        "groups group-new ward-numbers ward-limits ward-contacts kit held"
    )
    _name(side, ward.code, *of_the_ward.split())
    side.named["ladder-edit"] = (ward.code, Key.CRITICAL.value)
    side.named["group-edit"] = (ward.code, group.public_id)
    _name(side, duty.public_id, "rota-hand-over", "rota-cancel")
    _name(side, contact.public_id, "contact-test", "contact-remove")
    _name(side, display.public_id, "display-end")


def _alerted_patient(side: Side) -> None:
    """Somebody whose leg fell an hour ago: an open alert, who was called, and a hand-over that waits."""
    stay = _admit(side, "A")
    nurse, surgeon = side.people["N"], side.people["S"]
    allocate(stay, by=nurse, nurse=nurse, ends_at=now() + timedelta(hours=6))
    check = _check(side, stay, 40, L4_left=1)
    assess_stay(stay.pk)
    alert = Alert.objects.get(stay=stay, kind=Alert.Kind.DEFICIT)
    climb(alert.pk)
    alert.refresh_from_db()
    handed = offer(alert, by=surgeon, revision=alert.revision, to=side.colleague, note=f"Note {side.mark}")
    attempt = checks.record_attempt(
        stay,
        by=nurse,
        at=None,
        reason=Attempt.Reason.ASLEEP,
        next_try=timedelta(minutes=15),
        note=f"Attempt {side.mark}",
        key=uuid4(),
    )
    of_the_stay = (
        "stay away move discharge operate check-new attempt-new treatment-new acceptance-new imaging-new theatre-new "
        "drains drain-place summary"
    )
    _name(side, stay.public_id, *of_the_stay.split())
    steps_of_an_alert = (
        "alert alert-acknowledge alert-accept alert-confirm-pause alert-decide alert-offer alert-close alert-report"
    )
    _name(side, alert.public_id, *steps_of_an_alert.split())
    side.named["alert-milestone"] = (alert.public_id, "imaging_requested")
    _name(side, handed.public_id, "offer-answer")
    _name(side, check.public_id, "check-result", "check-correct", "check-retract")
    _name(side, attempt.public_id, "attempt-retract")
    _name(side, Operation.objects.get(stay=stay).public_id, "operation-correct", "operation-retract")
    delivery = Delivery.objects.filter(alert=alert, person=surgeon).latest("pk")
    side.named["message"] = (token_for(delivery),)
    held = Held.objects.create(
        idempotency_key=uuid4(),
        stay=stay,
        examined_by=nurse,
        examined_at=now(),
        sent_by=nurse,
        values={"l4_left": "1", "examined": "earlier"},
        refusals=["clock_changed"],
        was_grave=True,
    )
    _name(side, held.public_id, "held-file", "held-drop")
    _name(side, stay.patient.public_id, "audit-patient")
    side.named["audit-staff"] = (nurse.public_id, now().date().isoformat())


def _patient_of_the_past(side: Side) -> None:
    """Somebody whose alert was closed."""
    stay = _admit(side, "B")
    surgeon = side.people["S"]
    _check(side, stay, 50, L5_right=2)
    assess_stay(stay.pk)
    alert = Alert.objects.get(stay=stay, kind=Alert.Kind.DEFICIT)
    steps.close(alert, by=surgeon, revision=alert.revision, outcome=Alert.Outcome.OTHER, text=f"Closed for {side.mark}")
    _name(side, alert.public_id, "alert-reopen")


def _treated_patient(side: Side) -> None:
    """Somebody for whom everything was done that can be written down, twice operated."""
    stay = _admit(side, "C")
    nurse, surgeon = side.people["N"], side.people["S"]
    _check(side, stay, 90, L5_right=4)
    treatment = checks.record_treatment(
        stay,
        by=nurse,
        at=None,
        kind=Treatment.Kind.METHYLPREDNISOLONE,
        action=Treatment.Action.STARTED,
        dose=f"Dose {side.mark}",
        key=uuid4(),
    )
    _name(side, treatment.public_id, "treatment-correct", "treatment-retract")
    accepted = accept_reference(
        stay,
        by=surgeon,
        at=None,
        muscles={Muscle.L5_RIGHT: 4},
        flags=[],
        reason=f"Accepted {side.mark}",
        key=uuid4(),
    )
    _name(side, accepted.public_id, "acceptance-correct", "acceptance-retract")
    _imaging(side, stay)
    plan = plan_theatre(
        stay,
        by=surgeon,
        planned_at=timedelta(minutes=90),
        indication=Indication.DEFICIT,
        note=f"Theatre {side.mark}",
        key=uuid4(),
    )
    _name(side, plan.public_id, "theatre-change", "theatre-cancel")
    _second_operations(side, stay)
    _name(side, Exploration.objects.get(stay=stay).public_id, "findings-correct", "findings-retract")


def _imaging(side: Side, stay: Stay) -> None:
    stage, studies = Imaging.Stage, {}
    for name, last in (("imaging-done", stage.REQUESTED), ("imaging-report", stage.DONE), ("", stage.REPORTED)):
        study = studies[name] = uuid4()
        for each in [stage.REQUESTED, stage.DONE, stage.REPORTED]:
            reported = each == stage.REPORTED
            facts = ImagingFacts(
                study=study,
                stage=each,
                modality="MRI",
                accession=f"{side.mark}-{name}",
                finding="root_oedema" if reported else "",
                side="left" if reported else "",
                level="L4-L5" if reported else "",
                text=f"Report {side.mark}" if reported else "",
            )
            who = side.people["S" if reported else "N"]
            stored = record_imaging(stay, by=who, at=None, facts=facts, key=uuid4())
            if each == last:
                break
        if name:
            _name(side, study, name)
        else:
            _name(side, stored.public_id, "imaging-correct", "imaging-retract")


def _second_operations(side: Side, stay: Stay) -> None:
    """Two: of one the findings are there, of the other they are still to be written."""
    surgeon = side.people["S"]
    for hours in (8, 3):
        facts = operation_facts(
            kind=Operation.Kind.SECONDARY, started_at=ago(hours=hours + 1), ended_at=ago(hours=hours)
        )
        operation = actions.record_operation(stay, by=surgeon, facts=facts, key=uuid4())
        if hours == 8:
            found = ExplorationFacts(indication=Indication.OTHER, text=f"Found {side.mark}")
            record_exploration(operation, by=surgeon, facts=found, drains_placed=[], key=uuid4())
    _name(side, operation.public_id, "findings-new")
    drain = uuid4()
    stage = DrainEntry.Stage
    for each in (
        DrainFacts(drain=drain, stage=stage.PLACED, label=f"D {side.mark}"[:20], suction=True),
        DrainFacts(drain=drain, stage=stage.READ, volume_ml=40, note=f"Drain {side.mark}"),
    ):
        line = record_drain(stay, by=side.people["N"], at=None, facts=each, key=uuid4())
    side.named["drain-remove"] = (stay.public_id, drain)
    _name(side, line.public_id, "drain-correct", "drain-retract")
    _name(side, stay.public_id, "drains", "summary")

"""The only code that writes about stays and operations.

Each action is one transaction: lock, rules, change, audit, due time. All raise Forbidden where `by` may
not, and ValidationError, by the form's field names, where a rule is not met. `at` is the clinical time; None means now.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from monitoring.due import clock
from monitoring.due.actions import open_watch
from monitoring.due.nudge import nudge
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.protocol import Settings
from wards import entries, rules
from wards.access import May, require
from wards.changes import history_changed, people_changed
from wards.facts import NewPatient, OperationFacts
from wards.leaving import require_free_to_leave
from wards.locks import current_stay, lock_stays, lock_stays_of_patient, same_stay
from wards.models import Bed, Episode, Move, Operation, Patient, ProtocolVersion, Staff, Stay, Ward
from wards.queries import standing_operations
from wards.rota_lines import end_allocations
from wards.times import was_now


@transaction.atomic
def admit(
    *,
    by: Staff,
    at: datetime | None,
    bed: Bed,
    patient: Patient | NewPatient,
    episode: Episode | None,
    responsible_surgeon: Staff | None,
    key: UUID,
) -> Stay:
    """Admit a patient to a bed, and watch the stay from now on. Without an episode to continue, a new one begins."""
    require(by, May.ADMIT, bed.ward)
    told_now, at = at is None, at or clock.now()
    asked = Stay(bed=bed, admitted_at=at, responsible_surgeon=responsible_surgeon, recorded_by=by, idempotency_key=key)
    try:
        with transaction.atomic():
            return _admitted_before(asked, patient, episode, told_now) or _admit(asked, patient, episode, by)
    except (IntegrityError, ValidationError) as refusal:  # somebody was faster, perhaps with this very form
        if (stay := _admitted_before(asked, patient, episode, told_now)) is not None:
            return stay
        if isinstance(refusal, ValidationError):
            raise
        rules.require_free("bed", bed)
        message = _("This patient was registered or admitted a moment ago. Send the form again.")
        raise ValidationError({"record_number": [message]}) from None


def _admitted_before(
    asked: Stay, patient: Patient | NewPatient, episode: Episode | None, told_now: bool
) -> Stay | None:
    """The stay that this form has already made. Raises ValidationError where it comes back with other content."""
    stay = Stay.objects.select_related("patient", "ward").filter(idempotency_key=asked.idempotency_key).first()
    if stay is None:
        return None
    first_move = stay.moves.order_by("moved_at", "pk").first()
    first_bed = stay.bed_id if first_move is None else first_move.from_bed_id
    same = (
        stay.patient.record_number == patient.record_number
        and (first_bed, stay.recorded_by_id) == (asked.bed_id, asked.recorded_by_id)
        and (stay.admitted_at == asked.admitted_at or (told_now and was_now(stay.admitted_at, stay.recorded_at)))
        and (episode is None or episode.pk == stay.episode_id)
    )
    if not same:
        raise entries.saved_otherwise(stay.recorded_at, stay.ward)
    return stay


def _admit(stay: Stay, patient: Patient | NewPatient, episode: Episode | None, by: Staff) -> Stay:
    """Save a stay that has its bed, time, surgeon and key."""
    ward = stay.bed.ward
    rules.require_past("at", stay.admitted_at)
    rules.require_surgeon(stay.responsible_surgeon, ward)
    person = _registered(patient, by) if isinstance(patient, NewPatient) else patient
    rules.require_admissible(person, lock_stays_of_patient(person.pk), stay.admitted_at, ward)
    rules.require_free("bed", stay.bed)
    if episode is None:
        episode = Episode.objects.create(patient=person)
    elif episode.patient_id != person.pk:
        raise ValidationError({"episode": [_("This episode is another patient's.")]})
    stay.patient, stay.episode, stay.ward = person, episode, ward
    stay.save(force_insert=True)
    open_watch(stay.pk)
    audit.record(
        "stay.admitted",
        by=by,
        about=stay,
        patient_id=person.pk,
        data={"bed": stay.bed_id, "ward": ward.pk, "episode": stay.episode_id, "at": stay.admitted_at.isoformat()},
    )
    nudge("assess", stay.pk)
    publish(topics.ward(ward.pk))
    return stay


def _registered(new: NewPatient, by: Staff) -> Patient:
    if Patient.objects.filter(record_number=new.record_number).exists():
        raise ValidationError({"record_number": [_("A patient with this record number is already registered.")]})
    patient = Patient.objects.create(**asdict(new))
    audit.record("patient.registered", by=by, about=patient, patient_id=patient.pk)
    return patient


@transaction.atomic
def move(stay: Stay, *, by: Staff, at: datetime | None, to_bed: Bed, responsible_surgeon: Staff | None = None) -> Stay:
    """Move a patient to another bed, of this ward or of another, whose people then see the stay instead of ours.

    `responsible_surgeon` takes over; without one the present surgeon stays, who must then be one of the new ward too.
    """
    stay = same_stay(stay, lock_stays(stay.episode_id))
    require(by, May.MOVE, stay)
    rules.require_open(stay)
    last = stay.moves.order_by("-moved_at", "-pk").first()
    if stay.bed_id == to_bed.pk:
        if last is not None and last.recorded_by_id == by.pk and at in {None, last.moved_at}:
            return stay  # the same form again
        raise ValidationError({"to_bed": [_("The patient is already in this bed.")]})
    at = at or clock.now()
    rules.require_past("at", at)
    rules.require_not_before("at", at, stay.admitted_at, _("the admission"), stay.ward)
    if last is not None:
        rules.require_not_before("at", at, last.moved_at, _("the last move"), stay.ward)
    rules.require_free("to_bed", to_bed)
    surgeon = stay.responsible_surgeon if responsible_surgeon is None else responsible_surgeon
    rules.require_surgeon(surgeon, to_bed.ward)
    return _move(stay, Move(stay=stay, from_bed=stay.bed, to_bed=to_bed, moved_at=at, recorded_by=by), surgeon, by)


def _move(stay: Stay, step: Move, surgeon: Staff | None, by: Staff) -> Stay:
    old_ward, old_surgeon, new_bed = stay.ward, stay.responsible_surgeon, step.to_bed
    stay.bed, stay.ward, stay.responsible_surgeon = new_bed, new_bed.ward, surgeon
    try:
        with transaction.atomic():
            stay.save(update_fields=["bed", "ward", "responsible_surgeon"])
    except IntegrityError:  # somebody was faster
        raise ValidationError({"to_bed": [rules.taken(new_bed)]}) from None
    step.save(force_insert=True)
    audit.record(
        "stay.moved",
        by=by,
        about=stay,
        patient_id=stay.patient_id,
        data={"from_bed": step.from_bed_id, "to_bed": step.to_bed_id, "at": step.moved_at.isoformat()},
    )
    if stay.ward != old_ward:
        end_allocations(stay, by=by)
    history_changed(stay, by=by, since=step.moved_at, what="patient.moved")
    publish(topics.ward(old_ward.pk))
    if (stay.ward, surgeon) != (old_ward, old_surgeon):
        people_changed(stay.ward_id)
    return stay


@transaction.atomic
def discharge(stay: Stay, *, by: Staff, at: datetime | None, departure: str) -> Stay:
    """End a stay. `departure` is a value of `Stay.Departure`. The same discharge sent again changes nothing.

    What upper rooms guard (`wards.leaving`) can refuse it, with a ValidationError.
    """
    stay = same_stay(stay, lock_stays(stay.episode_id))
    require(by, May.DISCHARGE, stay)
    if stay.discharged_at is not None and stay.departure == departure and at in {None, stay.discharged_at}:
        return stay
    rules.require_open(stay)
    at = at or clock.now()
    rules.require_past("at", at)
    rules.require_not_before("at", at, stay.admitted_at, _("the admission"), stay.ward)
    rules.require_nothing_after(stay, at)
    require_free_to_leave(stay, departure)
    stay.discharged_at, stay.departure = at, departure
    stay.save(update_fields=["discharged_at", "departure"])
    audit.record(
        "stay.discharged",
        by=by,
        about=stay,
        patient_id=stay.patient_id,
        data={"departure": departure, "at": at.isoformat()},
    )
    end_allocations(stay, by=by)
    history_changed(stay, by=by, since=at, what="patient.discharged")
    people_changed(stay.ward_id)
    return stay


@transaction.atomic
def adopt_protocol(
    ward: Ward, *, by: Staff, settings: Settings, reason: str, replaces: int | None = None
) -> ProtocolVersion:
    """Put new settings of the protocol in force on a ward; its open stays are assessed again (protocol §10).

    `replaces`: the number of the version that they were meant to replace, 0 for the defaults; None: whichever is in
    force. What alerts have told stays as it was told. Raises ValidationError where the reason is empty, or another
    version is in force.
    """
    require(by, May.ADOPT_PROTOCOL, ward)
    why = entries.said_why(reason)
    stays = list(Stay.objects.select_for_update(no_key=True).filter(ward=ward, discharged_at=None).order_by("pk"))
    last = ward.protocol_versions.order_by("-number").first()
    number = 1 if last is None else last.number + 1
    if replaces not in {None, number - 1}:
        raise ValidationError(_("Another version of the protocol has come in force meanwhile."))
    version = ProtocolVersion.objects.create(
        ward=ward, number=number, settings=settings.to_json(), recorded_by=by, reason=why
    )
    audit.record("protocol.adopted", by=by, about=version, reason=why, data={"ward": ward.pk, "number": number})
    since = clock.now()
    for stay in stays:
        history_changed(stay, by=by, since=since, what="protocol.changed", why=why)
    return version


@transaction.atomic
def record_operation(stay: Stay, *, by: Staff, facts: OperationFacts, key: UUID) -> Operation:
    """Record an operation of an open stay's patient."""
    stays = lock_stays(stay.episode_id)
    stay = same_stay(stay, stays)
    require(by, May.RECORD_OPERATION, current_stay(stays))
    operation = entries.draft(Operation, asdict(facts), stay=stay, by=by, key=key)
    if (stored := entries.stored_before(operation)) is not None:
        return stored
    rules.require_open(stay)
    _require_operable(facts, stay, standing_operations(stay.episode_id))
    return entries.store(operation, stays=stays)


@transaction.atomic
def correct_operation(operation: Operation, *, by: Staff, facts: OperationFacts, reason: str, key: UUID) -> Operation:
    """Put a new operation in the place of a wrong one, which stays on the record."""
    stays = lock_stays(operation.episode_id)
    stay = current_stay(stays)
    require(by, May.RECORD_OPERATION, stay)
    old = entries.as_it_is(operation)
    new = entries.draft_correction(old, asdict(facts), by=by, reason=reason, key=key)
    if (stored := entries.stored_before(new)) is not None:
        return stored
    entries.require_standing(old)
    _require_operable(facts, stay, _others(old))
    return entries.store(new, stays=stays)


@transaction.atomic
def retract_operation(operation: Operation, *, by: Staff, reason: str) -> Operation:
    """Take back an operation that never was: it stays on the record, and counts no more."""
    stays = lock_stays(operation.episode_id)
    require(by, May.RECORD_OPERATION, current_stay(stays))
    if entries.as_it_is(operation).is_standing:
        rules.require_removable(operation, _others(operation))
    return entries.retract(operation, by=by, reason=reason, stays=stays)


def _require_operable(facts: OperationFacts, stay: Stay, others: list[Operation]) -> None:
    rules.require_sound(facts)
    rules.require_fitting(facts, others, stay.ward)
    rules.require_no_check_during(facts, stay.episode, stay.ward)


def _others(operation: Operation) -> list[Operation]:
    return [other for other in standing_operations(operation.episode_id) if other.pk != operation.pk]

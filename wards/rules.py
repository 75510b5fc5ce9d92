"""What must be true of an admission, a move, a discharge, an operation. Each rule raises ValidationError by field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from monitoring.due import clock
from wards.facts import OperationFacts
from wards.locks import lock_bed
from wards.models import Bed, Episode, Level, Operation, Patient, Role, Staff, Stay, Ward
from wards.times import said

LONGEST_OPERATION = timedelta(hours=24)  # longer is a wrong date


def require_past(field: str, at: datetime) -> None:
    if at > clock.now():
        raise ValidationError({field: [_("This time is in the future.")]})


def require_not_before(field: str, at: datetime, earliest: datetime, what: str, ward: Ward) -> None:
    """`what` names the earlier event, as in "the admission"."""
    if at < earliest:
        raise ValidationError(
            {field: [_("This is before %(what)s, at %(at)s.") % {"what": what, "at": said(earliest, ward)}]}
        )


def require_free(field: str, bed: Bed) -> None:
    """In use, with nobody in it. Locks the bed: it is not taken out of use meanwhile.

    The message does not say who lies there: it may be another ward's patient.
    """
    if lock_bed(bed).closed_at is not None:
        raise ValidationError({field: [_("Bed %(bed)s is out of use. Choose another one.") % {"bed": bed}]})
    if bed.stays.filter(discharged_at__isnull=True).exists():
        raise ValidationError({field: [taken(bed)]})


def taken(bed: Bed) -> str:
    return _("Bed %(bed)s is taken. Choose another one.") % {"bed": bed}


def require_open(stay: Stay) -> None:
    if stay.discharged_at is not None:
        message = _("The patient was discharged at %(at)s.") % {"at": said(stay.discharged_at, stay.ward)}
        raise ValidationError({NON_FIELD_ERRORS: [message]})


def require_surgeon(surgeon: Staff | None, ward: Ward) -> None:
    """A responsible surgeon, where there is one, is an active surgeon of the ward."""
    if surgeon is None:
        return
    if not (surgeon.is_active and ward.memberships.filter(staff=surgeon, role=Role.SURGEON).exists()):
        message = _("%(who)s is no surgeon of %(ward)s. Name one who is.") % {"who": surgeon, "ward": ward}
        raise ValidationError({"responsible_surgeon": [message]})


def require_admissible(patient: Patient, earlier: Iterable[Stay], at: datetime, ward: Ward) -> None:
    """A patient is in one bed at a time, and was born before."""
    for stay in earlier:
        if stay.discharged_at is None:
            message = _("This patient is already admitted, on %(ward)s.") % {"ward": stay.ward}
            raise ValidationError({"record_number": [message]})
        require_not_before("at", at, stay.discharged_at, _("the discharge from the previous stay"), ward)
    if at.date() < patient.date_of_birth:
        raise ValidationError({"at": [_("This is before the patient was born.")]})


def require_nothing_after(stay: Stay, at: datetime) -> None:
    """A stay does not end before what was done in it."""
    ends = [operation.at for operation in stay.operations.standing()]
    ends += [check.at for check in stay.checks.standing()]
    ends += [treatment.at for treatment in stay.treatments.standing()]
    ends += [acceptance.at for acceptance in stay.acceptances.standing()]
    ends += [attempt.at for attempt in stay.attempts.standing()]
    ends += [imaging.at for imaging in stay.imagings.standing()]
    ends += [line.at for line in stay.drainentrys.standing()]
    later = [end for end in ends if end > at]
    if later:
        message = _("Something is recorded at %(at)s, after this time.") % {"at": said(max(later), stay.ward)}
        raise ValidationError({"at": [message]})


def require_sound(facts: OperationFacts) -> None:
    """The operation in itself: times in order and past, levels from above."""
    require_past("ended_at", facts.ended_at)
    if facts.ended_at <= facts.started_at:
        raise ValidationError({"ended_at": [_("The operation must end after it starts.")]})
    if facts.ended_at - facts.started_at > LONGEST_OPERATION:
        raise ValidationError({"started_at": [_("That would be longer than 24 hours. Check both dates.")]})
    order = Level.values
    if order.index(facts.level_upper) > order.index(facts.level_lower):
        raise ValidationError({"level_lower": [_("The lower level must not lie above the upper one.")]})
    if facts.kind == Operation.Kind.INDEX and facts.procedure == Operation.Procedure.OTHER:
        raise ValidationError({"procedure": [_("Name the fusion: PLF, PLIF or TLIF.")]})


def require_fitting(facts: OperationFacts, others: Sequence[Operation], ward: Ward) -> None:
    """The operation among the episode's other standing ones: none overlap, and one index comes first."""
    for other in others:
        if facts.started_at < other.ended_at and facts.ended_at > other.started_at:
            message = _("Another operation ran until %(at)s.") % {"at": said(other.ended_at, ward)}
            raise ValidationError({"started_at": [message]})
    indexes = [other for other in others if other.kind == Operation.Kind.INDEX]
    if facts.kind == Operation.Kind.INDEX:
        if indexes:
            raise ValidationError({"kind": [_("This episode has its index fusion. Another one begins a new episode.")]})
        if any(other.started_at < facts.started_at for other in others):
            raise ValidationError({"kind": [_("A re-operation is recorded before this time. The index comes first.")]})
    elif not any(index.ended_at <= facts.started_at for index in indexes):
        raise ValidationError({"kind": [_("A re-operation follows an index fusion. Record the index fusion first.")]})


def require_removable(operation: Operation, others: Sequence[Operation]) -> None:
    """An index fusion is not retracted from under its re-operations, nor one of these from under its findings."""
    if operation.kind == Operation.Kind.INDEX and others:
        message = _("A re-operation depends on this index fusion. Correct it, or retract that one first.")
        raise ValidationError({NON_FIELD_ERRORS: [message]})
    if operation.episode.explorations.standing().filter(operation_place=operation.place).exists():
        message = _("The findings of this re-operation are recorded. A surgeon takes them back first.")
        raise ValidationError({NON_FIELD_ERRORS: [message]})


def require_no_check_during(facts: OperationFacts, episode: Episode, ward: Ward) -> None:
    """A check under anaesthesia would become a false baseline.

    One at the very instant of the end counts as before the operation (protocol §10: check, then operation), so it is
    refused as well.
    """
    during = episode.checks.standing().filter(examined_at__gt=facts.started_at, examined_at__lte=facts.ended_at)
    check = during.order_by("examined_at").first()
    if check is not None:
        words = _("A check is recorded at %(at)s, during this operation. Correct one.")
        raise ValidationError({"started_at": [words % {"at": said(check.examined_at, ward)}]})

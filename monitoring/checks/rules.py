"""What must be true of a check, a treatment, an acceptance. Errors are gathered by form field, so that all are said.

That a form was already saved is asked before these: what was right when it was stored is not judged again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from monitoring.checks.findings import HIGHEST_GRADE, LOWEST_GRADE, Errors, is_whole
from monitoring.checks.models import Acceptance, Attempt, Check, Treatment
from monitoring.checks.queries import running_treatments
from monitoring.protocol import FLAGS, MUSCLES
from wards.access import May, may
from wards.models import Stay
from wards.queries import operation_during
from wards.times import said

# A baseline may come from the clinic some weeks before the admission. What is older is a wrong date.
BEFORE_ADMISSION = timedelta(days=30)
NEXT_TRY_WITHIN = timedelta(hours=24)


def refuse(errors: Errors) -> None:
    """Raises ValidationError by field where there are any errors."""
    if errors:
        raise ValidationError(errors)


def check_errors(check: Check, *, before: Check | None, now: datetime, stays: Sequence[Stay]) -> Errors:
    """What is wrong about a check's time and second examiner. `before` is the check that it corrects."""
    times = time_errors("examined_time", check.examined_at, now=now, stay=check.stay, stays=stays)
    return (times or operation_errors("examined_time", check.examined_at, check.stay)) | second_examiner_errors(
        check, before=before
    )


def time_errors(field: str, at: datetime, *, now: datetime, stay: Stay, stays: Sequence[Stay]) -> Errors:
    """A time is past, not long before the episode's first admission, and not after the stay ended."""
    earliest = min(stay.admitted_at for stay in stays) - BEFORE_ADMISSION
    if at > now:
        message = _("This is in the future: it is %(now)s.") % {"now": said(now, stay.ward)}
    elif at < earliest:
        days = {"days": BEFORE_ADMISSION.days}
        message = _("This is more than %(days)d days before the admission. Check the date.") % days
    elif stay.discharged_at is not None and at > stay.discharged_at:
        left = {"when": said(stay.discharged_at, stay.ward)}
        message = _("The patient was discharged at %(when)s: give a time before that.") % left
    else:
        return {}
    return {field: [message]}


def operation_errors(field: str, at: datetime, stay: Stay) -> Errors:
    """A check during an operation would become a false baseline."""
    operation = operation_during(stay.episode_id, at)
    if operation is None:
        return {}
    span = {"start": said(operation.started_at, stay.ward), "end": said(operation.ended_at, stay.ward)}
    message = _("An operation ran from %(start)s to %(end)s: a check within it would become a false baseline.") % span
    return {field: [message]}


def attempt_errors(attempt: Attempt, *, now: datetime, stays: Sequence[Stay]) -> Errors:
    """What is wrong about an attempt's time, its reason, and its next try, which is after it and within a day."""
    errors = time_errors("tried_time", attempt.tried_at, now=now, stay=attempt.stay, stays=stays)
    if attempt.reason not in Attempt.Reason.values:
        errors["reason"] = [_("Say why the check could not be done.")]
    elif attempt.reason == Attempt.Reason.OTHER and not attempt.note:
        errors["note"] = [_("Say in a few words why it could not be done.")]
    if attempt.next_try_at <= attempt.tried_at:
        errors["next_time"] = [_("The next try comes after this one.")]
    elif attempt.next_try_at > max(now, attempt.tried_at) + NEXT_TRY_WITHIN:
        errors["next_time"] = [_("The next try is within a day.")]
    return errors


def second_examiner_errors(check: Check, *, before: Check | None) -> Errors:
    """The second examiner is somebody else, who examines on the ward. Who was named before may stay named."""
    second = check.second_examiner
    if second is None:
        return {}
    if second == check.recorded_by:
        message = _("The second examiner must be somebody else than the person who records the check.")
    elif before is not None and before.second_examiner_id == second.pk:
        return {}
    elif not may(second, May.RECORD_CHECK, check.stay.ward):
        named = {"who": second, "ward": check.stay.ward}
        message = _("%(who)s does not examine on %(ward)s. Choose somebody who does.") % named
    else:
        return {}
    return {"second_examiner": [message]}


def treatment_errors(treatment: Treatment, *, before: Treatment | None, now: datetime, stays: Sequence[Stay]) -> Errors:
    """What is wrong about a treatment's time; and what is stopped must be running. `before` is what it corrects."""
    errors = time_errors("happened_time", treatment.happened_at, now=now, stay=treatment.stay, stays=stays)
    if errors or treatment.action == Treatment.Action.STARTED:
        return errors
    without = None if before is None else before.pk
    if treatment.kind in running_treatments(treatment.episode_id, treatment.happened_at, without=without):
        return {}
    named = {"what": Treatment.Kind(treatment.kind).label, "when": said(treatment.happened_at, treatment.stay.ward)}
    message = _("By the record %(what)s was not running at %(when)s. Record first when it was started.") % named
    return {"action": [message]}


def acceptance_errors(acceptance: Acceptance, *, now: datetime, stays: Sequence[Stay]) -> Errors:
    """What is wrong about its time; and it names muscles with grades 0–5, or red flags, that the protocol knows."""
    errors = time_errors("accepted_time", acceptance.accepted_at, now=now, stay=acceptance.stay, stays=stays)
    muscles, flags = acceptance.muscles, acceptance.flags
    if not muscles and not flags:
        errors["__all__"] = [_("Name at least one muscle or red flag that is accepted.")]
    if any(name not in MUSCLES or not is_whole(grade, LOWEST_GRADE, HIGHEST_GRADE) for name, grade in muscles.items()):
        errors["muscles"] = [_("Each muscle is one of the ten, with an MRC grade: a whole number from 0 to 5.")]
    if not set(flags) <= set(FLAGS):
        errors["flags"] = [_("This is no red flag that the protocol knows.")]
    return errors

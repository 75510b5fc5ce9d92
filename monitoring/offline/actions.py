"""What comes from a device that was without a network: filed as the check it is, or held until a person files it.

A device sends again until it is answered, two tabs send at once, and the form's own first sending may have arrived
after all: the idempotency key makes one check of all of these, or one held check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from monitoring.checks.actions import record_check
from monitoring.checks.forms import CheckForm
from monitoring.checks.models import Check
from monitoring.due import clock
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.offline.models import Held
from monitoring.offline.parcel import Parcel
from monitoring.offline.seal import Unreadable
from wards.access import Forbidden, May, may, require
from wards.entries import said_why
from wards.locks import current_stay, lock_stays, same_stay
from wards.models import Staff, Stay
from wards.times import said, was_now

CLOCK_CHANGED, PASS_ENDED, NOT_ALLOWED = "clock_changed", "pass_ended", "not_allowed"  # refusals of our own, as codes


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one sealed check. The device forgets it only when it is stored, held or was dropped."""

    outcome: Literal["stored", "held", "dropped", "unreadable"]
    check: Check | None = None
    held: Held | None = None


def take_in(sealed: str, *, by: Staff, sent_at: datetime) -> Answer:
    """Open what a device sends, by whichever session, and file it as its examiner's check.

    `sent_at` is what the device's clock says on sending. What the rules refuse is held, never lost.
    """
    try:
        parcel = Parcel.open(sealed)
        stay = Stay.objects.get(public_id=parcel.stay_id)
        examiner = Staff.objects.get(pk=parcel.signed.staff_id)
    except (Unreadable, Stay.DoesNotExist, Staff.DoesNotExist):
        return Answer("unreadable")
    with transaction.atomic():
        stay = same_stay(stay, lock_stays(stay.episode_id))
        return known_before(parcel) or _file_or_hold(parcel, stay, examiner, by=by, sent_at=sent_at)


def known_before(parcel: Parcel) -> Answer | None:
    """What became of it when it came before. Ask under the stay's lock."""
    held = Held.objects.filter(idempotency_key=parcel.key).select_related("check_filed").first()
    if held is None:
        return None
    if held.ending == Held.Ending.FILED:
        return Answer("stored", check=held.check_filed, held=held)
    return Answer("dropped" if held.ending else "held", held=held)


def _file_or_hold(parcel: Parcel, stay: Stay, examiner: Staff, *, by: Staff, sent_at: datetime) -> Answer:
    now = clock.now()
    refusals = _doubts(parcel, sent_at=sent_at, now=now)
    if not refusals:
        try:
            check = _record(parcel, stay, examiner, now=now)
        except ValidationError as error:
            refusals = list(error.messages)
        except Forbidden:
            refusals = [NOT_ALLOWED]
        else:
            _tell("check.sent_later", check, stay, by=by, data={"examined_by": examiner.pk})
            return Answer("stored", check=check)
    return Answer("held", held=_hold(parcel, stay, examiner, refusals, by=by, now=now))


def _doubts(parcel: Parcel, *, sent_at: datetime, now: datetime) -> list[str]:
    """Why the time or the signature cannot be believed. A time that was typed needs no clock of the device."""
    if parcel.says_now and parcel.clock_changed(sent_at=sent_at, now=now):
        return [CLOCK_CHANGED]
    return [] if parcel.signed.covers(min(parcel.examined_at, now)) else [PASS_ENDED]


def _record(parcel: Parcel, stay: Stay, examiner: Staff, *, now: datetime) -> Check:
    """The check, as its form would have stored it. A refusal leaves the transaction around it usable."""
    form = CheckForm(parcel.data(), ward=stay.ward, by=examiner)
    if not form.is_valid():
        raise ValidationError([message for messages in form.errors.values() for message in messages])
    at: datetime | None = form.at or min(parcel.examined_at, now)
    first = Check.objects.filter(idempotency_key=parcel.key).first()
    if first is not None and form.at is None and was_now(first.examined_at, first.recorded_at):
        at = None  # the form had arrived after all: "now" means what it meant then
    with transaction.atomic():
        return record_check(stay, by=examiner, at=at, findings=form.findings(), key=parcel.key)


def _hold(parcel: Parcel, stay: Stay, examiner: Staff, refusals: list[str], *, by: Staff, now: datetime) -> Held:
    held = Held.objects.create(
        idempotency_key=parcel.key,
        stay=stay,
        examined_by=examiner,
        examined_at=min(parcel.examined_at, now),
        sent_by=by,
        values=parcel.values,
        refusals=refusals,
        was_grave=parcel.grave,
    )
    _tell("held.received", held, stay, by=by, data={"examined_by": examiner.pk, "grave": parcel.grave})
    return held


@transaction.atomic
def file_held(held: Held, *, by: Staff, changes: Mapping[str, str]) -> Held:
    """File a held check as it was examined, with another time or note: `changes`, by the form's field names.

    It is signed by the examiner; by whoever files it where the examiner has no right on the ward any more, and then its
    note names the examiner. Filed twice is filed once. Raises Forbidden, and ValidationError by the form's field names.
    """
    held, stay, current = _locked(held)
    require(by, May.RECORD_CHECK, current)
    if held.ending == Held.Ending.FILED:
        return held
    _require_open(held)
    signer = held.examined_by if may(held.examined_by, May.RECORD_CHECK, current) else by
    values = {**held.values, **changes, "partial": "on", "idempotency_key": str(held.idempotency_key)}
    if signer == by != held.examined_by:
        examined = _("Examined by %(who)s.") % {"who": held.examined_by}
        values["note"] = f"{values.get('note', '')}\n{examined}".strip()
    form = CheckForm(values, ward=stay.ward, by=signer)
    if not form.is_valid():
        raise ValidationError({name: list(messages) for name, messages in form.errors.items()})
    held.check_filed = record_check(stay, by=signer, at=form.at, findings=form.findings(), key=held.idempotency_key)
    _end(held, Held.Ending.FILED, by=by, reason="")
    _tell("held.filed", held, stay, by=by, data={"check": held.check_filed.pk})
    return held


@transaction.atomic
def drop_held(held: Held, *, by: Staff, reason: str) -> Held:
    """Do not file a held check, and say why; its row stays. The same sent again changes nothing.

    Raises Forbidden, and ValidationError by the form's field names.
    """
    held, stay, current = _locked(held)
    require(by, May.RECORD_CHECK, current)
    why = said_why(reason)
    if (held.ending, held.ended_by, held.reason) == (Held.Ending.DROPPED, by, why):
        return held
    _require_open(held)
    _end(held, Held.Ending.DROPPED, by=by, reason=why)
    _tell("held.dropped", held, stay, by=by, reason=why)
    return held


def _locked(held: Held) -> tuple[Held, Stay, Stay]:
    """The held check as it is under its episode's lock, its stay, and the stay that the patient has now."""
    stays = lock_stays(held.stay.episode_id)
    fresh = Held.objects.select_related("examined_by", "ended_by").get(pk=held.pk)
    return fresh, same_stay(held.stay, stays), current_stay(stays)


def _require_open(held: Held) -> None:
    """Raises ValidationError that says who was first, and what they did."""
    if held.ended_at is None:
        return
    words = {"who": held.ended_by, "when": said(held.ended_at, held.stay.ward)}
    if held.ending == Held.Ending.FILED:
        message = _("%(who)s filed this check at %(when)s.") % words
    else:
        message = _("%(who)s decided at %(when)s not to file this check.") % words
    raise ValidationError({NON_FIELD_ERRORS: [message]})


def _end(held: Held, ending: Held.Ending, *, by: Staff, reason: str) -> None:
    held.ended_at, held.ended_by, held.ending, held.reason = clock.now(), by, ending, reason
    held.save(update_fields=["ended_at", "ended_by", "ending", "reason", "check_filed"])


def _tell(
    action: str, about: Check | Held, stay: Stay, *, by: Staff, reason: str = "", data: dict[str, int] | None = None
) -> None:
    """The audit line, and a word to the ward's open pages."""
    audit.record(
        action, by=by, about=about, patient_id=stay.patient_id, reason=reason, data={"stay": stay.pk} | (data or {})
    )
    publish(topics.ward(stay.ward_id))

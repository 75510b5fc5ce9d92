"""Handing an open alert over to a named colleague, who then has it as a surgeon, or is on it as a nurse.

It is pending until the colleague accepts; until then everything goes on as before. All functions raise Forbidden where
`by` may not, and ValidationError where a rule is not met.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.alerts.actions import locked
from monitoring.alerts.models import Alert, AlertEvent, HandOver
from monitoring.alerts.queries import pending_offer
from monitoring.alerts.steps import ACCEPTANCE, as_seen, save_step, take_on
from monitoring.due.clock import now
from wards.access import Forbidden, May, may, require
from wards.models import Staff, Stay, Ward


@transaction.atomic
def offer(alert: Alert, *, by: Staff, revision: int, to: Staff, note: str = "") -> HandOver:
    """Offer an open alert to a colleague who may take it up as `by` may. Where somebody has it, only they offer it."""
    stay, _watch = locked(alert.stay_id)
    right = _right_of(by, stay.ward)
    require(by, right, stay.ward)
    alert = as_seen(alert, stay, revision)
    if to == by:
        raise ValidationError({"to": [_("You cannot hand over to yourself.")]})
    if not may(to, right, stay.ward):
        words = _("%(who)s may not take this from you on %(ward)s.") % {"who": to, "ward": stay.ward}
        raise ValidationError({"to": [words]})
    if (pending := pending_offer(alert)) is not None:
        words = _("%(by)s has offered it to %(to)s, who has not answered yet.")
        raise ValidationError(words % {"by": pending.offered_by, "to": pending.offered_to})
    _require_nobody_else(alert, by, _right_of(to, stay.ward), stay.ward)
    hand_over = HandOver.objects.create(alert=alert, offered_by=by, offered_to=to, note=note.strip())
    data = {"to": to.pk, "note": note.strip()}
    save_step(alert, AlertEvent.Kind.HAND_OVER_OFFERED, by=by, fields=[], data=data)
    return hand_over


@transaction.atomic
def accept_offer(hand_over: HandOver, *, by: Staff) -> Alert:
    """Who was offered the alert has it from now on: accepted it, as a surgeon, or acknowledged it, as a nurse."""
    hand_over, alert, stay = _pending(hand_over)
    if by != hand_over.offered_to:
        raise Forbidden(_("This was offered to %(who)s.") % {"who": hand_over.offered_to})
    right = _right_of(by, stay.ward)
    require(by, right, stay.ward)
    _require_nobody_else(alert, hand_over.offered_by, right, stay.ward)
    if right is May.ACCEPT_ALERT:
        take_on(alert, by)
    else:
        alert.acknowledged_at, alert.acknowledged_by = now(), by
    hand_over.accepted_at = now()
    hand_over.save(update_fields=["accepted_at"])
    fields = [*ACCEPTANCE, "acknowledged_at", "acknowledged_by"]
    data = {"from": hand_over.offered_by_id, "as": "surgeon" if right is May.ACCEPT_ALERT else "nurse"}
    save_step(alert, AlertEvent.Kind.HANDED_OVER, by=by, fields=fields, data=data)
    return alert


@transaction.atomic
def decline_offer(hand_over: HandOver, *, by: Staff) -> HandOver:
    """The colleague declines, or who offered it, or has it by now, withdraws the offer. Nothing else changes."""
    hand_over, alert, stay = _pending(hand_over)
    declines = by == hand_over.offered_to
    kind = _right_of(hand_over.offered_to, stay.ward)  # a surgeon's offer is no nurse's to withdraw
    if not declines and by not in {hand_over.offered_by, _holder(alert, kind)}:
        words = _("%(by)s has offered this to %(to)s.")
        raise Forbidden(words % {"by": hand_over.offered_by, "to": hand_over.offered_to})
    hand_over.declined_at = now()
    hand_over.save(update_fields=["declined_at"])
    data = {"from": hand_over.offered_by_id} if declines else {"to": hand_over.offered_to_id, "withdrawn": True}
    save_step(alert, AlertEvent.Kind.HAND_OVER_DECLINED, by=by, fields=[], data=data)
    return hand_over


def _pending(hand_over: HandOver) -> tuple[HandOver, Alert, Stay]:
    """The offer as it is now, with its open alert and stay, locked."""
    stay, _watch = locked(hand_over.alert.stay_id)
    alert = as_seen(hand_over.alert, stay, None)
    hand_over = HandOver.objects.select_related("offered_by", "offered_to").get(pk=hand_over.pk)
    if hand_over.accepted_at is not None:
        raise ValidationError(_("%(who)s has accepted it already.") % {"who": hand_over.offered_to})
    if hand_over.declined_at is not None:
        raise ValidationError(_("This offer was declined or withdrawn."))
    return hand_over, alert, stay


def _right_of(staff: Staff, ward: Ward) -> May:
    """How somebody takes an alert up: a surgeon has it, a nurse is on it."""
    return May.ACCEPT_ALERT if may(staff, May.ACCEPT_ALERT, ward) else May.ACKNOWLEDGE_ALERT


def _holder(alert: Alert, right: May) -> Staff | None:
    """The surgeon who has the alert, or the nurse who is on it."""
    if right is May.ACKNOWLEDGE_ALERT:
        return alert.acknowledged_by
    return alert.accepted_by if alert.has_surgeon else None


def _require_nobody_else(alert: Alert, offerer: Staff, right: May, ward: Ward) -> None:
    """Raises ValidationError where somebody other than the offerer has it so, who still works here."""
    holder = _holder(alert, right)
    if holder is not None and holder != offerer and may(holder, right, ward):
        raise ValidationError(_("%(who)s has it now: it is theirs to hand over.") % {"who": holder})

"""Handing an open alert over to a named colleague, who then has it as a surgeon, or is on it as a nurse.

It is pending until the colleague accepts; until then everything goes on as before. All functions raise Forbidden where
`by` may not, and ValidationError where a rule is not met.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.alerts.actions import locked
from monitoring.alerts.footing import ACCEPTANCE, ACKNOWLEDGEMENT, as_seen, be_on_it, save_step, take_on
from monitoring.alerts.models import Alert, AlertEvent, HandOver
from monitoring.alerts.moves import Facts, Move, holder_of, require_allowed
from monitoring.due.clock import now
from wards.access import Forbidden, May, may, require
from wards.models import Staff, Stay


@transaction.atomic
def offer(alert: Alert, *, by: Staff, revision: int, to: Staff, note: str = "") -> HandOver:
    """Offer an open alert to a colleague who may take it up as `by` may. Where somebody has it, only they offer it."""
    stay, _watch = locked(alert.stay_id)
    right = _right_of(by, stay)
    require(by, right, stay)
    alert = as_seen(alert, stay, revision)
    require_allowed(Move.OFFER, Facts(alert, by, now()))  # whoever it is offered to
    if to == by:
        raise ValidationError({"to": [_("You cannot hand over to yourself.")]})
    if not may(to, right, stay):
        words = _("%(who)s may not take this from you on %(ward)s.") % {"who": to, "ward": stay.ward}
        raise ValidationError({"to": [words]})
    require_allowed(Move.OFFER, Facts(alert, by, now(), ways=(_right_of(to, stay),)))
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
    right = _right_of(by, stay)
    require(by, right, stay)
    require_allowed(Move.TAKE_OVER, Facts(alert, hand_over.offered_by, now(), ways=(right,)))
    if right is May.ACCEPT_ALERT:
        take_on(alert, by)
    else:
        be_on_it(alert, by)
    hand_over.accepted_at = now()
    hand_over.save(update_fields=["accepted_at"])
    fields = [*ACCEPTANCE, *ACKNOWLEDGEMENT]
    data = {"from": hand_over.offered_by_id, "as": "surgeon" if right is May.ACCEPT_ALERT else "nurse"}
    save_step(alert, AlertEvent.Kind.HANDED_OVER, by=by, fields=fields, data=data)
    return alert


@transaction.atomic
def decline_offer(hand_over: HandOver, *, by: Staff) -> HandOver:
    """The colleague declines, or who offered it, or has it by now, withdraws the offer. Nothing else changes."""
    hand_over, alert, stay = _pending(hand_over)
    declines = by == hand_over.offered_to
    kind = _right_of(hand_over.offered_to, stay)  # a surgeon's offer is no nurse's to withdraw
    if not declines and by not in {hand_over.offered_by, holder_of(alert, kind)}:
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
    require_allowed(Move.DECLINE, Facts(alert, hand_over.offered_to, now()))
    hand_over = HandOver.objects.select_related("offered_by", "offered_to").get(pk=hand_over.pk)
    if hand_over.accepted_at is not None:
        raise ValidationError(_("%(who)s has accepted it already.") % {"who": hand_over.offered_to})
    if hand_over.declined_at is not None:
        raise ValidationError(_("This offer was declined or withdrawn."))
    return hand_over, alert, stay


def _right_of(staff: Staff, stay: Stay) -> May:
    """How somebody takes an alert up: a surgeon has it, a nurse is on it."""
    return May.ACCEPT_ALERT if may(staff, May.ACCEPT_ALERT, stay) else May.ACKNOWLEDGE_ALERT

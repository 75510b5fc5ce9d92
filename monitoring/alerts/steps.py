"""What people do to an alert: acknowledge, accept, decide, close, and what was done meanwhile (protocol §10).

Each step is one transaction: lock, rights, rules, change, timeline, audit. All raise Forbidden where `by` may not, and
ValidationError where a rule is not met, or where the page that the person saw (`revision`) has become old.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.alerts import pause
from monitoring.alerts.actions import locked, up_to_date
from monitoring.alerts.marks import Marks
from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.alerts.timeline import BESIDE, take_step
from monitoring.due.clock import now
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.protocol import Level
from wards import rules
from wards.access import May, require
from wards.models import Staff, Stay

ACCEPTANCE = ("accepted_at", "accepted_by", "lapsed_at")
BEYOND_IMAGING = frozenset({Milestone.Kind.THEATRE_BOOKED, Milestone.Kind.EXPLORATION_BEGUN})
SATISFIED_BY = {
    "imaging_requested": BEYOND_IMAGING | {Milestone.Kind.IMAGING_REQUESTED, Milestone.Kind.IMAGING_DONE},
    "imaging_done": BEYOND_IMAGING | {Milestone.Kind.IMAGING_DONE},
    "decision": BEYOND_IMAGING,
}
"""By limit, which milestones are what was missing: each also by what comes after it."""


@transaction.atomic
def acknowledge(alert: Alert, *, by: Staff, revision: int) -> Alert:
    """`by` says: I have seen this and am on it. It quiets the nursing rungs, and nothing for the surgeons."""
    stay, _watch = locked(alert.stay_id)
    require(by, May.ACKNOWLEDGE_ALERT, stay.ward)
    alert = as_seen(alert, stay, revision)
    if alert.acknowledged_at is not None:
        raise ValidationError(_("%(who)s has acknowledged this alert already.") % {"who": alert.acknowledged_by})
    alert.acknowledged_at, alert.acknowledged_by = now(), by
    save_step(alert, AlertEvent.Kind.ACKNOWLEDGED, by=by, fields=["acknowledged_at", "acknowledged_by"])
    return alert


@transaction.atomic
def accept(alert: Alert, *, by: Staff, revision: int) -> Alert:
    """`by`, a surgeon, has it from now on: the surgical rungs go quiet, and the limits begin to run.

    After a limit has passed anybody may accept anew, who had it before too.
    """
    stay, _watch = locked(alert.stay_id)
    require(by, May.ACCEPT_ALERT, stay.ward)
    alert = as_seen(alert, stay, revision)
    if alert.has_surgeon:
        raise ValidationError(_("%(who)s has accepted this alert already.") % {"who": alert.accepted_by})
    take_on(alert, by)
    save_step(alert, AlertEvent.Kind.ACCEPTED, by=by, fields=ACCEPTANCE)
    return alert


def take_on(alert: Alert, surgeon: Staff) -> None:
    """Put a surgeon's name to the alert, not yet saved; what lapsed before counts no longer."""
    alert.accepted_at, alert.accepted_by, alert.lapsed_at = now(), surgeon, None


@transaction.atomic
def decide(alert: Alert, *, by: Staff, revision: int, decision: str, reason: str) -> Alert:
    """Explore, or observe, and why. It satisfies every milestone before it; who decides has the alert.

    The stay is assessed first if that is due. A later decision takes this one's place; both stay on the timeline.
    """
    stay, watch = locked(alert.stay_id)
    require(by, May.DECIDE_ALERT, stay.ward)
    _require_deficit(alert)
    if decision not in Alert.Decision.values:
        raise ValidationError({"decision": [_("Say what you have decided: explore, or observe.")]})
    if not reason.strip():
        raise ValidationError({"reason": [_("Say why: it stays on the record.")]})
    up_to_date(stay, watch)
    alert = as_seen(alert, stay, revision)
    if not alert.has_surgeon:
        take_on(alert, by)
    alert.decided_at, alert.decided_by = now(), by
    alert.decision, alert.decision_reason = decision, reason.strip()
    fields = [*ACCEPTANCE, "decided_at", "decided_by", "decision", "decision_reason"]
    data = {"decision": decision, "reason": reason.strip()}
    save_step(alert, AlertEvent.Kind.DECIDED, by=by, fields=fields, data=data)
    return alert


@transaction.atomic
def record_milestone(
    alert: Alert, *, by: Staff, revision: int, kind: str, at: datetime | None, note: str = ""
) -> Milestone:
    """Write down what was done about the alert, and when (None: now); each kind once, in any order, by whoever did it.

    Where its limit had passed, that is made good: who accepted the alert has it again.
    """
    stay, _watch = locked(alert.stay_id)
    require(by, May.RECORD_MILESTONE, stay.ward)
    _require_deficit(alert)
    if kind not in Milestone.Kind.values:
        raise ValidationError({"kind": [_("Say what was done.")]})
    alert, at = as_seen(alert, stay, revision), at or now()
    rules.require_past("at", at)
    began = alert.began_at.replace(second=0, microsecond=0)  # times are typed in whole minutes
    rules.require_not_before("at", at, began, _("the alert began"), stay.ward)
    if (earlier := alert.milestones.select_related("recorded_by").filter(kind=kind).first()) is not None:
        said = {"who": earlier.recorded_by, "what": earlier.get_kind_display()}
        raise ValidationError({"kind": [_("%(who)s has recorded this already: %(what)s.") % said]})
    done = Milestone.objects.create(alert=alert, kind=kind, at=at, note=note.strip(), recorded_by=by)
    if _makes_good(alert, done):
        alert.lapsed_at = None
    data = {"kind": kind, "at": at.isoformat(), "note": note.strip()}
    save_step(alert, AlertEvent.Kind.MILESTONE, by=by, fields=["lapsed_at"], data=data)
    return done


def _makes_good(alert: Alert, done: Milestone) -> bool:
    """Whether the limit that lapsed last was that of this milestone, or of one before it."""
    lapse = alert.events.filter(kind=AlertEvent.Kind.LAPSED).last()
    return lapse is not None and done.kind in SATISFIED_BY[lapse.data["limit"]]


@transaction.atomic
def confirm_pause(alert: Alert, *, by: Staff, revision: int) -> Alert:
    """A second person confirms that a correction rightly removed all that was critical: paging stays quiet for good.

    The stay is assessed first if that is due. Raises ValidationError for whoever made a correction, and too late.
    """
    stay, watch = locked(alert.stay_id)
    require(by, May.CONFIRM_PAUSE, stay.ward)
    up_to_date(stay, watch)
    alert, at = as_seen(alert, stay, revision), now()
    if alert.pause_confirmed_at is not None:
        raise ValidationError(_("%(who)s has confirmed this already.") % {"who": alert.pause_confirmed_by})
    if not alert.is_paused(at):
        raise ValidationError(_("Surgical paging does not pause (any more): nobody confirmed it within ten minutes."))
    if by.pk in pause.correctors(alert):
        raise ValidationError(_("You made the correction: somebody else must confirm it."))
    alert.pause_confirmed_at, alert.pause_confirmed_by = at, by
    save_step(alert, AlertEvent.Kind.PAUSE_CONFIRMED, by=by, fields=["pause_confirmed_at", "pause_confirmed_by"])
    return alert


@transaction.atomic
def close(alert: Alert, *, by: Staff, revision: int, outcome: str, text: str = "") -> Alert:
    """Close a deficit alert with an outcome. What is known now does not alert again; anything worse does.

    The stay is assessed first if that is due, so that nobody closes what they have not seen. Raises ValidationError
    too where the outcome is none of a person's, `other` has no text, or the alert waits for a check.
    """
    stay, watch = locked(alert.stay_id)
    critical = alert.level == Level.CRITICAL.label
    require(by, May.CLOSE_CRITICAL_ALERT if critical else May.CLOSE_ALERT_BELOW_CRITICAL, stay.ward)
    _require_deficit(alert)
    if outcome not in Alert.OUTCOMES_BY_PEOPLE:
        raise ValidationError({"outcome": _("Say how it ended.")})
    if outcome == Alert.Outcome.OTHER and not text.strip():
        raise ValidationError({"text": _("Say in words how it ended.")})
    history = up_to_date(stay, watch)
    alert = as_seen(alert, stay, revision)
    alert.marks = Marks.at_closing(history.until, history.current, alert.evidence).to_json()
    alert.closed_at, alert.closed_by, alert.outcome, alert.outcome_text = now(), by, outcome, text.strip()
    fields = ["marks", "closed_at", "closed_by", "outcome", "outcome_text"]
    save_step(alert, AlertEvent.Kind.CLOSED, by=by, fields=fields, data={"outcome": outcome})
    return alert


def _require_deficit(alert: Alert) -> None:
    if alert.kind != Alert.Kind.DEFICIT:
        raise ValidationError(_("This waits for a check: it is closed by the check, not by hand."))


def as_seen(alert: Alert, stay: Stay, revision: int | None) -> Alert:
    """The alert's row, locked after its stay, if it is open and still what the person saw; None: whatever they saw."""
    alert = Alert.objects.select_for_update(no_key=True, of=("self",)).get(pk=alert.pk)
    alert.stay = stay
    if alert.closed_at is not None:
        said = {"who": alert.closed_by or _("The software"), "outcome": alert.get_outcome_display()}
        raise ValidationError(_("%(who)s has closed this alert: %(outcome)s.") % said)
    if revision not in (None, alert.revision):
        raise ValidationError(_("This alert has changed meanwhile (%(how)s). Look again, then decide.") % _last(alert))
    return alert


def _last(alert: Alert) -> dict[str, str]:
    """How a page has become old: the last thing that happened to the alert."""
    last = alert.events.exclude(kind__in=BESIDE).latest("pk")
    said = {"what": last.get_kind_display(), "who": last.by or _("the software")}
    return {"how": _("%(what)s by %(who)s") % said}


def save_step(
    alert: Alert,
    kind: AlertEvent.Kind,
    *,
    by: Staff,
    fields: Iterable[str],
    data: dict[str, Any] | None = None,
) -> None:
    """Save a person's step on an alert, and tell the open pages."""
    take_step(alert, kind, by=by, fields=fields, data=data)
    publish(topics.ward(alert.stay.ward_id))

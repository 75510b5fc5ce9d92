"""What people do to an alert: acknowledge, accept, decide, close, re-open, and what was done meanwhile (protocol §10).

Each step is one transaction: lock, right, what the person saw (`revision`), what refuses it (`moves`, the table),
change, timeline, audit. All raise Forbidden where `by` may not, and ValidationError where a fact refuses the step,
where what was typed is not enough, or where the page that the person saw has become old.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.alerts import outcomes, pause
from monitoring.alerts.actions import locked, up_to_date
from monitoring.alerts.footing import (
    ACCEPTANCE,
    ACKNOWLEDGEMENT,
    DECISION,
    as_seen,
    ask_again,
    be_on_it,
    save_step,
    take_on,
)
from monitoring.alerts.history import History
from monitoring.alerts.marks import Marks
from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.alerts.moves import Facts, Move, require_allowed, right_to
from monitoring.checks.queries import standing_checks
from monitoring.due.clock import now
from wards import changes, rules
from wards.access import May, may, require
from wards.models import Staff

CLOSING = ("marks", "closed_at", "closed_by", "outcome", "outcome_text")
LONGEST_OBSERVATION = timedelta(hours=24)  # then somebody must have looked (local default)
BEYOND_IMAGING = frozenset({Milestone.Kind.THEATRE_BOOKED, Milestone.Kind.EXPLORATION_BEGUN})
SATISFIED_BY = {
    "imaging_requested": BEYOND_IMAGING | {Milestone.Kind.IMAGING_REQUESTED, Milestone.Kind.IMAGING_DONE},
    "imaging_done": BEYOND_IMAGING | {Milestone.Kind.IMAGING_DONE},
    "decision": BEYOND_IMAGING,
    "look_again": frozenset(),  # only a new decision
}
"""By limit, which milestones are what was missing: each also by what comes after it."""


@transaction.atomic
def acknowledge(alert: Alert, *, by: Staff, revision: int) -> Alert:
    """`by` says: I have seen this and am on it. It quiets the nursing rungs, and nothing for the surgeons."""
    stay, _watch = locked(alert.stay_id)
    require(by, right_to(Move.ACKNOWLEDGE, alert), stay)
    alert = as_seen(alert, stay, revision)
    require_allowed(Move.ACKNOWLEDGE, Facts(alert, by, now()))
    be_on_it(alert, by)
    save_step(alert, AlertEvent.Kind.ACKNOWLEDGED, by=by, fields=ACKNOWLEDGEMENT)
    return alert


@transaction.atomic
def accept(alert: Alert, *, by: Staff, revision: int) -> Alert:
    """`by`, a surgeon, has it from now on: the surgical rungs go quiet, and the limits begin to run.

    After a limit has passed anybody may accept anew, who had it before too.
    """
    stay, _watch = locked(alert.stay_id)
    require(by, right_to(Move.ACCEPT, alert), stay)
    alert = as_seen(alert, stay, revision)
    require_allowed(Move.ACCEPT, Facts(alert, by, now()))
    take_on(alert, by)
    save_step(alert, AlertEvent.Kind.ACCEPTED, by=by, fields=ACCEPTANCE)
    return alert


@transaction.atomic
def decide(
    alert: Alert,
    *,
    by: Staff,
    revision: int,
    decision: str,
    reason: str,
    look_again: datetime | timedelta | None = None,
) -> Alert:
    """Explore, or observe, and why. It satisfies every milestone before it; who decides has the alert.

    Who observes says when the patient is looked at again: an instant, or so long from now. The stay is assessed first
    if that is due. A later decision takes this one's place; both stay on the timeline.
    """
    stay, watch = locked(alert.stay_id)
    require(by, right_to(Move.OBSERVE, alert), stay)
    if decision not in Alert.Decision.values:
        raise ValidationError({"decision": [_("Say what you have decided: explore, or observe.")]})
    if not reason.strip():
        raise ValidationError({"reason": [_("Say why: it stays on the record.")]})
    at = now()
    again_at = _look_again_at(look_again, at) if decision == Alert.Decision.OBSERVE else None
    up_to_date(stay, watch)
    alert = as_seen(alert, stay, revision)
    require_allowed(Move(decision), Facts(alert, by, at))
    if not alert.has_surgeon:
        take_on(alert, by)
    alert.decided_at, alert.decided_by, alert.look_again_at = at, by, again_at
    alert.decision, alert.decision_reason = decision, reason.strip()
    data = {"decision": decision, "reason": reason.strip()}
    if again_at is not None:
        data["look_again_at"] = again_at.isoformat()
    save_step(alert, AlertEvent.Kind.DECIDED, by=by, fields=[*ACCEPTANCE, *DECISION], data=data)
    return alert


def _look_again_at(look_again: datetime | timedelta | None, at: datetime) -> datetime:
    """When the patient is looked at again, decided at `at`. Raises ValidationError."""
    if look_again is None:
        raise ValidationError({"look_again": [_("Say when the patient is looked at again.")]})
    again_at = look_again if isinstance(look_again, datetime) else at + look_again
    if again_at <= at:
        raise ValidationError({"look_again": [_("This time is not in the future.")]})
    if again_at > at + LONGEST_OBSERVATION:
        raise ValidationError({"look_again": [_("This is more than 24 hours ahead: look at the patient before that.")]})
    return again_at


@transaction.atomic
def record_milestone(
    alert: Alert, *, by: Staff, revision: int, kind: str, at: datetime | None, note: str = ""
) -> Milestone:
    """Write down what was done about the alert, and when (None: now); each kind once, in any order, by whoever did it.

    Where its limit had passed, that is made good: who accepted the alert has it again.
    """
    stay, _watch = locked(alert.stay_id)
    require(by, right_to(Move.MILESTONE, alert), stay)
    if kind not in Milestone.Kind.values:
        raise ValidationError({"kind": [_("Say what was done.")]})
    alert, at = as_seen(alert, stay, revision), at or now()
    require_allowed(Move.MILESTONE, Facts(alert, by, now(), milestone=kind))
    rules.require_past("at", at)
    rules.require_not_before("at", at, alert.began_in_minute, _("the alert began"), stay.ward)
    done = Milestone.objects.create(alert=alert, kind=kind, at=at, note=note.strip(), recorded_by=by)
    if makes_good(alert, done):
        alert.lapsed_at = None
    data = {"kind": kind, "at": at.isoformat(), "note": note.strip()}
    save_step(alert, AlertEvent.Kind.MILESTONE, by=by, fields=["lapsed_at"], data=data)
    return done


def makes_good(alert: Alert, done: Milestone) -> bool:
    """Whether the limit that lapsed last was that of this milestone, or of one before it."""
    lapse = alert.events.filter(kind=AlertEvent.Kind.LAPSED).last()
    return lapse is not None and done.kind in SATISFIED_BY.get(lapse.data["limit"], frozenset())


@transaction.atomic
def confirm_pause(alert: Alert, *, by: Staff, revision: int) -> Alert:
    """A second person confirms that a correction rightly removed all that was critical: paging stays quiet for good.

    The stay is assessed first if that is due. Raises ValidationError for whoever made a correction, and too late.
    """
    stay, watch = locked(alert.stay_id)
    require(by, right_to(Move.CONFIRM_PAUSE, alert), stay)
    up_to_date(stay, watch)
    alert, at = as_seen(alert, stay, revision), now()
    require_allowed(Move.CONFIRM_PAUSE, Facts(alert, by, at))
    alert.pause_confirmed_at, alert.pause_confirmed_by = at, by
    save_step(alert, AlertEvent.Kind.PAUSE_CONFIRMED, by=by, fields=["pause_confirmed_at", "pause_confirmed_by"])
    return alert


@transaction.atomic
def close(alert: Alert, *, by: Staff, revision: int, outcome: str, text: str = "") -> Alert:
    """Close a deficit alert with an outcome. What is known now does not alert again; anything worse does.

    The stay is assessed first if that is due, so that nobody closes what they have not seen. Raises ValidationError too
    where the outcome is none of a person's, `other` has no text, or the record does not bear it (`outcomes`).
    """
    stay, watch = locked(alert.stay_id)
    require(by, right_to(Move.CLOSE, alert), stay)
    if outcome not in Alert.OUTCOMES_BY_PEOPLE:
        raise ValidationError({"outcome": _("Say how it ended.")})
    if outcome == Alert.Outcome.OTHER and not text.strip():
        raise ValidationError({"text": _("Say in words how it ended.")})
    history = up_to_date(stay, watch)
    alert = as_seen(alert, stay, revision)
    require_allowed(Move.CLOSE, Facts(alert, by, now()))
    if lacking := outcomes.missing(alert, history, outcome):
        raise ValidationError({"outcome": lacking})
    alert.marks = Marks.at_closing(history.until, history.current, alert.evidence).to_json()
    alert.closed_at, alert.closed_by, alert.outcome, alert.outcome_text = now(), by, outcome, text.strip()
    save_step(alert, AlertEvent.Kind.CLOSED, by=by, fields=CLOSING, data=_closing(alert, history))
    return alert


def _closing(alert: Alert, history: History) -> dict[str, Any]:
    """What the timeline keeps of a closing: the outcome, and the checks that show it, where checks must."""
    data: dict[str, Any] = {"outcome": alert.outcome}
    if alert.outcome == Alert.Outcome.AMELIORATED:
        checks = standing_checks(alert.stay)
        shown = [checks[number] for number in outcomes.shown_by(alert, history)]
        data["shown_by"] = [str(check.public_id) for check in shown]
        data["shown_at"] = [check.examined_at.isoformat() for check in shown]
    return data


@transaction.atomic
def reopen(alert: Alert, *, by: Staff, revision: int, reason: str) -> Alert:
    """Open again an alert that a person has closed: what was known at the closing is known no longer, and the stay is
    assessed anew. Who re-opens takes it up, as a surgeon or as a nurse; all others are asked again.

    The closing stays on the timeline, whole. The stay is assessed first if that is due.
    """
    stay, watch = locked(alert.stay_id)
    require(by, right_to(Move.REOPEN, alert), stay)
    if not reason.strip():
        raise ValidationError({"reason": [_("Say why: it stays on the record.")]})
    history = up_to_date(stay, watch)
    alert, at = as_seen(alert, stay, revision), now()
    require_allowed(Move.REOPEN, Facts(alert, by, at))
    as_surgeon = may(by, May.ACCEPT_ALERT, stay)
    data = _was_closed(alert) | {"reason": reason.strip(), "as": "surgeon" if as_surgeon else "nurse"}
    data["reopened_at"] = history.until.isoformat()
    alert.marks, alert.closed_at, alert.closed_by, alert.outcome, alert.outcome_text = None, None, None, "", ""
    alert.paused_at, alert.pause_confirmed_at, alert.pause_confirmed_by = None, None, None
    ask_again(alert, surgeons=True)
    alert.reopened_at, alert.raised_at = history.until, at
    if as_surgeon:
        take_on(alert, by)
    else:
        be_on_it(alert, by)
    fields = [*CLOSING, *ACKNOWLEDGEMENT, *ACCEPTANCE, *DECISION, *pause.COLUMNS, "reopened_at", "raised_at"]
    save_step(alert, AlertEvent.Kind.REOPENED, by=by, fields=fields, data=data, notifies=True)
    changes.look_again(stay)
    return alert


def _was_closed(alert: Alert) -> dict[str, Any]:
    """The closing that a re-opening undoes, for the timeline: nothing of it is lost."""
    return {
        "outcome": alert.outcome,
        "text": alert.outcome_text,
        "closed_by": alert.closed_by_id,
        "closed_at": alert.closed_at and alert.closed_at.isoformat(),
        "marks": alert.marks,
    }

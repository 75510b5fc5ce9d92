"""The table of moves: for each step on an alert who may take it, and what about the alert refuses it (protocol §10).

The steps and the pages ask it alike, so that a page offers what the step would do. Each refusal is a sentence, and says
who was first where somebody was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from monitoring.alerts import pause
from monitoring.alerts.models import Alert, HandOver
from monitoring.protocol import Level
from wards.access import May, may
from wards.models import Staff
from wards.times import said


class Move(StrEnum):
    """What somebody may do to an alert."""

    ACKNOWLEDGE = auto()
    ACCEPT = auto()
    EXPLORE = auto()
    OBSERVE = auto()
    MILESTONE = auto()
    OFFER = auto()
    TAKE_OVER = auto()
    DECLINE = auto()
    CONFIRM_PAUSE = auto()
    CLOSE = auto()
    REOPEN = auto()


@dataclass(frozen=True, slots=True)
class Facts:
    """An alert as it stands at `at`, for `by`. No queries where its milestones, offers and timeline are loaded, but for
    a hand-over from somebody else's hands and for re-opening.

    `milestone` is the kind to be recorded; empty where only some is meant. `ways`: how the alert could be taken up by
    whom it is offered to.
    """

    alert: Alert
    by: Staff
    at: datetime
    milestone: str = ""
    ways: tuple[May, ...] = ()


Bar = Callable[[Facts], str]
"""One fact that refuses a move: the sentence that is shown; empty where it does not hold."""


def _closed(facts: Facts) -> str:
    if facts.alert.closed_at is None:
        return ""
    said_so = {"who": facts.alert.closed_by or _("The software"), "outcome": facts.alert.get_outcome_display()}
    return _("%(who)s has closed this alert: %(outcome)s.") % said_so


def _waits_for_a_check(facts: Facts) -> str:
    if facts.alert.kind == Alert.Kind.DEFICIT:
        return ""
    return _("This waits for a check: it is closed by the check, not by hand.")


def _acknowledged(facts: Facts) -> str:
    if facts.alert.acknowledged_at is None:
        return ""
    return _("%(who)s has acknowledged this alert already.") % {"who": facts.alert.acknowledged_by}


def _has_surgeon(facts: Facts) -> str:
    """Not after a limit has passed: then anybody may accept anew, who had it before too."""
    if not facts.alert.has_surgeon:
        return ""
    return _("%(who)s has accepted this alert already.") % {"who": facts.alert.accepted_by}


def _recorded(facts: Facts) -> str:
    done = next((done for done in facts.alert.milestones.all() if done.kind == facts.milestone), None)
    if done is None:
        return ""
    said_so = {"who": done.recorded_by, "what": done.get_kind_display()}
    return _("%(who)s has recorded this already: %(what)s.") % said_so


def _offered(facts: Facts) -> str:
    waiting = pending(facts.alert)
    if waiting is None:
        return ""
    said_so = {"by": waiting.offered_by, "to": waiting.offered_to}
    return _("%(by)s has offered it to %(to)s, who has not answered yet.") % said_so


def _theirs(facts: Facts) -> str:
    """Where somebody has it, who still works here, only they hand it over."""
    others = [holder for way in facts.ways if (holder := _other_holder(facts, way)) is not None]
    if not others or len(others) < len(facts.ways):
        return ""
    return _("%(who)s has it now: it is theirs to hand over.") % {"who": others[0]}


def _other_holder(facts: Facts, way: May) -> Staff | None:
    holder = holder_of(facts.alert, way)
    if holder is None or holder == facts.by or not may(holder, way, facts.alert.stay):
        return None
    return holder


def _confirmed(facts: Facts) -> str:
    if facts.alert.pause_confirmed_at is None:
        return ""
    return _("%(who)s has confirmed this already.") % {"who": facts.alert.pause_confirmed_by}


def _not_paused(facts: Facts) -> str:
    if facts.alert.is_paused(facts.at):
        return ""
    return _("Surgical paging does not pause (any more): nobody confirmed it within ten minutes.")


def _made_the_correction(facts: Facts) -> str:
    if facts.by.pk not in pause.correctors(facts.alert):
        return ""
    return _("You made the correction: somebody else must confirm it.")


def _open(facts: Facts) -> str:
    return _("This alert is open: there is nothing to re-open.") if facts.alert.closed_at is None else ""


def _goes_on_in_another(facts: Facts) -> str:
    if facts.alert.merged_into_id is None:
        return ""
    return _("This alert was merged into another one of the patient: go on with that one.")


def _closed_by_the_software(facts: Facts) -> str:
    if facts.alert.closed_by_id is not None:
        return ""
    return _("The software has closed this alert: a new finding opens a new one.")


def _patient_left(facts: Facts) -> str:
    stay = facts.alert.stay
    if stay.discharged_at is None:
        return ""
    return _("The patient was discharged at %(at)s.") % {"at": said(stay.discharged_at, stay.ward)}


def _another_is_open(facts: Facts) -> str:
    still_open = Alert.objects.filter(stay=facts.alert.stay_id, kind=Alert.Kind.DEFICIT, closed_at__isnull=True)
    if not still_open.exclude(pk=facts.alert.pk).exists():
        return ""
    return _("Another alert of this patient is open: go on with that one.")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the right that a move needs, another one of a critical alert, and what refuses it, in this order."""

    right: May
    bars: tuple[Bar, ...]
    right_if_critical: May | None = None


DECIDING = Rule(May.DECIDE_ALERT, (_closed, _waits_for_a_check))  # a later decision takes an earlier one's place

MOVES: dict[Move, Rule] = {
    Move.ACKNOWLEDGE: Rule(May.ACKNOWLEDGE_ALERT, (_closed, _acknowledged)),
    Move.ACCEPT: Rule(May.ACCEPT_ALERT, (_closed, _has_surgeon)),
    Move.EXPLORE: DECIDING,
    Move.OBSERVE: DECIDING,
    Move.MILESTONE: Rule(May.RECORD_MILESTONE, (_closed, _waits_for_a_check, _recorded)),
    Move.OFFER: Rule(May.ACKNOWLEDGE_ALERT, (_closed, _offered, _theirs)),
    Move.TAKE_OVER: Rule(May.ACKNOWLEDGE_ALERT, (_closed, _theirs)),
    Move.DECLINE: Rule(May.ACKNOWLEDGE_ALERT, (_closed,)),
    Move.CONFIRM_PAUSE: Rule(May.CONFIRM_PAUSE, (_closed, _confirmed, _not_paused, _made_the_correction)),
    Move.CLOSE: Rule(May.CLOSE_ALERT_BELOW_CRITICAL, (_closed, _waits_for_a_check), May.CLOSE_CRITICAL_ALERT),
    Move.REOPEN: Rule(
        May.CLOSE_ALERT_BELOW_CRITICAL,
        (_open, _goes_on_in_another, _closed_by_the_software, _patient_left, _another_is_open),
        May.CLOSE_CRITICAL_ALERT,
    ),
}

ONLY_OF_A_DEFICIT = frozenset({Move.ACCEPT, Move.OFFER})
"""What a page does not offer of an alert that waits for a check, though nothing refuses it: there is nothing to win."""


def right_to(move: Move, alert: Alert) -> May:
    """The right that somebody needs on the patient's ward. Who may close an alert may re-open it."""
    rule = MOVES[move]
    if rule.right_if_critical is not None and alert.level == Level.CRITICAL.label:
        return rule.right_if_critical
    return rule.right


def refusal(move: Move, facts: Facts) -> str:
    """The first fact that refuses the move, in a sentence; empty where none does."""
    return next((why for bar in MOVES[move].bars if (why := bar(facts))), "")


def require_allowed(move: Move, facts: Facts) -> None:
    """Raises ValidationError where a fact refuses the move."""
    if why := refusal(move, facts):
        raise ValidationError(why)


def is_offered(move: Move, facts: Facts, rights: frozenset[May]) -> bool:
    """Whether a page offers the move to somebody with these rights on the ward: whether the step would be done.

    A surgeon accepts a deficit alert instead of acknowledging it: the nurses' calls go on until one of them is at the
    bed.
    """
    is_deficit = facts.alert.kind == Alert.Kind.DEFICIT
    if move in ONLY_OF_A_DEFICIT and not is_deficit:
        return False
    if move is Move.ACKNOWLEDGE and is_deficit and May.ACCEPT_ALERT in rights:
        return False
    return right_to(move, facts.alert) in rights and not refusal(move, facts)


def pending(alert: Alert) -> HandOver | None:
    """The hand-over that waits for an answer, if one does."""
    offers = alert.hand_overs.all()
    return next((offer for offer in offers if offer.accepted_at is None and offer.declined_at is None), None)


def holder_of(alert: Alert, way: May) -> Staff | None:
    """The surgeon who has the alert, or the nurse who is on it."""
    if way is May.ACKNOWLEDGE_ALERT:
        return alert.acknowledged_by
    return alert.accepted_by if alert.has_surgeon else None

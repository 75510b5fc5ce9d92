"""Whether what is on the record bears an outcome: explored, ameliorated, reference accepted. Pure: it reads a History.

An alert is closed by what happened, not by what somebody meant to record. Every other outcome is a person's word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from monitoring.alerts.history import History
from monitoring.alerts.models import Alert
from monitoring.protocol import Check, Event, Muscle, Operation, ReferenceAccepted, Treatment

ABSENT = "absent"


def missing(alert: Alert, history: History, outcome: str) -> str:
    """What must be on the record first, in a sentence; empty where the alert may be closed so."""
    judge = JUDGES.get(outcome)
    return "" if judge is None else judge(alert, history)


def shown_by(alert: Alert, history: History) -> list[int]:
    """The numbers, among the standing checks in order, of those that show that treatment has ameliorated it.

    Each comes after the treatment's start, grades every muscle that fell, none as low as the alert's deepest grade, and
    finds every red flag absent; and no check after it shows the contrary. What a correction has taken away is not asked
    for.
    """
    started = _treated_since(alert, history)
    fallen, flags = _fallen(alert), _flags(alert)
    if started is None or not (fallen or flags):
        return []
    showing: list[int] = []
    checks = [event for event in _events(history) if isinstance(event, Check)]
    for number, check in enumerate(checks):
        if check.at <= started:
            continue
        if any(check.graded.get(muscle, 6) <= deepest for muscle, deepest in fallen.items()) or any(
            check.assessed.get(flag, False) for flag in flags
        ):
            showing = []
        elif fallen.keys() <= check.graded.keys() and all(check.flags.get(flag) == ABSENT for flag in flags):
            showing.append(number)
    return showing


def _explored(alert: Alert, history: History) -> str:
    if any(isinstance(event, Operation) and event.kind == "secondary" for event in _since_it_began(alert, history)):
        return ""
    return _("Record the re-operation first: none that ended since this alert began is on the record.")


def _reference_accepted(alert: Alert, history: History) -> str:
    accepted = [event for event in _since_it_began(alert, history) if isinstance(event, ReferenceAccepted)]
    if any(alert.muscles.keys() & set(event.muscles) or set(alert.flags) & set(event.flags) for event in accepted):
        return ""
    return _("Accept the reference first: none of what this alert names was accepted since it began.")


def _ameliorated(alert: Alert, history: History) -> str:
    if _treated_since(alert, history) is None:
        return _("Record the treatment first: no conservative treatment ran since this alert began.")
    if shown_by(alert, history):
        return ""
    return _(
        "Check again first: no check since the treatment began shows every muscle that fell better than its lowest, "
        "and every red flag absent."
    )


JUDGES: dict[str, Callable[[Alert, History], str]] = {
    Alert.Outcome.EXPLORED: _explored,
    Alert.Outcome.REFERENCE_ACCEPTED: _reference_accepted,
    Alert.Outcome.AMELIORATED: _ameliorated,
}


def _events(history: History) -> Iterator[Event]:
    return (event for event in history.timeline.standing() if event.at <= history.until)


def _since_it_began(alert: Alert, history: History) -> Iterator[Event]:
    return (event for event in _events(history) if event.at >= alert.began_in_minute)


def _treated_since(alert: Alert, history: History) -> datetime | None:
    """From when on conservative treatment ran while the alert told: when it was started, or the alert's beginning where
    it was running then. An operation ends what was running (protocol §6). None where none ran.
    """
    running = False
    for event in _events(history):
        if event.at >= alert.began_in_minute:
            if running:
                return alert.began_at
            if isinstance(event, Treatment) and event.action == "started":
                return event.at
        elif isinstance(event, Treatment):
            running = event.action == "started"
        elif isinstance(event, Operation):
            running = False
    return alert.began_at if running else None


def _fallen(alert: Alert) -> dict[Muscle, int]:
    """By muscle that fell, the lowest grade that the alert tells of; without what a correction has taken away."""
    gone = set(alert.superseded.get("muscles", []))
    return {
        Muscle(name): found["latest"] for name, found in alert.muscles.items() if name not in gone and found["drop"] > 0
    }


def _flags(alert: Alert) -> set[str]:
    return set(alert.flags) - set(alert.superseded.get("flags", []))

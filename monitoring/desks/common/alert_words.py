"""The lines of an alert's timeline in words: what it says, and who did what. No queries here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext

from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.desks.common import presentation as say
from monitoring.desks.common.closing_words import closed_words, reopened_words
from monitoring.desks.common.reading import Reading, evidence_words, listed
from monitoring.desks.common.stored_words import person_words, stored_words
from monitoring.escalation.limits import LIMIT_WORDS
from monitoring.escalation.phrases import SINCE_NOW, whom_shown
from wards.models import Staff

Kind = AlertEvent.Kind
REPEATED = frozenset({Kind.CALLED, Kind.NOBODY})


@dataclass(frozen=True)
class Line:
    """One line of an alert's timeline. What the ladder repeats stands once: how often, and when last."""

    at: datetime
    words: str
    times: int = 1
    last_at: datetime | None = None


def timeline(events: Iterable[AlertEvent], reading: Reading) -> list[Line]:
    """The lines of an alert's timeline in order. A surgeon who does not answer is called every five minutes: between
    two lines of another kind each call is one line, however often it was repeated.
    """
    lines: list[Line] = []
    for repeats, group in groupby(events, lambda event: event.kind in REPEATED):
        said = [Line(event.at, event_words(event, reading)) for event in group]
        lines += _together(said) if repeats else said
    return lines


def _together(lines: Iterable[Line]) -> Iterable[Line]:
    same: dict[str, Line] = {}
    for line in lines:
        first = same.setdefault(line.words, line)
        if first is not line:
            same[line.words] = replace(first, times=first.times + 1, last_at=line.at)
    return same.values()


def people_mentioned(events: Iterable[AlertEvent]) -> set[int]:
    """The ids of those whom lines of timelines tell of: who corrected, and who hands over to whom."""
    told = [event.data for event in events]
    correcting = {change["by"] for data in told for change in data.get("changes", [])}
    named = {data[name] for data in told for name in ("from", "to", "closed_by") if name in data}
    return correcting | named


def change_of_history(change: Mapping[str, Any], names: Mapping[int, Staff]) -> str:
    """ "check corrected by H. Svensson (wrong side)"."""
    said = {
        "what": stored_words(change["what"]),
        "who": names.get(change["by"]) or _("somebody"),
        "why": change.get("why"),
    }
    return (_("%(what)s by %(who)s (%(why)s)") if said["why"] else _("%(what)s by %(who)s")) % said


def event_words(event: AlertEvent, reading: Reading) -> str:
    """One line of the timeline in a sentence's parts, with who did it."""
    special = WORDS.get(Kind(event.kind))
    words = special(event, reading) if special else ""
    if words:
        return words
    said = {"what": event.get_kind_display(), "who": event.by, "more": evidence_words(event.data)}
    if event.by is not None:
        return _("%(what)s by %(who)s") % said
    return _("%(what)s: %(more)s") % said if said["more"] else event.get_kind_display()


def _moved(event: AlertEvent, _reading: Reading) -> str:
    now = event.data.get("level_now")
    if not now:
        return ""
    return _("%(what)s: %(level)s now") % {"what": event.get_kind_display(), "level": say.level_words(now)}


def _superseded(event: AlertEvent, reading: Reading) -> str:
    said = {"changes": _changes(event, reading), "gone": evidence_words(event.data.get("no_longer", {}))}
    if said["gone"]:
        return _("%(changes)s: no longer holds: %(gone)s") % said
    return _("%(changes)s: all of it holds") % said


def _changes(event: AlertEvent, reading: Reading) -> str:
    changes = [change_of_history(change, reading.names) for change in event.data.get("changes", [])]
    return pgettext("between reasons", "; ").join(changes) or _("history changed")


def _milestone(event: AlertEvent, reading: Reading) -> str:
    at = reading.clock(event.data.get("at"))
    said = {"done": Milestone.Kind(event.data["kind"]).label, "time": at, "who": event.by}
    words = _("%(done)s at %(time)s, recorded by %(who)s") if at else _("%(done)s, recorded by %(who)s")
    return words % said + _note(event)


def _reported(event: AlertEvent, reading: Reading) -> str:
    said = {"who": event.data["told"], "time": reading.clock(event.data["at"]), "by": event.by}
    if event.data["read_back"]:
        return _("%(who)s told by phone at %(time)s, read back, recorded by %(by)s") % said + _note(event)
    return _("%(who)s told by phone at %(time)s, NOT read back, recorded by %(by)s") % said + _note(event)


def _decided(event: AlertEvent, reading: Reading) -> str:
    said = {"what": Alert.Decision(event.data["decision"]).label, "who": event.by, "why": event.data["reason"]}
    if again := reading.clock(event.data.get("look_again_at")):
        return _("decided to %(what)s, look again at %(time)s, by %(who)s: %(why)s") % (said | {"time": again})
    return _("decided to %(what)s by %(who)s: %(why)s") % said


def _offered(event: AlertEvent, reading: Reading) -> str:
    return _("offered to %(to)s by %(who)s") % {"to": reading.name(event.data["to"]), "who": event.by} + _note(event)


def _declined(event: AlertEvent, reading: Reading) -> str:
    if event.data.get("withdrawn"):
        return _("offer to %(to)s withdrawn by %(who)s") % {"to": reading.name(event.data["to"]), "who": event.by}
    return _("offer of %(whose)s declined by %(who)s") % {"whose": reading.name(event.data["from"]), "who": event.by}


def _handed_over(event: AlertEvent, reading: Reading) -> str:
    return _("handed over by %(whose)s to %(who)s") % {"whose": reading.name(event.data["from"]), "who": event.by}


def _note(event: AlertEvent) -> str:
    """Behind a line, what was typed with it."""
    return _(": %(note)s") % {"note": event.data["note"]} if event.data.get("note") else ""


def _paused(event: AlertEvent, reading: Reading) -> str:
    said = {"changes": _changes(event, reading)}
    return _("surgical paging paused: %(changes)s; all that was critical is gone") % said


def _resumed(event: AlertEvent, _reading: Reading) -> str:
    return _("surgical paging resumed: %(why)s") % {"why": stored_words(event.data["why"])}


def _called(event: AlertEvent, _reading: Reading) -> str:
    whom = whom_shown(event.data["whom"])
    if event.data.get("since_now"):
        whom = _(SINCE_NOW) % {"whom": whom}
    return _("called %(whom)s: %(people)s") % {"whom": whom, "people": _people(event)}


def _nobody(event: AlertEvent, _reading: Reading) -> str:
    said = {"whom": whom_shown(event.data["whom"]), "why": stored_words(event.data["why"])}
    return _("FAULT: %(whom)s: %(why)s; the next is called at once") % said


def _retargeted(event: AlertEvent, _reading: Reading) -> str:
    return _("%(whom)s now: %(people)s") % {"whom": whom_shown(event.data["whom"]), "people": _people(event)}


def _people(event: AlertEvent) -> str:
    return listed(map(person_words, event.data["people"])) or _("nobody")


def _lapsed(event: AlertEvent, reading: Reading) -> str:
    limit = _(LIMIT_WORDS[event.data["limit"]]) % {"at": reading.clock(event.data.get("at"))}
    return _("%(limit)s: the ladder goes on") % {"limit": limit}


def _mended(event: AlertEvent, _reading: Reading) -> str:
    said = {"what": MENDED[event.data["how"]], "who": event.by, "why": event.data["why"].rstrip(" .")}
    return _("%(what)s, by %(who)s: %(why)s") % said


MENDED = {
    "joined": lazy("another alert of the patient was merged into this one"),
    "goes_on": lazy("goes on from the patient’s other record"),
    "moved": lazy("the stay was moved to this record"),
}

WORDS: dict[Kind, Callable[[AlertEvent, Reading], str]] = {
    Kind.ROSE: _moved,
    Kind.FELL: _moved,
    Kind.SUPERSEDED: _superseded,
    Kind.CLOSED: closed_words,
    Kind.REOPENED: reopened_words,
    Kind.MILESTONE: _milestone,
    Kind.REPORTED: _reported,
    Kind.DECIDED: _decided,
    Kind.HAND_OVER_OFFERED: _offered,
    Kind.HAND_OVER_DECLINED: _declined,
    Kind.HANDED_OVER: _handed_over,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.CALLED: _called,
    Kind.NOBODY: _nobody,
    Kind.RETARGETED: _retargeted,
    Kind.LAPSED: _lapsed,
    Kind.MENDED: _mended,
}

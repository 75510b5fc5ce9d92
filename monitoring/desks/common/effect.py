"""What a correction or a retraction would change, in words: the level, the findings, what to do, the alerts. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.alerts.models import Alert
from monitoring.alerts.rehearsal import Rehearsal
from monitoring.desks.common import presentation as say
from monitoring.desks.common.reading import evidence_words
from monitoring.protocol import Level

DEFICIT = Alert.Kind.DEFICIT.value


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference, line by line. Times are ISO 8601, or None; `level` is one of the protocol's."""

    level_before: str
    level: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    stays: tuple[str, ...]
    steps: tuple[str, ...]
    due_before: str | None
    due: str | None
    alerts: tuple[str, ...]
    not_watched: str

    @property
    def is_graver(self) -> bool:
        return Level.parse(self.level) > Level.parse(self.level_before)

    @property
    def level_changes(self) -> bool:
        return self.level != self.level_before

    @property
    def digest(self) -> str:
        """Names what was shown: a form that comes back with it confirms this and nothing else."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def effect_of(rehearsal: Rehearsal) -> Effect:
    """What was rehearsed, in words."""
    before, after = rehearsal.before.assessment, rehearsal.after.assessment
    found_before, found = _findings(before), _findings(after)
    unwatched = say.not_watched(after)
    return Effect(
        level_before=rehearsal.before.level,
        level=rehearsal.after.level,
        gone=tuple(line for line in found_before if line not in found),
        new=tuple(line for line in found if line not in found_before),
        stays=tuple(line for line in found if line in found_before),
        steps=tuple(say.action_words(action) for action in after.get("actions", [])),
        due_before=before.get("next_check_due"),
        due=after.get("next_check_due"),
        alerts=tuple(_alerts(rehearsal)),
        not_watched="" if unwatched is None or unwatched == say.not_watched(before) else unwatched,
    )


def _findings(assessment: Mapping[str, Any]) -> list[str]:
    """One line a finding: what makes it hold, and the rule."""
    return [_finding(finding) for finding in say.findings_of(assessment)]


def _finding(finding: Mapping[str, Any]) -> str:
    untested = finding["rule"] == "untested"
    words = say.muscle_words if untested else say.change_words
    named = [words(muscle) for muscle in finding.get("muscles", [])]
    named += [say.FLAG_WORDS[flag] for flag in finding.get("flags", [])]
    said = {"what": pgettext("in a list", ", ").join(named), "rule": say.rule_words(finding["rule"])}
    return _("%(what)s: %(rule)s") % said


def _alerts(rehearsal: Rehearsal) -> Iterator[str]:
    """What happens to the alerts that are open, and which open."""
    before, after = rehearsal.before.alerts, rehearsal.after.alerts
    for alert in rehearsal.closed:
        yield _closed(alert)
    for kind, alert in after.items():
        known = before.get(kind)
        if known is None or known.pk != alert.pk:
            yield _opened(alert)
        elif kind == DEFICIT:
            yield from _deficit(known, alert)


def _closed(alert: Alert) -> str:
    if alert.kind != DEFICIT:
        said = {"kind": alert.get_kind_display(), "why": alert.get_outcome_display()}
        return _("The alert “%(kind)s” is closed: %(why)s.") % said
    said = {"level": say.level_words(alert.level), "why": alert.get_outcome_display()}
    return _("The open %(level)s alert is closed by the software: %(why)s.") % said


def _opened(alert: Alert) -> str:
    if alert.kind != DEFICIT:
        return _("An alert opens: %(kind)s.") % {"kind": alert.get_kind_display()}
    if alert.level == Level.CRITICAL.label:
        return _("A CRITICAL alert opens, and the surgeons are called.")
    return _("A new alert opens: %(level)s.") % {"level": say.level_words(alert.level)}


def _deficit(before: Alert, alert: Alert) -> Iterator[str]:
    """What happens to the open alert of a weakness: it is latched, so it rises or stays (protocol §10)."""
    level, was = say.level_words(alert.level), say.level_words(before.level)
    new = alert.evidence.beyond(before.evidence)
    if "level" in new:
        said = {"before": was, "level": level}
        yield _("The open alert rises from %(before)s to %(level)s: people are called again.") % said
    elif new:
        yield _("The open %(level)s alert tells of more: %(what)s.") % {"level": level, "what": evidence_words(new)}
    elif alert.superseded != before.superseded and alert.superseded:
        said = {"level": level, "what": evidence_words(alert.superseded)}
        yield _("The open %(level)s alert stays. It is marked: no longer holds: %(what)s.") % said
    elif alert.superseded != before.superseded:
        yield _("The open %(level)s alert stays, and all of it holds again.") % {"level": level}
    else:
        yield _("The open %(level)s alert stays as it is.") % {"level": level}
    yield from _paging(before, alert)


def _paging(before: Alert, alert: Alert) -> Iterator[str]:
    """Who is called no longer, or again (protocol §10)."""
    if alert.paused_at is not None and before.paused_at is None:
        yield _(
            "Surgical paging pauses for 10 minutes. Somebody else must confirm that you are right; "
            "if nobody does, it resumes."
        )
    if alert.paused_at is None and before.paused_at is not None:
        yield _("Surgical paging resumes: it is critical again.")
    if before.has_surgeon and not alert.has_surgeon:
        who = {"who": str(before.accepted_by)}
        yield _("%(who)s accepted the lesser finding: a surgeon must accept it again.") % who
    elif before.acknowledged_at is not None and alert.acknowledged_at is None:
        who = {"who": str(before.acknowledged_by)}
        yield _("%(who)s acknowledged the lesser finding: it must be acknowledged again.") % who

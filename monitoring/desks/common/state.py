"""What a page says of a stay now: the level, the rule, the muscles, what to do in order, and what is due.

It is read off the stored assessment. While a change of the history has not been assessed yet, there is no level to
show: the old one is never shown as the new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitoring.desks.common import presentation as say
from monitoring.due.models import Watch
from wards.access import stay_or_404
from wards.locks import current_stay
from wards.models import Staff, Stay, Ward
from wards.queries import protocol_version_of

LATE_AFTER = timedelta(seconds=5)  # an assessment takes well under a second; after this the nurse must not wait for it


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that holds, in words, with what makes it hold."""

    rule: str
    muscles: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A stay's assessment in words. `level` is None until the whole history has been assessed."""

    level: str | None
    late: bool
    not_watched: str | None
    fallen: Sequence[Mapping[str, Any]]
    flags: Sequence[str]
    findings: Sequence[Finding]
    untested: Sequence[str]
    steps: Sequence[str]
    because: Sequence[str]
    assessment: Mapping[str, Any]
    onset: tuple[str, str] | None

    @property
    def pending(self) -> bool:
        return self.level is None

    @property
    def is_critical(self) -> bool:
        return self.level == "critical"


def current_stay_or_404(staff: Staff, episode_id: int) -> Stay:
    """The stay that is watched for an episode. Raises Http404 where it is on no ward of the person's."""
    return stay_or_404(staff, current_stay(list(Stay.objects.filter(episode_id=episode_id))).public_id)


def shown(stay: Stay, now: datetime) -> State:
    """The state of a stay whose watch, ward and responsible surgeon were read with it, by its ward's settings."""
    _, settings = protocol_version_of(stay.ward)
    return state_of(stay, now=now, settings={"major_drop_grades": settings.major_drop_grades})


def state_of(stay: Stay, *, now: datetime, settings: Mapping[str, Any]) -> State:
    """As `shown`, with the settings that the words of the rules name."""
    watch, zone = stay.watch, ZoneInfo(stay.ward.time_zone)
    pending = watch.assessment is None or watch.changed_since is not None
    assessment = watch.assessment or {}
    findings = [] if pending else say.findings_of(assessment)
    level = None if pending else watch.level
    return State(
        level=level,
        late=pending and _is_late(watch, now),
        not_watched=say.not_watched(watch.assessment),
        fallen=say.fallen_muscles(findings),
        flags=say.flags_of(findings),
        findings=[_finding(finding, settings) for finding in findings if finding["rule"] != "untested"],
        untested=_untested(findings),
        steps=_steps(stay, level, assessment, now=now, zone=zone),
        because=[] if pending else [say.REASON_WORDS[reason] for reason in assessment["because"]],
        assessment=assessment,
        onset=None if pending else _onset(assessment, now),
    )


def _is_late(watch: Watch, now: datetime) -> bool:
    """Whether whoever waits for the assessment must be told that it does not come."""
    return watch.failing_since is not None or watch.assess_at is None or now - watch.assess_at > LATE_AFTER


def _finding(finding: Mapping[str, Any], settings: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=say.rule_words(finding["rule"], settings),
        muscles=tuple(say.change_words(muscle) for muscle in finding.get("muscles", [])),
        flags=tuple(say.FLAG_WORDS[flag] for flag in finding.get("flags", [])),
    )


def _untested(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Muscles and flags that nobody has looked at for too long."""
    for finding in findings:
        if finding["rule"] == "untested":
            return [*finding.get("muscles", []), *(say.FLAG_WORDS[flag] for flag in finding.get("flags", []))]
    return []


def _steps(stay: Stay, level: str | None, assessment: Mapping[str, Any], *, now: datetime, zone: ZoneInfo) -> list[str]:
    """What to do now, in order. Of a critical patient the surgeon hears first, whatever the protocol orders next."""
    if level is None:
        return []
    due = say.instant(assessment["reassess_due"])
    by = "" if due is None else say.clock_words(due, now=now, zone=zone)
    steps = [say.action_words(action, by=by) for action in assessment["actions"]]
    if level != "critical":
        return steps
    after = [step.removeprefix("Tell the surgeon, ") for step in steps]
    return [f"Phone the surgeon now{_surgeon(stay)}", *(step[:1].upper() + step[1:] for step in after)]


def _surgeon(stay: Stay) -> str:
    return f": {stay.responsible_surgeon}" if stay.responsible_surgeon else ""


def _onset(assessment: Mapping[str, Any], now: datetime) -> tuple[str, str] | None:
    """How long ago the deficit began, at the least and at the most (protocol §7)."""
    seen, good = say.instant(assessment["seen_at"]), say.instant(assessment["last_good_at"])
    return None if seen is None or good is None else (say.span_words(now - seen), say.span_words(now - good))


def phone_words(ward: Ward) -> str:
    """Whom to call when nothing else is to be relied on."""
    return f"ward phone {ward.phone}" if ward.phone else "by the hospital's switchboard"

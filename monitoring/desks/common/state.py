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

from django.utils.translation import gettext as _

from monitoring.desks.common import presentation as say
from monitoring.desks.common.numbers import Calls, whom_to_call
from monitoring.due.models import Watch
from wards.models import Stay
from wards.queries import protocol_version_of
from wards.rota_queries import on_duty_by_post

LATE_AFTER = timedelta(seconds=5)  # an assessment takes well under a second; after this the nurse must not wait for it


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that holds, in words, with what makes it hold."""

    rule: str
    muscles: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A stay's assessment in words. `level` is None until the whole history has been assessed.

    `calls`: whom to phone, of a critical patient and of one whose assessment does not come; None of any other.
    """

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
    calls: Calls | None = None

    @property
    def pending(self) -> bool:
        return self.level is None

    @property
    def is_critical(self) -> bool:
        return self.level == "critical"

    @property
    def words(self) -> str:
        """The level's name."""
        return str(say.NOT_YET_ASSESSED) if self.level is None else say.level_words(self.level)

    @property
    def meaning(self) -> str:
        """A level between stable and critical in a sentence."""
        if self.level == "watch" and self.is_still_weak:
            return _("No new loss, and still far below its best.")
        return {
            "concern": _("Weaker than it should be, though not critical."),
            "watch": _("A small change, or something that nobody has tested for too long."),
        }.get(self.level or "", "")

    @property
    def is_still_weak(self) -> bool:
        """Whether a muscle is far below its best, though no lower than after the operation (protocol §4.9)."""
        return any(finding["rule"] == "persistent_deficit" for finding in say.findings_of(self.assessment))


def shown(stay: Stay, now: datetime) -> State:
    """The state of a stay whose watch, ward and responsible surgeon were read with it, by its ward's settings.

    One query; of a critical patient, or of one who is not assessed, one more: who is on call.
    """
    _version, settings = protocol_version_of(stay.ward)
    calls = whom_to_call(stay, on_duty_by_post(stay.ward_id, now)) if _may_need_a_call(stay.watch) else None
    return state_of(stay, now=now, settings={"major_drop_grades": settings.major_drop_grades}, calls=calls)


def _may_need_a_call(watch: Watch) -> bool:
    return watch.assessment is None or watch.changed_since is not None or watch.level == "critical"


def state_of(stay: Stay, *, now: datetime, settings: Mapping[str, Any], calls: Calls | None = None) -> State:
    """As `shown`, with the settings that the words of the rules name, and whom to phone."""
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
        steps=_steps(calls, level, assessment, now=now, zone=zone),
        because=[] if pending else [say.REASON_WORDS[reason] for reason in assessment["because"]],
        assessment=assessment,
        onset=None if pending else _onset(assessment, now),
        calls=calls,
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
            muscles = [say.muscle_words(muscle) for muscle in finding.get("muscles", [])]
            return [*muscles, *(say.FLAG_WORDS[flag] for flag in finding.get("flags", []))]
    return []


def _steps(
    calls: Calls | None, level: str | None, assessment: Mapping[str, Any], *, now: datetime, zone: ZoneInfo
) -> list[str]:
    """What to do now, in order. Of a critical patient the surgeon hears first, whatever the protocol orders next."""
    if level is None:
        return []
    due = say.instant(assessment["reassess_due"])
    by = "" if due is None else say.clock_words(due, now=now, zone=zone)
    if level != "critical":
        return [say.action_words(action, by=by) for action in assessment["actions"]]
    running = assessment["treatment_running_since"] is not None
    return [_phone(calls), *(_after_the_call(action, by, running=running) for action in assessment["actions"])]


def _phone(calls: Calls | None) -> str:
    first = None if calls is None else calls.first
    return _("Phone the surgeon now") if first is None else _("Phone the surgeon now: %(who)s") % {"who": first.who}


def _after_the_call(action: str, by: str, *, running: bool) -> str:
    """An action once the surgeon knows: its own words begin with telling them."""
    if action != "treat_and_recheck":
        return say.action_words(action, by=by)
    if by and running:
        return _("Go on with the conservative treatment, re-examine by %(time)s") % {"time": by}
    if not by:
        return _("Start conservative treatment, re-examine within the hour")
    return _("Start conservative treatment, re-examine by %(time)s") % {"time": by}


def _onset(assessment: Mapping[str, Any], now: datetime) -> tuple[str, str] | None:
    """How long ago the deficit began, at the least and at the most (protocol §7)."""
    seen, good = say.instant(assessment["seen_at"]), say.instant(assessment["last_good_at"])
    return None if seen is None or good is None else (say.span_words(now - seen), say.span_words(now - good))

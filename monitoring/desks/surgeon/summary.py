"""The summary of an episode: who and what was operated, and the story of each deficit, for the notes and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert
from monitoring.checks.models import Check
from monitoring.checks.queries import Struck, in_order, lems
from monitoring.desks.common import presentation as say
from monitoring.desks.common.pathway import exploration_words
from monitoring.desks.common.queries import Surgery, surgeries_of
from monitoring.desks.common.reading import Reading, evidence_words
from monitoring.desks.common.recovery_words import Outcome, outcomes_of
from monitoring.desks.common.risks import risks_of
from monitoring.desks.surgeon.interval_words import interval_words, length_words, mark_words
from monitoring.desks.surgeon.story_rows import EpisodeRows, standing
from monitoring.desks.surgeon.story_words import step_words, who_words
from monitoring.pathway.intervals import Measured
from monitoring.pathway.story import Deficit, deficits
from monitoring.pathway.story_steps import Step
from monitoring.protocol import MUSCLES
from wards.models import Operation, Stay
from wards.times import zone_of


class OnPaper(Reading):
    """Times always with their day: nobody knows when paper is read."""

    __slots__ = ()

    def clock(self, at: str | datetime | None) -> str:
        """ "07-Mar 03:14"; the year stands at the head."""
        moment = say.instant(at)
        if moment is None:
            return ""
        here = moment.astimezone(self.zone)
        return f"{say.short_day_words(here.date())} {here:%H:%M}"

    def whole(self, at: datetime) -> str:
        here = at.astimezone(self.zone)
        return f"{say.day_words(here.date())} {here:%H:%M}"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the timeline."""

    step: Step
    time: str
    words: str
    who: str
    recorded: str

    @property
    def struck(self) -> Struck | None:
        return self.step.struck


@dataclass(frozen=True, slots=True)
class IntervalLine:
    """One line of the intervals."""

    measured: Measured
    words: str
    since: str
    until: str
    length: str
    mark: str


@dataclass(frozen=True)
class DeficitShown:
    """One deficit in words."""

    deficit: Deficit
    reading: OnPaper
    outcome: Outcome | None

    @property
    def alert(self) -> Alert:
        return self.deficit.alert

    @property
    def seen(self) -> str:
        return self.reading.whole(self.deficit.seen_at)

    @property
    def fell(self) -> list[str]:
        """What fell furthest, from what to what, the worst first; and the red flags."""
        muscles = [{"muscle": name, **found} for name, found in self.alert.muscles.items() if found["drop"] > 0]
        flags = [say.FLAG_WORDS[flag] for flag in self.alert.flags]
        return [*map(say.change_words, sorted(muscles, key=say.worst_first)), *flags]

    @property
    def no_longer(self) -> str:
        """What corrections have taken away of it."""
        return evidence_words(self.alert.superseded)

    @property
    def state(self) -> str:
        """How it stands now: how it was closed, else what was decided, else that it is open."""
        alert = self.alert
        if alert.closed_at is not None:
            said = {"outcome": alert.get_outcome_display(), "at": self.reading.clock(alert.closed_at)}
            return _("Closed %(at)s: %(outcome)s") % said
        if alert.decided_at is not None:
            return _("Open, decided: %(what)s") % {"what": alert.get_decision_display()}
        return _("Open, nothing decided yet")

    @property
    def found(self) -> str:
        """What the re-operation for it found."""
        if self.deficit.exploration is None:
            return "" if self.deficit.operation is None else _("re-operated, findings not recorded")
        return _("found: %(what)s") % {"what": exploration_words(self.deficit.exploration)}

    @property
    def marks(self) -> tuple[str, str] | None:
        """When 6 h and 8 h from the worst case were over."""
        six, eight = self.deficit.six_hours_at, self.deficit.eight_hours_at
        return None if six is None else (self.reading.clock(six), self.reading.clock(eight))

    @property
    def outcomes(self) -> list[Outcome]:
        return [] if self.outcome is None else [self.outcome]

    @property
    def lines(self) -> list[StepLine]:
        return [self._line(step) for step in self.deficit.steps]

    def _line(self, step: Step) -> StepLine:
        recorded = self.reading.clock(step.recorded_at)
        return StepLine(step, self.reading.clock(step.at), step_words(step, self.reading), who_words(step), recorded)

    @property
    def intervals(self) -> list[IntervalLine]:
        clock = self.reading.clock
        return [
            IntervalLine(
                measured=one,
                words=interval_words(one),
                since=clock(one.since),
                until=clock(one.until),
                length=length_words(one),
                mark=mark_words(one),
            )
            for one in self.deficit.intervals
        ]


@dataclass(frozen=True)
class Summary:
    """One episode at `now`. `lesser`: how many alerts about a deficit never reached concern, and are not told."""

    stay: Stay
    now: datetime
    stays: Sequence[Stay]
    operations: Sequence[Operation]
    surgery: Surgery
    risks: Sequence[str]
    baseline: str
    deficits: Sequence[DeficitShown]
    lesser: int
    reading: OnPaper

    @property
    def as_of(self) -> str:
        return self.reading.whole(self.now)

    @property
    def operation_lines(self) -> list[str]:
        """Each operation that counts: what, at which levels, for what, from when to when."""
        return [self._operation_line(operation) for operation in self.operations]

    def _operation_line(self, operation: Operation) -> str:
        kind = operation.get_kind_display()
        said = {
            "operation": kind[:1].upper() + kind[1:],
            "levels": operation.levels_label,
            "procedure": operation.procedure_label,
            "diagnosis": operation.get_diagnosis_display(),
            "start": self.reading.whole(operation.started_at),
            "end": self.reading.whole(operation.ended_at),
        }
        return _("%(operation)s %(levels)s %(procedure)s, %(diagnosis)s, %(start)s to %(end)s") % said

    @property
    def stay_lines(self) -> list[str]:
        """Each stay of the episode: where, from when, until when, and where the patient went then."""
        return [self._stay_line(stay) for stay in self.stays]

    def _stay_line(self, stay: Stay) -> str:
        said = {"ward": stay.ward, "start": self.reading.whole(stay.admitted_at)}
        if stay.discharged_at is None:
            return _("%(ward)s from %(start)s, still here") % said
        said |= {"end": self.reading.whole(stay.discharged_at), "where": stay.get_departure_display()}
        return _("%(ward)s from %(start)s to %(end)s: %(where)s") % said

    @property
    def versions(self) -> list[str]:
        """The protocol's, by which these alerts were made."""
        made_by = dict.fromkeys(shown.alert.protocol_version for shown in self.deficits)
        return [_("its default settings") if version == "default" else version for version in made_by]


def summary_of(stay: Stay, now: datetime) -> Summary:
    """Two statements, whatever the history."""
    rows = EpisodeRows(stay.episode_id)
    record = rows.record(now)
    reading = OnPaper(rows.names, now, zone_of(stay.ward))
    operations = sorted(standing(rows.operations.rows), key=in_order)
    surgery = surgeries_of(operations).get(stay.episode_id, Surgery())
    outcomes = outcomes_of(record.recoveries, operations, standing(rows.explorations.rows), now)
    told = deficits(record)
    return Summary(
        stay=stay,
        now=now,
        stays=rows.stays.rows,
        operations=operations,
        surgery=surgery,
        risks=risks_of(surgery.index, stay.patient),
        baseline=baseline_lems(rows.checks.rows, operations),
        deficits=[DeficitShown(one, reading, _outcome_of(one, outcomes)) for one in told],
        lesser=len(rows.alerts.rows) - len(told),
        reading=reading,
    )


def _outcome_of(deficit: Deficit, outcomes: Iterable[Outcome]) -> Outcome | None:
    return next((one for one in outcomes if one.operation == deficit.operation), None)


def baseline_lems(checks: Iterable[Check], operations: Sequence[Operation]) -> str:
    """The motor score of each muscle's last grade before the first operation; in words where there is none."""
    if not operations:
        return _("not known: no operation is recorded")
    latest: dict[str, int] = {}
    for check in sorted(standing(checks), key=in_order):
        if check.examined_at <= operations[0].ended_at:
            grades = {muscle.value: check.grade(muscle) for muscle in MUSCLES}
            latest |= {name: grade for name, grade in grades.items() if isinstance(grade, int)}
    return lems(latest) or _("not recorded")

"""Whether strength came back after a re-operation, in words: the planned checks, a row a muscle, relief. No queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.desks.common import presentation as say
from monitoring.pathway.models import Exploration
from monitoring.pathway.recovery import Due, OutcomeCheck, Recovery
from monitoring.pathway.vocabulary import Indication
from monitoring.protocol import Muscle
from wards.models import Operation


@dataclass(frozen=True, slots=True)
class OutcomeCell:
    """One muscle on one day: a grade, NT, or nothing, with what that means in words."""

    text: str
    words: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One muscle of the deficit, from its lowest grade before the re-operation on."""

    muscle: str
    before: int
    cells: Sequence[OutcomeCell]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one re-operation turned out. It was for a deficit, or nobody has said yet what it was for."""

    recovery: Recovery
    operation: Operation
    now: datetime

    @property
    def checks(self) -> Sequence[OutcomeCheck]:
        return self.recovery.checks

    @property
    def is_going_on(self) -> bool:
        """Whether one of its checks can still be done."""
        return any(check.state in {Due.PLANNED, Due.DUE} for check in self.checks)

    @property
    def due(self) -> list[OutcomeCheck]:
        return [check for check in self.checks if check.state == Due.DUE]

    @property
    def rows(self) -> list[OutcomeRow]:
        return [
            OutcomeRow(say.muscle_words(muscle.value), before, [_cell(check, muscle) for check in self.checks])
            for muscle, before in self.recovery.at_deficit.items()
        ]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """A heading for each day's check, and how that check stands."""
        return [(day_words(check), state_words(check)) for check in self.checks]

    @property
    def relief(self) -> str:
        """Yes, no, or not known yet; while a nearer check may still come, so far."""
        relief = self.recovery.relief
        if relief is None:
            return _("not known yet") if self.is_going_on else _("not known")
        words = _("yes") if relief else _("no")
        if self.now > self.recovery.checks[0].at:
            return words
        return _("%(relief)s, so far") % {"relief": words}


def outcomes_of(
    recoveries: Iterable[Recovery],
    operations: Iterable[Operation],
    explorations: Iterable[Exploration],
    now: datetime,
) -> list[Outcome]:
    """The re-operations of one episode that count, the last one first: those for another reason have no outcome.

    `operations` and `explorations` are the episode's standing ones.
    """
    by_end = {one.ended_at: one for one in operations if one.kind == Operation.Kind.SECONDARY}
    indications = {one.operation_place: one.indication for one in explorations}
    known = [(recovery, by_end.get(recovery.operated_at)) for recovery in recoveries]
    found = [
        Outcome(recovery, operation, now)
        for recovery, operation in known
        if operation is not None and indications.get(operation.place, Indication.DEFICIT) == Indication.DEFICIT
    ]
    return found[::-1]


def day_words(check: OutcomeCheck) -> str:
    return pgettext("after a re-operation", "day %(day)d") % {"day": check.day}


def state_words(check: OutcomeCheck) -> str:
    """How a planned check stands, in a word or two."""
    return {
        Due.PLANNED: pgettext("an outcome check", "planned"),
        Due.DUE: pgettext("an outcome check", "due"),
        Due.DONE: pgettext("an outcome check", "done"),
        Due.PARTLY: pgettext("an outcome check", "partly done"),
        Due.MISSED: pgettext("an outcome check", "missed"),
        Due.OVERTAKEN: pgettext("an outcome check", "operated again before"),
    }[check.state]


def due_words(check: OutcomeCheck, now: datetime, zone: ZoneInfo) -> str:
    """A check that is due, in one line: "Day-3 outcome check due 10:00"."""
    said = {"day": check.day, "at": say.clock_words(check.at, now=now, zone=zone)}
    return _("Day-%(day)d outcome check due %(at)s") % said


def planned_words(check: OutcomeCheck, now: datetime, zone: ZoneInfo) -> str:
    """A planned check in one line, however it stands."""
    if check.state == Due.DUE:
        return due_words(check, now, zone)
    if check.state == Due.PLANNED:
        said = {"day": check.day, "at": say.clock_words(check.at, now=now, zone=zone)}
        return _("Day-%(day)d outcome check planned for %(at)s") % said
    return _("Day-%(day)d outcome check: %(state)s") % {"day": check.day, "state": state_words(check)}


def _cell(check: OutcomeCheck, muscle: Muscle) -> OutcomeCell:
    grade, named = check.grades.get(muscle), {"muscle": say.muscle_words(muscle.value)}
    if isinstance(grade, int):
        return OutcomeCell(str(grade), _("%(muscle)s: %(grade)s") % {**named, "grade": grade})
    if grade is not None:
        return OutcomeCell(grade, _("%(muscle)s: tried, not testable") % named)
    return OutcomeCell("–", _("%(muscle)s: not examined") % named)

"""The stay's history as a table: newest first, a column a muscle as one faces the patient, what was struck in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert
from monitoring.checks.models import Acceptance, Attempt, Check, Flag, Treatment, Untested, column
from monitoring.checks.queries import BEST_GRADE, Entry, HistoryRow, Struck, lems
from monitoring.desks.common import presentation as say
from monitoring.protocol import MYOTOMES, Muscle
from wards.models import Absence, Operation

FACING: Final = tuple(Muscle.parse(f"{myotome} {side}") for side in ("right", "left") for myotome in MYOTOMES)
NOT_LOOKED_AT = "·"


@dataclass(frozen=True, slots=True)
class Cell:
    """One muscle in one check. `fell`: lower than its grade in the standing check before. `low`: below normal."""

    text: str
    words: str
    fell: bool = False
    low: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. A check has its cells; anything else says itself in `words`, and an alert has its page.

    `entry` is what somebody signed: None for an alert and for an absence.
    """

    at: datetime
    kind: str
    words: str = ""
    entry: Entry | None = None
    struck: Struck | None = None
    cells: Sequence[Cell] = ()
    lems: str = ""
    flags: Sequence[tuple[str, bool]] = ()
    alert: Alert | None = None


def lines(
    rows: Sequence[HistoryRow],
    alerts: Iterable[Alert] = (),
    absences: Iterable[Absence] = (),
    newest: int | None = None,
) -> list[Line]:
    """The table's lines, newest first: the rows in their order, the alerts and absences at their times among them.

    `newest`: so many lines and no more.
    """
    shown = len(rows) if newest is None else newest
    made: list[Line] = []
    before: dict[Muscle, int] = {}
    for number, row in reversed(list(enumerate(rows))):
        if number < shown:
            made.append(_line(row, before))
        if isinstance(row.entry, Check) and row.struck is None:
            before |= grades_of(row.entry)
    events = [*_alert_lines(alerts), *_absence_lines(absences)]
    return sorted([*events, *made[::-1]], key=lambda line: line.at, reverse=True)[:newest]


def count_lines(rows: Sequence[HistoryRow], alerts: Iterable[Alert], absences: Iterable[Absence]) -> int:
    """How many lines `lines` makes of all of it."""
    return len(rows) + len([*_alert_lines(alerts), *_absence_lines(absences)])


def _line(row: HistoryRow, before: Mapping[Muscle, int]) -> Line:
    entry = row.entry
    if not isinstance(entry, Check):
        return Line(row.at, row.kind, entry_words(entry), entry, row.struck)
    return Line(
        at=row.at,
        kind=row.kind,
        entry=entry,
        struck=row.struck,
        cells=[_cell(entry, muscle, before) for muscle in FACING],
        lems=lems_of(entry),
        flags=[_flag(entry.saddle_anaesthesia), _flag(entry.bladder_bowel, catheter=entry.catheter)],
    )


def _alert_lines(alerts: Iterable[Alert]) -> Iterator[Line]:
    """An alert's beginning by the clinical clock and, of a deficit that is over, its end by the server's.

    The others end with the check that they wait for, which has a line of its own.
    """
    for alert in alerts:
        yield Line(alert.began_at, "alert", alert_words(alert), alert=alert)
        if alert.closed_at is not None and alert.kind == Alert.Kind.DEFICIT:
            said = {"outcome": alert.get_outcome_display(), "who": alert.closed_by or _("the software")}
            yield Line(alert.closed_at, "alert", _("Alert closed by %(who)s: %(outcome)s") % said, alert=alert)


def alert_words(alert: Alert) -> str:
    """The alert by its kind and, of a deficit, the highest level that it had."""
    if alert.kind != Alert.Kind.DEFICIT:
        return _("Alert: %(kind)s") % {"kind": alert.get_kind_display()}
    return _("Alert: %(level)s") % {"level": say.level_words(alert.level)}


def _absence_lines(absences: Iterable[Absence]) -> Iterator[Line]:
    for absence in absences:
        yield Line(absence.left_at, "absence", _capital(absence.get_place_display()))
        if absence.back_at is not None:
            yield Line(absence.back_at, "absence", _("Back on the ward"))


def lems_of(check: Check) -> str:
    """The motor score of one check: "48/50", or "38/45, 1 NT"."""
    grades = {muscle.value: grade for muscle, grade in grades_of(check).items()}
    return lems(grades) if grades else _("not tested")


def grades_of(check: Check) -> dict[Muscle, int]:
    """The muscles that the check graded 0–5."""
    return {muscle: grade for muscle in FACING if isinstance(grade := check.grade(muscle), int)}


def _cell(check: Check, muscle: Muscle, before: Mapping[Muscle, int]) -> Cell:
    grade, said = check.grade(muscle), {"muscle": say.muscle_words(muscle.value)}
    if grade is None:
        return Cell(NOT_LOOKED_AT, _("%(muscle)s: not examined") % said)
    if not isinstance(grade, int):
        reason = Untested(getattr(check, f"{column(muscle)}_untested")).label
        return Cell(grade, _("%(muscle)s, %(reason)s") % {**said, "reason": reason})
    was = before.get(muscle)
    if was is None or grade >= was:
        return Cell(str(grade), _("%(muscle)s: %(grade)s") % {**said, "grade": grade}, low=grade < BEST_GRADE)
    words = _("%(muscle)s: %(grade)s, was %(was)s") % {**said, "grade": grade, "was": was}
    return Cell(str(grade), words, fell=True, low=True)


def _flag(status: str, *, catheter: bool = False) -> tuple[str, bool]:
    """A red flag's answer, and whether it is there. With a catheter in place, retention cannot show."""
    answer = str(Flag(status).label) if status else NOT_LOOKED_AT
    words = _("%(answer)s, catheter") % {"answer": answer} if catheter else answer
    return words, status == Flag.PRESENT


def entry_words(entry: Operation | Treatment | Acceptance | Attempt) -> str:
    """Any entry but a check in one line."""
    if isinstance(entry, Operation):
        kind, levels = _capital(entry.get_kind_display()), entry.levels_label
        said = {"operation": kind, "levels": levels, "procedure": entry.procedure_label}
        return _("%(operation)s %(levels)s %(procedure)s ended") % said
    if isinstance(entry, Treatment):
        said = {"treatment": _capital(entry.get_kind_display()), "action": entry.get_action_display()}
        if entry.dose:
            return _("%(treatment)s, %(dose)s: %(action)s") % {**said, "dose": entry.dose}
        return _("%(treatment)s: %(action)s") % said
    if isinstance(entry, Attempt):
        return attempt_words(entry)
    return _("Reference accepted: %(known)s. %(reason)s") % {
        "known": ", ".join(accepted_words(entry)),
        "reason": entry.reason,
    }


def attempt_words(attempt: Attempt) -> str:
    """Why a check could not be done; it is no look, so nothing is said of the patient's strength."""
    reason = attempt.note if attempt.reason == Attempt.Reason.OTHER else attempt.get_reason_display()
    return _("Could not be done: %(reason)s") % {"reason": reason}


def accepted_words(entry: Acceptance) -> Iterator[str]:
    """What an acceptance names: "L4 left at 3", "saddle numbness"."""
    for muscle, grade in entry.muscles.items():
        yield _("%(muscle)s at %(grade)s") % {"muscle": say.muscle_words(muscle), "grade": grade}
    yield from (say.FLAG_WORDS[flag] for flag in entry.flags)


def _capital(words: str) -> str:
    """With a capital first letter, and the rest as it is: "mannitol IV" keeps its IV."""
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a muscle is held to (protocol §3), and where it stands now."""

    reference: int | None
    assumed: bool
    latest: int | None

    @property
    def drop(self) -> int:
        return 0 if self.reference is None or self.latest is None else self.reference - self.latest


def references(assessment: Mapping[str, Any] | None) -> list[Reference]:
    """The reference line, in the table's order; empty before an operation or an assessment."""
    if not assessment or not assessment.get("has_operation"):
        return []
    held, latest = assessment["references"], assessment["latest"]
    return [
        Reference(
            reference=held[muscle.value]["reference"] if muscle.value in held else None,
            assumed=muscle.value in held and held[muscle.value]["assumed"],
            latest=latest.get(muscle.value),
        )
        for muscle in FACING
    ]


@dataclass(slots=True)
class Spell:
    """One kind of treatment from its start to its end; `ended_at` is None while it runs."""

    treatment: Treatment
    ended_at: datetime | None = None


def spells(rows: Sequence[HistoryRow]) -> list[Spell]:
    """The spells of treatment by the standing entries, the oldest first. An operation ends them all (protocol §6)."""
    found: list[Spell] = []
    for row in reversed(rows):
        entry = row.entry
        if row.struck is not None or not isinstance(entry, Operation | Treatment):
            continue
        running_now = [spell for spell in found if spell.ended_at is None]
        if isinstance(entry, Treatment):
            running_now = [spell for spell in running_now if spell.treatment.kind == entry.kind]
            if entry.action == Treatment.Action.STARTED:
                found += [] if running_now else [Spell(entry)]
                continue
        for spell in running_now:
            spell.ended_at = row.at
    return found


def running(rows: Sequence[HistoryRow]) -> list[Treatment]:
    """The starts of the treatments that still run, the longest first."""
    return [spell.treatment for spell in spells(rows) if spell.ended_at is None]

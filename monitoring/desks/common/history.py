"""The stay's history as a table: newest first, a column a muscle as one faces the patient, what was struck in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitoring.checks.models import Acceptance, Check, Flag, Treatment, Untested, column
from monitoring.checks.queries import BEST_GRADE, Entry, HistoryRow, Struck, lems
from monitoring.desks.common.presentation import FLAG_WORDS
from monitoring.protocol import FLAGS, MYOTOMES, Muscle
from wards.models import Operation

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
    """One line of the table. A check has its cells; any other entry says itself in `words`."""

    entry: Entry
    kind: str
    struck: Struck | None
    cells: Sequence[Cell]
    lems: str
    words: str
    flags: Sequence[tuple[str, bool]]


def lines(rows: Sequence[HistoryRow]) -> list[Line]:
    """The table's lines, in the order of `rows`: newest first."""
    made: list[Line] = []
    before: dict[Muscle, int] = {}
    for row in reversed(rows):
        made.append(_line(row, before))
        if isinstance(row.entry, Check) and row.struck is None:
            before |= _grades(row.entry)
    return made[::-1]


def _line(row: HistoryRow, before: Mapping[Muscle, int]) -> Line:
    entry = row.entry
    if not isinstance(entry, Check):
        return Line(entry, row.kind, row.struck, (), "", entry_words(entry), ())
    return Line(
        entry=entry,
        kind=row.kind,
        struck=row.struck,
        cells=[_cell(entry, muscle, before) for muscle in FACING],
        lems=lems_of(entry),
        words="",
        flags=[_flag(getattr(entry, flag)) for flag in FLAGS],
    )


def lems_of(check: Check) -> str:
    """The motor score of one check: "48/50", or "38/45, 1 NT"."""
    return lems({muscle.value: grade for muscle, grade in _grades(check).items()})


def _grades(check: Check) -> dict[Muscle, int]:
    return {muscle: grade for muscle in FACING if isinstance(grade := check.grade(muscle), int)}


def _cell(check: Check, muscle: Muscle, before: Mapping[Muscle, int]) -> Cell:
    grade = check.grade(muscle)
    if grade is None:
        return Cell(NOT_LOOKED_AT, f"{muscle.value}: not examined")
    if not isinstance(grade, int):
        reason = Untested(getattr(check, f"{column(muscle)}_untested")).label
        return Cell(grade, f"{muscle.value}, {reason}")
    was = before.get(muscle)
    fell = was is not None and grade < was
    return Cell(str(grade), f"{muscle.value}: {grade}" + (f", was {was}" if fell else ""), fell, low=grade < BEST_GRADE)


def _flag(status: str) -> tuple[str, bool]:
    """A red flag's answer, and whether it is there."""
    return (Flag(status).label if status else NOT_LOOKED_AT), status == Flag.PRESENT


def entry_words(entry: Operation | Treatment | Acceptance) -> str:
    """Any entry but a check in one line."""
    if isinstance(entry, Operation):
        return f"{_capital(entry.get_kind_display())} {entry.levels_label} {entry.procedure} ended"
    if isinstance(entry, Treatment):
        dose = f", {entry.dose}" if entry.dose else ""
        return f"{_capital(entry.get_kind_display())}{dose}: {entry.get_action_display()}"
    known = [*(f"{muscle} at {grade}" for muscle, grade in entry.muscles.items()), *map(FLAG_WORDS.get, entry.flags)]
    return f"Reference accepted: {', '.join(filter(None, known))}. {entry.reason}"


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


def running(rows: Sequence[HistoryRow]) -> list[Treatment]:
    """The starts of the treatments that still run, the longest first. An operation ends them all (protocol §6)."""
    started: dict[str, Treatment] = {}
    for row in reversed(rows):
        if row.struck is not None:
            continue
        if isinstance(row.entry, Operation):
            started.clear()
        elif isinstance(row.entry, Treatment) and row.entry.action == Treatment.Action.STARTED:
            started.setdefault(row.entry.kind, row.entry)
        elif isinstance(row.entry, Treatment):
            started.pop(row.entry.kind, None)
    return list(started.values())

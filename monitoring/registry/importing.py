"""A file of past operations, read row by row: the facts of a `Line`, or what is wrong with them. Pure.

Nothing is guessed and nothing is mended: a cell that cannot be read, or says what another cell denies, is a problem
with its line, its column and its reason, and all problems of a file are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from monitoring.registry import cells, import_rules
from monitoring.registry.columns import BY_NAME, COLUMNS, REQUIRED, Column
from monitoring.registry.csv_reading import SEPARATORS, Problem, Unreadable, cells_of, lines_of, separator_of
from monitoring.registry.recorded import FIRST_DAY

Wards = Mapping[str, date]
"""By the codes of the wards for which somebody may import: the day that it is there."""

NAMED: Final = 12
"""So many columns that nobody knows are named; a file without a header may have a patient in each."""
NAME_LENGTH: Final = 40
EMPTY: Final[Mapping[str, Any]] = dict.fromkeys(BY_NAME)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds anything. `facts` are by `Line`'s names, without what is not known; where there are problems
    they are what could be read.
    """

    line: int
    facts: Mapping[str, Any]
    problems: Sequence[Problem] = ()


@dataclass(slots=True)
class _Seen:
    """The cases of the file by their wards and numbers, with the line of each."""

    lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def before(self, row_line: int, facts: Mapping[str, Any]) -> int | None:
        """The line on which this case stands already."""
        ward, key = facts["ward"], facts["case_key"]
        if ward is None or key is None:
            return None
        first = self.lines.setdefault((ward, key), row_line)
        return None if first == row_line else first


def read_rows(file: BinaryIO, wards: Wards) -> Iterator[Row]:
    """The rows of a file from its beginning. Where the first line names no columns of ours, it is the only one."""
    lines = lines_of(file)
    try:
        separator, columns = _head(next(lines, (1, ""))[1])
    except Unreadable as refused:
        yield Row(1, {}, [Problem(1, "", str(refused))])
        return
    if problems := list(_wrong_columns(columns)):
        yield Row(1, {}, problems)
        return
    seen, found = _Seen(), False
    for line, text in lines:
        if text == "":
            continue
        row = _row(line, text, separator, [BY_NAME[name] for name in columns], wards, seen)
        if row is not None:
            found = True
            yield row
    if not found:
        yield Row(1, {}, [Problem(1, "", _("The file has no row below the names of the columns."))])


def _head(text: str | Unreadable) -> tuple[str, list[str]]:
    """What parts the cells, and the names of the columns. Raises Unreadable."""
    if isinstance(text, Unreadable):
        raise text
    separator = separator_of(text)
    names = [name.lower() for name in cells_of(text, separator)]
    if not names:
        raise Unreadable(_("The file is empty, or its first line is. The first line names the columns."))
    if not any(mark in text for mark in SEPARATORS):
        raise Unreadable(_("The first line names no columns, parted by commas or semicolons."))
    return separator, names


def _wrong_columns(names: Sequence[str]) -> Iterator[Problem]:
    unknown = [name for name in names if name not in BY_NAME]
    if unknown and not any(name in BY_NAME for name in names):
        yield Problem(1, "", _("The first line names none of the columns. Begin with the template."))
        return
    for name in unknown[:NAMED]:
        words = _("There is no such column, and nothing in it is taken: no names, no record numbers. Take it out.")
        yield Problem(1, _printable(name), words)
    if len(unknown) > NAMED:
        more = _("There are %(n)d more columns that are none of ours.") % {"n": len(unknown) - NAMED}
        yield Problem(1, "", more)
    for name in BY_NAME:
        if names.count(name) > 1:
            yield Problem(1, name, _("This column is there twice."))
        elif name in REQUIRED and name not in names:
            yield Problem(1, name, _("This column is missing."))


def _printable(name: str) -> str:
    """A name that somebody gave a column, short and without what a terminal or a page would act upon."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:NAME_LENGTH]) or _("(no name)")


def _row(
    line: int, text: str | Unreadable, separator: str, columns: Sequence[Column], wards: Wards, seen: _Seen
) -> Row | None:
    """None of a line on which nothing stands."""
    try:
        if isinstance(text, Unreadable):
            raise text
        written = cells_of(text, separator)
    except Unreadable as refused:
        return Row(line, {}, [Problem(line, "", str(refused))])
    if not written:
        return None
    if len(written) != len(columns):
        words = _("This row has %(n)d cells, the first line %(of)d.") % {"n": len(written), "of": len(columns)}
        return Row(line, {}, [Problem(line, "", words)])
    facts, problems = _facts(line, zip(columns, written, strict=True), wards)
    unread = frozenset(problem.column for problem in problems)
    today = wards.get(facts["ward"], date.max)
    problems += [Problem(line, *one) for one in import_rules.broken(facts, unread, today)]
    if (first := seen.before(line, facts)) is not None:
        problems.append(Problem(line, "case_key", _("This case stands on line %(n)d already.") % {"n": first}))
    return Row(line, facts if problems else _as_stored(facts), sorted(problems, key=_place))


def _facts(line: int, written: Iterable[tuple[Column, str]], wards: Wards) -> tuple[dict[str, Any], list[Problem]]:
    """All columns' facts, None where nothing stands, and the cells that cannot be read."""
    facts, problems = dict(EMPTY), []
    for column, text in written:
        try:
            if text:
                facts[column.name] = cells.read(column, text, wards)
            elif column.required:
                raise cells.Wrong(_("This must not be empty."))
        except cells.Wrong as wrong:
            problems.append(Problem(line, column.name, str(wrong)))
    return facts, problems


def _as_stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is known, as a line keeps it."""
    stored = {name: value for name, value in facts.items() if value is not None}
    if "segments" not in stored:
        stored["segments"] = import_rules.segments_between(stored["level_upper"], stored["level_lower"])
    if "onset_days" in stored:
        stored["onset_days"] = max(FIRST_DAY, stored["onset_days"])
    return stored


_PLACES: Final = {column.name: place for place, column in enumerate(COLUMNS)}


def _place(problem: Problem) -> int:
    return _PLACES.get(problem.column, -1)

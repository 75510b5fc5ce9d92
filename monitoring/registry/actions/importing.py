"""Bringing past operations in from a file, whole or not at all, and taking them back whole.

A file is read twice: first for what is wrong with it, which is all told; then, where nothing is, to store it. Importing
and taking back go one after another, whoever asks for it: two who send the same file do not both bring it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.registry.csv_reading import Problem, digest_of
from monitoring.registry.import_queries import (
    Case,
    Counts,
    cases_there,
    counts_of,
    standing_import,
    wards_of_import,
)
from monitoring.registry.importing import Row, read_rows
from monitoring.registry.models import Import, Line
from wards.access import May, require, require_somewhere, wards_where
from wards.entries import said_why
from wards.models import Staff, Ward
from wards.times import said, zone_of

LOCK: Final = 0x5B2E  # any number that no other advisory lock of this database uses
AT_A_TIME: Final = 1000
SHOWN: Final = 200
"""So many problems are kept to be shown; all of them are counted, and told to whoever wants each."""
SOURCE_LENGTH: Final = 120

Tell = Callable[[Problem], object]


@dataclass(slots=True)
class Report:
    """What became of a file. `bad_rows` have `problems`, of which the first are `shown`, and `tell` has heard of all.

    `counts` is None where there is a problem; `brought` is None where nothing is stored: for that, or in a dry run.
    """

    tell: Tell | None = field(default=None, repr=False, compare=False)
    rows: int = 0
    bad_rows: int = 0
    problems: int = 0
    shown: list[Problem] = field(default_factory=list)
    counts: Counts | None = None
    brought: Import | None = None

    def add(self, problems: Iterable[Problem]) -> None:
        """What is wrong with one row."""
        before = self.problems
        for problem in problems:
            self.problems += 1
            if len(self.shown) < SHOWN:
                self.shown.append(problem)
            if self.tell is not None:
                self.tell(problem)
        self.bad_rows += self.problems > before


def import_lines(file: BinaryIO, *, by: Staff, source: str, dry_run: bool = False, tell: Tell | None = None) -> Report:
    """Bring the operations of a file in, whole, or nothing of it. `file` can be read again from its beginning.

    A dry run does all of it, and takes it back before anybody sees it. `tell` hears of every problem of the file.
    Raises Forbidden where `by` may import for no ward, and ValidationError for a source that is not said, and for a
    file that stands already, with who brought it and when.
    """
    require_somewhere(by, May.IMPORT_REGISTRY)
    source = _source(source)
    digest = digest_of(file)
    _refuse_again(digest, by)
    wards = _wards(by)
    report = Report(tell)
    for row in examined(file, wards):
        report.rows += row.line > 1
        report.add(row.problems)
    if not report.problems:
        _store_all(file, _Order(by, source, digest, wards), report, dry_run=dry_run)
    return report


def every_problem(file: BinaryIO, *, by: Staff) -> Iterator[Problem]:
    """All that is wrong with a file, one by one. Raises Forbidden where `by` may import for no ward."""
    require_somewhere(by, May.IMPORT_REGISTRY)
    wards = _wards(by)
    return (problem for row in examined(file, wards) for problem in row.problems)


@transaction.atomic
def take_back(brought: Import, *, by: Staff, reason: str) -> Import:
    """Let nothing that an import brought count any more; its lines stay to be read.

    Raises Forbidden unless `by` may import for every ward of it, and ValidationError without a reason, or where it was
    taken back before.
    """
    _one_at_a_time()
    brought = Import.objects.select_for_update(no_key=True).get(pk=brought.pk)
    wards = wards_of_import(brought)
    for ward, _rows in wards:
        require(by, May.IMPORT_REGISTRY, ward)
    if brought.taken_back_at is not None:
        raise ValidationError(_("This import was taken back already."))
    brought.taken_back_reason = said_why(reason)
    brought.taken_back_at, brought.taken_back_by = now(), by
    brought.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
    Line.objects.filter(brought_by=brought).update(counts=False)
    for ward, rows in wards:
        require(by, May.IMPORT_REGISTRY, ward)
        data = {"source": brought.source, "rows": rows}
        record(
            "registry.taken_back", by=by, about=brought, ward_id=ward.pk, reason=brought.taken_back_reason, data=data
        )
    return brought


# --- Reading ---------------------------------------------------------------------------------------------------------


def examined(file: BinaryIO, wards: Mapping[str, Ward]) -> Iterator[Row]:
    """The rows of a file with all that is wrong with each, what is in the registry already included."""
    instant = now()
    days = {code: instant.astimezone(zone_of(ward)).date() for code, ward in wards.items()}
    rows = read_rows(file, days)
    while some := list(islice(rows, AT_A_TIME)):
        cases = {row.line: _case(row, wards) for row in some}
        there = cases_there(case for case in cases.values() if case is not None)
        for row in some:
            yield _refused(row) if cases[row.line] in there else row


def _case(row: Row, wards: Mapping[str, Ward]) -> Case | None:
    ward, key = row.facts.get("ward"), row.facts.get("case_key")
    return None if ward is None or key is None else (wards[ward].pk, key)


def _refused(row: Row) -> Row:
    words = _("This case of this ward is in the registry already.")
    return Row(row.line, row.facts, [*row.problems, Problem(row.line, "case_key", words)])


# --- Storing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Order:
    by: Staff
    source: str
    digest: str
    wards: Mapping[str, Ward]


def _store_all(file: BinaryIO, order: _Order, report: Report, *, dry_run: bool) -> None:
    """What the database refuses is a problem of the file, too; nothing of it is then stored."""
    with transaction.atomic():
        _one_at_a_time()
        _refuse_again(order.digest, order.by)
        brought = Import.objects.create(
            source=order.source, digest=order.digest, rows=report.rows, imported_by=order.by
        )
        named: Counter[Any] = Counter()
        rows = examined(file, order.wards)
        while some := list(islice(rows, AT_A_TIME)):
            named.update(row.facts.get("ward") for row in some)
            _store(some, brought, order.wards, report)
        if digest_of(file) != order.digest:
            report.add([Problem(1, "", _("The file was changed while it was read."))])
        if not report.problems:
            _finish(brought, order, named, report)
        if report.problems or dry_run:
            transaction.set_rollback(True)
        else:
            brought.refresh_from_db()
            report.brought = brought


def _store(rows: Sequence[Row], brought: Import, wards: Mapping[str, Ward], report: Report) -> None:
    for row in rows:
        report.add(row.problems)  # another import was quicker
    if report.problems:
        return
    try:
        with transaction.atomic():
            Line.objects.bulk_create(_line(row, brought, wards) for row in rows)
    except IntegrityError as refused:
        constraint = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", None) or ""
        words = _("The database refuses one of the %(n)d rows from this line on: %(constraint)s.")
        report.add([Problem(rows[0].line, "", words % {"n": len(rows), "constraint": constraint})])


def _line(row: Row, brought: Import, wards: Mapping[str, Ward]) -> Line:
    return Line(**{**row.facts, "ward": wards[row.facts["ward"]]}, brought_by=brought)


def _finish(brought: Import, order: _Order, named: Mapping[str, int], report: Report) -> None:
    """The entries of the audit log, one for each ward; and the counts, once every constraint has been asked."""
    connection.check_constraints()
    wards = [order.wards[code] for code in sorted(named)]
    for ward in wards:
        require(order.by, May.IMPORT_REGISTRY, ward)
        data = {"source": brought.source, "rows": named[ward.code], "digest": brought.digest}
        record("registry.imported", by=order.by, about=brought, ward_id=ward.pk, data=data)
    report.counts = counts_of(brought, wards, now().astimezone(zone_of(wards[0])).date())


# --- Who, and what before --------------------------------------------------------------------------------------------


def _one_at_a_time() -> None:
    """Wait for whoever imports or takes back, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _wards(by: Staff) -> dict[str, Ward]:
    return {ward.code: ward for ward in wards_where(by, May.IMPORT_REGISTRY)}


def _source(source: str) -> str:
    said_source = source.strip()
    if not said_source:
        raise ValidationError({"source": [_("Say where the operations come from.")]})
    if len(said_source) > SOURCE_LENGTH or not said_source.isprintable():
        words = _("Say it in one line of at most %(n)d characters.") % {"n": SOURCE_LENGTH}
        raise ValidationError({"source": [words]})
    return said_source


def _refuse_again(digest: str, by: Staff) -> None:
    stands = standing_import(digest)
    if stands is None:
        return
    ward = wards_where(by, May.IMPORT_REGISTRY)[0]
    who = {"who": stands.imported_by, "at": said(stands.imported_at, ward)}
    raise ValidationError({"file": [_("This very file was imported already, by %(who)s at %(at)s.") % who]})

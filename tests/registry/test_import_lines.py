"""Bringing a file in: whole, once, by whoever may, and written down; or nothing of it. And taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.registry.actions import importing
from monitoring.registry.actions.importing import Report, every_problem, import_lines, take_back
from monitoring.registry.cohort import Standing
from monitoring.registry.csv_reading import Problem
from monitoring.registry.import_queries import import_or_404, imports_within_reach
from monitoring.registry.models import Import, Line
from tests.cast import Cast, person
from tests.registry.files import case, file, row
from tests.registry.lines import USUAL, brought, line
from tests.together import together
from wards.access import Forbidden
from wards.models import Role, Staff

SOURCE = "Theatre books of 2016"


def bring(by: Staff, *rows: dict[str, str], **how: Any) -> Report:
    return import_lines(file(*rows), by=by, source=SOURCE, **how)


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.reason) for one in report.shown]


# --- Brought in ------------------------------------------------------------------------------------------------------


def test_a_file_is_brought_in_whole_and_written_down_for_each_ward(cast: Cast) -> None:
    report = bring(cast.adam, case("a1"), row("a2"), row("b1", ward="8c"))
    assert (report.rows, report.problems, report.bad_rows) == (3, 0, 0)
    stored = Import.objects.get()
    assert report.brought == stored
    assert (stored.source, stored.rows, stored.imported_by, stored.taken_back_at) == (SOURCE, 3, cast.adam, None)
    lines = Line.objects.filter(brought_by=stored, counts=True, episode=None)
    assert set(lines.values_list("ward__code", "case_key")) == {("7b", "a1"), ("7b", "a2"), ("8c", "b1")}
    first = lines.get(case_key="a1")
    assert (first.operated_on, first.age, first.segments) == (date(2016, 3, 7), 62, 3)
    assert (first.grade_at_deficit, first.relief, first.onset_days) == (0, True, 3.0)
    assert (first.coagulopathy, first.symptomatic_side, first.checks_done) == (None, "", None)
    entries = AuditEntry.objects.filter(action="registry.imported").order_by("ward__code")
    assert [(one.ward, one.actor, one.acting_role) for one in entries] == [
        (cast.ward_7b, cast.adam, "administrator"),
        (cast.ward_8c, cast.adam, "administrator"),
    ]
    assert [one.data["rows"] for one in entries] == [2, 1]
    assert entries[0].data["digest"] == stored.digest
    assert entries[0].subject_id == str(stored.pk)


def test_the_report_says_by_what_a_hospital_is_recognised(cast: Cast) -> None:
    operations = [
        case("a1"),
        case("a2", finding="", operated_on="2012-01-02"),
        case("a3", finding="root_oedema"),
        row("a4", deficit="severe", ended="ameliorated"),
        row("a5", reoperation="infection"),
        row("a6", departure="", departure_days=""),
        row("a7", ward="8c", operated_on="2018-12-31"),
    ]
    counts = bring(cast.adam, *operations).counts
    assert counts is not None
    assert [(ward.code, n) for ward, n in counts.wards] == [("7b", 6), ("8c", 1)]
    assert (counts.since, counts.until) == (date(2012, 1, 2), date(2018, 12, 31))
    assert counts.standings == {
        Standing.CASE: 3,
        Standing.INFECTION: 1,
        Standing.AMELIORATED: 1,
        Standing.INCOMPLETE: 1,
        Standing.NO_EVENT: 1,
    }
    assert counts.findings == {"fixation.malposition": 1, "root_oedema": 1, "": 1}
    assert counts.overlaps == []


def test_a_dry_run_says_the_same_and_leaves_nothing(cast: Cast) -> None:
    operations = [case("a1"), row("a2", ward="8c")]
    before = (AuditEntry.objects.count(), RowChange.objects.count())
    rehearsed = bring(cast.adam, *operations, dry_run=True)
    assert (AuditEntry.objects.count(), RowChange.objects.count()) == before
    assert not Import.objects.exists()
    assert not Line.objects.exists()
    assert rehearsed.brought is None
    done = bring(cast.adam, *operations)
    assert done.brought is not None
    assert (rehearsed.rows, rehearsed.counts, rehearsed.problems) == (done.rows, done.counts, 0)


def test_what_stood_in_the_registry_before_in_these_days_is_counted_as_a_warning(cast: Cast) -> None:
    earlier = brought(cast.adam)
    same = {"operated_on": date(2016, 3, 7), "sex": "F"}
    line(cast.ward_7b, earlier, **same, age=62)
    line(cast.ward_7b, earlier, **same, age=63)
    line(cast.ward_7b, earlier, operated_on=date(2016, 3, 8), sex="F", age=62)
    line(cast.ward_8c, earlier, **same, age=62)
    line(cast.ward_7b, earlier, **same, age=62, counts=False)
    counts = bring(cast.adam, row("a1"), row("a2"), row("a3", age="70")).counts
    assert counts is not None
    (overlap,) = counts.overlaps
    assert (overlap.ward, overlap.since, overlap.until) == (cast.ward_7b, date(2016, 3, 7), date(2016, 3, 7))
    assert (overlap.recorded, overlap.imported, overlap.alike) == (0, 2, 2)


# --- Nothing half ----------------------------------------------------------------------------------------------------


def test_one_bad_row_keeps_all_out_and_every_problem_is_told(cast: Cast) -> None:
    heard: list[Problem] = []
    report = bring(cast.adam, row("a1"), row("a2", age="x", sex="?"), row("a3", ward="9z"), tell=heard.append)
    assert told(report) == [(one.line, one.column, one.reason) for one in heard]
    assert [(problem.line, problem.column) for problem in heard] == [(3, "sex"), (3, "age"), (4, "ward")]
    assert (report.rows, report.bad_rows, report.problems) == (3, 2, 3)
    assert (report.counts, report.brought) == (None, None)
    assert not Import.objects.exists()
    assert not Line.objects.exists()
    assert not AuditEntry.objects.filter(action="registry.imported").exists()


def test_all_problems_are_counted_and_told_though_a_few_are_kept(cast: Cast) -> None:
    operations = [row(f"a{n}", age="x", sex="?") for n in range(importing.SHOWN)]
    heard: list[Problem] = []
    report = bring(cast.adam, *operations, tell=heard.append)
    assert (len(report.shown), report.problems, report.bad_rows) == (200, 400, 200)
    assert heard == list(every_problem(file(*operations), by=cast.adam))
    assert len(heard) == 400


def test_a_case_that_is_there_already_is_a_bad_row_unless_it_was_taken_back(cast: Cast) -> None:
    first = bring(cast.adam, row("a1"), row("a2")).brought
    assert first is not None
    report = bring(cast.adam, row("a2"), row("a3"), row("a1", ward="8c"))
    assert told(report) == [(2, "case_key", "This case of this ward is in the registry already.")]
    take_back(first, by=cast.adam, reason="wrong years")
    assert bring(cast.adam, row("a2"), row("a3"), row("a1", ward="8c")).brought is not None


def test_what_the_database_refuses_is_a_problem_of_the_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule lets such a row pass: as if one were missing."""
    monkeypatch.setattr("monitoring.registry.import_rules.RULES", ())
    for dry_run in (True, False):
        report = bring(cast.adam, row("a1"), row("a2", checks_done="1", checks_late="2"), dry_run=dry_run)
        words = "The database refuses one of the 2 rows from this line on: line_late_checks_are_among_those_done."
        assert told(report) == [(2, "", words)]
        assert not Import.objects.exists()


def test_a_case_that_comes_in_while_the_file_is_read_is_a_problem_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading and the storing, which goes one after another."""

    def wait_for_another() -> None:
        Line.objects.create(**USUAL, ward=cast.ward_7b, brought_by=brought(cast.adam), case_key="a1")

    monkeypatch.setattr(importing, "_one_at_a_time", wait_for_another)
    report = bring(cast.adam, row("a1"), row("a2"))
    assert told(report) == [(2, "case_key", "This case of this ward is in the registry already.")]
    assert report.brought is None


def test_a_file_that_changes_while_it_is_read_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    digests: Iterator[str] = iter(["a" * 64, "b" * 64])
    monkeypatch.setattr(importing, "digest_of", lambda _file: next(digests))
    assert told(bring(cast.adam, row("a1"))) == [(1, "", "The file was changed while it was read.")]
    assert not Import.objects.exists()


def test_a_fault_in_the_middle_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(importing, "counts_of", fail)
    with pytest.raises(RuntimeError):
        bring(cast.adam, row("a1"))
    assert not Import.objects.exists()
    assert not Line.objects.exists()


# --- Once ------------------------------------------------------------------------------------------------------------


def test_the_same_file_is_not_brought_twice_and_it_is_said_who_did(cast: Cast) -> None:
    report = bring(cast.adam, row("a1"))
    for dry_run in (True, False):
        with pytest.raises(ValidationError) as refused:
            bring(cast.adam, row("a1"), dry_run=dry_run)
        ((message,),) = refused.value.message_dict.values()
        assert message.startswith("This very file was imported already, by Adam Abbot at ")
    assert report.brought is not None
    take_back(report.brought, by=cast.adam, reason="to be mended")
    assert bring(cast.adam, row("a1")).brought is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_file_at_once_one_brings_it(cast: Cast) -> None:
    operations = [row(f"a{n}") for n in range(50)]
    done = together(*[lambda: bring(cast.adam, *operations)] * 2)
    refused = [one for one in done if isinstance(one, ValidationError)]
    (report,) = [one for one in done if isinstance(one, Report)]
    assert report.brought == Import.objects.get()
    assert "imported already, by Adam Abbot" in refused[0].messages[0]
    assert Line.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_of_two_files_with_one_case_in_both_one_is_brought(cast: Cast) -> None:
    """Whichever comes second has a bad row, and nothing of it is stored."""
    done = together(
        lambda: bring(cast.adam, row("a1"), row("a2")),
        lambda: bring(cast.adam, row("a2"), row("a3")),
    )
    assert sorted(report.problems for report in done) == [0, 1]
    assert Import.objects.count() == 1
    assert Line.objects.count() == 2


# --- Who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alice", "carol", "sam"])
def test_who_may_not_import_brings_and_rehearses_nothing(cast: Cast, name: str) -> None:
    by = getattr(cast, name)
    for dry_run in (True, False):
        with pytest.raises(Forbidden):
            bring(by, row("a1"), dry_run=dry_run)
    with pytest.raises(Forbidden):
        every_problem(file(row("a1")), by=by)
    assert not Import.objects.exists()


def test_the_registrys_lead_imports_for_their_wards_and_no_other(cast: Cast) -> None:
    lea = person("Lea", "Lind", (cast.ward_7b, Role.REGISTRY_LEAD), (cast.ward_8c, Role.SURGEON))
    report = bring(lea, row("a1"), row("a2", ward="8c"), row("a3", ward="nowhere"))
    words = "There is no such ward among yours. Write its code."
    assert told(report) == [(3, "ward", words), (4, "ward", words)]
    done = bring(lea, row("a1"))
    assert done.brought is not None
    assert AuditEntry.objects.get(action="registry.imported").acting_role == Role.REGISTRY_LEAD


@pytest.mark.parametrize("source", ["", "  ", "x" * 121, "two\nlines"])
def test_where_the_operations_come_from_is_said_in_a_line(cast: Cast, source: str) -> None:
    with pytest.raises(ValidationError) as refused:
        import_lines(file(row("a1")), by=cast.adam, source=source)
    assert list(refused.value.message_dict) == ["source"]
    assert not Import.objects.exists()


# --- Taken back ------------------------------------------------------------------------------------------------------


def test_an_import_is_taken_back_whole_and_its_lines_stay_to_be_read(cast: Cast) -> None:
    stored = bring(cast.adam, case("a1"), row("b1", ward="8c")).brought
    assert stored is not None
    other = bring(cast.adam, row("c1")).brought
    take_back(stored, by=cast.adam, reason=" the wrong years ")
    stored.refresh_from_db()
    assert (stored.taken_back_by, stored.taken_back_reason) == (cast.adam, "the wrong years")
    assert stored.taken_back_at is not None
    assert set(Line.objects.values_list("brought_by", "counts")) == {(stored.pk, False), (other and other.pk, True)}
    entries = AuditEntry.objects.filter(action="registry.taken_back").order_by("ward__code")
    assert [(one.ward, one.reason, one.acting_role) for one in entries] == [
        (cast.ward_7b, "the wrong years", "administrator"),
        (cast.ward_8c, "the wrong years", "administrator"),
    ]
    with pytest.raises(ValidationError, match="taken back already"):
        take_back(stored, by=cast.adam, reason="again")


def test_an_import_is_taken_back_for_a_reason_by_who_may_on_all_its_wards(cast: Cast) -> None:
    lea = person("Lea", "Lind", (cast.ward_7b, Role.REGISTRY_LEAD))
    stored = bring(cast.adam, row("a1"), row("b1", ward="8c")).brought
    assert stored is not None
    for by in (lea, cast.sam, cast.alice):
        with pytest.raises(Forbidden):
            take_back(stored, by=by, reason="why not")
    with pytest.raises(ValidationError, match="Say why"):
        take_back(stored, by=cast.adam, reason=" ")
    stored.refresh_from_db()
    assert stored.taken_back_at is None
    assert Line.objects.filter(counts=True).count() == 2


def test_an_imported_line_is_never_changed_nor_deleted(cast: Cast) -> None:
    bring(cast.adam, row("a1"))
    for change in (lambda: Line.objects.update(age=63), lambda: Line.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# --- Which there are -------------------------------------------------------------------------------------------------


def test_somebody_sees_the_imports_of_their_wards_the_newest_first(cast: Cast) -> None:
    lea = person("Lea", "Lind", (cast.ward_7b, Role.REGISTRY_LEAD))
    both = bring(cast.adam, row("a1"), row("a2"), row("b1", ward="8c")).brought
    far = bring(cast.adam, row("b2", ward="8c")).brought
    near = bring(lea, row("a3")).brought
    assert both is not None
    assert far is not None
    assert [(one.brought, one.elsewhere, one.may_be_taken_back) for one in imports_within_reach(lea)] == [
        (near, 0, True),
        (both, 1, False),
    ]
    assert [one.brought for one in imports_within_reach(cast.adam)] == [near, far, both]
    assert imports_within_reach(cast.sam) == []
    assert import_or_404(lea, both.public_id) == both


def test_a_file_is_read_a_piece_at_a_time(cast: Cast) -> None:
    """Never as a whole: it may be larger than what is at hand."""

    class Pieces(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size <= 64 * 1024
            return super().read(size)

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size <= 64 * 1024
            return super().readline(size)

    content = file(*(row(f"a{n}") for n in range(1500))).getvalue()
    report = import_lines(Pieces(content), by=cast.adam, source=SOURCE)
    assert (report.rows, Line.objects.count()) == (1500, 1500)

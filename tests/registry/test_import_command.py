"""`manage.py import_registry`: as the page does it, for files that are too large for one."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.registry.models import Import, Line
from tests.cast import Cast, person
from tests.registry.files import case, row, text
from wards.models import Role

SOURCE = "Theatre books of 2016"


def run(path: Path, *arguments: str, by: str = "adam", source: str = SOURCE) -> tuple[int, str, str]:
    """The exit code, and what stands on standard output and on standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_registry", str(path), "--by", by, "--source", source, *arguments, stdout=out, stderr=err)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text(text(case("a1"), row("a2"), row("b1", ward="8c", operated_on="2017-01-02")))
    return path


def test_a_file_is_imported_in_somebodys_name(cast: Cast, good: Path) -> None:
    code, out, err = run(good)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "7b: 2",
        "8c: 1",
        "cases: operated again for a severe deficit: 1",
        "neither a severe deficit nor a re-operation: 2",
        "cause fixation.malposition: 1",
        "Imported: 3 operations from 2016-03-07 to 2017-01-02.",
    ]
    assert Import.objects.get().imported_by == cast.adam
    assert Line.objects.count() == 3


def test_it_is_told_apart_in_the_audit_log_and_leaves_no_trace_past_the_application(cast: Cast, good: Path) -> None:
    run(good)
    entries = AuditEntry.objects.filter(action="registry.imported")
    assert {(one.agent, one.actor) for one in entries} == {("manage.py import_registry", cast.adam)}
    ((request_id,),) = entries.values_list("request_id").distinct()
    assert request_id
    changes = RowChange.objects.filter(table__startswith="registry_")
    assert set(changes.values_list("table", "request_id")) == {("registry_import", request_id)}


def test_a_dry_run_says_the_same_and_stores_nothing(cast: Cast, good: Path) -> None:
    code, out, err = run(good, "--dry-run")
    assert (code, err) == (0, "")
    last = "Nothing was stored, and nothing is wrong with: 3 operations from 2016-03-07 to 2017-01-02."
    assert out.splitlines()[-1] == last
    assert not Import.objects.exists()


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_every_problem_is_a_line_of_standard_error_and_the_exit_code_1(
    cast: Cast, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text(*(row(f"a{n}", age="x") for n in range(300)), row("a0")) + '"\n')
    code, out, err = run(path, *arguments)
    assert code == 1
    assert out == "302 problems on 302 of 302 rows. Nothing was stored.\n"
    lines = err.splitlines()
    assert len(lines) == 302
    assert lines[0] == "line 2: age: Write a number: 0 to 120, whole."
    assert lines[-2] == "line 302: case_key: This case stands on line 2 already."
    assert lines[-1] == "line 303: A quotation mark opens a cell and does not close it on this line."
    assert not Import.objects.exists()


def test_what_is_there_already_is_a_warning(cast: Cast, good: Path, tmp_path: Path) -> None:
    run(good)
    path = tmp_path / "again.csv"
    path.write_text(text(row("x1")))
    code, out, _err = run(path)
    there = "0 recorded and 2 imported operations are there from 2016-03-07 to 2016-03-07"
    assert code == 0
    assert f"WARNING, 7b: {there}; 1 rows have the day, sex and age of one of them." in out.splitlines()


def refused(path: Path, **how: str) -> str:
    with pytest.raises(CommandError) as told:
        run(path, **how)
    assert told.value.returncode == 2
    assert not Import.objects.exclude(source=SOURCE).exists()
    return str(told.value)


def test_what_cannot_be_begun_says_why_with_the_exit_code_2(cast: Cast, good: Path) -> None:
    assert refused(good, by="nobody") == "Nobody signs in with this name."
    assert "bring past operations into the registry" in refused(good, by="alice")
    assert refused(good, source=" ") == "Say where the operations come from."
    assert (
        refused(good.with_name("none.csv")) == f"Cannot read {good.with_name('none.csv')}: No such file or directory."
    )
    assert refused(good.parent).endswith("Is a directory.")
    run(good)
    assert refused(good).startswith("This very file was imported already, by Adam Abbot at ")


def test_somebody_who_has_left_imports_no_more(cast: Cast, good: Path) -> None:
    lea = person("Lea", "Lind", (cast.ward_7b, Role.REGISTRY_LEAD))
    lea.is_active = False
    lea.save()
    assert refused(good, by="lea") == "Nobody signs in with this name."

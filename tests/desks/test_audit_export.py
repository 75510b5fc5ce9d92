"""The audit log as a file: who may have it, that taking it is written down first, what is in it, and how it is made."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import cast as as_type

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test.utils import CaptureQueriesContext

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.desks.admin import audit_export
from tests.cast import Cast, admit_patient
from tests.desks.pages import alerting_works, signed_in
from wards.models import Role, Staff

WHY = "Complaint 12 of March"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def ask(staff: Staff, form: str = "csv", query: str = "", why: str = WHY) -> StreamingHttpResponse:
    return as_type(StreamingHttpResponse, signed_in(staff).post(f"/audit/export/{query}", {"form": form, "why": why}))


def text(response: StreamingHttpResponse) -> str:
    return b"".join(as_type(Iterator[bytes], response.streaming_content)).decode()


def entry(reason: str, by: Staff, **more: object) -> AuditEntry:
    return AuditEntry.objects.create(
        action="group.saved", actor=by, subject_type="wards.staff", subject_id="1", reason=reason, **more
    )


def test_it_is_written_down_before_the_first_byte(cast: Cast) -> None:
    response = ask(cast.adam, query="?group=calling&ward=7b")
    written = AuditEntry.objects.latest("pk")
    assert (written.action, written.actor, written.reason) == ("audit.exported", cast.adam, WHY)
    assert written.data == {"as": "csv", "filters": ["group", "ward"]}
    assert (written.ward, written.acting_role) == (cast.ward_7b, Role.ADMINISTRATOR)
    response.close()


@pytest.mark.parametrize("missing", ["form", "why"])
def test_without_a_reason_or_a_form_nothing_leaves(cast: Cast, missing: str) -> None:
    sent = {"form": "csv", "why": WHY, missing: " "}
    response = signed_in(cast.adam).post("/audit/export/", sent)
    assert response.status_code == 422
    assert not AuditEntry.objects.filter(action="audit.exported").exists()


def test_only_administrators_export(cast: Cast) -> None:
    assert ask(cast.carol).status_code == 403
    assert not AuditEntry.objects.filter(action="audit.exported").exists()


def test_the_name_of_the_file_tells_nothing_of_what_is_in_it(cast: Cast) -> None:
    stay = admit_patient(cast)
    response = ask(cast.adam, query=f"?patient={stay.patient.public_id}")
    assert response["Content-Disposition"].startswith('attachment; filename="spinewatch-audit-20')
    assert str(stay.patient.public_id) not in response["Content-Disposition"]
    response.close()


def test_csv_has_an_entry_a_line_oldest_first_and_only_what_is_asked_for(cast: Cast) -> None:
    first, second = entry("one", cast.carol), entry('two, "quoted"\nand broken', cast.carol)
    entry("another", cast.alice)
    raw = text(ask(cast.adam, query=f"?who={cast.carol.public_id}"))
    assert not raw.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert [(row["number"], row["why"]) for row in rows] == [(str(one.pk), one.reason) for one in (first, second)]
    assert rows[0]["username"] == "carol"
    assert rows[0]["words"] == "saved a group"


def test_csv_of_nothing_is_its_heading(cast: Cast) -> None:
    (line,) = text(ask(cast.adam, query="?kind=exports&group=checks")).splitlines()
    assert line.startswith("number,at,username,")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(cast: Cast, start: str) -> None:
    entry(start, cast.carol)
    raw = text(ask(cast.adam, query=f"?who={cast.carol.public_id}"))
    (row,) = csv.DictReader(io.StringIO(raw, newline=""))
    assert row["why"] == f"'{start}"


def test_json_lines_have_entries_and_after_them_their_rows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_export, "AT_A_TIME", 2)
    for number in range(5):
        entry(f"{number}", cast.carol, xact=500 + number // 2)
    for number in range(3):
        RowChange.objects.create(
            table="wards_group",
            row_id="4",
            operation="UPDATE",
            before={"name": "a"},
            after={"name": None},
            database_user="app",
            xact=500 + number,
        )
    lines = [json.loads(line) for line in text(ask(cast.adam, "jsonl", f"?who={cast.carol.public_id}")).splitlines()]
    assert [line["line"] for line in lines] == ["entry", "entry", "row"] * 2 + ["entry", "row"]
    assert lines[2]["before"] == {"name": "a"}
    assert lines[2]["after"] == {"name": None}
    assert [line["transaction"] for line in lines] == [500, 500, 500, 501, 501, 501, 502, 502]


def test_it_is_read_through_a_cursor_a_few_hundred_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_export, "AT_A_TIME", 10)
    for number in range(35):
        entry(f"{number}", cast.carol)
    response = ask(cast.adam, query=f"?who={cast.carol.public_id}")
    pieces = as_type(Iterator[bytes], response.streaming_content)
    with CaptureQueriesContext(connection) as captured:
        sizes = [piece.decode().count("\n") for piece in pieces]
    assert max(sizes) <= 10
    assert sum(sizes) == 36
    assert len([query for query in captured.captured_queries if "audit_auditentry" in query["sql"]]) == 1
    assert all("DECLARE" in query["sql"] or "SAVEPOINT" in query["sql"] for query in captured.captured_queries)

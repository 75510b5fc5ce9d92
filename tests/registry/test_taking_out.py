"""What leaves the hospital: why, by whom, what it says, and what it does not say."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from monitoring.audit.models import AuditEntry
from monitoring.registry.deidentified import HEAD
from tests.cast import Cast, person
from tests.desks.pages import alerting_works, signed_in, spaced
from tests.registry.lines import CASE, brought, line
from wards.models import Role, Staff

EXPORT = "/registry/export/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def taken(staff: Staff, query: str = "", **sent: Any) -> list[dict[str, str]]:
    response = signed_in(staff).post(f"{EXPORT}{query}", {"why": "For the multi-centre study."} | sent)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_a_line_for_each_operation_leaves_and_that_stands_in_the_log_first(cast: Cast) -> None:
    by = brought(cast.adam)
    line(cast.ward_7b, by, age=95, **CASE)
    line(cast.ward_8c, by, sex="M")
    rows = taken(cast.adam)
    assert [*rows[0]] == list(HEAD)
    assert {(row["ward"], row["age"], row["standing"]) for row in rows} == {
        ("A", "90+", "case"),
        ("B", "61", "no_event"),
    }
    assert sorted(row["line"] for row in rows) == ["1", "2"]
    entry = AuditEntry.objects.get(action="registry.exported")
    assert (entry.actor, entry.reason, entry.data["what"]) == (cast.adam, "For the multi-centre study.", "lines")


def test_without_a_reason_nothing_leaves(cast: Cast) -> None:
    line(cast.ward_7b, brought(cast.adam))
    response = signed_in(cast.adam).post(EXPORT, {"why": "  "})
    assert response.status_code == 422
    assert "Say why you export this." in response.content.decode()
    assert not AuditEntry.objects.filter(action="registry.exported").exists()


def test_only_what_was_asked_for_leaves_and_only_of_ones_own_wards(cast: Cast) -> None:
    by = brought(cast.adam)
    line(cast.ward_7b, by, diagnosis="scoliosis")
    line(cast.ward_7b, by)
    line(cast.ward_8c, by)
    lead = person("Rhea", "Rao", (cast.ward_7b, Role.REGISTRY_LEAD))
    assert len(taken(lead)) == 2
    assert len(taken(lead, "?diagnosis=scoliosis")) == 1
    assert AuditEntry.objects.filter(action="registry.exported").latest("pk").data["diagnosis"] == "scoliosis"
    assert signed_in(lead).get(f"{EXPORT}?ward=8c").status_code == 302  # back to the page that says what is wrong


def test_a_ward_is_the_same_letter_whichever_wards_are_asked_for(cast: Cast) -> None:
    line(cast.ward_8c, brought(cast.adam))
    assert [row["ward"] for row in taken(cast.adam)] == [row["ward"] for row in taken(cast.adam, "?ward=8c")] == ["B"]


def test_the_dictionary_explains_every_column(cast: Cast) -> None:
    response = signed_in(cast.adam).get("/registry/export/dictionary/")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["column"] for row in rows] == list(HEAD)
    assert all(row["meaning"] for row in rows)
    by_name = {row["column"]: row for row in rows}
    assert by_name["grade_day3"]["unit"] == "MRC grade"
    assert "root_oedema" in by_name["finding"]["values"]


def report(cast: Cast) -> str:
    page = signed_in(cast.adam).get("/registry/export/report/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return spaced(re.sub(r"<[^>]+>", " ", main))


def test_the_report_has_the_tables_and_stands_in_the_log(cast: Cast) -> None:
    by = brought(cast.adam)
    for number in range(60):
        line(cast.ward_7b, by, **(CASE if number < 12 else {}))
    said = report(cast)
    for title in ("How often", "Table 1: the patients", "Fig. 1: the causes", "Table 2", "Did strength come back?"):
        assert title in said
    assert "Definition 1" in said
    assert "Epidural haematoma 12 (100.0 %)" in said
    assert AuditEntry.objects.get(action="registry.exported").data["what"] == "report"


def test_the_report_tells_no_number_below_five_nor_lets_one_be_worked_out(cast: Cast) -> None:
    by = brought(cast.adam)
    for number in range(100):
        facts: dict[str, Any] = {}
        if number < 7:
            facts = CASE | {"sex": "M" if number < 2 else "F", "relief": number != 0}
            facts |= {"finding": "root_oedema" if number < 3 else "epidural_haematoma"}
        elif number < 9:
            facts = {"reoperation": "infection"}
        elif number == 9:
            facts = {"departure": "died", "departure_days": 2.0}
        line(cast.ward_7b, by, **facts)
    said = report(cast)
    assert "Cases 7 30" in said
    assert "male &lt;5" in said
    assert "female – 18" in said  # 5 of 7: the rest would be 2
    assert "Nerve-root oedema &lt;5" in said
    assert "Epidural haematoma &lt;5" in said
    assert "Relief – 27 (90.0 %)" in said  # 6 of 7
    assert "operated again for wound infection &lt;5" in said
    assert "neither a severe deficit nor a re-operation –" in said  # else the infections are what is missing
    assert "Index fusions in the registry –" in said  # else who left is what is missing
    assert "cases: operated again for a severe deficit 7" in said


def test_a_hospital_with_fewer_than_five_cases_tells_nothing_of_them(cast: Cast) -> None:
    by = brought(cast.adam)
    for number in range(50):
        line(cast.ward_7b, by, **(CASE | {"age": 88} if number < 3 else {}))
    said = report(cast)
    assert "Cases &lt;5 30" in said
    assert "88" not in said
    assert "Age in years, mean ± SD – 62.9 ± 12.7" in said

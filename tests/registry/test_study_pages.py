"""The registry's pages: who may see which numbers, what an address asks for, and that pictures say what tables say."""

from __future__ import annotations

import re

import pytest

from monitoring.audit.models import AuditEntry
from monitoring.desks.registry.drawing import DRAWINGS
from monitoring.desks.registry.shown import DRAWN
from tests.cast import Cast, person
from tests.desks.pages import alerting_works, read, signed_in, spaced
from tests.registry.lines import CASE, brought, line
from wards.models import Role, Staff

PAGES = ["/registry/", "/registry/times/", "/registry/planning/", "/registry/definition/"]
ROWS = re.compile(r"<tr[^>]*>.*?</tr>", re.DOTALL)


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def lead(cast: Cast) -> Staff:
    return person("Rhea", "Rao", (cast.ward_7b, Role.REGISTRY_LEAD))


@pytest.fixture
def studied(cast: Cast) -> Cast:
    """Twenty operations on 7B, six of them cases; on 8C three, one of them a case."""
    by = brought(cast.adam)
    for number in range(20):
        line(cast.ward_7b, by, **(CASE if number < 6 else {}))
    for number in range(3):
        line(cast.ward_8c, by, **(CASE | {"finding": "root_oedema"} if number == 0 else {}))
    return cast


def rows_of(staff: Staff, address: str) -> list[str]:
    """The rows of all tables, as text."""
    page = signed_in(staff).get(address).content.decode()
    return [spaced(re.sub(r"<[^>]+>", " ", row)) for row in ROWS.findall(page)]


@pytest.mark.parametrize("address", PAGES)
def test_surgeons_administrators_and_the_registrys_lead_see_it_and_nurses_do_not(
    cast: Cast, lead: Staff, address: str
) -> None:
    for staff in (cast.sam, cast.adam, lead):
        assert signed_in(staff).get(address).status_code == 200
    for staff in (cast.alice, cast.carol):
        assert signed_in(staff).get(address).status_code == 403


def test_everybody_sees_the_numbers_of_their_own_wards_alone(studied: Cast) -> None:
    assert "Operations 20 4078" in rows_of(studied.sam, "/registry/")
    assert "Operations 3 4078" in rows_of(studied.sue, "/registry/")
    assert "Operations 23 4078" in rows_of(studied.adam, "/registry/")
    assert "Operations 20 4078" in rows_of(studied.sam, "/registry/?ward=7b")
    assert signed_in(studied.sam).get("/registry/?ward=8c").status_code == 422


def test_the_registrys_lead_sees_no_patient_and_is_led_to_the_registry(lead: Staff) -> None:
    client = signed_in(lead)
    assert client.get("/").headers["Location"] == "/registry/"
    assert client.get("/patients/").status_code == 403
    assert client.get("/wards/7b/").status_code == 403
    page = client.get("/registry/").content.decode()
    assert 'href="/patients/"' not in page
    assert 'href="/wards/7b/"' not in page


def test_the_address_narrows_what_is_counted_and_the_page_says_so(studied: Cast) -> None:
    assert "Operations 0 4078" in rows_of(studied.sam, "/registry/?since=2015-01-01")
    assert "Operations 20 4078" in rows_of(studied.sam, "/registry/?diagnosis=stenosis&level=L4&segments=2")
    said = spaced(read(studied.sam, "/registry/?diagnosis=stenosis"))
    assert "Diagnosis: stenosis" in said


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday", "since=2020-02-30", "until=0001-01-01", "since=2020-01-02&until=2020-01-01", "segments=0",
        "level=C7", "diagnosis=%00", "procedure=other", "ward=nowhere",
    ],
)  # fmt: skip
def test_what_no_lines_can_be_asked_for_by_is_said_beside_its_field(cast: Cast, query: str) -> None:
    response = signed_in(cast.sam).get(f"/registry/?{query}")
    assert response.status_code == 422
    assert 'class="error"' in response.content.decode()
    assert signed_in(cast.sam).get(f"/registry/pictures/causes.svg?{query}").status_code == 404


def test_a_page_says_by_which_definition_and_that_nothing_waits(studied: Cast) -> None:
    for address in ("/registry/", "/registry/times/"):
        said = spaced(read(studied.sam, address))
        assert "Definition 1" in said
        assert "All that is on record is counted." in said


def test_that_somebody_looked_is_in_the_audit_log(studied: Cast) -> None:
    read(studied.sam, "/registry/")
    entry = AuditEntry.objects.filter(actor=studied.sam).latest("pk")
    assert entry.action == "registry.read"


def test_every_drawn_table_has_a_drawing_and_every_drawing_a_table(studied: Cast) -> None:
    assert set(DRAWINGS) == DRAWN
    shown = read(studied.sam, "/registry/") + read(studied.sam, "/registry/times/")
    pages = [signed_in(studied.sam).get(address).content.decode() for address in ("/registry/", "/registry/times/")]
    assert {name for name in DRAWN for page in pages if f"/registry/pictures/{name}.svg" in page} == DRAWN
    assert shown


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_each_picture_comes_as_svg_and_png_with_and_without_cases(studied: Cast, name: str) -> None:
    for staff in (studied.sam, studied.sue):
        svg = signed_in(staff).get(f"/registry/pictures/{name}.svg")
        assert svg.headers["Content-Type"] == "image/svg+xml"
        assert b"Definition 1" in svg.content
        png = signed_in(staff).get(f"/registry/pictures/{name}.png")
        assert png.content.startswith(b"\x89PNG")
    empty = signed_in(studied.sam).get(f"/registry/pictures/{name}.svg?since=2020-01-01")
    assert empty.status_code == 200


@pytest.mark.parametrize("address", ["causes.gif", "nothing.svg", "causes.svgz", "taken/causes.pdf", "taken/none.png"])
def test_a_picture_that_there_is_none_of_is_not_found(cast: Cast, address: str) -> None:
    assert signed_in(cast.adam).get(f"/registry/pictures/{address}").status_code == 404


def test_a_small_number_is_told_here_and_not_in_a_picture_that_is_taken_out(studied: Cast) -> None:
    here = signed_in(studied.adam).get("/registry/pictures/causes.svg").content.decode()
    assert "1 (14.3" in here
    assert "not to leave the hospital" in here
    out = signed_in(studied.adam).get("/registry/pictures/taken/causes.svg")
    name = "spinewatch-registry-causes-definition-1"
    assert out.headers["Content-Disposition"].startswith(f'attachment; filename="{name}')
    said = out.content.decode()
    assert "1 (14.3" not in said
    assert "6 (85.7" not in said  # it would give the one away
    assert "not told" in said
    entry = AuditEntry.objects.filter(action="registry.exported").get()
    assert (entry.actor, entry.data["what"], entry.data["definition"]) == (studied.adam, "picture causes", 1)


def test_no_case_by_itself_is_taken_out(cast: Cast) -> None:
    by = brought(cast.adam)
    for day in range(1, 8):
        line(cast.ward_7b, by, **(CASE | {"onset_days": float(day), "good_to_decompression_hours": 4.0 + day}))
    client = signed_in(cast.adam)
    here, out = (client.get(f"/registry/pictures/{where}onset.svg").content.decode() for where in ("", "taken/"))
    assert "cases-epidural_haematoma" in here
    assert "cases-epidural_haematoma" not in out
    assert "4.0 ± 2.2" in out
    here, out = (
        client.get(f"/registry/pictures/{where}decompression.svg").content.decode() for where in ("", "taken/")
    )
    assert "relief (7)" in here
    assert "relief (7)" not in out
    assert "Cases one by one: not shown" in out
    assert any("4 (1–7)" in row for row in rows_of(cast.adam, "/registry/"))
    assert not any("4 (1–7)" in row for row in rows_of(cast.adam, "/registry/export/report/"))


def test_a_surgeon_takes_nothing_out(studied: Cast) -> None:
    client = signed_in(studied.sam)
    for address in ("pictures/taken/causes.svg", "export/", "export/report/", "export/dictionary/"):
        assert client.get(f"/registry/{address}").status_code == 403
    assert client.post("/registry/export/", {"why": "To have it."}).status_code == 403
    assert not AuditEntry.objects.filter(action="registry.exported").exists()
    assert "taken/causes" not in client.get("/registry/").content.decode()
    assert "taken/causes" in signed_in(studied.adam).get("/registry/").content.decode()


def test_a_deficit_that_was_not_operated_is_answered_too(cast: Cast) -> None:
    by = brought(cast.adam)
    line(cast.ward_7b, by, deficit="severe", onset_days=3.0, ended="ameliorated", minutes_to_alert=4.0)
    assert "alert 1 4 min 4 min–4 min 4 min 0" in rows_of(cast.sam, "/registry/times/")
    assert "3 1 1 100.00 % 20.65–100.00 %" in rows_of(cast.sam, "/registry/times/")


def test_wards_stand_beside_each_other(studied: Cast) -> None:
    rows = rows_of(studied.adam, "/registry/times/")
    assert any(row.startswith("Ward 7B 20 6 30.0 % (14.5–51.9 %)") for row in rows)
    assert any(row.startswith("Ward 8C 3 1 33.3 %") for row in rows)

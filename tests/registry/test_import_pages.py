"""The page of imports: a file tried, imported or refused; the template; taking back; and what is too large."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from monitoring import bodies
from monitoring.audit.models import AuditEntry
from monitoring.bodies import LONG, LONGEST_FILE
from monitoring.registry.actions.importing import import_lines
from monitoring.registry.models import Import, Line
from tests.cast import Cast, person
from tests.desks.pages import read, said, signed_in, spaced
from tests.registry.files import NAMES, case, file, row, text
from wards.models import Role, Staff

URL = "/registry/import/"
SOURCE = "Theatre books of 2016"


@pytest.fixture
def lea(cast: Cast) -> Staff:
    """The registry's lead of 7B."""
    return person("Lea", "Lind", (cast.ward_7b, Role.REGISTRY_LEAD))


def sent(content: str | bytes, do: str = "try", **more: str) -> dict[str, object]:
    raw = content.encode() if isinstance(content, str) else content
    uploaded = SimpleUploadedFile("books.csv", raw, "text/csv")
    return {"file": uploaded, "source": SOURCE, "do": do, **more}


def answered(client: Client, form: dict[str, object], status: int, **headers: str) -> str:
    response = client.post(URL, form, headers=headers)
    assert response.status_code == status, response.status_code
    return response.content.decode()


def brought_by(staff: Staff, *rows: dict[str, str]) -> Import:
    brought = import_lines(file(*rows), by=staff, source=SOURCE).brought
    assert brought is not None
    return brought


# --- Tried and imported ----------------------------------------------------------------------------------------------


def test_a_try_says_what_the_file_brings_and_stores_nothing(cast: Cast, lea: Staff) -> None:
    page = spaced(answered(signed_in(lea), sent(text(case("a1"), row("a2"), row("a3", operated_on="2017-05-01"))), 200))
    assert "3 operations, and nothing wrong with them" in page
    assert "From 07-Mar-2016 to 01-May-2017. Nothing was stored yet" in page
    assert "Ward 7B 3" in page
    assert "cases: operated again for a severe deficit 1" in page
    assert "Fixation: malposition or loosening 1 screw malposition 1" in page
    assert not Import.objects.exists()
    assert not Line.objects.exists()


def test_an_import_is_stored_and_listed(cast: Cast, lea: Staff) -> None:
    client = signed_in(lea)
    response = client.post(URL, sent(text(case("a1"), row("a2")), "import"))
    assert (response.status_code, response["Location"]) == (302, URL)
    page = spaced(client.get(URL).content.decode())
    assert "Imported: 2 operations." in page
    assert f"{SOURCE} Take back Ward 7B: 2 operations by Lea Lind" in page
    assert Import.objects.get().imported_by == lea


@pytest.mark.parametrize("do", ["", "nonsense", "IMPORT"])
def test_whatever_does_not_say_import_is_a_try(cast: Cast, lea: Staff, do: str) -> None:
    answered(signed_in(lea), sent(text(row()), do), 200)
    assert not Import.objects.exists()


@pytest.mark.parametrize("do", ["try", "import"])
def test_every_bad_row_stands_on_the_page_and_nothing_is_stored(cast: Cast, lea: Staff, do: str) -> None:
    content = text(row("a1", age="x"), row("a2"), row("a3", ward="8c", sex="<b>"))
    page = answered(signed_in(lea), sent(content, do), 422)
    assert "3 problems, on 2 of 3 rows." in said(page)
    assert "2 age Write a number: 0 to 120, whole." in spaced(page)
    assert "4 ward There is no such ward among yours. Write its code." in spaced(page)
    assert "4 sex This is none of: F, M, X." in spaced(page)
    assert 'value="Theatre books of 2016"' in page
    assert not Import.objects.exists()


def test_of_many_problems_the_first_are_shown_and_all_are_to_be_had(cast: Cast, lea: Staff) -> None:
    content = text(*(row(f"a{n}", age="x") for n in range(300)))
    client = signed_in(lea)
    page = answered(client, sent(content), 422)
    assert "300 problems, on 300 of 300 rows." in said(page)
    assert page.count("Write a number: 0 to 120, whole.") == 200
    assert "The first 200 of 300 are shown." in said(page)
    response = client.post(URL, sent(content, "list", source=""))
    assert response["Content-Disposition"] == 'attachment; filename="registry-problems.csv"'
    lines = list(csv.reader(StringIO(response.getvalue().decode())))
    assert lines[0] == ["line", "column", "problem"]
    assert lines[1] == ["2", "age", "Write a number: 0 to 120, whole."]
    assert len(lines) == 301


def test_a_script_has_its_answer_put_in_whatever_it_says(cast: Cast, lea: Staff) -> None:
    """So that the file which somebody chose is still chosen."""
    client = signed_in(lea)
    for content in (text(row("a1")), text(row("a1", age="x")), ""):
        page = answered(client, sent(content), 200, **{"HX-Request": "true"})
        assert page.count('<section id="import"') == 1
        assert "<html" not in page


def test_what_may_be_there_already_is_a_warning(cast: Cast, lea: Staff) -> None:
    brought_by(lea, row("a1"), row("a2", age="50"))
    page = said(answered(signed_in(lea), sent(text(row("b1"), row("b2", age="70"))), 200))
    assert "Some of these may be in the registry already:" in page
    there = "the registry has 0 operations that were recorded here, and 2 that were imported."
    assert f"Ward 7B, from 07-Mar-2016 to 07-Mar-2016: {there} 1 row of the file has the day" in page


def test_the_same_file_again_is_refused_beside_the_file(cast: Cast, lea: Staff) -> None:
    client = signed_in(lea)
    client.post(URL, sent(text(row("a1")), "import"))
    for do in ("try", "import"):
        page = said(answered(client, sent(text(row("a1")), do), 422))
        assert "This very file was imported already, by Lea Lind at " in page
    assert Import.objects.count() == 1


# --- What is no file -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"file": ""}, "Choose a CSV file, of at most 2 MB."),
        ({"file": SimpleUploadedFile("books.csv", b"")}, "This file is empty."),
        ({"source": " "}, "Say where the operations come from."),
        ({"source": "x" * 121}, "at most 120 characters"),
        ({"source": "a\nb"}, "Say it in one line"),
        ({"source": "a\0b"}, "Null characters are not allowed."),
    ],
)
@pytest.mark.parametrize("do", ["try", "import"])
def test_a_form_that_lacks_something_says_what_and_stores_nothing(
    cast: Cast, lea: Staff, changes: dict[str, object], message: str, do: str
) -> None:
    page = answered(signed_in(lea), sent(text(row()), do) | changes, 422)
    assert message in said(page)
    assert not Import.objects.exists()


@pytest.mark.parametrize("content", [b"PK\x03\x04xx", text(row()).encode("utf-16"), b"\0" * 100, b"name,born\nx,1"])
def test_what_is_no_csv_of_ours_is_one_problem(cast: Cast, lea: Staff, content: bytes) -> None:
    page = said(answered(signed_in(lea), sent(content), 422))
    assert "1 problem." in page
    assert "the whole line" in page


def test_a_file_larger_than_a_form_is_taken_here(cast: Cast, lea: Staff) -> None:
    content = text(row("a1")).encode() + (b" " * 8000 + b"\n") * 100
    assert "1 operation, and nothing wrong with it" in answered(signed_in(lea), sent(content), 200)


def test_a_file_over_8_mb_is_refused_with_what_else_can_be_done(cast: Cast, lea: Staff) -> None:
    page = answered(signed_in(lea), sent(b"\n" * (LONGEST_FILE + 1)), 422)
    assert "This file is larger than 2 MB. Whoever runs Spinewatch can bring it in" in said(page)
    page = answered(signed_in(lea), sent(b"\n" * (LONGEST_FILE + 100_000)), 422)  # the server in front refuses it
    assert "Choose a CSV file, of at most 2 MB." in said(page)


def test_only_the_page_of_imports_takes_more_than_a_form() -> None:
    assert list(LONG) == [reverse("registry-imports")]
    assert bodies.limit_of(URL).longest == LONGEST_FILE + 64 * 1024
    for path in (
        "/",
        "/registry/",
        "/registry/import",
        "/registry/import/x/",
        "/registry/import/template/",
        "/sign-in/",
    ):
        assert bodies.limit_of(path).longest == 256 * 1024


def test_a_file_is_sent_by_whoever_was_given_the_form(cast: Cast, lea: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(lea)
    assert client.post(URL, sent(text(row()), "import")).status_code == 403
    assert not Import.objects.exists()


# --- Who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alice", "carol", "sam"])
def test_who_may_not_import_sees_none_of_it(cast: Cast, lea: Staff, name: str) -> None:
    client, brought = signed_in(getattr(cast, name)), brought_by(lea, row("a1"))
    assert client.get(URL).status_code == 403
    assert client.post(URL, sent(text(row("a2")), "import")).status_code == 403
    assert client.post(URL, sent(text(row("a2")), "list")).status_code == 403
    assert client.get(f"{URL}template/").status_code == 403
    assert client.get(f"{URL}{brought.public_id}/take-back/").status_code == 404
    assert Import.objects.count() == 1


def test_the_imports_of_other_wards_are_not_listed(cast: Cast, lea: Staff) -> None:
    brought_by(cast.adam, row("b1", ward="8c"))
    both = brought_by(cast.adam, row("a1"), row("b2", ward="8c"))
    page = said(read(lea, URL))
    assert page.count(SOURCE) == 1
    assert "Ward 7B: 1 operation; 1 on wards that are not yours" in page
    assert "Only somebody who may import for all its wards can take it back." in page
    assert signed_in(lea).get(f"{URL}{both.public_id}/take-back/").status_code == 403


# --- The template ----------------------------------------------------------------------------------------------------


def test_the_template_names_the_columns_and_its_examples_are_right_but_for_their_numbers(
    cast: Cast, lea: Staff
) -> None:
    client = signed_in(lea)
    response = client.get(f"{URL}template/")
    assert response["Content-Disposition"] == 'attachment; filename="registry-template.csv"'
    content = response.getvalue().decode()
    head, *rows = list(csv.reader(StringIO(content)))
    assert (head, len(rows)) == (NAMES, 3)
    page = answered(client, sent(content, "import"), 422)
    assert "3 problems, on 3 of 3 rows." in said(page)
    assert page.count("This is an example of the template. Take the row out.") == 3
    assert client.post(URL, sent(content.replace("example-", "mine-"), "import")).status_code == 302
    assert set(Line.objects.values_list("ward__code", "reoperation")) == {("7b", "none"), ("7b", "deficit")}


def test_the_page_explains_each_column(cast: Cast, lea: Staff) -> None:
    page = read(lea, URL)
    for name in NAMES:
        assert f"<code>{name}</code>" in page


# --- Taken back ------------------------------------------------------------------------------------------------------


def test_an_import_is_taken_back_for_a_reason(cast: Cast, lea: Staff) -> None:
    brought, client = brought_by(lea, row("a1")), signed_in(lea)
    url = f"{URL}{brought.public_id}/take-back/"
    assert "Ward 7B 1 operation" in spaced(client.get(url).content.decode())
    refused = client.post(url, {"reason": " "})
    assert refused.status_code == 422
    assert "Say why: it stays on the record." in refused.content.decode()
    page = said(client.post(url, {"reason": "the wrong years"}, follow=True).content.decode())
    assert f"Taken back: {SOURCE}. It does not count any more." in page
    assert "Taken back: does not count. the wrong years by Lea Lind" in page
    assert not Line.objects.filter(counts=True).exists()
    assert AuditEntry.objects.get(action="registry.taken_back").reason == "the wrong years"
    again = client.get(url).content.decode()
    assert "This import was taken back already." in again
    assert client.post(url, {"reason": "again"}).status_code == 422


def test_an_import_that_is_none_is_not_found(cast: Cast, lea: Staff) -> None:
    assert signed_in(lea).get(f"{URL}{uuid4()}/take-back/").status_code == 404


def test_a_problem_with_a_semicolon_file_is_told_by_its_line(cast: Cast, lea: Staff) -> None:
    content = BytesIO(text(case("a1", onset_days="2,5"), separator=";").encode("utf-8-sig")).getvalue()
    assert "2 onset_days Write a decimal point, no comma: 2.5." in spaced(answered(signed_in(lea), sent(content), 422))

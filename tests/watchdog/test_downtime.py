"""The downtime pack: who lies where and what they had, on paper, from a file that stands by itself."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils.translation import override
from playwright.sync_api import Browser, expect
from pytest_django import DjangoDbBlocker, Settings

from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from monitoring.watchdog.cast import ensure_cast
from monitoring.watchdog.downtime import pack_of, write_packs
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, set_stage
from wards.models import Patient as Person
from wards.models import Ward


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DOWNTIME_DIR = tmp_path / "packs"
    return tmp_path / "packs"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_ward_has_its_file_and_nobody_else_can_read_it(cast: Cast, folder: Path) -> None:
    assert write_packs() == 2
    assert sorted(path.name for path in folder.iterdir()) == ["spinewatch-7b.html", "spinewatch-8c.html"]
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert mode(folder) == 0o700


def test_whose_record_is_in_a_pack_is_in_the_log_whenever_that_changes(cast: Cast, folder: Path) -> None:
    def told() -> list[list[int]]:
        entries = AuditEntry.objects.filter(action="downtime_pack.written", ward=cast.ward_7b).order_by("id")
        assert {entry.actor for entry in entries} == {None}
        return [entry.data["stays"] for entry in entries]

    first = admit_patient(cast)
    write_packs()
    write_packs()
    assert told() == [[first.pk]]
    second = admit_patient(cast, bed=cast.beds[1])
    write_packs()
    assert told() == [[first.pk], [first.pk, second.pk]]


def test_the_watchdogs_ward_has_none(cast: Cast, folder: Path) -> None:
    ensure_cast()
    assert write_packs() == 2


def test_the_file_of_a_ward_that_is_no_more_goes_and_what_is_not_ours_stays(cast: Cast, folder: Path) -> None:
    write_packs()
    Ward.objects.filter(pk=cast.ward_8c.pk).update(code="8d")
    (folder / "readme.html").write_text("ours")
    write_packs()
    assert sorted(path.name for path in folder.iterdir()) == [
        "readme.html",
        "spinewatch-7b.html",
        "spinewatch-8d.html",
    ]


def test_a_pack_that_cannot_be_written_leaves_the_old_one_whole(
    cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_packs()
    before = (folder / "spinewatch-7b.html").read_text()

    def fail(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("monitoring.watchdog.downtime.os.fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        write_packs()
    assert (folder / "spinewatch-7b.html").read_text() == before
    assert sorted(path.name for path in folder.iterdir()) == ["spinewatch-7b.html", "spinewatch-8c.html"]


def words_of(patient: Patient) -> str:
    """The pack of the patient's ward, without its markup."""
    text = re.sub(r"<style>.*?</style>", "", pack_of(patient.stay.ward, now()), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_it_says_who_lies_where_with_two_identifiers_the_operation_and_its_day(patient: Patient) -> None:
    person, words = patient.stay.patient, words_of(patient)
    assert f"Bed {patient.stay.bed} · {person.display_name}" in words
    assert "Born 07-Mar-1955" in words
    assert person.record_number in words
    assert "TLIF L4–5" in words
    assert "(day 1)" in words


def test_it_says_the_last_grades_with_their_times_the_reference_and_what_is_due(patient: Patient) -> None:
    check = patient.checked(1, L4_left=0)
    words = words_of(patient)
    local = check.examined_at.astimezone(ZoneInfo("Europe/Berlin"))
    assert f"{local:%H:%M}" in words
    assert "L4 left 5 5 5 0" in words, "the reference, then the last three checks; paralysis is a 0 and no blank"
    assert "next check due" in words


def test_it_says_the_open_alert_its_level_and_what_is_to_be_done(patient: Patient) -> None:
    patient.checked(1, flag="bladder_bowel", L4_left=0)
    words = words_of(patient)
    assert "OPEN ALERT: deficit, CRITICAL" in words
    assert "no surgeon has accepted" in words
    assert "image and explore" in words


def test_what_is_not_assessed_yet_is_not_called_stable(patient: Patient) -> None:
    patient.check(1, L4_left=0)
    assert "Level: not assessed yet" in words_of(patient)


def test_it_says_as_of_when_and_whom_to_phone(patient: Patient) -> None:
    words = words_of(patient)
    assert "As of " in words
    assert "Ward phone: 1700" in words
    assert "Surgeon on call: nobody on the rota" in words


def test_a_ward_without_patients_says_so(cast: Cast) -> None:
    assert "No patient lies on this ward." in pack_of(cast.ward_8c, now())


def test_a_name_with_markup_is_text(patient: Patient) -> None:
    Person.objects.filter(pk=patient.stay.patient_id).update(family_name="<script>x</script>")
    assert "<script" not in pack_of(patient.stay.ward, now()).lower().replace("&lt;script", "")


@pytest.fixture
def file(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Path:
    """The pack of a ward with one patient. Made in a thread: Playwright's loop would keep this one's connection."""

    def write() -> str:
        try:
            with transaction.atomic():
                patient = watched_patient(set_stage())
                patient.checked(1, flag="bladder_bowel")
                text = pack_of(patient.stay.ward, now())
                transaction.set_rollback(True)
            return text
        finally:
            connection.close()

    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as pool:
        text = pool.submit(write).result()
    path = tmp_path / "spinewatch-7b.html"
    path.write_text(text)
    return path


@pytest.mark.browser
def test_it_opens_without_a_network_and_asks_for_nothing(file: Path, chromium: Browser) -> None:
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(file.as_uri())
    expect(page.locator("section.sheet")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ward 7B: downtime pack")
    assert page.locator("section.sheet tbody tr").first.locator("td:empty").count() >= 6, "a blank grid to write on"
    assert (asked, faults) == ([file.as_uri()], [])
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, "one patient and the head fit one sheet of A4"
    context.close()


def test_the_pack_is_in_the_language_of_the_house(cast: Cast, settings: Settings) -> None:
    """Whatever is being read by whoever has it made."""
    with override("zh-hans"):
        assert '<html lang="en-gb">' in pack_of(cast.ward_7b, now())
    settings.LANGUAGE_CODE = "zh-hans"
    assert '<html lang="zh-hans">' in pack_of(cast.ward_7b, now())

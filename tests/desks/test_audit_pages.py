"""The audit log on a page: who may read it, what an entry says, what is asked for, a patient's story, a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from monitoring.audit.actions import record
from monitoring.audit.models import AuditEntry, RowChange
from monitoring.breakglass.actions import break_glass, review
from monitoring.due.clock import now
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, person
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in, spaced
from wards.models import Role, Staff, Ward


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def ada(cast: Cast) -> Staff:
    """She administers ward 7B alone."""
    return person("Ada", "Alder", (cast.ward_7b, Role.ADMINISTRATOR))


def entry(action: str, by: Staff | None, about: Any, **more: Any) -> AuditEntry:
    """One entry, as `record` writes it; `more` are columns of its own."""
    columns = {"subject_type": about._meta.label_lower, "subject_id": str(about.pk), **more}
    return AuditEntry.objects.create(action=action, actor=by, **columns)


def log(staff: Staff, query: str = "") -> str:
    return spaced(read(staff, f"/audit/{query}"))


# --- Who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["alice", "carol", "sam"])
@pytest.mark.parametrize("page", ["", "past/", "export/"])
def test_only_an_administrator_reads_it(cast: Cast, who: str, page: str) -> None:
    assert signed_in(getattr(cast, who)).get(f"/audit/{page}").status_code == 403


def test_entries_of_other_wards_are_out_of_reach(cast: Cast, ada: Staff) -> None:
    record("ward.limits_set", by=cast.carol, about=cast.ward_7b)
    record("ward.phones_set", by=cast.adam, about=cast.ward_8c)
    assert "set the ward’s limits" in log(ada)
    assert "set the ward’s phone numbers" not in log(ada)
    assert "set the ward’s phone numbers" in log(cast.adam)


def test_entries_of_the_house_are_read_by_every_administrator(cast: Cast, ada: Staff) -> None:
    record("sign_in.succeeded", by=cast.nora, about=cast.nora)
    assert "Nora North signed in" in log(ada)


def test_an_entry_without_a_ward_about_another_wards_patient_is_out_of_reach(cast: Cast, ada: Staff) -> None:
    here, there = admit_patient(cast), admit_patient(cast, bed=cast.beds_8c[0])
    for stay in (here, there):
        entry("patient.registered", None, stay.patient, patient=stay.patient)  # without a ward, as it once was
    page = log(ada, "?kind=system")
    assert here.patient.display_name in page
    assert there.patient.display_name not in page


def test_a_patient_of_another_ward_is_not_there(cast: Cast, ada: Staff) -> None:
    there = admit_patient(cast, bed=cast.beds_8c[0]).patient
    assert signed_in(ada).get(f"/audit/patients/{there.public_id}/").status_code == 404
    assert signed_in(ada).get(f"/audit/?patient={there.public_id}").status_code == 404
    assert signed_in(ada).get(f"/audit/export/?patient={there.public_id}").status_code == 404


def test_somebody_of_another_ward_is_not_there(cast: Cast, ada: Staff) -> None:
    assert signed_in(ada).get(f"/audit/staff/{cast.nora.public_id}/2026-03-07/").status_code == 404


# --- What ------------------------------------------------------------------------------------------------------------


def test_an_entry_says_who_in_which_role_did_what_about_whom_and_why(cast: Cast, patient: Patient) -> None:
    entry(
        "check.retracted",
        cast.alice,
        patient.stay,
        acting_role=Role.NURSE,
        patient=patient.stay.patient,
        ward=cast.ward_7b,
        reason="wrong patient",
        address="10.0.0.7",
        device="0123456789abcdef",
        agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        session="fedcba9876543210",
        request_id="a1b2c3d4e5f6",
        cause="",
    )
    page = log(cast.adam)
    name = patient.stay.patient.display_name
    assert f"Alice Ames (nurse) retracted a strength check: {name} · Ward 7B Why: wrong patient" in page
    assert "10.0.0.7 device 01234567 Firefox, Linux session fedcba98 request a1b2c3d4" in page


def test_its_time_is_told_to_the_second_on_the_wards_clock_under_its_day(cast: Cast) -> None:
    at = now().replace(year=2025, month=7, day=3, hour=22, minute=30, second=9)
    entry("ward.limits_set", cast.carol, cast.ward_7b, ward=cast.ward_7b, at=at)
    assert "04-Jul-2025 00:30:09 Carol Chase set the ward’s limits" in log(cast.adam)


def test_who_failed_to_sign_in_may_be_anybody(cast: Cast) -> None:
    record("sign_in.failed", by=None, about=cast.alice)
    assert "Somebody failed to sign in: Alice Ames" in said(read(cast.adam, "/audit/"))


def test_what_the_software_does_is_told_as_such(cast: Cast, critical: Patient) -> None:
    assert "The software opened an alert" in log(cast.adam)


def test_reading_the_log_is_an_entry(cast: Cast, patient: Patient) -> None:
    story = f"/audit/patients/{patient.stay.patient.public_id}/"
    for url in ("/audit/?kind=exports", story, f"/audit/staff/{cast.alice.public_id}/2026-03-07/"):
        read(cast.adam, url)
    read_, story_, day = AuditEntry.objects.order_by("-pk")[:3][::-1]
    assert (read_.action, read_.actor, read_.data["filters"]) == ("audit.read", cast.adam, ["kind"])
    assert (story_.action, story_.patient, story_.acting_role) == (
        "audit.patient_read",
        patient.stay.patient,
        Role.ADMINISTRATOR,
    )
    assert (day.action, day.subject_id) == ("audit.staff_read", str(cast.alice.pk))


def test_what_was_opened_from_outside_the_ward_stands_first_until_it_is_reviewed(
    cast: Cast, ada: Staff, patient: Patient
) -> None:
    opened = break_glass(patient.stay, by=cast.nora, reason="Found on the stairs between our wards.")
    page = log(ada)
    assert page.index("Nora North opened") < page.index("Entries, the newest first")
    assert "Found on the stairs between our wards." in page
    assert "Nora North opened" not in log(ada, "?kind=writes")
    review(opened, by=ada, note="A visitor saw it.")
    assert "to review" not in log(ada)


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_each_filter_leaves_out_what_does_not_fit(cast: Cast, patient: Patient) -> None:
    at = now() - timedelta(days=400)
    fits = entry(
        "check.recorded",
        cast.nora,
        patient.stay,
        patient=patient.stay.patient,
        ward=cast.ward_8c,
        at=at,
        request_id="feed",
        reason="the one",
    )
    entry("ward.phones_set", cast.carol, cast.ward_7b, ward=cast.ward_7b, reason="another")
    day = at.date()
    for query in (
        f"who={cast.nora.public_id}",
        f"patient={patient.stay.patient.public_id}",
        "ward=8c",
        "kind=writes",
        "group=checks",
        f"until={day + timedelta(days=2)}T00:00",
        f"since={day - timedelta(days=2)}T00:00&until={day + timedelta(days=2)}T00:00",
        "request=feed",
        f"who={cast.nora.public_id}&ward=8c&kind=writes&group=checks",
    ):
        page = log(cast.adam, f"?{query}")
        assert fits.reason in page, query
        assert "another" not in page, query


def test_a_group_of_another_kind_has_nothing(cast: Cast, patient: Patient) -> None:
    assert "No entries" in log(cast.adam, "?kind=exports&group=checks")


def test_what_the_software_did_by_itself_leaves_out_failed_sign_ins(cast: Cast, critical: Patient) -> None:
    record("sign_in.failed", by=None, about=cast.alice)
    page = log(cast.adam, "?kind=system")
    assert "opened an alert" in page
    assert "failed to sign in" not in page


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "who=00000000-0000-0000-0000-000000000000", "kind=x", "ward=9z", "request=%27--", "patient=1"],
)
def test_a_filter_that_cannot_be_read_shows_no_entries_and_says_so(cast: Cast, query: str) -> None:
    response = signed_in(cast.adam).get(f"/audit/?{query}")
    assert response.status_code == 422
    page = response.content.decode()
    assert 'class="log"' not in page
    assert 'class="error' in page


def test_a_range_that_ends_before_it_begins_is_refused(cast: Cast) -> None:
    response = signed_in(cast.adam).get("/audit/?since=2026-03-07T03:00&until=2026-03-07T03:00")
    assert "not later than the time before it" in response.content.decode()


@pytest.mark.parametrize("after", ["x", "1.x", "9" * 60, "٣.٤", "99999999999999999999.1", "-1.2"])
def test_a_place_that_is_none_is_the_beginning(cast: Cast, after: str) -> None:
    record("ward.limits_set", by=cast.carol, about=cast.ward_7b)
    assert "set the ward’s limits" in log(cast.adam, f"?after={after}")


def test_pages_go_on_where_the_last_one_ended_though_new_entries_come(cast: Cast, ada: Staff) -> None:
    start = now() - timedelta(days=1)
    for number in range(120):
        # Two of a time: their ids decide.
        at = start + timedelta(seconds=number // 2)
        entry("group.saved", cast.carol, cast.ward_7b, ward=cast.ward_7b, at=at, reason=f"[{number}]")
    for staff in (cast.adam, ada):
        seen: list[str] = []
        url = "/audit/?group=calling"
        for _page in range(3):
            page = read(staff, url)
            seen += [line.split("]")[0] for line in page.split("Why: [")[1:]]
            entry("group.saved", cast.carol, cast.ward_7b, ward=cast.ward_7b)
            older = page.split('rel="next"')[0].rsplit('href="', 1)[-1].split('"')[0]
            url = older.replace("&amp;", "&")
        assert seen == [str(number) for number in reversed(range(120))]


# --- Rows ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_write_shows_each_changed_column_before_and_after(cast: Cast) -> None:
    in_force = {"locks_after": "3", "drain_limit_ml": "50", "drain_days": "3"}
    seen = {f"seen_{name}": value for name, value in in_force.items()}
    signed_in(cast.carol).post("/wards/7b/limits/", {**in_force, **seen, "drain_limit_ml": "70", "drain_days": "4"})
    page = log(cast.adam, "?group=wards")
    assert "Carol Chase (charge nurse) set the ward’s limits" in page
    assert "drain limit a day (ml) 50 → 70" in page
    assert "days until a drain may come out 3 → 4" in page
    assert "days until a drain may come out 3 → 4" not in spaced(read(cast.adam, "/audit/past/"))


@pytest.mark.django_db(transaction=True)
def test_a_change_made_past_the_application_is_told_loudly(cast: Cast, ada: Staff) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wards_ward SET drain_days = 9 WHERE code = '7b'")
    page = log(cast.adam)
    assert "▲ Changed past the application Somebody changed rows of the database directly." in page
    assert "as database user" in page
    assert "days until a drain may come out 3 → 9" in page
    assert "days until a drain may come out 3 → 9" in spaced(read(cast.adam, "/audit/past/"))
    of_one_ward = log(ada)
    assert "Changed past the application" in of_one_ward
    assert "days until a drain" not in of_one_ward  # the row may be another ward's


def test_the_rows_of_a_transaction_stand_once(cast: Cast) -> None:
    first = entry("ward.limits_set", cast.carol, cast.ward_7b, ward=cast.ward_7b, xact=77)
    second = entry("ward.phones_set", cast.carol, cast.ward_7b, ward=cast.ward_7b, xact=77)
    for number in range(25):
        RowChange.objects.create(
            table="wards_ward",
            row_id=str(number),
            operation="UPDATE",
            before={"phone": "1", "locks_after": 0},
            after={"phone": "2", "locks_after": None},
            database_user="app",
            xact=77,
        )
    page = log(cast.adam, "?group=wards") + log(cast.adam, "?group=calling")
    assert first.xact == second.xact
    assert "more than 20 rows changed" in page
    assert "More rows were changed in this transaction" in page
    assert "locks after (minutes) 0 → nothing" in page  # 0 is a value
    both = log(cast.adam)
    assert "Its rows stand with the entry above that shares its transaction." in both


def test_rows_of_a_transaction_of_the_same_number_before_a_restore_are_not_its_own(cast: Cast) -> None:
    entry("ward.limits_set", cast.carol, cast.ward_7b, ward=cast.ward_7b, xact=78)
    RowChange.objects.create(
        table="wards_ward", row_id="1", operation="UPDATE", before={}, after={}, xact=78, at=now() - timedelta(days=9)
    )
    assert "1 row changed" not in log(cast.adam, "?group=wards")


def test_a_page_costs_as_many_statements_however_long_the_log_is(cast: Cast) -> None:
    client = signed_in(cast.adam)
    client.get("/audit/")  # the touch of a session is no page's own
    entry("group.saved", cast.carol, cast.ward_7b, ward=cast.ward_7b)
    few = queries_of(lambda: client.get("/audit/?kind=settings"))
    for number in range(120):
        entry("group.saved", cast.carol, cast.ward_7b, ward=cast.ward_7b, xact=number)
        RowChange.objects.create(
            table="wards_group", row_id="1", operation="UPDATE", before={"name": "a"}, after={"name": "b"}, xact=number
        )
    assert queries_of(lambda: client.get("/audit/?kind=settings")) == few <= 12


# --- One patient, one day --------------------------------------------------------------------------------------------


def test_a_record_number_leads_to_the_story_by_an_address_that_does_not_tell_it(cast: Cast, patient: Patient) -> None:
    whom = patient.stay.patient
    response = signed_in(cast.adam).post("/audit/find/", {"record_number": f" {whom.record_number} "})
    assert response["Location"] == f"/audit/patients/{whom.public_id}/"
    found = AuditEntry.objects.latest("pk")
    assert (found.action, found.patient, found.data) == ("audit.patient_found", whom, {})


def test_a_number_that_is_nobodys_here_is_refused_and_written_down_without_it(cast: Cast, ada: Staff) -> None:
    there = admit_patient(cast, bed=cast.beds_8c[0]).patient
    response = signed_in(ada).post("/audit/find/", {"record_number": there.record_number})
    assert response.status_code == 422
    assert "No patient of your wards has this number." in response.content.decode()
    assert f'value="{there.record_number}"' in response.content.decode()
    tried = AuditEntry.objects.latest("pk")
    assert (tried.action, tried.patient, tried.data) == ("audit.patient_not_found", None, {})


def test_the_story_begins_at_the_beginning_and_says_who_appears_in_it(cast: Cast, critical: Patient) -> None:
    page = spaced(read(cast.adam, f"/audit/patients/{critical.stay.patient.public_id}/"))
    steps = ["registered the patient", "admitted the patient", "recorded an operation", "opened an alert"]
    assert [page.index(step) for step in steps] == sorted(page.index(step) for step in steps)
    assert "Alice Ames : 0 openings, 7 other entries, last" in page
    assert f"{critical.stay.patient.display_name} born 07-Mar-1955 No. {critical.stay.patient.record_number}" in page


def test_a_users_day_has_what_they_did_and_what_was_done_to_their_account(cast: Cast, patient: Patient) -> None:
    noon = now().replace(year=2026, month=3, day=7, hour=12)
    entry("check.recorded", cast.alice, patient.stay, patient=patient.stay.patient, at=noon, address="10.0.0.7")
    entry("pin.set", cast.alice, cast.alice, at=noon + timedelta(minutes=5))
    entry("sign_in.failed", None, cast.alice, at=noon - timedelta(minutes=5))
    entry("pin.set", cast.alice, cast.alice, at=noon + timedelta(days=1), reason="tomorrow")
    entry("pin.set", cast.carol, cast.carol, at=noon, reason="another")
    page = spaced(read(cast.adam, f"/audit/staff/{cast.alice.public_id}/2026-03-07/"))
    assert "2 entries, from" in page
    assert "1 patient" in page
    assert "Somebody failed to sign in: Alice Ames" in page
    assert page.index("failed to sign in") < page.index("recorded a strength check") < page.index("set a PIN")
    assert "tomorrow" not in page
    assert "another" not in page


def test_a_day_is_the_wards_and_ends_at_its_midnight(cast: Cast) -> None:
    late = now().replace(year=2026, month=3, day=7, hour=23, minute=30)  # 00:30 of the 8th in Berlin
    entry("pin.set", cast.alice, cast.alice, at=late)
    assert "Nothing that day." in said(read(cast.adam, f"/audit/staff/{cast.alice.public_id}/2026-03-07/"))
    assert "00:30" in said(read(cast.adam, f"/audit/staff/{cast.alice.public_id}/2026-03-08/"))


@pytest.mark.parametrize("day", ["today", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_not_there(cast: Cast, day: str) -> None:
    assert signed_in(cast.adam).get(f"/audit/staff/{cast.alice.public_id}/{day}/").status_code == 404


def test_an_administrator_lands_there(cast: Cast) -> None:
    assert signed_in(cast.adam).get("/")["Location"] == "/audit/"


def test_who_is_a_nurse_too_lands_on_the_ward(cast: Cast) -> None:
    ward = Ward.objects.get(code="7b")
    both = person("Bo", "Both", (ward, Role.ADMINISTRATOR), (ward, Role.NURSE))
    assert signed_in(both).get("/")["Location"] == "/wards/7b/"

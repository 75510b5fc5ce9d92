"""A held check is filed as it was examined, or dropped with a reason; it is never lost, and never counts meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from monitoring.audit.models import AuditEntry
from monitoring.checks.models import Check
from monitoring.offline.actions import drop_held, file_held
from monitoring.offline.models import Held
from tests.alerts.conftest import Patient
from tests.cast import Cast, ago
from tests.desks.pages import alerting_works, read, said, signed_in
from tests.offline.device import Device
from wards.access import Forbidden
from wards.models import Membership
from wards.times import zone_of


@pytest.fixture
def held(cast: Cast, tablet: Device) -> Held:
    """L4 left had fallen to 1; the tablet's clock was set back an hour before Carol's session sent it."""
    alerting_works()
    answer = tablet.send(
        tablet.seal(l4_left="1", l5_left="sedated", grave=True), by=cast.carol, changed_by=timedelta(hours=-1)
    )
    assert answer.held is not None
    return answer.held


def at_an_hour_ago(held: Held, **more: str) -> dict[str, str]:
    """What the form sends that files it as of an hour ago."""
    at = ago(minutes=60).astimezone(zone_of(held.stay.ward))
    typed = {"examined_date": f"{at:%Y-%m-%d}", "examined_time": f"{at:%H:%M}"}
    return {"examined": "earlier", **typed, "second_examiner": "", "note": ""} | more


def test_it_does_not_count_while_it_is_held(held: Held, patient: Patient) -> None:
    patient.assess()
    assert patient.alerts == []


def test_filed_it_is_the_examiners_check_and_alerts(cast: Cast, held: Held, patient: Patient) -> None:
    check = file_held(held, by=cast.carol, changes=at_an_hour_ago(held)).check_filed
    assert check is not None
    assert (check.recorded_by, check.examined_at, check.l4_left) == (cast.alice, ago(minutes=60), 1)
    assert check.l5_left_untested == "sedated"
    patient.assess()
    assert patient.alert.level == "critical"
    entry = AuditEntry.objects.get(action="held.filed")
    assert (entry.actor_id, entry.data["check"]) == (cast.carol.pk, check.pk)


def test_the_findings_are_not_the_filers_to_change(cast: Cast, held: Held) -> None:
    client = signed_in(cast.carol)
    client.post(f"/held/{held.public_id}/", at_an_hour_ago(held, l4_left="5"))
    held.refresh_from_db()
    assert held.check_filed is not None
    assert held.check_filed.l4_left == 1


def test_filed_twice_it_is_one_check(cast: Cast, held: Held) -> None:
    first = file_held(held, by=cast.carol, changes=at_an_hour_ago(held))
    again = file_held(held, by=cast.alice, changes=at_an_hour_ago(held))
    assert first.check_filed == again.check_filed
    assert Check.objects.filter(idempotency_key=held.idempotency_key).count() == 1


def test_a_tablet_that_sends_a_filed_one_again_hears_that_it_is_stored(cast: Cast, tablet: Device, held: Held) -> None:
    file_held(held, by=cast.carol, changes=at_an_hour_ago(held))
    assert tablet.send(tablet.seal()).outcome == "stored"


def test_the_rules_apply_to_what_is_filed(cast: Cast, held: Held) -> None:
    with pytest.raises(ValidationError) as refused:
        file_held(held, by=cast.carol, changes=at_an_hour_ago(held, examined_date="2091-01-01"))
    assert "examined_time" in refused.value.message_dict
    held.refresh_from_db()
    assert held.ending == ""


def test_where_the_examiner_may_no_longer_sign_the_filer_does_and_names_the_examiner(cast: Cast, held: Held) -> None:
    Membership.objects.filter(staff=cast.alice).delete()
    check = file_held(held, by=cast.carol, changes=at_an_hour_ago(held)).check_filed
    assert check is not None
    assert check.recorded_by == cast.carol
    assert check.note == "Examined by Alice Ames."


def test_dropped_it_says_why_and_stays(cast: Cast, tablet: Device, held: Held) -> None:
    drop_held(held, by=cast.carol, reason="the wrong patient")
    drop_held(held, by=cast.carol, reason="the wrong patient")
    assert AuditEntry.objects.get(action="held.dropped").reason == "the wrong patient"
    assert tablet.send(tablet.seal()).outcome == "dropped"
    assert not Check.objects.filter(idempotency_key=held.idempotency_key).exists()


def test_to_drop_it_a_reason_is_needed(cast: Cast, held: Held) -> None:
    with pytest.raises(ValidationError):
        drop_held(held, by=cast.carol, reason="  ")


def test_the_second_to_decide_is_told_who_was_first(cast: Cast, held: Held) -> None:
    drop_held(held, by=cast.carol, reason="the wrong patient")
    with pytest.raises(ValidationError, match=r"Carol Chase decided at .* not to file this check"):
        file_held(held, by=cast.alice, changes=at_an_hour_ago(held))


def test_no_program_can_delete_it(held: Held) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM offline_held")


def test_an_administrator_sees_it_and_does_not_file_it(cast: Cast, held: Held) -> None:
    assert "File it" not in read(cast.adam, "/wards/7b/held/")
    with pytest.raises(Forbidden):
        file_held(held, by=cast.adam, changes=at_an_hour_ago(held))
    with pytest.raises(Forbidden):
        drop_held(held, by=cast.adam, reason="mine")


def test_another_ward_does_not_know_of_it(cast: Cast, held: Held) -> None:
    nora: Client = signed_in(cast.nora)
    for url in ("/wards/7b/held/", f"/held/{held.public_id}/", f"/held/{held.public_id}/drop/"):
        assert nora.get(url).status_code == 404


def test_the_list_says_whose_it_is_what_was_found_and_why_it_is_held(cast: Cast, held: Held) -> None:
    page = said(read(cast.alice, "/wards/7b/held/"))
    assert held.stay.patient.display_name in page
    assert "PHONE THE SURGEON" in page
    assert "Examined by Alice Ames · sent by Carol Chase" in page
    assert "clock was changed" in page


def test_the_form_asks_for_the_time_where_the_clock_was_changed(cast: Cast, held: Held) -> None:
    page = read(cast.alice, f"/held/{held.public_id}/")
    assert 'name="examined_time" id="id_examined_time"' in page.replace('type="time" ', "")
    assert 'value="20' not in page


def test_the_notice_for_the_board_counts_and_is_loud_where_one_is_grave(cast: Cast, held: Held) -> None:
    client = signed_in(cast.alice)
    notice = client.get("/wards/7b/held/", headers={"HX-Request": "true"}).content.decode()
    assert "1 check from a device waits to be filed." in notice
    assert 'role="alert"' in notice
    drop_held(held, by=cast.alice, reason="the wrong patient")
    assert "waits" not in client.get("/wards/7b/held/", headers={"HX-Request": "true"}).content.decode()


def test_the_pages_file_and_drop(cast: Cast, held: Held) -> None:
    client = signed_in(cast.carol)
    refused = client.post(f"/held/{held.public_id}/drop/", {"reason": ""})
    assert refused.status_code == 422
    filed = client.post(f"/held/{held.public_id}/", at_an_hour_ago(held))
    assert filed.status_code == 302
    assert filed.headers["Location"].endswith("/result/")

"""How I am reached, and the ward's own numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitoring.due.clock import now
from monitoring.escalation import contacts
from monitoring.escalation.models import Contact, Delivery
from tests.cast import Cast
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards.models import Post, Staff, Ward
from wards.rota import add_duty

MINE = "/me/channels/"

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


@pytest.fixture(autouse=True)
def _alive(db: None, settings: Any) -> None:
    alerting_works()
    settings.EMAIL_HOST = "mail.hospital.example"


def contact_of(staff: Staff, address: str = "sam@hospital.example", **more: Any) -> Contact:
    return Contact.objects.create(staff=staff, channel="email", address=address, **more)


def phone_of(ward: Ward) -> Contact:
    address = "7b@hospital.example"
    return Contact.objects.create(ward=ward, purpose="ward_phone", channel="email", address=address)


def duty(cast: Cast, hours: float) -> None:
    at = now() + timedelta(hours=hours)
    ends_at = at + timedelta(hours=8)
    add_duty(by=cast.carol, ward=cast.ward_7b, post=Post.SURGEON_ON_CALL, staff=cast.sam, starts_at=at, ends_at=ends_at)


def add(staff: Staff, url: str = MINE, **sent: str) -> Response:
    return signed_in(staff).post(url, {"channel": "email", "address": "sam@hospital.example", **sent})


def post(staff: Staff, contact: Contact, what: str) -> Response:
    return signed_in(staff).post(f"/contacts/{contact.public_id}/{what}/", follow=True)


def test_one_adds_a_way_and_sees_it_untried(cast: Cast) -> None:
    assert add(cast.sam, is_backup="on")["Location"] == MINE
    text = said(read(cast.sam, MINE))
    assert "E-mail sam@hospital.example backup" in text
    assert "never tried: send a test" in text


def test_a_wrong_address_stands_beside_its_field_and_is_kept(cast: Cast) -> None:
    response = add(cast.sam, address="sam at home", is_backup="on")
    page = response.content.decode()
    assert response.status_code == 422
    assert "valid email address" in said(page.split('id="field-address"')[1].split("</div>")[0])
    assert "sam at home" in page
    assert "checked" in page.split('name="is_backup"')[1][:60]
    assert not Contact.objects.exists()


@pytest.mark.parametrize("sent", [{"channel": ""}, {"channel": "probe"}, {"channel": "in_app"}, {"address": ""}])
def test_what_is_missing_or_not_offered_is_refused(cast: Cast, sent: dict[str, str]) -> None:
    assert add(cast.sam, **sent).status_code == 422
    assert not Contact.objects.exists()


def test_a_house_without_a_channel_says_so(cast: Cast, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert "No channel outside Spinewatch is set up here." in said(read(cast.sam, MINE))


def test_a_test_shows_how_far_it_got(cast: Cast) -> None:
    contact = contact_of(cast.sam)
    assert "A test is on its way." in (text := said(post(cast.sam, contact, "test").content.decode()))
    assert "test is being sent" in text
    test = Delivery.objects.get(purpose="test")
    for state, words in (
        ("accepted", "test was sent"),
        ("delivered", "test was delivered"),
        ("failed", "test FAILED: no such mailbox"),
    ):
        Delivery.objects.filter(pk=test.pk).update(state=state, next_attempt_at=None, error="no such mailbox")
        assert words in said(read(cast.sam, MINE))


def test_two_tests_in_a_minute_are_one(cast: Cast) -> None:
    contact = contact_of(cast.sam)
    post(cast.sam, contact, "test")
    assert "Not sent. A test was sent less than a minute ago." in said(post(cast.sam, contact, "test").content.decode())
    assert Delivery.objects.count() == 1


def test_a_broken_one_says_why_in_red_and_a_working_one_when(cast: Cast) -> None:
    contact_of(cast.sam, broken_since=now(), broken_reason="no such mailbox")
    contact_of(cast.sam, "second@hospital.example", last_worked_at=now() - timedelta(minutes=40))
    text = said(read(cast.sam, MINE))
    assert "BROKEN since" in text
    assert "no such mailbox" in text
    assert "Last worked" in text
    assert "40 min ago" in text


def test_a_channel_that_is_no_longer_set_up_is_broken(cast: Cast) -> None:
    Contact.objects.create(staff=cast.sam, channel="pager", address="123", last_worked_at=now())
    assert "this channel is no longer set up here" in said(read(cast.sam, MINE))


@pytest.mark.parametrize("hours", [-1, 23])
def test_who_is_on_the_rota_without_a_way_is_told_so_in_red(cast: Cast, hours: float) -> None:
    duty(cast, hours)
    assert "YOU CANNOT BE REACHED. You are surgeon on call on Ward 7B" in said(read(cast.sam, MINE))
    contact = contact_of(cast.sam)
    assert "CANNOT BE REACHED" not in read(cast.sam, MINE)
    Contact.objects.filter(pk=contact.pk).update(broken_since=now(), broken_reason="gone")
    assert "YOU CANNOT BE REACHED" in read(cast.sam, MINE)


def test_who_is_not_on_the_rota_soon_is_told_quietly(cast: Cast) -> None:
    duty(cast, 25)
    page = read(cast.sam, MINE)
    assert "CANNOT BE REACHED" not in page
    assert "No way to reach you outside Spinewatch works." in page


def test_a_removed_one_is_gone_from_the_page(cast: Cast) -> None:
    contact = contact_of(cast.sam)
    assert "Removed" in said(post(cast.sam, contact, "remove").content.decode())
    assert "sam@hospital.example" not in read(cast.sam, MINE)
    assert post(cast.sam, contact, "test").status_code == 404


@pytest.mark.parametrize("what", ["test", "remove"])
def test_somebody_elses_is_not_there(cast: Cast, what: str) -> None:
    contact = contact_of(cast.sam)
    assert post(cast.carol, contact, what).status_code == 404
    contact.refresh_from_db()
    assert contact.removed_at is None
    assert not Delivery.objects.exists()
    assert "sam@hospital.example" not in read(cast.carol, MINE)


def test_a_refresh_is_the_list_alone(cast: Cast) -> None:
    contact_of(cast.sam)
    fragment = signed_in(cast.sam).get(MINE, headers={"HX-Request": "true"}).content.decode()
    assert "sam@hospital.example" in fragment
    assert "<html" not in fragment
    assert "Add a way" not in fragment


def test_many_ways_cost_as_many_queries_as_one(cast: Cast) -> None:
    contacts.send_test(contact_of(cast.sam), by=cast.sam)
    few = queries_of(lambda: read(cast.sam, MINE))
    for number in range(5):
        contacts.send_test(contact_of(cast.sam, f"sam{number}@hospital.example"), by=cast.sam)
    assert queries_of(lambda: read(cast.sam, MINE)) == few


# --- The ward's own --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["carol", "adam"])
def test_a_wards_lead_sets_its_phone_and_the_sites_number(cast: Cast, who: str) -> None:
    staff: Staff = getattr(cast, who)
    url = "/wards/7b/contacts/"
    assert "No working contact is set for ward's phone or bleep." in said(read(staff, url)).replace("&#x27;", "'")
    assert add(staff, url, purpose="ward_phone")["Location"] == url
    text = said(read(staff, url)).replace("&#x27;", "'")
    assert "No working contact is set for ward's phone" not in text
    assert "No working contact is set for the site's number." in text
    contact = Contact.objects.get()
    assert (contact.ward, contact.staff) == (cast.ward_7b, None)


def test_a_wards_number_needs_its_purpose(cast: Cast) -> None:
    response = add(cast.carol, "/wards/7b/contacts/")
    assert response.status_code == 422
    assert "Say whose number this is." in said(response.content.decode().split('id="field-purpose"')[1])
    assert not Contact.objects.exists()


def test_a_nurse_or_a_surgeon_may_not_and_another_ward_is_not_there(cast: Cast) -> None:
    phone = phone_of(cast.ward_7b)
    for staff in (cast.alice, cast.sam):
        assert signed_in(staff).get("/wards/7b/contacts/").status_code == 403
        assert add(staff, "/wards/7b/contacts/", purpose="ward_phone").status_code == 403
        assert post(staff, phone, "remove").status_code == 403
        assert post(staff, phone, "test").status_code == 403
    assert signed_in(cast.nora).get("/wards/7b/contacts/").status_code == 404
    assert post(cast.nora, phone, "remove").status_code == 404
    phone.refresh_from_db()
    assert phone.removed_at is None
    assert Contact.objects.count() == 1
    assert not Delivery.objects.exists()

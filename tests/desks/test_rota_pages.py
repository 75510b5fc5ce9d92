"""The rota: its week, each change to it, and who would be called."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from monitoring.desks.nurse.rota_forms import DutyForm
from monitoring.desks.nurse.rota_week import week_of
from monitoring.due.clock import now
from monitoring.escalation.models import Contact
from tests.alerts.conftest import Patient
from tests.cast import Cast, on_duty
from tests.desks.pages import acts, alerting_works, queries_of, read, signed_in, spaced
from wards.models import Duty, Membership, Post, Role
from wards.rota import add_duty

WEEK = "/rota/7b/"
ADD = "/rota/7b/add/"
IMPORT = "/rota/7b/import/"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def carol(cast: Cast) -> Client:
    return signed_in(cast.carol)


def typed(at: datetime) -> str:
    """As a browser's date-and-time field sends it, on the ward's clock."""
    return f"{at.astimezone(BERLIN):%Y-%m-%dT%H:%M}"


def line(cast: Cast, **changes: str) -> dict[str, str]:
    start = now() + timedelta(hours=1)
    return {
        "post": Post.SURGEON_ON_CALL,
        "staff": str(cast.sam.pk),
        "starts_at": typed(start),
        "ends_at": typed(start + timedelta(hours=8)),
    } | changes


def refused(client: Client, url: str, form: dict[str, Any]) -> str:
    """The page that a form is answered with, once it is sure that nothing was stored."""
    before = (Duty.objects.count(), acts())
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert (Duty.objects.count(), acts()) == before
    return answer.content.decode()


def test_somebody_of_one_ward_gets_straight_to_its_rota(cast: Cast) -> None:
    assert signed_in(cast.alice).get("/rota/").headers["Location"] == WEEK
    assert "Ward 8C" in read(cast.adam, "/rota/")


def test_the_navigation_leads_to_the_rota(cast: Cast) -> None:
    assert re.search(r'<a href="/rota/7b/"[^>]*>Rota</a>', read(cast.alice, "/wards/7b/"))


def test_the_week_shows_who_is_there_now_and_where_nobody_is(cast: Cast) -> None:
    on_duty(cast, Post.NURSE, cast.alice, since=1, hours=2)
    page = read(cast.carol, WEEK)
    assert re.search(r'<li class="held is-now">.*?Alice Ames', page, re.S)
    assert 'class="gap"' in read(cast.carol, f"{WEEK}?week={(now() + timedelta(days=9)).date().isoformat()}")


def test_a_time_with_nobody_is_red_ahead_and_grey_behind(cast: Cast) -> None:
    def kinds(days: int) -> set[str]:
        page = read(cast.carol, f"{WEEK}?week={(now() + timedelta(days=days)).date().isoformat()}")
        return set(re.findall(r'<li class="(gap|past)"><span class="hours">all day</span>', page))

    assert kinds(7) == {"gap"}
    assert kinds(-7) == {"past"}


def test_people_who_come_and_go_together_share_a_line(cast: Cast) -> None:
    start = (now() + timedelta(days=7)).replace(hour=12)
    for staff in (cast.alice, cast.carol):
        add_duty(
            by=cast.carol,
            ward=cast.ward_7b,
            post=Post.NURSE,
            staff=staff,
            starts_at=start,
            ends_at=start + timedelta(minutes=1),
        )
    page = read(cast.carol, f"{WEEK}?week={start.astimezone(BERLIN).date().isoformat()}")
    assert page.count('<li class="held">') == 1
    assert "Alice Ames" in page


def test_a_nurse_sees_the_rota_and_no_way_to_change_it(cast: Cast) -> None:
    on_duty(cast, Post.NURSE, cast.alice)
    page = read(cast.alice, WEEK)
    assert "Alice Ames" in page
    assert "hand-over" not in page
    assert ADD not in page


def test_a_gap_of_the_week_leads_to_the_form_filled_in(cast: Cast, carol: Client) -> None:
    page = read(cast.carol, f"{WEEK}?week={(now() + timedelta(days=9)).date().isoformat()}")
    link = re.search(r'href="(/rota/7b/add/\?[^"]*post=surgeon_on_call[^"]*)"', page)
    assert link
    form = carol.get(link.group(1).replace("&amp;", "&")).content.decode()
    assert re.search(r'<option value="surgeon_on_call" selected', form)
    assert re.search(r'name="starts_at" value="\d{4}-\d\d-\d\dT00:00"', form)


@pytest.mark.parametrize("week", ["nonsense", "9999-12-31", "0001-01-01", ""])
def test_a_week_that_is_none_is_this_week(cast: Cast, week: str) -> None:
    assert "now-word" in read(cast.alice, f"{WEEK}?week={week}")


def test_somebody_who_left_the_ward_is_struck_out_and_leaves_a_gap(cast: Cast) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam, hours=5)
    Membership.objects.filter(staff=cast.sam, role=Role.SURGEON).delete()
    page = read(cast.carol, WEEK)
    assert re.search(r'<li class="void">.*?Sam Stone.*?does not count', page, re.S)
    assert 'class="held is-now"' not in page


def test_a_day_on_which_the_clocks_change_has_its_own_length(cast: Cast) -> None:
    def at(day: int, hour: int, fold: int = 0) -> datetime:
        return datetime(2026, 10, day, hour, tzinfo=BERLIN, fold=fold)

    night = Duty(ward=cast.ward_7b, post=Post.NURSE, staff=cast.alice, starts_at=at(24, 22), ends_at=at(25, 2, fold=1))
    week = week_of([(night, True)], monday=datetime(2026, 10, 19).date(), now=at(20, 12), zone=BERLIN)  # noqa: DTZ001
    sunday = week.days[-1].cells[0]
    assert [(line.kind, line.hours) for line in sunday.lines] == [("held", "until 02:00"), ("gap", "from 02:00")]
    assert [piece.width for piece in sunday.strip] == [28.8, 211.2]  # 3 h and 22 h of 25


def test_faults_stand_on_the_page_with_their_urgency(cast: Cast) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    text = spaced(read(cast.alice, WEEK))
    assert "now Sam Stone is on duty and has no working channel." in text


def test_the_week_costs_the_same_however_full_it_is(cast: Cast) -> None:
    read(cast.carol, WEEK)
    few = queries_of(lambda: read(cast.carol, WEEK))
    for hours in range(1, 9):
        on_duty(cast, Post.NURSE, cast.alice, since=-3 * hours, hours=3 * hours + 2)
    assert queries_of(lambda: read(cast.carol, WEEK)) == few <= 50


def test_a_line_is_added(cast: Cast, carol: Client) -> None:
    answer = carol.post(ADD, line(cast))
    assert answer.headers["Location"].startswith(f"{WEEK}?week=")
    duty = Duty.objects.get()
    assert (duty.staff, duty.post, duty.recorded_by) == (cast.sam, Post.SURGEON_ON_CALL, cast.carol)
    assert duty.ends_at - duty.starts_at == timedelta(hours=8)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("post", "", "Choose the post."),
        ("post", "porter", "Choose the post."),
        ("staff", "", "Choose one of the ward&#x27;s people."),
        ("staff", "999999", "Choose one of the ward&#x27;s people."),
        ("starts_at", "", "Give the date and time."),
        ("ends_at", "tomorrow", "This is not a date and time"),
        ("ends_at", "2020-01-01T08:00", "The end must be after the start."),
        ("starts_at", "2020-01-01T08:00", "Check both dates."),
    ],
)
def test_each_wrong_field_has_its_message_and_the_rest_is_kept(
    cast: Cast, carol: Client, field: str, value: str, message: str
) -> None:
    form = line(cast, **{field: value})
    page = refused(carol, ADD, form)
    assert message in page
    assert "Nothing was saved." in page
    if field != "ends_at":
        assert f'value="{form["ends_at"]}"' in page
    if field != "staff":
        assert f'<option value="{cast.sam.pk}" selected' in page


def test_a_nurse_cannot_be_surgeon_on_call(cast: Cast, carol: Client) -> None:
    page = refused(carol, ADD, line(cast, staff=str(cast.alice.pk)))
    assert "Alice Ames cannot be surgeon on call" in page


def test_an_hour_that_comes_twice_is_asked_about(cast: Cast, carol: Client) -> None:
    form = line(cast, starts_at="2025-10-26T02:30", ends_at="2025-10-26T09:00")
    assert 'name="starts_at_fold"' in refused(carol, ADD, form)
    answered = DutyForm(form | {"starts_at_fold": "second"}, ward=cast.ward_7b)
    assert answered.is_valid()
    assert answered.cleaned_data["starts_at"] == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)  # by winter time


def test_the_rest_of_a_shift_is_handed_over_now(cast: Cast, carol: Client) -> None:
    duty = on_duty(cast, Post.CHARGE_NURSE, cast.carol, since=2)
    answer = carol.post(f"/duties/{duty.public_id}/hand-over/", {"to": str(cast.alice.pk), "when": "now", "at": ""})
    assert answer.status_code == 302
    here = Duty.objects.filter(cancelled_at=None).order_by("starts_at")
    assert [part.staff for part in here] == [cast.carol, cast.alice]


def test_the_rest_of_a_shift_is_handed_over_at_a_time(cast: Cast, carol: Client) -> None:
    duty = on_duty(cast, Post.CHARGE_NURSE, cast.carol, hours=8)
    later = typed(now() + timedelta(hours=3))
    carol.post(f"/duties/{duty.public_id}/hand-over/", {"to": str(cast.alice.pk), "when": "later", "at": later})
    part = Duty.objects.get(staff=cast.alice)
    assert typed(part.starts_at) == later
    assert part.ends_at == duty.ends_at


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"to": ""}, "Choose the colleague who takes over."),
        ({"when": ""}, "Say from when."),
        ({"when": "later"}, "Give the date and time."),
        ({"when": "later", "at": "2020-01-01T08:00"}, "This is outside the duty"),
        ({"at": "2030-01-01T08:00"}, "You typed a time as well."),
    ],
)
def test_a_hand_over_that_says_too_little_is_refused(
    cast: Cast, carol: Client, changes: dict[str, str], message: str
) -> None:
    duty = on_duty(cast, Post.CHARGE_NURSE, cast.carol)
    form = {"to": str(cast.alice.pk), "when": "now", "at": ""} | changes
    page = refused(carol, f"/duties/{duty.public_id}/hand-over/", form)
    assert message in page
    if "to" not in changes:
        assert f'<option value="{cast.alice.pk}" selected' in page


def test_a_line_is_cancelled_and_stays_readable(cast: Cast, carol: Client) -> None:
    duty = on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    assert carol.post(f"/duties/{duty.public_id}/cancel/").status_code == 302
    duty.refresh_from_db()
    assert duty.cancelled_by == cast.carol
    page = spaced(read(cast.carol, f"/duties/{duty.public_id}/hand-over/"))
    assert "Cancelled" in page
    assert "Hand over to a colleague" not in page


def test_a_line_that_was_handed_over_is_not_cancelled_unseen(cast: Cast, carol: Client) -> None:
    duty = on_duty(cast, Post.CHARGE_NURSE, cast.carol)
    url = f"/duties/{duty.public_id}/"
    carol.post(f"{url}hand-over/", {"to": str(cast.alice.pk), "when": "now", "at": ""})
    page = carol.post(f"{url}cancel/", follow=True).content.decode()
    assert "This was handed over to Alice Ames" in page
    assert Duty.objects.filter(staff=cast.alice, cancelled_at=None).exists()


def calendar(*events: str) -> SimpleUploadedFile:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//EN", *events, "END:VCALENDAR", ""])
    return SimpleUploadedFile("rota.ics", text.encode(), "text/calendar")


def event(uid: str, who: str) -> str:
    start = now() + timedelta(hours=1)
    times = f"DTSTART:{start:%Y%m%dT%H%M00Z}\r\nDTEND:{start + timedelta(hours=8):%Y%m%dT%H%M00Z}"
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\n{times}\r\nSUMMARY:{who}\r\nEND:VEVENT"


def test_a_calendar_is_imported_and_says_what_changed(cast: Cast, carol: Client) -> None:
    form = {"post": Post.SURGEON_ON_CALL, "calendar": calendar(event("1", "sam"))}
    page = carol.post(IMPORT, form, follow=True).content.decode()
    assert "1 added, 0 unchanged, 0 cancelled" in page
    assert Duty.objects.get().staff == cast.sam


def test_a_calendar_with_a_problem_imports_nothing_and_says_which(cast: Cast, carol: Client) -> None:
    form = {"post": Post.SURGEON_ON_CALL, "calendar": calendar(event("1", "sam"), event("2", "Dr Unknown"))}
    page = refused(carol, IMPORT, form)
    assert "Nothing was imported." in page
    assert "Dr Unknown" in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"post": ""}, "Choose the post."),
        ({"calendar": ""}, "Choose a calendar file, of at most 256 KB."),
        ({"calendar": SimpleUploadedFile("rota.ics", b"")}, "This file is empty."),
        ({"calendar": SimpleUploadedFile("rota.ics", b"x" * 300_000)}, "Choose a calendar file, of at most 256 KB."),
        ({"calendar": SimpleUploadedFile("rota.ics", b"hello")}, "This is no calendar file"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(
    cast: Cast, carol: Client, changes: dict[str, Any], message: str
) -> None:
    form = {"post": Post.SURGEON_ON_CALL, "calendar": calendar(event("1", "sam"))} | changes
    page = refused(carol, IMPORT, form)
    assert message in page
    if "post" not in changes:
        assert '<option value="surgeon_on_call" selected' in page


def asked(cast: Cast, patient: Patient, **changes: str) -> str:
    answer = signed_in(cast.alice).get(
        "/rota/7b/who/",
        {"stay": str(patient.stay.public_id), "key": "critical", "at": typed(now() + timedelta(hours=6))} | changes,
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_would_be_called_is_answered_for_now_and_for_later(cast: Cast, patient: Patient) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam, hours=3)
    Contact.objects.create(staff=cast.sam, channel="email", address="sam@example.org")
    rows = re.findall(r"<tr>.*?</tr>", asked(cast, patient), re.S)
    row = next(spaced(row) for row in rows if "the surgeon on call, " not in row and "the surgeon on call<" in row)
    assert re.search(r"At once surgical the surgeon on call Now Sam Stone .*E-mail.* Nobody: passed at once", row)


def test_somebody_without_a_channel_outside_the_app_is_red(cast: Cast, patient: Patient) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    assert re.search(r'<li class="late">Sam Stone <span[^>]*>no channel outside the app', asked(cast, patient))


def test_a_broken_channel_is_red_too(cast: Cast, patient: Patient) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    Contact.objects.create(staff=cast.sam, channel="email", address="sam@example.org")
    Contact.objects.update(broken_since=now(), broken_reason="no such mailbox")
    assert "every channel is broken" in asked(cast, patient)


def test_the_question_begins_with_three_in_the_morning(cast: Cast, patient: Patient) -> None:
    assert re.search(r'name="at" value="\d{4}-\d\d-\d\dT03:00"', read(cast.alice, WEEK))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stay": ""}, "Choose one of the ward&#x27;s patients."),
        ({"stay": "not-a-uuid"}, "Choose one of the ward&#x27;s patients."),
        ({"key": "x"}, "Choose a level."),
        ({"at": ""}, "Give the date and time."),
    ],
)
def test_a_question_that_says_too_little_is_asked_again(
    cast: Cast, patient: Patient, changes: dict[str, str], message: str
) -> None:
    assert message in asked(cast, patient, **changes)


def test_another_wards_patient_cannot_be_asked_about(cast: Cast, patient: Patient) -> None:
    answer = signed_in(cast.nora).get("/rota/8c/who/", {"stay": str(patient.stay.public_id), "key": "critical"})
    assert patient.stay.patient.family_name.upper() not in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_wards_rota_does_not_exist(cast: Cast, method: str) -> None:
    duty = on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    client, before = signed_in(cast.sue), acts()
    for url in (ADD, IMPORT, f"/duties/{duty.public_id}/hand-over/"):
        assert getattr(client, method)(url, line(cast)).status_code == 404, url
    assert client.get(WEEK).status_code == 404
    assert client.get("/rota/7b/who/").status_code == 404
    assert client.post(f"/duties/{duty.public_id}/cancel/").status_code == 404
    assert acts() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_nurse_may_look_and_not_write(cast: Cast, method: str) -> None:
    duty = on_duty(cast, Post.NURSE, cast.alice)
    client, before = signed_in(cast.alice), acts()
    for url in (ADD, IMPORT, f"/duties/{duty.public_id}/hand-over/"):
        assert getattr(client, method)(url, line(cast)).status_code == 403, url
    assert client.post(f"/duties/{duty.public_id}/cancel/").status_code == 403
    assert acts() == before
    assert Duty.objects.get().cancelled_at is None

"""Sessions: whose they are, when they end, and who may end them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from monitoring.audit.context import session_name
from monitoring.audit.models import AuditEntry
from monitoring.desks.common import lock
from monitoring.desks.common.stream import topics_of_session
from monitoring.due.clock import now
from monitoring.identity import ending
from monitoring.identity.models import SignedIn
from monitoring.identity.sessions import end
from tests.cast import Cast
from tests.desks.pages import said, spaced
from tests.identity.browser import Browser, in_as

ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
Why = SignedIn.Why


def entries(action: str) -> list[dict[str, object]]:
    return list(AuditEntry.objects.filter(action=action).order_by("pk").values_list("data", flat=True))


# --- Whose it is ------------------------------------------------------------------------------------------------------


def test_the_key_changes_at_signing_in(cast: Cast) -> None:
    browser = Browser()
    browser.get("/sign-in/")
    session = browser.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    browser.sign_in("alice")
    assert browser.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_it_changes_as_well_where_the_same_person_signs_in_again(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("alice")
    before = browser.session.session_key
    browser.sign_in("alice")
    assert browser.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert [one.why for one in SignedIn.objects.order_by("pk")] == [Why.REPLACED, ""]


def test_nothing_of_the_one_before_is_left_to_the_next_person(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("alice")
    session = browser.session
    session["hers"] = "a secret"
    session.save()
    before = session.session_key
    browser.sign_in("carol")
    assert in_as(browser, cast.carol)
    assert "hers" not in browser.session
    assert not Session.objects.filter(session_key=before).exists()


def test_no_table_but_djangos_has_a_key_that_opens(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("alice")
    key = browser.session.session_key
    kept = str(list(SignedIn.objects.values())) + str(list(AuditEntry.objects.values()))
    assert key is not None
    assert key not in kept
    assert SignedIn.objects.get().name == session_name(key)


# --- When it ends -----------------------------------------------------------------------------------------------------


def test_it_ends_after_its_hours_whatever_is_touched(cast: Cast, settings: Settings) -> None:
    settings.SESSION_LENGTH = timedelta(hours=8)
    browser = Browser()
    browser.sign_in("alice")
    signed_in = SignedIn.objects.get()
    assert signed_in.ends_at - signed_in.began_at == pytest.approx(timedelta(hours=8), abs=timedelta(seconds=5))
    session = browser.session
    for change in ("touched", "saved"):
        lock.touch(session)
        session[change] = True
        session.save()
    stored = Session.objects.get(session_key=session.session_key)
    assert stored.expire_date == pytest.approx(signed_in.ends_at, abs=timedelta(seconds=5))
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    assert browser.get("/wards/7b/")["Location"].startswith("/sign-in/")


def test_the_sweep_notes_that_its_hours_are_over(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("alice")
    assert ending.sessions_past_their_hours(10) == []
    SignedIn.objects.update(ends_at=now() - timedelta(seconds=1))
    (due,) = ending.sessions_past_their_hours(10)
    ending.end_session(due)
    ending.end_session(due)
    assert SignedIn.objects.get().why == Why.HOURS
    assert [entry["why"] for entry in entries("session.ended")] == ["hours"]
    assert browser.get("/wards/7b/")["Location"].startswith("/sign-in/")
    assert ending.sessions_past_their_hours(10) == []


def test_signing_out_ends_it(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("alice")
    browser.post("/sign-out/")
    assert SignedIn.objects.get().why == Why.SIGNED_OUT


# --- One's own list ---------------------------------------------------------------------------------------------------


@pytest.fixture
def two(cast: Cast) -> tuple[Browser, Browser]:
    """Alice at the desk, and with a tablet."""
    desk, tablet = Browser(), Browser("10.7.0.2", headers={"User-Agent": ANDROID})
    for browser in (desk, tablet):
        browser.sign_in("alice")
    return desk, tablet


def test_the_list_says_where_from_and_since_when(two: tuple[Browser, Browser]) -> None:
    desk, _ = two
    words = spaced(desk.get("/me/sessions/").content.decode())
    assert words.index("this screen") < words.index("Chrome, Android")
    assert "10.7.0.2" in words
    assert "Last touched" in words


def test_two_on_the_same_browser_are_told_apart_by_when_they_began(two: tuple[Browser, Browser]) -> None:
    """By ear too: a name that stands twice on the page is no landmark, and each button says which one it ends."""
    desk, _ = two
    Browser("10.7.0.3").sign_in("alice")
    page = desk.get("/me/sessions/").content.decode()
    assert page.count("<article") == 3
    assert page.count("<section") == 1, "the head of every page alone"
    for session in SignedIn.objects.all():
        assert page.count(f'id="began-{session.public_id}"') == 1
        assert page.count(f'aria-describedby="began-{session.public_id}"') == 1


def test_somebody_elses_sessions_are_not_in_it(two: tuple[Browser, Browser], cast: Cast) -> None:
    carol = Browser()
    carol.sign_in("carol")
    assert "Android" not in carol.get("/me/sessions/").content.decode()
    hers = SignedIn.objects.filter(staff=cast.alice)[0]
    assert carol.post(f"/me/sessions/{hers.public_id}/end/").status_code == 404
    assert SignedIn.objects.filter(ended_at=None).count() == 3


def test_one_is_ended_from_another(two: tuple[Browser, Browser], cast: Cast) -> None:
    desk, tablet = two
    other = SignedIn.objects.get(address="10.7.0.2")
    desk.post(f"/me/sessions/{other.public_id}/end/")
    assert tablet.get("/wards/7b/")["Location"].startswith("/sign-in/")
    assert desk.get("/wards/7b/").status_code == 200
    other.refresh_from_db()
    assert (other.why, other.ended_by) == (Why.BY_HAND, cast.alice)
    assert entries("session.ended") == [{"why": "by_hand", "session": other.name}]


def test_all_the_others_end_at_once(two: tuple[Browser, Browser]) -> None:
    desk, tablet = two
    assert "1 other session ended." in said(desk.post("/me/sessions/end-others/", follow=True).content.decode())
    assert (desk.person is not None, tablet.get("/wards/7b/").status_code) == (True, 302)


def test_ending_ones_own_is_signing_out(two: tuple[Browser, Browser]) -> None:
    desk, _ = two
    here = SignedIn.objects.exclude(address="10.7.0.2").get()
    assert desk.post(f"/me/sessions/{here.public_id}/end/")["Location"] == "/sign-in/"
    assert desk.person is None
    assert len(entries("sign_out.succeeded")) == 1


def test_an_ordinary_page_asks_nothing_more_for_all_this(two: tuple[Browser, Browser]) -> None:
    desk, _ = two
    desk.get("/me/channels/")
    with CaptureQueriesContext(connection) as captured:
        desk.get("/me/channels/")
    assert not [query for query in captured.captured_queries if "identity_" in query["sql"]]


@pytest.mark.django_db(transaction=True)
def test_the_stream_of_an_ended_session_is_nobodys(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("alice")
    key = browser.session.session_key
    assert async_to_sync(topics_of_session)(key) is not None
    end(SignedIn.objects.get(), by=cast.alice, why=Why.BY_HAND)
    assert async_to_sync(topics_of_session)(key) is None

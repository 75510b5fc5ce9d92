"""An account ends on its date: at the door at once, everywhere else with the next tick."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from monitoring.due.registry import Lane, sweeps_of
from monitoring.identity import ending
from monitoring.identity.days import today
from monitoring.identity.models import SignedIn
from tests.cast import Cast, on_duty
from tests.identity.browser import Browser, in_as
from wards.access import roles_on
from wards.models import Post, Staff, Ward
from wards.rota_queries import gaps


def ends(staff: Staff, days: int) -> None:
    """The account's last day, so many days from today."""
    Staff.objects.filter(pk=staff.pk).update(ends_on=today() + timedelta(days=days))


@pytest.mark.parametrize(("days", "expected"), [(-1, False), (0, True), (1, True), (30, True)])
def test_one_signs_in_up_to_the_last_day(cast: Cast, days: int, expected: bool) -> None:
    ends(cast.alice, days)
    browser = Browser()
    browser.sign_in("alice")
    assert in_as(browser, cast.alice) is expected


def test_an_open_session_is_nobodys_from_midnight_on_without_any_sweep(cast: Cast) -> None:
    browser = Browser()
    browser.sign_in("alice")
    assert browser.get("/wards/7b/").status_code == 200
    ends(cast.alice, -1)
    assert browser.get("/wards/7b/")["Location"].startswith("/sign-in/")


def test_the_houses_midnight_counts(cast: Cast, settings: Settings) -> None:
    zones = [ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")]
    dates = []
    for zone in zones:
        settings.HOUSE_ZONE = zone
        dates.append(today())
    assert dates == [now().astimezone(zone).date() for zone in zones]
    assert dates[0] - dates[1] >= timedelta(days=1)


def test_the_sweep_closes_the_account_for_all_the_house(cast: Cast) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    browser = Browser()
    browser.sign_in("sam")
    ends(cast.sam, -1)
    Ward.objects.update(retarget_at=None)
    (due,) = ending.accounts_past_their_day(10)
    ending.end_account(due)
    ending.end_account(due)
    cast.sam.refresh_from_db()
    assert not cast.sam.is_active
    assert roles_on(cast.sam, cast.ward_7b) == frozenset()
    assert gaps(cast.ward_7b, Post.SURGEON_ON_CALL, now(), now() + timedelta(hours=1)), "the rota says that nobody is"
    assert SignedIn.objects.get().why == SignedIn.Why.ACCOUNT
    cast.ward_7b.refresh_from_db()
    assert cast.ward_7b.retarget_at is not None, "open alerts look again whom they call"
    assert AuditEntry.objects.filter(action="staff.ended", subject_id=str(cast.sam.pk)).count() == 1
    assert ending.accounts_past_their_day(10) == []


def test_nobody_else_is_closed(cast: Cast) -> None:
    ends(cast.sam, 0)
    assert ending.accounts_past_their_day(10) == []
    ending.end_account(cast.sam.pk)
    cast.sam.refresh_from_db()
    assert cast.sam.is_active


def test_both_are_done_by_the_quick_lanes_tick() -> None:
    assert {"account", "session"} <= {sweep.name for sweep in sweeps_of(Lane.DETECT)}

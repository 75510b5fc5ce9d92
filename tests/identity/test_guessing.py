"""Nobody finds a password by trying, and nobody's tries keep anybody else out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from monitoring.identity import throttle
from monitoring.identity.models import Guesses
from monitoring.identity.throttle import LIMITS
from tests.cast import Cast
from tests.desks.pages import said
from tests.identity.browser import Browser, in_as

FREE = LIMITS["person here"].free
FEW = 12


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many free tries in the wide buckets: the same rules, sooner."""
    for bucket in ("person anywhere", "browser", "address"):
        monkeypatch.setitem(LIMITS, bucket, replace(LIMITS[bucket], free=FEW))


def wait_over() -> None:
    """As if every wait of now were over, and nothing forgotten yet."""
    Guesses.objects.update(free_at=now() - timedelta(seconds=1))


def lock_outs() -> list[dict[str, object]]:
    return list(AuditEntry.objects.filter(action="sign_in.locked_out").order_by("pk").values_list("data", flat=True))


# --- One person, one place --------------------------------------------------------------------------------------------


def test_the_sixth_try_waits_and_the_page_says_how_long(cast: Cast) -> None:
    browser = Browser()
    for _ in range(FREE):
        assert browser.guess("alice").status_code == 200
    response = browser.guess("alice")
    assert response.status_code == 429
    assert response["Retry-After"] == "30"
    assert "Too many wrong answers. Try again in 30 seconds." in said(response.content.decode())


def test_the_right_password_waits_as_well(cast: Cast) -> None:
    browser = Browser()
    for _ in range(FREE):
        browser.guess("alice")
    assert browser.sign_in("alice").status_code == 429
    wait_over()
    browser.sign_in("alice")
    assert in_as(browser, cast.alice)


def test_each_further_wrong_answer_doubles_the_wait_up_to_a_limit(cast: Cast) -> None:
    waits = [LIMITS["person here"].wait_after(FREE + more) for more in range(7)]
    assert [wait.total_seconds() for wait in waits] == [30, 60, 120, 240, 480, 900, 900]
    assert LIMITS["person here"].wait_after(FREE - 1) == timedelta(0)


def test_knocking_meanwhile_makes_no_wait_longer(cast: Cast) -> None:
    browser = Browser()
    for _ in range(FREE + 20):
        browser.guess("alice")
    assert Guesses.objects.order_by("-failures")[0].failures == FREE


def test_the_right_password_forgets_the_wrong_ones(cast: Cast) -> None:
    browser = Browser()
    for _ in range(3):
        for _ in range(FREE - 1):
            assert browser.guess("alice").status_code == 200
        assert browser.sign_in("alice").status_code == 302
        browser.post("/sign-out/")


def test_after_an_hour_all_is_forgotten(cast: Cast) -> None:
    browser = Browser()
    for _ in range(FREE):
        browser.guess("alice")
    Guesses.objects.update(forget_at=now() - timedelta(seconds=1))
    assert browser.guess("alice").status_code == 200


def test_capital_letters_give_no_more_tries(cast: Cast) -> None:
    browser = Browser()
    for name in ("alice", "Alice", "ALICE", "aLice", "alicE"):
        browser.guess(name)
    assert browser.guess("alice").status_code == 429


def test_a_name_that_nobody_has_is_treated_no_differently(cast: Cast) -> None:
    browser = Browser()
    for _ in range(FREE):
        assert browser.guess("nobody").status_code == 200
    assert browser.guess("nobody").status_code == 429


def test_each_lock_out_is_written_down_with_no_word_of_what_was_typed(cast: Cast) -> None:
    browser = Browser()
    for _ in range(FREE + 3):
        browser.guess("alice")
    assert lock_outs() == [{"bucket": "person here", "failures": FREE, "seconds": 30}]
    (entry,) = AuditEntry.objects.filter(action="sign_in.locked_out")
    assert (entry.subject_id, entry.device) == (str(cast.alice.pk), browser.device)
    assert "alice" not in str(list(Guesses.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_as_many_as_one_by_one(cast: Cast) -> None:
    def attempt(_number: int) -> bool:
        try:
            throttle.admit("password", "alice", cast.alice)
        except throttle.TooSoon:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(attempt, range(24))) == FREE


# --- Spraying, and the ward that must go on working -------------------------------------------------------------------


def test_one_address_that_tries_every_account_is_stopped(cast: Cast, few: None) -> None:
    answers = [Browser("203.0.113.9").guess(f"person{number}").status_code for number in range(FEW + 4)]
    assert answers.count(200) == FEW
    assert set(answers[FEW:]) == {429}


def test_one_account_tried_from_many_addresses_is_stopped(cast: Cast, few: None) -> None:
    answers = [Browser(f"203.0.113.{number}").guess("alice").status_code for number in range(FEW + 4)]
    assert answers.count(200) == FEW
    assert set(answers[FEW:]) == {429}


def test_a_ward_behind_one_address_goes_on_working_while_somebody_sprays_from_it(cast: Cast, few: None) -> None:
    tablet = Browser()
    tablet.sign_in("carol")
    tablet.post("/sign-out/")
    for number in range(FEW + 5):
        Browser().guess(f"person{number}")
    assert Browser().sign_in("alice").status_code == 429, "a browser that nobody has used before has to wait"
    for name, staff in (("carol", cast.carol), ("alice", cast.alice), ("sam", cast.sam)):
        tablet.sign_in(name)
        assert in_as(tablet, staff), f"{name} on the ward's tablet"
        tablet.post("/sign-out/")


def test_whoever_has_signed_in_here_before_is_kept_out_by_nobodys_tries_elsewhere(cast: Cast, few: None) -> None:
    own = Browser()
    own.sign_in("sam")
    own.post("/sign-out/")
    for number in range(FEW + 5):
        Browser(f"203.0.113.{number}").guess("sam")
    assert Browser("198.51.100.1").sign_in("sam").status_code == 429
    own.sign_in("sam")
    assert in_as(own, cast.sam)


def test_a_colleagues_tries_on_the_shared_tablet_keep_nobody_else_out(cast: Cast) -> None:
    tablet = Browser()
    tablet.sign_in("carol")
    tablet.post("/sign-out/")
    for _ in range(FREE + 1):
        tablet.guess("alice")
    assert tablet.sign_in("alice").status_code == 429
    tablet.sign_in("carol")
    assert in_as(tablet, cast.carol)


def test_a_browser_of_the_house_cannot_try_every_account_either(cast: Cast, few: None) -> None:
    tablet = Browser()
    tablet.sign_in("carol")
    tablet.post("/sign-out/")
    answers = [tablet.guess(f"person{number}").status_code for number in range(FEW + 5)]
    assert answers.count(200) == FEW


def test_a_ward_has_more_tries_than_a_person(cast: Cast) -> None:
    assert FREE < LIMITS["browser"].free <= LIMITS["address"].free
    assert all(limit.longest <= timedelta(minutes=15) for limit in LIMITS.values()), "nobody waits for longer"


def test_rows_that_are_over_go_away_by_themselves(cast: Cast) -> None:
    for number in range(5):
        Browser(f"203.0.113.{number}").guess(f"person{number}")
    Guesses.objects.update(forget_at=now() - timedelta(seconds=1))
    Browser().guess("alice")
    assert Guesses.objects.count() == 3

"""The page on which a ward's leads set its limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cast import Cast
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in
from wards.limits import WardLimits, limits_of
from wards.models import Staff, Ward

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

PAGE = "/wards/7b/limits/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def seen_on(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen_\w+)" value="(\d+)"', page))


def send(staff: Staff, seen: dict[str, str], **said: str) -> Response:
    form = {"locks_after": "3", "drain_limit_ml": "50", "drain_days": "3", **seen, **said}
    return signed_in(staff).post(PAGE, form)


def in_force() -> WardLimits:
    return limits_of(Ward.objects.get(code="7b"))


def test_it_shows_what_is_in_force_and_puts_others_in_force(cast: Cast) -> None:
    page = read(cast.carol, PAGE)
    assert "In force: screens lock after 3 min" in said(page)
    assert "under 50 ml a day on 3 consecutive days" in said(page)
    assert send(cast.carol, seen_on(page), locks_after="2", drain_limit_ml="40", drain_days="2").status_code == 302
    assert in_force() == WardLimits(locks_after=2, drain_limit_ml=40, drain_days=2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"drain_limit_ml": "0"}, "greater than or equal to 1"),
        ({"drain_days": "15"}, "less than or equal to 14"),
        ({"locks_after": ""}, "Give a number."),
        ({"drain_days": "2.5"}, "Write a whole number."),
        ({"seen_drain_days": ""}, "This page is incomplete. Reload it."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(cast: Cast, wrong: dict[str, str], message: str) -> None:
    answer = send(cast.carol, seen_on(read(cast.carol, PAGE)), **wrong)
    assert answer.status_code == 422
    assert message in said(answer.content.decode())
    assert in_force() == WardLimits(locks_after=3, drain_limit_ml=50, drain_days=3)


def test_a_stale_page_is_shown_anew_with_what_is_in_force_and_may_then_be_meant(cast: Cast) -> None:
    seen = seen_on(read(cast.carol, PAGE))
    send(cast.adam, seen, drain_limit_ml="80")
    answer = send(cast.carol, seen, drain_days="5")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody has set other limits meanwhile" in said(page)
    assert "under 80 ml a day on 3 consecutive days" in said(page)
    assert send(cast.carol, seen_on(page), drain_limit_ml="80", drain_days="5").status_code == 302
    assert in_force() == WardLimits(locks_after=3, drain_limit_ml=80, drain_days=5)


@pytest.mark.parametrize(("who", "status"), [("alice", 403), ("sam", 403), ("nora", 404), ("adam", 200)])
def test_it_is_for_the_leads_of_the_ward(cast: Cast, who: str, status: int) -> None:
    assert signed_in(getattr(cast, who)).get(PAGE).status_code == status


def test_it_is_reached_from_the_wards_numbers_and_the_ladders(cast: Cast) -> None:
    for page in ("/wards/7b/contacts/", "/wards/7b/ladders/"):
        assert PAGE in read(cast.carol, page)


def test_it_takes_few_queries(cast: Cast) -> None:
    client = signed_in(cast.carol)
    client.get(PAGE)
    assert queries_of(lambda: client.get(PAGE)) <= 12

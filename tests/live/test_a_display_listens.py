"""A screen on the wall hears of its ward, and of nothing else, until somebody ends it."""

from __future__ import annotations

import pytest
from django.test import Client

from monitoring.desks.common.stream import topics_of
from monitoring.live import topics
from tests.cast import Cast, set_stage
from tests.playing import play
from wards.displays import end_display
from wards.models import Display

pytestmark = pytest.mark.django_db(transaction=True)


def screen(cast: Cast) -> str:
    client = Client()
    client.force_login(cast.carol)
    client.post("/wards/7b/displays/", {"name": "corridor"})
    return client.cookies["display"].value


def heard_by(session_key: str | None, cookie: str | None) -> frozenset[str] | None:
    return play(topics_of(session_key, cookie))


def test_it_hears_of_its_own_ward_alone() -> None:
    cast = set_stage()
    assert heard_by(None, screen(cast)) == frozenset([topics.ward(cast.ward_7b.pk)])


def test_its_stream_ends_with_it() -> None:
    cast = set_stage()
    cookie = screen(cast)
    end_display(Display.objects.get(), by=cast.carol)
    assert heard_by(None, cookie) is None


def test_whoever_signs_in_on_it_hears_of_their_own() -> None:
    cast = set_stage()
    cookie, client = screen(cast), Client()
    client.force_login(cast.nora)
    heard = heard_by(client.session.session_key, cookie)
    assert heard == frozenset([topics.person(cast.nora.pk), topics.ward(cast.ward_8c.pk)])


def test_a_browser_with_neither_hears_nothing() -> None:
    assert heard_by(None, None) is None
    assert heard_by("gone", "made:up") is None

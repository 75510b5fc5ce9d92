"""A stream that runs for hours asks every minute whether its person may still listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from typing import cast as typed

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.desks.common import stream as module
from monitoring.desks.common.stream import frames, topics_of_session
from monitoring.due.clock import now
from monitoring.live import hub, topics
from tests.cast import Cast, admit_patient, set_stage
from tests.live.conftest import OwnValkey
from tests.playing import play
from wards.models import Membership, Role, Staff, Stay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(module, "RECHECK_SECONDS", 0.3)
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.1)
    return set_stage()


def sign_in(staff: Staff) -> str:
    client = Client()
    client.force_login(staff)
    return typed(str, client.session.session_key)


def run(story: Callable[[AsyncIterator[bytes]], Any], key: str) -> None:
    async def whole() -> None:
        allowed = await topics_of_session(key)
        assert allowed is not None
        opened = frames(key, allowed)
        try:
            await asyncio.wait_for(story(opened), 10)
        finally:
            await typed(Any, opened).aclose()
            working = hub.hub_of_this_loop(module.ask_for_pulse)
            assert working.listeners == set()
            await working.close()

    play(whole())


async def ends_with(opened: AsyncIterator[bytes]) -> bytes:
    last = b""
    async for frame in opened:
        last = frame
    return last


def leave(staff: Staff) -> None:
    Staff.objects.filter(pk=staff.pk).update(is_active=False)


def sign_out(staff: Staff) -> None:
    Session.objects.all().delete()


def change_password(staff: Staff) -> None:
    staff.set_password("another one")
    staff.save()


@pytest.mark.parametrize("act", [leave, sign_out, change_password])
def test_a_stream_ends_when_its_person_may_no_longer_listen(people: Cast, act: Callable[[Staff], None]) -> None:
    async def story(opened: AsyncIterator[bytes]) -> None:
        await anext(opened)
        await sync_to_async(act)(people.alice)
        assert (await ends_with(opened)).startswith(b"event: signed-out")

    run(story, sign_in(people.alice))


def test_a_stream_follows_its_person_to_another_ward(people: Cast) -> None:
    async def story(opened: AsyncIterator[bytes]) -> None:
        await anext(opened)
        working = hub.hub_of_this_loop(module.ask_for_pulse)
        (listener,) = working.listeners
        mine = topics.person(people.alice.pk)
        assert listener.topics == {mine, topics.ward(people.ward_7b.pk)}
        await sync_to_async(Membership.objects.create)(staff=people.alice, ward=people.ward_8c, role=Role.NURSE)
        while len(listener.topics) < 3:
            await anext(opened)
        assert listener.topics == {mine, topics.ward(people.ward_7b.pk), topics.ward(people.ward_8c.pk)}

    run(story, sign_in(people.alice))


def test_whoever_reaches_one_patient_elsewhere_hears_of_that_ward_as_long_as_they_do(people: Cast) -> None:
    stay, key = admit_patient(people), sign_in(people.sue)
    mine, here, there = topics.person(people.sue.pk), topics.ward(people.ward_8c.pk), topics.ward(people.ward_7b.pk)
    assert async_to_sync(topics_of_session)(key) == frozenset({mine, here})
    Stay.objects.filter(pk=stay.pk).update(responsible_surgeon=people.sue)
    with CaptureQueriesContext(connection) as captured:
        assert async_to_sync(topics_of_session)(key) == frozenset({mine, here, there})
    assert len(captured) <= 4, "the session, the person, the visit, the wards"
    Stay.objects.filter(pk=stay.pk).update(discharged_at=now(), departure="home")
    assert async_to_sync(topics_of_session)(key) == frozenset({mine, here})


def test_a_stream_goes_on_while_the_database_is_away(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(opened: AsyncIterator[bytes]) -> None:
        await anext(opened)

        async def away(session_key: str | None) -> frozenset[str] | None:
            raise OperationalError

        monkeypatch.setattr(module, "topics_of_session", away)
        for _ in range(10):
            assert b"signed-out" not in await anext(opened)

    run(story, sign_in(people.alice))


def test_somebody_of_no_ward_hears_their_own_calls_and_the_pulse(people: Cast) -> None:
    nobody = Staff.objects.create_user("nobody", password="x")

    async def story(opened: AsyncIterator[bytes]) -> None:
        assert (await anext(opened)).startswith(b"event: hello")
        (listener,) = hub.hub_of_this_loop(module.ask_for_pulse).listeners
        assert listener.topics == {topics.person(nobody.pk)}

    run(story, sign_in(nobody))

"""Valkey is stopped for the whole run, and of the processes only the web and `manage.py tick --loop` are there."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.stack import Stack
from tests.survival.conftest import FORM_SECONDS
from tests.survival.house import furnished
from tests.survival.post import post_office
from tests.survival.story import ALL, AT_ONCE, all_once


@pytest.mark.django_db(transaction=True)
@pytest.mark.thorough
def test_checks_are_assessed_and_ladders_climb_and_mail_goes_out(stack: Callable[..., Stack]) -> None:
    running = stack()
    running.stop_valkey()
    with post_office() as office:
        house = furnished(running, office)
        house.run("web", "sweep")
        story = house.new_story()
        began = time.monotonic()
        story.send()
        assert story.answered
        assert time.monotonic() - began < FORM_SECONDS
        story.wait_until_called(AT_ONCE)
        story.minutes_pass()
        story.wait_until_called(ALL)
        assert story.outcome() == all_once()
        assert house.strays() == set()
        assert "Traceback" not in running.log("sweep")

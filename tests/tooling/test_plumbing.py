"""The ground the other tests stand on."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from playwright.sync_api import Browser

from tests.stack import Stack


def test_the_database_is_a_real_postgresql_18(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 180000


def test_a_test_process_has_a_redis_database_and_channels_of_its_own() -> None:
    number = settings.LIVE_CHANNEL_PREFIX.removeprefix("test")
    assert settings.REDIS_URL.endswith(f"/{number}")


@pytest.mark.browser
@pytest.mark.thorough
def test_a_browser_sees_the_sign_in_page_and_a_person_made_by_the_test_gets_in(
    stack: Callable[..., Stack], chromium: Browser
) -> None:
    running = stack("web")
    with running.models():
        get_user_model().objects.create_user("ada", password="correct horse battery")
    assert running.sql("SELECT count(*) FROM wards_staff WHERE username = %s", ["ada"]) == [(1,)]
    page = chromium.new_context().new_page()
    page.goto(f"{running.url}/sign-in/")
    page.get_by_label("name", exact=False).first.fill("ada")
    page.locator("input[type=password]").fill("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url, timeout=10_000)
    page.context.close()

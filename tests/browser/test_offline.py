"""A tablet loses the network at night, and its browser dies: no check is lost, doubled or misdated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from monitoring.demo.people import PASSWORD
from tests.browser.conftest import CheckPage, fill_in_sign_in
from tests.browser.tablet import Tablet
from tests.stack import Stack, wait_for

PIN = "8406"
STORED = """SELECT s.public_id, c.examined_at, c.recorded_at, c.l4_left, u.username
    FROM checks_check c JOIN wards_stay s ON s.id = c.stay_id JOIN wards_staff u ON u.id = c.recorded_by_id
    WHERE c.recorded_at > %s ORDER BY c.recorded_at"""


@pytest.fixture
def tablet(chromium: Browser, tmp_path: Path) -> Iterator[Tablet]:
    made = Tablet(chromium.browser_type, tmp_path)
    yield made
    made.kill()
    assert made.faults == [], "a script failed"


def signed_in_with_pin(page: Page, house: Stack) -> None:
    """Alice signs in and sets a PIN, as the tablet asks her to; the device has what it needs of the ward."""
    page.goto(house.url)
    fill_in_sign_in(page, "alice")
    page.goto(f"{house.url}/wards/7B/")
    wait_for(lambda: kits_on(page) == 1, 30, "the kit is on the device")
    page.goto(f"{house.url}/me/pin/")
    page.locator("input[name=pin]").fill(PIN)
    page.locator("input[name=again]").fill(PIN)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Set the PIN").click()
    page.wait_for_url(lambda url: "/me/pin/" not in url)
    page.goto(f"{house.url}/wards/7B/")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


KITS = """async () => {
    const done = (asked) =>
      new Promise((yes, no) => { asked.onsuccess = () => yes(asked.result); asked.onerror = no; });
    if (!(await indexedDB.databases()).some(({ name }) => name === "spinewatch")) return 0;
    const opened = await done(indexedDB.open("spinewatch"));
    const count = await done(opened.transaction("kits").objectStore("kits").count());
    opened.close();
    return count;
}"""


def kits_on(page: Page) -> int:
    """How many kits lie on the device. Asked of the browser: a script that no page of ours loads may import nothing."""
    return int(page.evaluate(KITS))


def go_to_check(page: Page, house: Stack, bed: int) -> str:
    """From the old board to the form of the patient in the nth bed; the stay's id."""
    page.goto(f"{house.url}/wards/7B/")
    expect(page.get_by_text("OLD: as of").first).to_be_visible()
    page.locator(".board .card a.button").nth(bed).click()
    page.wait_for_url("**/checks/new/")
    expect(page.locator("[data-who]")).to_be_visible()
    return page.url.split("/stays/")[1].split("/")[0]


def record(page: Page, **grades: int) -> None:
    form = CheckPage(page)
    form.fill(**grades)
    form.save.click()
    expect(page.locator("[data-kept]")).to_be_visible()


@pytest.mark.thorough
def test_three_checks_wait_through_a_killed_browser_and_are_sent_once_in_order(house: Stack, tablet: Tablet) -> None:
    page = tablet.start()
    signed_in_with_pin(page, house)
    began = house.sql("SELECT clock_timestamp()")[0][0]
    house.kill("web")
    house.processes["web"].wait()

    first = go_to_check(page, house, 0)
    record(page)
    second = go_to_check(page, house, 1)
    record(page, left_L4=0)
    expect(page.locator("[data-kept]")).to_contain_text("NOT SENT: PHONE THE SURGEON")
    expect(page.locator("[data-kept] .number")).to_have_text("ext. 4700")
    third = go_to_check(page, house, 2)
    record(page)

    tablet.kill()
    page = tablet.start()
    page.goto(f"{house.url}/wards/7B/")
    expect(page.locator("#unsent")).to_contain_text("NOT SENT: PHONE THE SURGEON")
    expect(page.locator("#unsent")).to_contain_text("3 checks wait on this device")
    page.get_by_label("PIN").fill(PIN)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("OLD: as of").first).to_be_visible()
    back = house.sql("SELECT clock_timestamp()")[0][0]

    page.context.clear_cookies(name="sessionid")  # Alice has gone home
    house.start("web")
    page.goto(f"{house.url}/sign-in/")
    expect(page.locator("#unsent")).to_contain_text("Sign in, and this device sends by itself")
    fill_in_sign_in(page, "carol")
    expect(page.locator("#unsent")).to_have_count(0)
    wait_for(lambda: len(house.sql(STORED, [began])) == 3, 10, "all three are stored")

    stored = house.sql(STORED, [began])
    assert [str(stay) for stay, *_ in stored] == [first, second, third]
    assert [grade for *_, grade, _ in stored] == [5, 0, 5]
    assert {who for *_, who in stored} == {"alice"}
    examined = [examined for _, examined, *_ in stored]
    assert began < examined[0] < examined[1] < examined[2] < back
    assert house.sql("SELECT count(*) FROM offline_held") == [(0,)]
    wait_for(
        lambda: (
            house.sql(
                "SELECT level FROM due_watch w JOIN wards_stay s ON s.id = w.stay_id WHERE s.public_id = %s", [second]
            )
            == [("critical",)]
        ),
        20,
        "the critical one is assessed",
    )


@pytest.mark.thorough
def test_the_network_goes_while_the_form_is_open_and_the_check_is_sent_when_it_is_back(
    house: Stack, tablet: Tablet
) -> None:
    page = tablet.start()
    signed_in_with_pin(page, house)
    began = house.sql("SELECT clock_timestamp()")[0][0]
    page.locator(".board .card a.button").first.click()
    page.wait_for_url("**/checks/new/")
    house.kill("web")
    house.processes["web"].wait()
    record(page)
    expect(page.locator("[data-kept] h1")).to_have_text("NOT SENT YET: kept on this device")
    house.start("web")
    page.wait_for_url("**/result/", timeout=40_000)
    stored = house.sql(STORED, [began])
    assert [(who, grade) for *_, grade, who in stored] == [("alice", 5)]

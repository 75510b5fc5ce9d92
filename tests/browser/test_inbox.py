"""The surgeon's inbox in a real browser: by keyboard alone, by ear, and while it refreshes under one's hands."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from monitoring.alerts.actions import assess_stay
from monitoring.alerts.models import Alert
from monitoring.checks.actions import record_check
from tests.alerts.conftest import findings
from tests.browser.conftest import PHONE, SignIn
from tests.stack import Stack
from wards.models import Staff, Stay

pytestmark = pytest.mark.thorough

COUNT_TONES = """
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) {
  document.documentElement.dataset.tones = Number(document.documentElement.dataset.tones ?? 0) + 1;
  return start.apply(this, at);
};
"""
FOCUSED = "document.activeElement.id"


@pytest.fixture
def inbox(house: Stack, sign_in: SignIn) -> Page:
    page = sign_in("sam")
    page.add_init_script(COUNT_TONES)
    page.goto(f"{house.url}/inbox/")
    return page


def ids(page: Page) -> list[str]:
    return [str(case.get_attribute("id")) for case in page.locator("#inbox [data-case]").all()]


def heard(page: Page, tones: int) -> None:
    """So many since the page was opened, and no more."""
    expect(page.locator("html")).to_have_attribute("data-tones", str(tones))


def fall(house: Stack, family_name: str, **grades: int) -> None:
    """A check of somebody on the ward, assessed at once."""
    with house.models():
        stay = Stay.objects.get(patient__family_name__iexact=family_name, discharged_at=None)
        nurse = Staff.objects.get(username="alice")
        record_check(stay, by=nurse, at=None, findings=findings(flag=None, **grades), key=uuid4())
        assess_stay(stay.pk)


def test_j_and_k_go_from_alert_to_alert_and_o_opens_one(inbox: Page) -> None:
    shown = ids(inbox)
    assert len(shown) >= 3
    for key, expected in (("j", shown[0]), ("j", shown[1]), ("j", shown[2]), ("k", shown[1])):
        inbox.keyboard.press(key)
        assert inbox.evaluate(FOCUSED) == expected
        expect(inbox.locator(f"#{expected}")).to_be_in_viewport()
    inbox.keyboard.press("o")
    inbox.wait_for_url(f"**/alerts/{shown[1].removeprefix('alert-')}/")
    inbox.go_back()
    inbox.keyboard.press("j")
    inbox.keyboard.press("Enter")
    inbox.wait_for_url(f"**/alerts/{shown[0].removeprefix('alert-')}/")


def test_what_is_chosen_stays_chosen_and_what_is_open_stays_open_while_the_list_refreshes(inbox: Page) -> None:
    inbox.keyboard.press("j")
    chosen = inbox.evaluate(FOCUSED)
    fold = inbox.locator(f"#{chosen} details").first
    fold.evaluate("fold => { fold.open = true }")
    inbox.evaluate("document.querySelector('#inbox > .stack').dataset.before = 1")
    inbox.evaluate("document.body.dispatchEvent(new CustomEvent('live:changed'))")
    expect(inbox.locator("#inbox > [data-before]")).to_have_count(0)
    assert inbox.evaluate(FOCUSED) == chosen
    assert fold.evaluate("fold => fold.open")


def test_f_goes_round_the_filters_and_the_question_mark_shows_the_keys(inbox: Page) -> None:
    inbox.keyboard.press("f")
    inbox.wait_for_url("**/inbox/?whose=mine")
    expect(inbox.locator(".filter [aria-current]").first).to_contain_text("Mine")
    inbox.keyboard.press("f")
    inbox.wait_for_url("**/inbox/?which=closed")
    inbox.keyboard.press("f")
    inbox.wait_for_url("**/inbox/?whose=mine&which=closed")
    inbox.keyboard.press("f")
    inbox.wait_for_url("**/inbox/")
    inbox.keyboard.press("?")
    expect(inbox.get_by_text("the next filter")).to_be_visible()
    inbox.keyboard.press("?")
    expect(inbox.get_by_text("the next filter")).to_be_hidden()


def test_no_key_acts_with_a_modifier_or_while_somebody_types(inbox: Page) -> None:
    inbox.keyboard.press("Control+j")
    inbox.keyboard.press("Alt+f")
    assert inbox.evaluate("document.activeElement.closest('[data-case]')") is None
    inbox.evaluate("document.getElementById('main').append(document.createElement('textarea'))")
    inbox.locator("textarea").press_sequentially("fjako?")
    assert inbox.locator("textarea").input_value() == "fjako?"
    assert inbox.url.endswith("/inbox/")


def test_a_takes_the_chosen_alert_and_nothing_that_was_not_chosen(house: Stack, inbox: Page) -> None:
    offered = inbox.locator("#inbox [data-case]:has([data-take])").first.get_attribute("id")
    assert offered
    inbox.keyboard.press("a")  # nothing is chosen yet: the first is only shown
    assert inbox.evaluate(FOCUSED) == ids(inbox)[0]
    while inbox.evaluate(FOCUSED) != offered:
        inbox.keyboard.press("j")
    inbox.keyboard.press("a")
    expect(inbox.get_by_text("You have it:")).to_be_visible()
    expect(inbox.locator(f"#{offered} [data-take]")).to_have_count(0)
    with house.models():
        taken = Alert.objects.get(public_id=offered.removeprefix("alert-"))
        assert str(taken.accepted_by) == "Samuel Adler"


def test_it_is_silent_until_somebody_turns_the_sound_on_and_then_an_arrival_is_heard(house: Stack, inbox: Page) -> None:
    sound = inbox.locator("#sound")
    expect(sound).to_have_attribute("aria-pressed", "false")
    fall(house, "REYES", L5_right=3)
    expect(inbox.locator("#announce a")).to_have_count(1)
    assert inbox.locator("html").get_attribute("data-tones") is None
    sound.click()
    expect(sound).to_have_text("Sound on")
    expect(sound).to_have_attribute("aria-pressed", "true")
    heard(inbox, 1)  # so that one knows how it sounds
    fall(house, "KOWALCZYK", L5_right=3)
    heard(inbox, 2)
    fall(house, "FERREIRA", L4_left=1)
    heard(inbox, 5)
    sound.click()
    expect(sound).to_have_text("Sound off")


def test_after_a_reload_the_button_says_that_the_sound_waits_for_a_touch(inbox: Page) -> None:
    sound = inbox.locator("#sound")
    inbox.evaluate("localStorage.setItem('spinewatch.sound', 'on')")
    inbox.reload()
    expect(sound).to_have_text("Sound is waiting for a touch")
    sound.click()
    expect(sound).to_have_text("Sound on")  # the touch was all it wanted: it is not turned off by it
    inbox.evaluate("localStorage.removeItem('spinewatch.sound')")


def test_on_a_phone_the_first_alerts_essentials_stand_above_the_fold(house: Stack, sign_in: SignIn) -> None:
    page = sign_in("sam", screen=PHONE)
    page.goto(f"{house.url}/inbox/")
    # In one question: a live refresh may put the card anew between two.
    bottoms = page.locator("#inbox [data-case]").first.evaluate(
        "(card, parts) => parts.map(part => card.querySelector(part).getBoundingClientRect().bottom)",
        [".patient", ".fall", ".onset", ".do-now"],
    )
    assert max(bottoms) <= PHONE["height"], bottoms
    assert min(bottoms) > 0
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

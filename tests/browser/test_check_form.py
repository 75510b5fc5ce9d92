"""What the check form does under a nurse's hands."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import PHONE, TABLET, CheckPage, SignIn, fill_in_sign_in, open_check_form
from tests.stack import Stack


@pytest.fixture
def form(sign_in: SignIn) -> CheckPage:
    return open_check_form(sign_in("alice"), "ADEYEMI, Folasade")


def checks_stored(house: Stack) -> int:
    return int(house.sql("SELECT count(*) FROM checks_check")[0][0])


def test_the_previous_grade_shows_only_after_ones_own(form: CheckPage) -> None:
    box = form.box("left_L2")
    expect(box).not_to_contain_text("was")
    box.get_by_role("radio", name="grade 4").click()
    expect(box).to_contain_text(re.compile(r"was 5 at .*\d\d:\d\d"))


@pytest.mark.parametrize("grade", [0, 1, 2])
def test_a_grave_grade_is_asked_again_in_words_and_confirmed_by_a_second_tap(form: CheckPage, grade: int) -> None:
    form.fill(left_L4=grade)
    expect(form.box("left_L4")).to_contain_text(
        f"LEFT, L4 ankle up: grade {grade}, was 5. Tap {grade} again to confirm."
    )
    expect(form.save).to_have_text("Save check · 1 muscle to confirm")
    form.confirm("left_L4", grade)
    expect(form.save).to_have_text("Save check")
    expect(form.box("left_L4")).to_contain_text("confirmed")


def test_a_drop_of_two_is_not_asked_again(form: CheckPage) -> None:
    form.fill(left_L4=3)
    expect(form.save).to_have_text("Save check")


def test_the_bounce_of_a_double_tap_confirms_nothing(form: CheckPage) -> None:
    form.box("left_L4").get_by_role("radio", name="grade 1").dblclick()
    expect(form.box("left_L4")).to_contain_text("Tap 1 again to confirm")


def test_the_button_counts_what_is_missing_and_leads_to_it(form: CheckPage, house: Stack) -> None:
    before = checks_stored(house)
    expect(form.save).to_have_text("Save check · 10 muscles, 3 questions to go")
    form.tap("Right, L2 hip up, grade 5")
    expect(form.save).to_have_text("Save check · 9 muscles, 3 questions to go")
    form.save.click()
    expect(form.page.get_by_label("Left, L2 hip up, grade 0", exact=True)).to_be_focused()
    expect(form.page.locator("[data-hint]")).to_contain_text("Next: LEFT, L2 hip up")
    assert checks_stored(house) == before


def test_a_muscle_is_not_testable_with_a_reason(form: CheckPage) -> None:
    box = form.box("right_S1")
    expect(box.get_by_text("sedated")).to_be_hidden()
    box.get_by_role("checkbox").click()
    box.get_by_role("radio", name="NT: nerve block").click()
    expect(box).to_contain_text("NT: nerve block")
    expect(box.get_by_text("sedated")).to_be_hidden()
    expect(form.save).to_have_text("Save check · 9 muscles, 3 questions to go")
    box.get_by_role("radio", name="grade 5").click()
    expect(box).not_to_contain_text("NT: nerve block")


def test_what_is_left_out_is_saved_once_that_is_said(form: CheckPage) -> None:
    form.tap("Left, L4 ankle up, grade 5")
    form.page.get_by_label("What I left out was not examined").check()
    expect(form.save).to_have_text("Save check · 1 question to go")
    form.page.get_by_role("group", name="Examined at").get_by_label("Now").click()
    expect(form.save).to_have_text("Save check · 9 muscles left out")
    form.save.click()
    form.page.wait_for_url("**/result/")


def test_a_double_tap_on_save_stores_one_check(form: CheckPage, house: Stack) -> None:
    before = checks_stored(house)
    form.fill()
    form.save.dblclick()
    form.page.wait_for_url("**/result/")
    assert checks_stored(house) == before + 1


def test_an_expired_session_loses_nothing(form: CheckPage, house: Stack) -> None:
    """Signed out while typing: after signing in again the grades are there, and the page says so loudly."""
    before, page = checks_stored(house), form.page
    form.fill(left_L4=1)
    form.confirm("left_L4", 1)
    page.context.clear_cookies(name="sessionid")
    form.save.click()
    page.wait_for_url("**/sign-in/**")
    fill_in_sign_in(page, "alice")
    page.wait_for_url("**/checks/new/")
    expect(page.locator("[data-restored]")).to_contain_text(re.compile(r"Restored from this device, \d\d:\d\d"))
    expect(page.get_by_label("Left, L4 ankle up, grade 1", exact=True)).to_be_checked()
    expect(page.get_by_label("Earlier…")).to_be_checked()
    expect(form.save).to_have_text("Save check")
    form.save.click()
    page.wait_for_url("**/result/")
    assert checks_stored(house) == before + 1
    page.go_back()
    page.reload()
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_nothing_of_the_patients_identity_is_kept_on_the_device(form: CheckPage) -> None:
    form.fill(left_L4=4)
    kept = form.page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")
    assert "l4_left" in kept
    for identity in ("ADEYEMI", "Adeyemi", "Folasade", "4402231"):
        assert identity not in kept


def test_it_works_without_scripts(sign_in: SignIn) -> None:
    form = open_check_form(sign_in("alice", javascript=False), "ADEYEMI, Folasade")
    form.fill(left_L4=4)
    expect(form.box("left_L4")).not_to_contain_text("was")
    box = form.box("right_S1")
    box.get_by_role("checkbox").click()
    box.get_by_role("radio", name="NT: pain").click()
    form.save.click()
    form.page.wait_for_url("**/result/")
    expect(form.page.locator("#result")).to_contain_text("Check saved")


def test_the_servers_refusal_keeps_everything_and_takes_the_focus(sign_in: SignIn) -> None:
    form = open_check_form(sign_in("alice", javascript=False), "ADEYEMI, Folasade")
    form.fill(left_L4=4)
    form.page.get_by_role("group", name="Examined at").get_by_label("Earlier").click()
    form.save.click()
    summary = form.page.locator("[data-errors]")
    expect(summary).to_contain_text("Nothing was saved")
    summary.get_by_role("link", name="Time").click()
    expect(form.page.get_by_label("Left, L4 ankle up, grade 4", exact=True)).to_be_checked()


@pytest.mark.parametrize("screen", [PHONE, TABLET], ids=["phone", "tablet"])
def test_every_button_is_48_px_and_nothing_stands_beyond_the_edge(sign_in: SignIn, screen: ViewportSize) -> None:
    form = open_check_form(sign_in("alice", screen=screen), "ADEYEMI, Folasade")
    sizes = form.page.evaluate(
        """() => [...document.querySelectorAll(".grades > .seg label")].map((label) => {
          const { width, height } = label.getBoundingClientRect();
          return [Math.round(width), Math.round(height)];
        })"""
    )
    assert len(sizes) == 10 * 7
    assert min(min(size) for size in sizes) >= 48
    assert form.page.evaluate("document.documentElement.scrollWidth") == screen["width"]


def test_it_can_be_filled_in_with_the_keyboard_alone(form: CheckPage) -> None:
    page = form.page
    page.get_by_label("Right, L2 hip up, grade 0", exact=True).focus()
    for _ in range(10):
        page.keyboard.press("Space")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")  # to NT
        page.keyboard.press("Tab")  # to the next muscle
    expect(form.save).to_have_text("Save check · 3 questions to go")

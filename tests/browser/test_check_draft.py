"""A check that is being typed: stored once, and nothing lost, whatever happens to the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CheckPage, SignIn, fill_in_sign_in, open_check_form
from tests.browser.test_check_form import checks_stored
from tests.stack import Stack

pytestmark = pytest.mark.thorough

L4_LEFT = "Left, L4 ankle up, grade {}"
TWENTY_MINUTES_LATER = """document.addEventListener("readystatechange", () => {
  const { dataset } = document.body;
  if (document.readyState === "interactive") dataset.now = new Date(Date.parse(dataset.now) + 20 * 60000).toISOString();
})"""  # what the server's clock says on the next page


@pytest.fixture
def form(sign_in: SignIn) -> CheckPage:
    return open_check_form(sign_in("alice"), "ADEYEMI, Folasade")


def kept(page: Page) -> str:
    return str(page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })"))


def until_kept(page: Page) -> str:
    page.wait_for_function("Object.keys(localStorage).some((name) => name.startsWith('spinewatch:draft:'))")
    page.wait_for_timeout(100)  # the last keystroke too
    return kept(page)


def opened_again(page: Page) -> CheckPage:
    """The same address in a new tab of the same browser."""
    tab = page.context.new_page()
    tab.goto(page.url)
    return CheckPage(tab)


def test_a_double_tap_on_save_stores_one_check(form: CheckPage, house: Stack) -> None:
    before = checks_stored(house)
    form.fill()
    form.save.dblclick()
    form.page.wait_for_url("**/result/")
    assert checks_stored(house) == before + 1
    assert "spinewatch:draft:" not in kept(form.page)


def test_an_expired_session_loses_nothing(form: CheckPage, house: Stack) -> None:
    """Signed out while typing: after signing in again the grades are there, and the page says so loudly."""
    before, page = checks_stored(house), form.page
    form.fill(left_L4=1)
    page.context.clear_cookies(name="sessionid")
    form.save.click()
    page.wait_for_url("**/sign-in/**")
    fill_in_sign_in(page, "alice")
    page.wait_for_url("**/checks/new/")
    expect(page.locator("[data-restored]")).to_contain_text(re.compile(r"Restored from this device, \d\d:\d\d"))
    expect(page.get_by_label(L4_LEFT.format(1), exact=True)).to_be_checked()
    expect(page.get_by_label("Now")).to_be_checked()  # it is still true: minutes have not passed
    expect(form.save).to_have_text("Save check")
    form.save.click()
    page.wait_for_url("**/result/")
    assert checks_stored(house) == before + 1
    page.go_back()
    page.reload()
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_a_closed_browser_loses_nothing_and_asks_what_was_not_confirmed(form: CheckPage) -> None:
    form.grade("right_L2", 4)
    form.grade("left_L4", 1)
    until_kept(form.page)
    again = opened_again(form.page)
    form.page.close()
    expect(again.page.get_by_label("Right, L2 hip up, grade 4", exact=True)).to_be_checked()
    expect(again.page.get_by_label(L4_LEFT.format(1), exact=True)).to_be_checked()
    expect(again.box("left_L4")).to_contain_text("not confirmed yet")
    again.save.click()
    expect(again.question).to_contain_text("LEFT, L4 ankle up: grade 1, was")


def test_the_draft_on_the_device_can_be_read_by_nobody(form: CheckPage) -> None:
    form.grade("left_L4", 4)
    said = until_kept(form.page)
    assert "spinewatch:draft:" in said
    for word in ("l4_left", "ADEYEMI", "Adeyemi", "Folasade", "4402231"):
        assert word not in said


def test_now_of_a_draft_that_comes_back_late_is_the_time_at_which_it_was_said(form: CheckPage) -> None:
    page = form.page
    page.get_by_role("group", name="Examined at").get_by_label("Now").click()
    until_kept(page)
    page.add_init_script(TWENTY_MINUTES_LATER)
    page.reload()
    expect(page.locator("[data-restored]")).to_contain_text("has become the time at which you said so")
    expect(page.get_by_label("Earlier…")).to_be_checked()
    expect(page.locator("[data-late]")).to_contain_text("it will be marked late")


def test_somebody_else_who_signs_in_gets_an_empty_form(form: CheckPage) -> None:
    form.grade("left_L4", 4)
    page = form.page
    until_kept(page)
    page.context.clear_cookies(name="sessionid")
    page.reload()
    fill_in_sign_in(page, "ben")
    page.wait_for_url("**/checks/new/")
    page.wait_for_timeout(300)
    expect(page.locator("[data-check] .grades input:checked")).to_have_count(0)
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_a_draft_of_yesterday_is_dropped(form: CheckPage) -> None:
    form.grade("left_L4", 4)
    until_kept(form.page)
    form.page.evaluate(
        """() => { for (const [name, value] of Object.entries(localStorage)) localStorage.setItem(
          name, JSON.stringify({ ...JSON.parse(value), kept: Date.now() - 13 * 3600_000 })) }"""
    )
    again = opened_again(form.page)
    expect(again.save).to_have_text("Save check · 10 muscles, 3 questions to go")
    assert "spinewatch:draft:" not in kept(again.page)


def test_an_empty_start_is_one_tap_away(form: CheckPage) -> None:
    form.grade("left_L4", 4)
    until_kept(form.page)
    form.page.reload()
    form.page.get_by_role("button", name="Start empty instead").click()
    expect(form.save).to_have_text("Save check · 10 muscles, 3 questions to go")
    expect(form.page.locator("[data-restored]")).to_be_hidden()


def test_two_tabs_of_one_form_store_it_once_and_the_second_says_so(form: CheckPage, house: Stack) -> None:
    """Both open and empty; typed in one; saved there. The other has nothing more to send."""
    before = checks_stored(house)
    other = opened_again(form.page)
    form.fill(left_L4=4)
    expect(other.page.get_by_label(L4_LEFT.format(4), exact=True)).to_be_checked()
    form.save.click()
    form.page.wait_for_url("**/result/")
    expect(other.page.locator("[data-already-saved]")).to_contain_text("saved already")
    assert other.page.evaluate("document.querySelector('form[data-check]').inert")
    other.page.get_by_role("link", name="See what it means").click()
    other.page.wait_for_url("**/result/")
    assert checks_stored(house) == before + 1


def test_two_tabs_saved_at_the_same_moment_store_it_once(form: CheckPage, house: Stack) -> None:
    """Before either could hear of the other: they carry the same key, and the server knows it."""
    before = checks_stored(house)
    other = opened_again(form.page)
    form.fill(left_L4=4)
    expect(other.page.get_by_label(L4_LEFT.format(4), exact=True)).to_be_checked()
    send = "document.querySelector('form[data-check]').submit()"
    for page in (form.page, other.page):
        page.evaluate(send)
    for page in (form.page, other.page):
        page.wait_for_url("**/result/")
    assert checks_stored(house) == before + 1


def test_two_tabs_with_different_grades_never_store_two(form: CheckPage, house: Stack) -> None:
    """Both typed in: one is stored, the other is told to correct it."""
    before = checks_stored(house)
    other = opened_again(form.page)
    form.grade("right_L2", 5)
    until_kept(form.page)
    other.fill(left_L4=3)
    form.fill(left_L4=4)
    keys = [page.locator("[name=idempotency_key]").input_value() for page in (form.page, other.page)]
    assert keys[0] == keys[1]
    form.save.click()
    form.page.wait_for_url("**/result/")
    other.page.evaluate("document.querySelector('form[data-check]').submit()")  # whatever its page says by now
    expect(other.page.locator("[data-errors]")).to_contain_text("already saved")
    assert checks_stored(house) == before + 1


def test_the_back_button_after_saving_saves_nothing_again(form: CheckPage, house: Stack) -> None:
    before, page = checks_stored(house), form.page
    form.fill()
    form.save.click()
    page.wait_for_url("**/result/")
    page.go_back()
    page.wait_for_url("**/checks/new/")
    page.wait_for_timeout(300)
    if page.locator("[data-already-saved]").is_hidden():  # the browser made the page anew: it is an empty one
        expect(form.save).to_have_text("Save check · 10 muscles, 3 questions to go")
    assert checks_stored(house) == before + 1


def test_an_old_result_looked_at_takes_no_draft_away(form: CheckPage) -> None:
    form.fill()
    form.save.click()
    form.page.wait_for_url("**/result/")
    result = form.page.url
    form.page.go_back()
    form.page.reload()
    form.grade("left_L4", 4)
    until_kept(form.page)
    tab = form.page.context.new_page()
    tab.goto(result)
    tab.wait_for_timeout(300)
    assert "spinewatch:draft:" in kept(tab)
    expect(form.page.locator("[data-already-saved]")).to_be_hidden()


def test_now_that_is_long_past_becomes_the_time_of_the_tap(sign_in: SignIn) -> None:
    page = sign_in("alice")
    page.clock.install()
    form = open_check_form(page, "ADEYEMI, Folasade")
    shown = page.locator("[value=now] + span time")
    before = shown.inner_text()
    form.page.get_by_role("group", name="Examined at").get_by_label("Now").click()
    tapped = re.compile(f"{before}|{shown.inner_text()}")  # a minute may have passed between
    minutes_go_by(page, 4)
    expect(page.get_by_label("Now")).to_be_checked()
    minutes_go_by(page, 2)
    expect(page.get_by_label("Earlier…")).to_be_checked()
    expect(page.locator("#id_examined_time")).to_have_value(tapped)


def minutes_go_by(page: Page, minutes: int) -> None:
    """In steps, between which the server can answer: a page that is not answered for minutes on end locks itself."""
    for _ in range(4 * minutes):
        page.clock.run_for(15_000)
        page.wait_for_timeout(60)

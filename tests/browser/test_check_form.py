"""What the check form does under a nurse's hands. What is stored here is all 5: each test may ask what was before."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import PHONE, TABLET, CheckPage, SignIn, open_check_form
from tests.stack import Stack

HUMAN_MS = 800  # between two taps, by a nurse who examines between them
LIMIT_S = 20.0
MOST_TAPS = 15
COUNT_TAPS = "window.taps = 0; addEventListener('click', (event) => { window.taps += event.detail > 0 }, true)"


@pytest.fixture
def form(sign_in: SignIn) -> CheckPage:
    return open_check_form(sign_in("alice"), "ADEYEMI, Folasade")


def checks_stored(house: Stack) -> int:
    return int(house.sql("SELECT count(*) FROM checks_check")[0][0])


def tap_as_people_do(form: CheckPage, label: str) -> None:
    form.page.wait_for_timeout(HUMAN_MS)
    form.tap(label)


@pytest.mark.thorough
def test_a_normal_check_takes_no_more_than_15_taps_and_20_seconds(form: CheckPage, house: Stack) -> None:
    """Each muscle a tap of its own, each question too; "now"; save."""
    before, page = checks_stored(house), form.page
    page.evaluate(COUNT_TAPS)
    start = time.monotonic()
    for words in ("L2 hip up", "L3 knee straight", "L4 ankle up", "L5 big toe up", "S1 ankle down"):
        for side in ("Right", "Left"):
            tap_as_people_do(form, f"{side}, {words}, grade 5")
    for question in ("Saddle numbness?", "New bladder or bowel trouble?"):
        page.wait_for_timeout(HUMAN_MS)
        page.get_by_role("group", name=question).get_by_label("No", exact=True).click()
    page.wait_for_timeout(HUMAN_MS)
    page.get_by_role("group", name="Examined at").get_by_label("Now").click()
    taps = page.evaluate("window.taps") + 1
    page.wait_for_timeout(HUMAN_MS)
    form.save.click()
    page.wait_for_url("**/result/")
    took = time.monotonic() - start
    print(f"\n{taps} taps, {took:.1f} s")
    assert (taps <= MOST_TAPS, took < LIMIT_S) == (True, True)
    assert checks_stored(house) == before + 1


@pytest.mark.thorough
def test_the_same_check_by_keyboard_alone(form: CheckPage, house: Stack) -> None:
    before, page = checks_stored(house), form.page
    start = time.monotonic()
    for key in [*"5555555555", *"nnn", "Enter"]:
        page.wait_for_timeout(HUMAN_MS)
        page.keyboard.press(key)
    page.wait_for_url("**/result/")
    took = time.monotonic() - start
    print(f"\n14 keys, {took:.1f} s")
    assert took < LIMIT_S
    assert checks_stored(house) == before + 1
    grades, flags = (
        house.sql("SELECT l2_right, l4_left, s1_left FROM checks_check ORDER BY id DESC LIMIT 1"),
        house.sql("SELECT saddle_anaesthesia, bladder_bowel FROM checks_check ORDER BY id DESC LIMIT 1"),
    )
    assert (grades, flags) == ([(5, 5, 5)], [("absent", "absent")])


@pytest.mark.thorough
def test_after_each_tap_the_next_muscle_in_the_order_of_examination_has_the_focus(form: CheckPage) -> None:
    form.grade("right_L2", 5)
    expect(form.page.get_by_label("Left, L2 hip up, grade 0", exact=True)).to_be_focused()
    expect(form.box("left_L2")).to_have_class(re.compile("current"))
    form.grade("left_L2", 5)
    expect(form.page.get_by_label("Right, L3 knee straight, grade 0", exact=True)).to_be_focused()


@pytest.mark.thorough
def test_a_muscle_passed_over_is_come_back_to(form: CheckPage) -> None:
    form.grade("left_L2", 5)
    for row in ("L3", "L4", "L5", "S1"):
        for side in ("right", "left"):
            form.grade(f"{side}_{row}", 5)
    for question in ("Saddle numbness?", "New bladder or bowel trouble?"):
        form.page.get_by_role("group", name=question).get_by_label("No", exact=True).click()
    form.page.get_by_role("group", name="Examined at").get_by_label("Now").click()
    expect(form.page.get_by_label("Right, L2 hip up, grade 0", exact=True)).to_be_focused()


@pytest.mark.thorough
def test_the_previous_grade_shows_only_after_ones_own(form: CheckPage) -> None:
    box = form.box("left_L2")
    expect(box).not_to_contain_text("was")
    form.grade("left_L2", 4)
    expect(box).to_contain_text(re.compile(r"was 5, .*\d\d:\d\d"))


@pytest.mark.thorough
@pytest.mark.parametrize("grade", [0, 1, 2])
def test_a_grave_grade_is_asked_again_in_words(form: CheckPage, grade: int) -> None:
    form.grade("left_L4", grade)
    expect(form.question).to_contain_text(f"LEFT, L4 ankle up: grade {grade}, was 5. Correct?")
    form.answer("Yes")
    expect(form.box("left_L4")).to_contain_text("confirmed")
    expect(form.page.get_by_label("Right, L5 big toe up, grade 0", exact=True)).to_be_focused()


@pytest.mark.thorough
@pytest.mark.parametrize("way", ["Change", "Escape", "n"])
def test_what_was_not_meant_is_taken_back(form: CheckPage, way: str) -> None:
    form.grade("left_L4", 1)
    if way == "Change":
        form.answer(way)
    else:
        form.page.wait_for_timeout(550)
        form.page.keyboard.press(way)
    expect(form.question).to_have_count(0)
    expect(form.page.locator("[name=l4_left]:checked")).to_have_count(0)
    expect(form.page.get_by_label("Left, L4 ankle up, grade 0", exact=True)).to_be_focused()


@pytest.mark.thorough
def test_a_grave_grade_is_confirmed_by_keyboard(form: CheckPage) -> None:
    form.page.keyboard.press("1")
    expect(form.question).to_contain_text("RIGHT, L2 hip up: grade 1, was 5. Correct?")
    form.page.wait_for_timeout(550)
    form.page.keyboard.press("y")
    expect(form.box("right_L2")).to_contain_text("confirmed")


@pytest.mark.thorough
def test_a_drop_of_two_is_not_asked_again(form: CheckPage) -> None:
    form.grade("left_L4", 3)
    expect(form.question).to_have_count(0)
    expect(form.box("left_L4")).to_contain_text("was 5")


@pytest.mark.thorough
def test_the_second_half_of_a_double_tap_confirms_nothing(form: CheckPage) -> None:
    """Wherever it falls: on the grade again, or on "Yes"."""
    form.box("left_L4").get_by_role("radio", name="grade 1").dblclick()
    expect(form.question).to_be_visible()
    form.question.get_by_role("button", name="Yes").dispatch_event("click")
    expect(form.question).to_be_visible()
    expect(form.box("left_L4")).to_contain_text("not confirmed yet")


@pytest.mark.thorough
def test_the_second_half_of_a_double_tap_grades_no_other_muscle(form: CheckPage) -> None:
    """As where the page has turned under the finger."""
    form.grade("right_L2", 5)
    other = form.box("left_L2").get_by_role("radio", name="grade 5").bounding_box()
    assert other
    form.page.mouse.move(other["x"] + 20, other["y"] + 20)
    form.page.mouse.down(click_count=2)
    form.page.mouse.up(click_count=2)
    expect(form.page.locator("[name=l2_left]:checked")).to_have_count(0)


@pytest.mark.thorough
def test_a_key_that_springs_back_grades_no_other_muscle(form: CheckPage) -> None:
    form.page.evaluate(
        """() => { for (const _ of [1, 2]) document.activeElement.dispatchEvent(
          new KeyboardEvent("keydown", { key: "4", bubbles: true, cancelable: true })) }"""
    )
    expect(form.page.get_by_label("Right, L2 hip up, grade 4", exact=True)).to_be_checked()
    expect(form.page.locator("[name=l2_left]:checked")).to_have_count(0)


@pytest.mark.thorough
def test_arrows_move_and_choose_nothing(form: CheckPage) -> None:
    page = form.page
    page.get_by_label("Right, L2 hip up, grade 0", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Right, L3 knee straight, grade 1", exact=True)).to_be_focused()
    expect(page.locator(".grades input:checked")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_label("Right, L3 knee straight, grade 3", exact=True)).to_be_checked()


@pytest.mark.thorough
def test_a_reason_is_given_by_keyboard(form: CheckPage) -> None:
    for key in ("n", "ArrowRight", "Space"):
        form.page.keyboard.press(key)
    expect(form.box("right_L2")).to_contain_text("NT: nerve block")
    expect(form.page.get_by_label("Left, L2 hip up, grade 0", exact=True)).to_be_focused()


@pytest.mark.thorough
def test_the_button_counts_what_is_missing_and_leads_to_it(form: CheckPage, house: Stack) -> None:
    before = checks_stored(house)
    expect(form.save).to_have_text("Save check · 10 muscles, 3 questions to go")
    form.tap("Right, L2 hip up, grade 5")
    expect(form.save).to_have_text("Save check · 9 muscles, 3 questions to go")
    form.save.click()
    expect(form.page.get_by_label("Left, L2 hip up, grade 0", exact=True)).to_be_focused()
    expect(form.page.locator("[data-hint]")).to_contain_text("Next: LEFT, L2 hip up")
    assert checks_stored(house) == before


@pytest.mark.thorough
def test_a_muscle_is_not_testable_with_a_reason(form: CheckPage) -> None:
    box = form.box("right_S1")
    expect(box.get_by_text("sedated")).to_be_hidden()
    box.get_by_role("checkbox").click()
    box.get_by_role("radio", name="NT: nerve block").click()
    expect(box).to_contain_text("NT: nerve block")
    expect(box.get_by_text("sedated")).to_be_hidden()
    expect(form.save).to_have_text("Save check · 9 muscles, 3 questions to go")
    form.grade("right_S1", 5)
    expect(box).not_to_contain_text("NT: nerve block")


@pytest.mark.thorough
def test_nt_other_asks_for_the_note_before_saving(form: CheckPage) -> None:
    form.fill()
    form.box("right_S1").get_by_role("checkbox").click()
    form.box("right_S1").get_by_role("radio", name="NT: other").click()
    expect(form.page.get_by_label("note")).to_be_focused()
    expect(form.save).to_have_text("Save check · 1 question to go")
    form.page.keyboard.type("dressing change")
    expect(form.save).to_have_text("Save check")


@pytest.mark.thorough
def test_what_is_left_out_is_saved_once_that_is_said(form: CheckPage) -> None:
    form.tap("Left, L4 ankle up, grade 5")
    form.page.get_by_label("What I left out was not examined").check()
    expect(form.save).to_have_text("Save check · 1 question to go")
    form.page.get_by_role("group", name="Examined at").get_by_label("Now").click()
    expect(form.save).to_have_text("Save check · 9 muscles left out")
    form.save.click()
    form.page.wait_for_url("**/result/")


@pytest.mark.thorough
def test_a_catheter_says_that_retention_is_masked_and_is_stored(form: CheckPage, house: Stack) -> None:
    warning = form.page.get_by_text("Retention is masked")
    expect(warning).to_be_hidden()
    form.page.get_by_label("Urinary catheter in place").check()
    expect(warning).to_be_visible()
    form.fill()
    form.save.click()
    form.page.wait_for_url("**/result/")
    assert house.sql("SELECT catheter FROM checks_check ORDER BY id DESC LIMIT 1") == [(True,)]


@pytest.mark.thorough
def test_the_mrc_definitions_are_one_tap_away(form: CheckPage) -> None:
    form.grade("right_L2", 4)
    form.page.get_by_role("button", name="MRC grades").click()
    expect(form.page.get_by_text("active movement, gravity eliminated")).to_be_visible()
    form.page.keyboard.press("Escape")
    expect(form.page.get_by_text("active movement, gravity eliminated")).to_be_hidden()
    expect(form.page.get_by_label("Right, L2 hip up, grade 4", exact=True)).to_be_checked()


@pytest.mark.thorough
def test_a_time_long_past_is_said_to_be_late_before_it_is_saved(form: CheckPage) -> None:
    page = form.page
    page.get_by_role("group", name="Examined at").get_by_label("Earlier").click()
    expect(page.locator("#id_examined_time")).to_be_focused()
    page.locator("#id_examined_date").fill("2026-01-05")
    page.locator("#id_examined_time").fill("03:10")
    expect(page.locator("[data-late]")).to_contain_text("it will be marked late")


@pytest.mark.thorough
def test_whoever_sends_it_otherwise_may_take_the_sending_over(form: CheckPage, house: Stack) -> None:
    """The contract with the script that queues checks offline."""
    before, page = checks_stored(house), form.page
    page.evaluate(
        """addEventListener("check:ready", (event) => {
          event.stopPropagation(); // the app's own sender hears nothing
          event.preventDefault();
          window.sent = event.detail.form.elements.namedItem("l4_left").value;
        }, true)"""
    )
    form.fill(left_L4=4)
    form.save.click()
    page.wait_for_function("window.sent === '4'")
    expect(form.save).to_be_disabled()
    page.evaluate("document.querySelector('form[data-check]').dispatchEvent(new Event('check:again'))")
    expect(form.save).to_have_text("Save check")
    assert checks_stored(house) == before


@pytest.mark.thorough
def test_it_works_without_scripts(sign_in: SignIn) -> None:
    form = open_check_form(sign_in("alice", javascript=False), "ADEYEMI, Folasade")
    form.fill()
    expect(form.box("left_L4")).not_to_contain_text("was")
    box = form.box("right_S1")
    box.get_by_role("checkbox").click()
    box.get_by_role("radio", name="NT: pain").click()
    form.save.click()
    form.page.wait_for_url("**/result/")
    expect(form.page.locator("#result")).to_contain_text("Check saved")


@pytest.mark.thorough
def test_the_servers_refusal_keeps_everything_and_takes_the_focus(sign_in: SignIn) -> None:
    form = open_check_form(sign_in("alice", javascript=False), "ADEYEMI, Folasade")
    form.fill(left_L4=4)
    form.page.get_by_role("group", name="Examined at").get_by_label("Earlier").click()
    form.save.click()
    summary = form.page.locator("[data-errors]")
    expect(summary).to_contain_text("Nothing was saved")
    summary.get_by_role("link", name="Time").click()
    expect(form.page.get_by_label("Left, L4 ankle up, grade 4", exact=True)).to_be_checked()


@pytest.mark.thorough
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


@pytest.mark.thorough
@pytest.mark.parametrize("screen", [PHONE, TABLET], ids=["phone", "tablet"])
def test_the_rows_stand_still_when_the_previous_grade_appears(sign_in: SignIn, screen: ViewportSize) -> None:
    form = open_check_form(sign_in("alice", screen=screen), "ADEYEMI, Folasade")
    height = "document.querySelector('.exam').getBoundingClientRect().height"
    before = form.page.evaluate(height)
    form.grade("right_L2", 4)
    assert form.page.evaluate(height) == before


@pytest.mark.thorough
def test_on_a_phone_the_next_muscle_is_always_in_view(sign_in: SignIn) -> None:
    form = open_check_form(sign_in("alice", screen=PHONE), "ADEYEMI, Folasade")
    for key in "4444444444":
        form.page.wait_for_timeout(600)
        place = form.page.evaluate(
            """() => {
              const box = document.querySelector(".current").getBoundingClientRect();
              const ceiling = document.querySelector(".pinned").getBoundingClientRect().bottom;
              return [box.top >= ceiling, box.bottom <= document.querySelector(".save").getBoundingClientRect().top];
            }"""
        )
        assert place == [True, True]
        form.page.keyboard.press(key)

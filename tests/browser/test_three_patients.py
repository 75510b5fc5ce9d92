"""The paper's three illustrated patients, from the first check to day 7 after their second operation, in real browsers.

A nurse has a tablet and a surgeon a phone, both open all the time. `make story` keeps a picture of each station of all
three; `make thorough` plays the one that is treated first, `make soak` the other two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, ViewportSize, expect

from tests.browser.conftest import fill_in_sign_in
from tests.browser.paper_patients import FIG_2, FIG_3, FIG_4, Case
from tests.browser.test_main_job import LIMIT_MS, WATCH_FOR_THE_ALERT
from tests.browser.ward_round import Nurse, Surgeon, Ward
from tests.browser.windows import Camera
from tests.stack import StackFactory
from tools.processes import mailbox
from tools.starting import free_port

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET: ViewportSize = {"width": 820, "height": 1180}
PEOPLE_ALONE = "import monitoring.demo.actions as demo; demo.PATIENTS = (); demo.load()"
HOUR = timedelta(hours=1)
PATIENCE_MS = 20_000


@pytest.fixture
def ward(_stack_factory: StackFactory) -> Iterator[Ward]:
    """The demo's wards and people, reached by mail, and an empty bed for everybody."""
    with _stack_factory.open() as stack:
        port = free_port()
        stack.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        stack.launch("mailbox", mailbox("127.0.0.1", port, stack.folder / "mail"))
        stack.manage("shell", "-c", PEOPLE_ALONE)
        stack.start("web", "worker", "beat", "slow")
        yield Ward(stack)


@pytest.fixture
def windows(chromium: Browser, ward: Ward, request: pytest.FixtureRequest) -> Iterator[tuple[Nurse, Surgeon]]:
    """Alice at the tablet, Sam at the phone."""
    folder = os.environ.get("STORY_PICTURES")
    camera = Camera(Path(folder) if folder else None, request.function.__name__.split("_")[1])
    faults: list[Error] = []

    def sign_in(username: str, screen: ViewportSize) -> Page:
        context = chromium.new_context(viewport=screen, reduced_motion="reduce", service_workers="block")
        browsers.callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(fault))
        page.goto(ward.stack.url)
        fill_in_sign_in(page, username)
        return page

    with ExitStack() as browsers:
        nurse = Nurse(sign_in("alice", TABLET), ward.stack.url, "nurse", camera)
        yield nurse, Surgeon(sign_in("sam", PHONE), ward.stack.url, "surgeon", camera)
        assert faults == [], "a script failed"


@pytest.mark.soak
def test_fig2_a_screw_of_l3_presses_on_the_left_root(ward: Ward, windows: tuple[Nurse, Surgeon]) -> None:
    nurse, surgeon = windows
    arrive(ward, nurse, surgeon, FIG_2)
    fall(nurse, surgeon, FIG_2)
    nurse.shows("critical", "L2 left 5 → 1", "Phone the surgeon now: Samuel Adler", "Image now and explore")
    take_up(ward, nurse, surgeon)
    surgeon.press_alert("CT requested now")
    look_inside(ward, nurse, surgeon, FIG_2)
    explore(ward, nurse, surgeon, FIG_2)
    recover(ward, nurse, surgeon, FIG_2)


@pytest.mark.thorough
def test_fig3_a_screw_of_l4_is_found_after_an_hour_of_treatment(ward: Ward, windows: tuple[Nurse, Surgeon]) -> None:
    nurse, surgeon = windows
    arrive(ward, nurse, surgeon, FIG_3)
    fall(nurse, surgeon, FIG_3)
    nurse.shows("critical", "L4 left 5 → 2", "Phone the surgeon now: Samuel Adler", "conservative treatment")
    take_up(ward, nurse, surgeon)
    for kind, dose in (("rest", ""), ("mannitol", "20 %, 250 ml IV"), ("methylprednisolone", "500 mg IV")):
        nurse.start_treatment(kind, dose)
    nurse.shows("Go on with the conservative treatment", "running since")
    nurse.shoot("treated")
    ward.rounds(nurse.stay, timedelta(minutes=61), **FIG_3.as_sent(FIG_3.fell_to))

    nurse.check("No change so far under treatment.", **FIG_3.grades(FIG_3.fell_to))
    nurse.shows("critical", "Image now and explore", "still there when re-examined after treatment")
    nurse.shoot("still-there")
    surgeon.go("/inbox/")
    surgeon.shows("Image now and explore")
    surgeon.shoot("asked-again")
    surgeon.accept()  # what is asked for has risen: somebody has to say anew that they have it
    surgeon.press_alert("CT requested now")
    look_inside(ward, nurse, surgeon, FIG_3)
    explore(ward, nurse, surgeon, FIG_3)
    recover(ward, nurse, surgeon, FIG_3)


@pytest.mark.soak
def test_fig4_a_haematoma_behind_l2_is_evacuated(ward: Ward, windows: tuple[Nurse, Surgeon]) -> None:
    nurse, surgeon = windows
    arrive(ward, nurse, surgeon, FIG_4)
    fall(nurse, surgeon, FIG_4)
    nurse.shows("critical", "L2 right 5 → 1", "Image now and explore")
    take_up(ward, nurse, surgeon, before_the_surgeon="MRI requested now")
    look_inside(ward, nurse, surgeon, FIG_4)
    explore(ward, nurse, surgeon, FIG_4)
    recover(ward, nurse, surgeon, FIG_4)


def arrive(ward: Ward, nurse: Nurse, surgeon: Surgeon, case: Case) -> None:
    """Admitted, examined, operated, and examined again on the rounds until the hour of the fall."""
    [surgery] = case.patient.surgeries[:1]
    nurse.stay = surgeon.stay = nurse.admit(case.patient)
    nurse.shows("Next: the baseline check, before the operation.")
    nurse.check()
    nurse.shows("Not watched: no operation recorded.")
    ward.wait(surgery.took * HOUR + timedelta(minutes=30))
    nurse.operated(surgery, ended=timedelta(minutes=10))
    nurse.check("Moves both legs freely.")
    nurse.shows("stable", "No muscle is below its reference.")
    made = ward.rounds(nurse.stay, case.after_hours * HOUR)
    assert made > case.after_hours / 3, "every look that was due was made"


def fall(nurse: Nurse, surgeon: Surgeon, case: Case) -> None:
    """The nurse finds it, and says yes to what is asked again; the surgeon's open inbox has it without a reload."""
    family = case.patient.family.upper()
    surgeon.go("/inbox/")
    expect(surgeon.page.locator("main article")).to_have_count(0)
    surgeon.page.evaluate("window.sameDocument = true")
    surgeon.page.evaluate(WATCH_FOR_THE_ALERT, family)
    form = nurse.open_check()
    form.fill(**case.grades(case.fell_to))
    nurse.put("note", case.complaint)
    nurse.shoot("check")
    with nurse.page.expect_request(lambda request: request.method == "POST" and "/checks/" in request.url) as sent:
        nurse.save_check(form)
    alert = surgeon.page.locator("main article", has_text=family)
    expect(alert).to_contain_text(re.compile(rf"{case.words}\s+5\s+→\s+{case.fell_to}"))
    assert surgeon.page.evaluate("window.seenAt") - sent.value.timing["startTime"] < LIMIT_MS
    assert surgeon.page.evaluate("window.sameDocument"), "the inbox was not loaded again"
    nurse.shoot("result")
    surgeon.shoot("inbox")


def take_up(ward: Ward, nurse: Nurse, surgeon: Surgeon, *, before_the_surgeon: str = "") -> None:
    """The surgeon is told by phone, the nurse is on it; minutes later the surgeon has it."""
    nurse.told_the_surgeon("Read back. On the way.")
    nurse.shows("Told by phone", "read back")
    nurse.acknowledge()
    nurse.shows("No surgeon has it yet.")
    if before_the_surgeon:
        nurse.send(before_the_surgeon)
        nurse.see_alert()
        nurse.shows("No surgeon has it yet.", "requested")
    nurse.shoot("alert")
    ward.wait(timedelta(minutes=4))
    surgeon.accept()
    surgeon.shows("Samuel Adler has it")
    surgeon.shoot("alert")
    nurse.shows("Samuel Adler has it")  # her page was open


def look_inside(ward: Ward, nurse: Nurse, surgeon: Surgeon, case: Case) -> None:
    """Imaging that was requested is done, and reported with what it shows."""
    nurse.send_to("imaging")
    ward.wait(timedelta(minutes=30))
    nurse.press_alert(f"{case.modality} done now")
    nurse.take_back()
    surgeon.report(case.modality, finding=case.finding, side=case.side, level=case.level, text=case.seen)
    surgeon.shows(case.seen)


def explore(ward: Ward, nurse: Nurse, surgeon: Surgeon, case: Case) -> None:
    """Decided, planned, begun, over: what was found, and a drain; then the alert is closed."""
    surgeon.decide_to_explore(case.reason)
    surgeon.plan_theatre(30, case.reason)
    surgeon.shoot("alert-decided")
    ward.wait(timedelta(minutes=25))
    nurse.send_to("theatre")
    nurse.shoot("to-theatre")
    ward.wait(timedelta(minutes=10))
    surgeon.press_alert("Exploration begun now")
    ward.wait(timedelta(hours=case.reoperation.took, minutes=15))
    surgeon.operated(case.reoperation, ended=timedelta(minutes=5))
    surgeon.found(finding=case.finding, side=case.side, level=case.level, text=case.done)
    nurse.take_back()
    nurse.check("Back from theatre.", **case.grades(case.course[0]))
    nurse.shoot("after-theatre")
    surgeon.close_as_explored(case.done)


def recover(ward: Ward, nurse: Nurse, surgeon: Surgeon, case: Case) -> None:
    """A week on the ward: rounds, the drain every morning until it may come out, the checks of day 3 and of day 7."""
    grade = case.course[0]
    for day, ran_ml in enumerate((180, 40, 30, 20, None, None, None), start=1):
        ward.rounds(nurse.stay, timedelta(days=1), **case.as_sent(grade))
        if ran_ml is not None:
            nurse.read_drain(ran_ml)
            nurse.shows("READY FOR REMOVAL" if day == 4 else "Not ready for removal")
        if day == 4:
            nurse.shoot("drains")
        if day in case.course:
            grade = case.course[day]
            nurse.check(**case.grades(grade))
    nurse.see_patient()
    nurse.shoot("day-7")
    turned_out(nurse, case)
    surgeon.see_summary()
    surgeon.shoot("summary")
    turned_out(surgeon, case)
    surgeon.shows(case.seen, case.done, "last good check", "re-operation began")


def turned_out(window: Nurse | Surgeon, case: Case) -> None:
    """The outcome's table: at the deficit, on day 3, on day 7; and relief as the paper counts it."""
    expect(window.page.locator(".recovery tbody tr")).to_have_count(1)
    cells = window.page.locator(".recovery tbody td span[aria-hidden]").all_inner_texts()
    assert cells == [str(case.course[3]), str(case.course[7])]
    expect(window.page.locator(".recovery tbody td").first).to_have_text(str(case.fell_to))
    expect(window.page.locator(".recovery")).to_contain_text(re.compile(rf"Relief:\s+{case.relief}\b"))

"""The page of a long and bad stay in a real browser: on every screen, and on one sheet of paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from monitoring.checks.actions import record_attempt, record_check, record_treatment
from monitoring.checks.models import Attempt, Treatment, Untested
from monitoring.protocol import Muscle
from tests.alerts.conftest import Patient, findings
from tests.browser.conftest import PHONE, TABLET
from tests.cast import Cast, admit_patient, ago, new_patient, operate, set_stage
from tests.desks.pages import signed_in
from tests.stack import Stack, StackFactory
from wards.absences import come_back, leave

pytestmark = pytest.mark.thorough

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
DAYS = 14
CHECKS = 64


@dataclass
class Shown:
    """Where the page is, and the cookie of a nurse who may see it."""

    house: Stack
    path: str
    session: str


@pytest.fixture(scope="module")
def long_stay(_stack_factory: StackFactory) -> Iterator[Shown]:
    """Fourteen days, two operations, all that can go wrong on the last of them, and nobody's name is short."""
    with _stack_factory.open("web") as house:
        with house.models():
            cast = set_stage()
            stay = write(cast).stay
            session = signed_in(cast.alice).cookies["sessionid"].value
        yield Shown(house, f"/stays/{stay.public_id}/", session)


def write(cast: Cast) -> Patient:
    who = new_patient(family_name="Wolffenbüttel-Castellanos", given_name="Maximiliane Theodora")
    patient = Patient(cast, admit_patient(cast, at=ago(days=DAYS + 2), patient=who))
    patient.check((DAYS * 24 + 8) * 60)
    operate(cast, patient.stay, ended_at=ago(days=DAYS))
    operate(cast, patient.stay, ended_at=ago(hours=262, minutes=30), kind="secondary", symptomatic_side="right")
    for number in range(CHECKS):
        patient.check((CHECKS - number) * 300 + 60)
    _last_day(patient)
    patient.assess()
    return patient


def _last_day(patient: Patient) -> None:
    stay, alice = patient.stay, patient.cast.alice
    patient.retract(patient.check(70, L2_right=0))
    bad = findings(flag="bladder_bowel", L4_left=1, L5_left=0, S1_left=2, L4_right=3, L3_right=3)
    muscles = {**bad.muscles, Muscle.L2_LEFT: Untested.PAIN}
    bad = replace(bad, muscles=muscles, catheter=True, pain=9, note="Foot hangs down; says the leg is not hers. " * 3)
    for minutes in (50, 40, 20):
        record_check(stay, by=alice, at=ago(minutes=minutes), findings=bad, key=uuid4())
    for kind in Treatment.Kind:
        started, at = Treatment.Action.STARTED, ago(minutes=45)
        record_treatment(stay, by=alice, at=at, kind=kind, action=started, dose="500 mg over 30 min", key=uuid4())
    leave(stay, by=alice, at=ago(minutes=35), place="imaging")
    come_back(stay, by=alice, at=ago(minutes=25))
    reason, later = Attempt.Reason.REFUSED, timedelta(minutes=30)
    record_attempt(stay, by=alice, at=ago(minutes=10), reason=reason, next_try=later, note="", key=uuid4())


Scheme = Literal["light", "dark"]


@pytest.fixture
def open_stay(chromium: Browser, long_stay: Shown) -> Iterator[Page]:
    context = chromium.new_context(viewport=DESKTOP)
    context.add_cookies([{"name": "sessionid", "value": long_stay.session, "url": long_stay.house.url}])
    page = context.new_page()
    page.goto(long_stay.house.url + long_stay.path)
    yield page
    context.close()


def first_strips(page: Page) -> tuple[dict[str, float], dict[str, float]]:
    """Where the RIGHT strip of L2 and its LEFT one stand, at one instant: the page may refresh itself in between."""
    boxes = "strips => strips.slice(0, 2).map(strip => strip.getBoundingClientRect().toJSON())"
    right, left = page.locator(".strip").evaluate_all(boxes)
    assert right["width"] > 0
    return right, left


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_fortnight_that_ends_badly_prints_on_one_sheet(open_stay: Page, scheme: Scheme) -> None:
    open_stay.emulate_media(color_scheme=scheme)
    paper = open_stay.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ") == 1


def test_the_sheet_has_the_banner_the_level_the_chart_and_the_number_of_lines_left_out(open_stay: Page) -> None:
    open_stay.emulate_media(media="print", color_scheme="dark")
    for words in (
        "WOLFFENBÜTTEL-CASTELLANOS, Maximiliane Theodora",
        "CRITICAL",
        "L5 left 5 → 0",
        "Printed from Spinewatch",
    ):
        assert open_stay.get_by_text(words).first.is_visible(), words
    assert open_stay.locator(".strip:visible").count() == 10
    assert open_stay.get_by_text("earlier lines are not printed here").is_visible()
    assert not open_stay.get_by_role("link", name="Record check").is_visible()
    assert open_stay.evaluate("getComputedStyle(document.body).color") == "rgb(20, 32, 43)"  # dark ink, white paper


@pytest.mark.parametrize("screen", [PHONE, TABLET, DESKTOP])
def test_the_page_is_never_wider_than_the_screen(open_stay: Page, screen: ViewportSize) -> None:
    open_stay.set_viewport_size(screen)
    assert open_stay.evaluate("document.documentElement.scrollWidth") == screen["width"]


def test_both_sides_of_a_muscle_share_a_time_axis_on_a_phone(open_stay: Page) -> None:
    open_stay.set_viewport_size(PHONE)
    right, left = first_strips(open_stay)
    assert right["x"] == left["x"]
    assert right["y"] < left["y"]


def test_on_a_wide_screen_right_stands_at_the_left(open_stay: Page) -> None:
    right, left = first_strips(open_stay)
    assert right["y"] == left["y"]
    assert right["x"] < left["x"]


def test_the_last_hours_can_be_had_alone(open_stay: Page) -> None:
    open_stay.get_by_role("link", name="last 24 h").click()
    assert open_stay.get_by_role("link", name="last 24 h").get_attribute("aria-current") == "true"
    assert open_stay.locator(".axis").first.get_by_text("before").count() == 0

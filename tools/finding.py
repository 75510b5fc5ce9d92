"""Finding patients, and breaking the glass, for the book of pages."""

from __future__ import annotations

from playwright.sync_api import Page

from monitoring.breakglass.actions import break_glass, review
from monitoring.breakglass.queries import unreviewed
from wards.models import Patient, Staff, Stay, Ward


def open_from_outside(first: Stay, second: Stay, *, nurse: Staff, lead: Staff) -> None:
    """A nurse of another ward has opened two records: one was reviewed, the other waits."""
    break_glass(first, by=nurse, reason="Called to help turn the patient, who could not feel his feet.")
    review(unreviewed(Ward.objects.filter(pk=first.ward_id))[0], by=lead, note="Right: Omar helped us that night.")
    break_glass(second, by=nurse, reason="Found him on the stairs between our wards.")


def find_by_name(page: Page) -> None:
    page.locator("input[name=text]").fill("ad")
    page.locator("main form button.first").click()
    page.wait_for_selector("#found")


def find_nobody(page: Page) -> None:
    page.locator("input[name=text]").fill("x")
    page.locator("main form button.first").click()
    page.wait_for_selector(".errorlist")


def ask_for(patient: Patient, page: Page) -> None:
    """The first half of breaking the glass: both identifiers of somebody on another ward."""
    page.locator("input[name=record_number]").fill(patient.record_number)
    page.locator("input[name=date_of_birth]").fill(patient.date_of_birth.isoformat())
    page.locator("main form button.first").click()
    page.wait_for_selector("textarea[name=reason]")

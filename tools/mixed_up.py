"""Records of the demo ward that were mixed up, for the book of pages: two mendings wait, two are over."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from playwright.sync_api import Page

from monitoring.alerts.actions import assess_stay
from monitoring.checks.actions import record_check
from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Flag
from monitoring.due.clock import now
from monitoring.mending.actions import confirm, end, propose_check_move, propose_merge
from monitoring.mending.models import Mending
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from wards.actions import admit, discharge
from wards.bed_actions import add_beds
from wards.facts import NewPatient
from wards.models import Bed, Staff, Stay

SECOND_RECORD, OLD_RECORD = "9900412", "9900277"


def mix_up(stay: Stay, before: Stay, third: Stay, *, nurse: Staff, proposer: Staff, second: Staff) -> None:
    """The patient of `stay` lies in another bed too, under a second record, and has become weak there; the patient of
    `before` was here once under another; of `stay` a check is thought to be `third`'s."""
    (bed,) = add_beds(stay.ward, by=second, labels=["17"])
    once = _admitted(before, bed, OLD_RECORD, hours=9 * 24, nurse=nurse)
    discharge(once, by=nurse, at=now() - timedelta(days=8), departure=Stay.Departure.HOME)
    confirm(propose_merge(once.patient, before.patient, by=proposer, reason="The same man."), by=second)
    again = _admitted(stay, bed, SECOND_RECORD, hours=3, nurse=nurse)
    findings = CheckFindings(
        muscles=dict.fromkeys(MUSCLES, 5) | {Muscle.L5_RIGHT: 1}, flags=dict.fromkeys(FLAGS, Flag.ABSENT)
    )
    record_check(again, by=nurse, at=now() - timedelta(minutes=20), findings=findings, key=uuid4())
    assess_stay(again.pk)
    why = "Admitted again after imaging as if nobody knew her: one wristband, two numbers."
    episodes = (again.episode, stay.episode)
    propose_merge(again.patient, stay.patient, by=proposer, reason=why, one_episode=episodes, keeps=stay)
    check = stay.checks.standing().latest("examined_at")
    end(propose_check_move(check, third, by=proposer, reason="Beds mixed up."), by=proposer, reason="It is hers.")
    propose_check_move(check, third, by=second, reason="The nurse of that night says she was at the next bed.")


def _admitted(known: Stay, bed: Bed, number: str, *, hours: float, nurse: Staff) -> Stay:
    """The same person under another record number."""
    person = known.patient
    same = NewPatient(
        record_number=number,
        family_name=person.family_name,
        given_name=person.given_name,
        date_of_birth=person.date_of_birth,
        sex=person.sex,
    )
    at = now() - timedelta(hours=hours)
    return admit(by=nurse, at=at, bed=bed, patient=same, episode=None, responsible_surgeon=None, key=uuid4())


def waiting(kind: Mending.Kind) -> Mending:
    return Mending.objects.get(kind=kind, state=Mending.State.OPEN)


def both(wrong: str, right: str, page: Page) -> None:
    """The second step: both records beside each other."""
    page.locator("input[name=source_number]").fill(wrong)
    page.locator("input[name=target_number]").fill(right)
    page.locator("textarea[name=reason]").fill("Typed under the number of the bed beside.")
    page.locator("main form button.first").click()
    page.wait_for_selector("input[name=shown]", state="attached")

"""How a nurse and a surgeon use the pages, and how the hours between pass on the ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import expect

from monitoring.demo.patients import DemoPatient, Surgery
from monitoring.demo.people import PASSWORD, SPINE
from tests.ageing import MINUTE, let_time_pass
from tests.browser.conftest import CheckPage
from tests.browser.windows import Window, wall
from tests.stack import Stack, wait_for
from tools.visitor import Visitor

PATIENCE = 30  # seconds, on a machine that does much else
NEXT_CHECK = """SELECT extract(epoch FROM w.check_due_at - clock_timestamp())
    FROM due_watch w JOIN wards_stay s ON s.id = w.stay_id
    WHERE s.public_id = %s AND w.changed_since IS NULL AND w.assess_at > clock_timestamp()"""
WAITING = """SELECT count(*) FROM due_watch WHERE assess_at <= clock_timestamp()
    UNION ALL SELECT count(*) FROM alerts_alert WHERE next_step_at <= clock_timestamp()
    UNION ALL SELECT count(*) FROM escalation_delivery WHERE next_attempt_at <= clock_timestamp()"""


class Person(Window):
    """What nurses and surgeons alike do about a patient."""

    stay = ""
    alert = ""

    def see_patient(self) -> None:
        self.go(f"/stays/{self.stay}/")

    def see_alert(self) -> None:
        self.go(self.alert)

    def press_alert(self, button: str) -> None:
        """A button of the alert's page."""
        self.see_alert()
        self.send(button)

    def open_from_alert(self, link: str) -> None:
        self.see_alert()
        self.follow(link)

    def operated(self, surgery: Surgery, ended: timedelta) -> None:
        """Record an operation that ended so long ago."""
        self.see_patient()
        self.follow("Operation")
        start, end = wall(ended + timedelta(hours=surgery.took)), wall(ended)
        self.fill(
            kind=surgery.kind,
            started_at=f"{start:%Y-%m-%dT%H:%M}",
            ended_at=f"{end:%Y-%m-%dT%H:%M}",
            procedure=surgery.procedure,
            level_upper=surgery.upper,
            level_lower=surgery.lower,
            diagnosis=surgery.diagnosis,
            symptomatic_side=surgery.side,
            coagulopathy="yes" if surgery.coagulopathy else "no",
            deformity_correction="yes" if surgery.deformity else "no",
        )
        self.send("Save operation")

    def plan_theatre(self, minutes: int, note: str) -> None:
        self.open_from_alert("Plan theatre…")
        self.fill(planned=str(minutes), indication="deficit", note=note)
        self.shoot("theatre-plan")
        self.send("Save the plan")

    def see_summary(self) -> None:
        self.see_patient()
        self.follow("Summary")
        self.page.wait_for_url("**/summary/")


class Nurse(Person):
    """What a nurse does at the tablet."""

    def admit(self, patient: DemoPatient) -> str:
        """Admit a patient now; the stay's public id."""
        self.go(f"/wards/{SPINE.code}/admit/")
        today = wall()
        year = today.year - patient.age - ((today.month, today.day) < patient.birthday)
        self.fill(
            record_number=patient.record_number,
            family_name=patient.family,
            given_name=patient.given,
            date_of_birth=f"{year}-{patient.birthday[0]:02}-{patient.birthday[1]:02}",
            sex=patient.sex,
            bed=patient.bed,
            responsible_surgeon="Samuel Adler",
        )
        self.when("at")
        self.shoot("admit")
        self.send("Admit")
        return self.page.url.split("/stays/")[1].strip("/")

    def open_check(self) -> CheckPage:
        self.see_patient()
        self.follow("Record check")
        self.page.wait_for_url("**/checks/new/")
        return CheckPage(self.page)

    def check(self, note: str = "", /, **weaker: int) -> None:
        """Examine all ten muscles, say yes to what is asked again, save, and come to what it means."""
        form = self.open_check()
        form.fill(**weaker)
        if note:
            self.put("note", note)
        self.save_check(form)

    def save_check(self, form: CheckPage) -> None:
        form.save.click()
        self.page.wait_for_url("**/result/")
        expect(self.page.locator("#result")).to_contain_text("Assessed")

    def acknowledge(self) -> None:
        """From the list of alerts; from now on the alert's own page is known."""
        self.go("/alerts/")
        self.send("I am on it")
        self.follow("The alert…")
        self.alert = self.page.url.removeprefix(self.url)

    def told_the_surgeon(self, words: str) -> None:
        """Write down, below the result, that the surgeon was told and read it back."""
        self.fill(told="Samuel Adler", read_back="yes", note=words)
        self.when("at")
        self.send("Save the call")

    def start_treatment(self, kind: str, dose: str = "") -> None:
        self.see_patient()
        self.follow("Treatment")
        self.fill(kind=kind, action="started", dose=dose)
        self.when("happened")
        self.send("Save")

    def send_to(self, place: str) -> None:
        """The patient leaves for theatre or imaging."""
        self.see_patient()
        self.follow("To theatre or imaging")
        self.fill(place=place)
        self.when("at")
        self.send("Save")

    def take_back(self) -> None:
        """The patient is on the ward again."""
        self.see_patient()
        self.follow("Back on the ward")
        self.when("at")
        self.send("Save")

    def read_drain(self, volume_ml: int) -> None:
        self.see_patient()
        self.page.locator("main").get_by_role("link", name="Drains", exact=True).click()
        name = self.page.locator("main form.quick [name$=volume_ml]").get_attribute("name")  # each drain has its own
        assert name is not None
        self.put(name, str(volume_ml))
        self.put(name.replace("volume_ml", "happened"), "now")
        self.send("Save the reading")


class Surgeon(Person):
    """What a surgeon does on the phone."""

    def accept(self) -> None:
        """From the inbox that is open; from now on the alert's own page is known."""
        self.send("I have it")
        self.follow("The alert…")
        self.alert = self.page.url.removeprefix(self.url)

    def report(self, modality: str, *, finding: str, side: str, level: str, text: str) -> None:
        """What the imaging shows, from the alert's page."""
        self.open_from_alert(f"What the {modality} shows…")
        self.fill(finding=finding, side=side, level=level, text=text, accession=f"{modality}-26-04417")
        self.shoot("report")
        self.send("Save the report")

    def decide_to_explore(self, reason: str) -> None:
        self.open_from_alert("Decide")
        self.fill(decision="explore", reason=reason)
        self.shoot("decide")
        self.send("Decide")

    def found(self, *, finding: str, side: str, level: str, text: str) -> None:
        """The findings of the re-operation, with one drain on suction."""
        self.open_from_alert("Record findings…")
        self.fill(indication="deficit", finding=finding, side=side, level=level, text=text)
        self.fill(drains="1", drain_1_suction="yes")
        self.shoot("findings")
        self.send("Save the findings")

    def close_as_explored(self, text: str) -> None:
        self.open_from_alert("Close…")
        self.fill(outcome="explored", text=text)
        self.shoot("close")
        self.send("Close the alert")


@dataclass
class Ward:
    """The ward's processes, and the hours that pass there; Ben makes the rounds in between."""

    stack: Stack

    def wait(self, span: timedelta) -> None:
        """Time passes, and what comes due meanwhile is done."""
        with self.stack.models():
            let_time_pass(span)
        wait_for(lambda: not any(rows for (rows,) in self.stack.sql(WAITING)), PATIENCE, "all that came due was done")

    def rounds(self, stay: str, span: timedelta, **weaker: str) -> int:
        """So much time passes, and each check of it is made just before it is due. How many were made."""
        ben = Visitor(self.stack.url, follow=False)
        ben.sign_in("ben", PASSWORD)
        made = 0
        while True:
            due = self.next_check(stay)
            if due >= span:
                if span >= MINUTE:
                    self.wait(span)
                return made
            if due >= MINUTE:
                self.wait(due)
                span -= due
            status, page = ben.send_check(stay, ben.check_said(stay, **weaker))
            assert status == 302, page
            made += 1

    def next_check(self, stay: str) -> timedelta:
        """In how many whole minutes the next check is due, once all is assessed; never below none."""
        [(seconds,)] = wait_for(lambda: self.stack.sql(NEXT_CHECK, [stay]), PATIENCE, "the stay is assessed")
        return max(timedelta(0), timedelta(minutes=int(seconds) // 60))

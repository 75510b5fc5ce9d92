"""Every page of Spinewatch on the demo ward: who opens it and where. For the screens of docs/screens, for axe, for the
test that each page speaks every language. A page of the URLconf that is missing here fails a test.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.urls import URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from monitoring.alerts.accepting import accept_reference
from monitoring.alerts.models import Alert
from monitoring.alerts.offers import offer
from monitoring.checks.actions import record_attempt
from monitoring.checks.models import Acceptance, Attempt, Check, Treatment
from monitoring.demo.people import PASSWORD
from monitoring.due.clock import now
from monitoring.escalation.ladder import Key
from monitoring.escalation.links import token_for
from monitoring.escalation.models import Delivery
from monitoring.identity import box, totp
from monitoring.identity.models import Factor
from monitoring.mending.models import Mending
from monitoring.offline.models import Held
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan
from monitoring.proposals.models import Proposal
from monitoring.protocol import Muscle
from monitoring.registry.models import Import
from tools.finding import ask_for, find_by_name, find_nobody, open_from_outside
from tools.follow_up import follow_up
from tools.mixed_up import both, mix_up, waiting
from tools.proposed import propose_a_version
from tools.studied import bring_the_papers_hospital
from wards.bed_actions import close_bed
from wards.invitations import token_for as token_of
from wards.models import Bed, Duty, Group, Operation, Role, Staff, Stay, Ward, entries_of
from wards.staff_actions import StaffFacts, add_staff, close_staff

WARD, BESIDE = "7B", "8C"
CRITICAL, STABLE, WITH_CHART, WEAKER = "HARGREAVES", "ADEYEMI", "REYES", "NGUYỄN"
WITH_APP = "quinn"  # who signs in with a second factor, and belongs to no ward
TREATED, OPERATED_AGAIN = "OKAFOR", "IVERSEN"
TWICE, ONCE_BEFORE = "FERREIRA", "ROSENBERG"  # who have a second record

NO_PAGES = {
    "alert-accept": "a button",
    "alert-acknowledge": "a button",
    "alert-confirm-pause": "a button",
    "audit-find": "a form of the audit page",
    "bed-reopen": "a button",
    "break-glass-end": "a button",
    "break-glass-review": "a button",
    "calls": "a fragment of every page",
    "contact-remove": "a button",
    "contact-test": "a button",
    "display-end": "a button",
    "display-names": "a button",
    "factor-remove": "a button",
    "health": "for machines",
    "kit": "for scripts",
    "language": "a button",
    "lock": "a button",
    "manifest": "for browsers",
    "metrics": "for machines",
    "offer-answer": "a button",
    "offline-intake": "for scripts",
    "offline-session": "for scripts",
    "protocol-replay": "a button",
    "recovery-codes": "a button",
    "registry-dictionary": "a file",
    "registry-import-template": "a file",
    "registry-picture": "a picture of other pages",
    "registry-picture-taken": "a file",
    "registry-planning-picture": "a picture of another page",
    "rota-cancel": "a button",
    "service-worker": "for browsers",
    "session-end": "a button",
    "sessions-end-others": "a button",
    "sign-in-enrol": "as factor-new, before signing in",
    "sign-in-provider": "leads to the hospital's provider",
    "sign-in-provider-back": "where the hospital's provider leads back to",
    "sign-out": "a button",
    "stream": "for scripts",
    "touch": "for scripts",
    "welcome": "a link: it leads to the page of the new password",
    "words": "for scripts",
}


@dataclass(frozen=True, slots=True)
class Booked:
    """A page. `name` is the file's; `route` the URLconf's; `who` signs in, "" nobody; `prepare` brings it about."""

    name: str
    route: str
    path: str
    who: str = "alice"
    prepare: Callable[[Page], None] | None = None
    status: int = 200


def routes() -> set[str]:
    """The names of all addresses."""

    def walk(resolver: URLResolver) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern)
            elif pattern.name:
                yield pattern.name

    return set(walk(get_resolver()))


def make_ready() -> None:
    """What a day on the ward brings and the demo does not: a hand-over that waits, a check that could not be filed."""
    sam, ines, alice = (Staff.objects.get(username=name) for name in ("sam", "ines", "alice"))
    alert = Alert.objects.filter(stay=_stay(CRITICAL), kind=Alert.Kind.DEFICIT, closed_at=None).get()
    offer(alert, by=alert.accepted_by or sam, revision=alert.revision, to=ines if alert.accepted_by != ines else sam)
    record_attempt(
        _stay(STABLE),
        by=alice,
        at=None,
        reason=Attempt.Reason.ASLEEP,
        next_try=timedelta(minutes=15),
        note="",
        key=uuid.uuid4(),
    )
    accept_reference(
        _stay(WEAKER),
        by=ines,
        at=None,
        muscles={Muscle.L5_RIGHT: 4},
        flags=[],
        reason="Known from before the admission, says the referring clinic.",
        key=uuid.uuid4(),
    )
    guarded = Staff.objects.create_user(WITH_APP, password=PASSWORD, first_name="Quinn", last_name="Quayle")
    Factor.objects.create(staff=guarded, kind=Factor.Kind.TOTP, secret=box.closed(totp.new_secret()))
    follow_up(_stay(TREATED), _stay(OPERATED_AGAIN), nurse=alice, surgeon=sam)
    dana = Staff.objects.get(username="dana")
    propose_a_version(Ward.objects.get(code=WARD), Ward.objects.get(code=BESIDE), administrator=dana)
    staff_comes_and_goes(by=Staff.objects.get(username="dana"))
    omar, carol = (Staff.objects.get(username=name) for name in ("omar", "carol"))
    noel = Staff.objects.get(username="noel")
    mix_up(_stay(TWICE), _stay(ONCE_BEFORE), _stay(STABLE), nurse=alice, proposer=noel, second=dana)
    bring_the_papers_hospital(Ward.objects.get(code=WARD), by=dana)
    open_from_outside(_stay(TREATED), _stay(WITH_CHART), nurse=omar, lead=carol)
    Held.objects.create(
        idempotency_key=uuid.uuid4(),
        stay=_stay(STABLE),
        examined_by=alice,
        examined_at=now(),
        sent_by=alice,
        values={"l4_left": "1", "examined": "earlier"},
        refusals=["clock_changed"],
        was_grave=True,
    )


def staff_comes_and_goes(*, by: Staff) -> None:
    """Somebody who has left, two who have no password yet, and a bed out of use."""
    ward = Ward.objects.get(code=WARD)
    for username, given, family in (
        ("gus", "Gustav", "Grünberg"),
        ("hanna", "Hanna", "Hoxha"),
        ("ivo", "Ivo", "Ilić"),
    ):
        facts = StaffFacts(given, family, phone="", ends_on=None)
        add_staff(by=by, username=username, facts=facts, ward=ward, role=Role.NURSE)
    close_staff(Staff.objects.get(username="gus"), by=by, reason="Left the hospital.", anyway=False)
    free = Bed.objects.filter(ward=ward, stays=None).earliest("label")
    close_bed(free, by=by, reason="The window is being mended.")


def book() -> list[Booked]:
    """All pages, after `make_ready`. Ask the database of the house that they are opened in."""
    return [
        *_for_all(),
        *_of_a_patient(),
        *_of_the_pathway(),
        *_of_drains(),
        *_of_alerts(),
        *_of_the_ward(),
        *_of_the_audit(),
        *_of_administration(),
        *_of_the_protocol(),
        *_of_mending(),
        *_of_the_registry(),
        *_of_finding(),
    ]


def _stay(name: str) -> Stay:
    return Stay.objects.get(patient__family_name__iexact=name, discharged_at=None)


def _for_all() -> Iterator[Booked]:
    yield Booked("sign-in", "sign-in", reverse("sign-in"), who="")
    yield Booked("wards", "wards", reverse("wards"), who="dana")
    yield Booked("home", "home", reverse("home"))
    yield Booked("channels", "channels", reverse("channels"), who="sam")
    yield Booked("my-phone", "my-phone", reverse("my-phone"))
    yield Booked("pin", "pin", reverse("pin"))
    yield Booked("sign-in-passkey", "sign-in-passkey", reverse("sign-in-passkey"), who="")
    yield Booked("own-password", "own-password", reverse("own-password"))
    yield Booked("sign-in-second", "sign-in-second", reverse("sign-in"), who="", prepare=_show_the_first_half)
    yield Booked("factors", "factors", reverse("factors"))
    yield Booked("sessions", "sessions", reverse("sessions"))
    yield Booked("confirm", "confirm", reverse("confirm"))
    yield Booked("factor-new", "factor-new", reverse("factor-new"), prepare=_say_again_who_one_is)
    yield Booked("locked", "locked", reverse("pin"), who="mei", prepare=_lock)
    yield Booked("look", "look", reverse("look"))
    yield Booked("offline", "offline", reverse("look"), prepare=_lose_the_network)
    yield Booked("not-found", "home", "/nothing/here/", status=404)


def _of_a_patient() -> Iterator[Booked]:
    critical, stable, chart = (_stay(name) for name in (CRITICAL, STABLE, WITH_CHART))
    standing = entries_of(Check).standing()
    for name, stay in (("stay-critical", critical), ("stay-long", chart), ("stay-stable", stable)):
        yield Booked(name, "stay", reverse("stay", args=[stay.public_id]))
    for name, stay in (("summary", chart), ("summary-open", critical)):
        yield Booked(name, "summary", reverse("summary", args=[stay.public_id]), who="sam")
    for route in ("check-new", "attempt-new", "treatment-new", "operate", "away", "move", "discharge"):
        yield Booked(route, route, reverse(route, args=[stable.public_id]))
    for name, stay in (("result-critical", critical), ("result-stable", stable)):
        check = standing.filter(stay=stay).latest("examined_at")
        yield Booked(name, "check-result", reverse("check-result", args=[check.public_id]))
    check = standing.filter(stay=critical).latest("examined_at")
    treatment = entries_of(Treatment).standing().filter(stay__discharged_at=None).latest("happened_at")
    operation = entries_of(Operation).standing().filter(stay=critical).latest("ended_at")
    attempt = Attempt.objects.standing().filter(stay=stable).latest("tried_at")
    yield Booked("attempt-retract", "attempt-retract", reverse("attempt-retract", args=[attempt.public_id]))
    new = reverse("acceptance-new", args=[critical.public_id])
    yield Booked("acceptance-new", "acceptance-new", new, who="sam")
    yield Booked("acceptance-effect", "acceptance-new", new, who="sam", prepare=_see_what_accepting_changes)
    acceptance = Acceptance.objects.standing().filter(stay=_stay(WEAKER)).latest("accepted_at")
    for step in ("acceptance-correct", "acceptance-retract"):
        yield Booked(step, step, reverse(step, args=[acceptance.public_id]), who="sam")
    for entry, kind in ((check, "check"), (treatment, "treatment"), (operation, "operation")):
        for step in ("correct", "retract"):
            yield Booked(f"{kind}-{step}", f"{kind}-{step}", reverse(f"{kind}-{step}", args=[entry.public_id]))


def _of_the_pathway() -> Iterator[Booked]:
    treated, critical = _stay(TREATED), _stay(CRITICAL)
    yield Booked("imaging-new", "imaging-new", reverse("imaging-new", args=[critical.public_id]))
    studies = Imaging.objects.standing().filter(stay=treated)
    for route, stage, who in (("imaging-done", "requested", "alice"), ("imaging-report", "done", "sam")):
        yield Booked(route, route, reverse(route, args=[studies.get(stage=stage).study]), who=who)
    report = Imaging.objects.standing().filter(stay=_stay(WITH_CHART)).get(stage=Imaging.Stage.REPORTED)
    for route in ("imaging-correct", "imaging-retract"):
        yield Booked(route, route, reverse(route, args=[report.public_id]), who="sam")
    yield Booked("theatre-new", "theatre-new", reverse("theatre-new", args=[critical.public_id]))
    plan = TheatrePlan.objects.standing().get(stay=treated)
    for route in ("theatre-change", "theatre-cancel"):
        yield Booked(route, route, reverse(route, args=[plan.public_id]))
    again = entries_of(Operation).standing().filter(stay=_stay(OPERATED_AGAIN)).latest("ended_at")
    yield Booked("findings-new", "findings-new", reverse("findings-new", args=[again.public_id]), who="sam")
    found = Exploration.objects.standing().get(stay=_stay(WITH_CHART))
    for route in ("findings-correct", "findings-retract"):
        yield Booked(route, route, reverse(route, args=[found.public_id]), who="sam")


def _of_drains() -> Iterator[Booked]:
    stay = _stay(WITH_CHART)
    lines = DrainEntry.objects.standing().filter(stay=stay)
    placed, read = lines.get(stage=DrainEntry.Stage.PLACED), lines.filter(stage=DrainEntry.Stage.READ).latest("pk")
    yield Booked("drains", "drains", reverse("drains", args=[stay.public_id]))
    yield Booked("drain-place", "drain-place", reverse("drain-place", args=[stay.public_id]))
    yield Booked("drain-remove", "drain-remove", reverse("drain-remove", args=[stay.public_id, placed.drain]))
    for route in ("drain-correct", "drain-retract"):
        yield Booked(route, route, reverse(route, args=[read.public_id]))


def _of_alerts() -> Iterator[Booked]:
    alert = Alert.objects.filter(stay=_stay(CRITICAL), kind=Alert.Kind.DEFICIT, closed_at=None).get()
    yield Booked("alerts", "alerts", reverse("alerts"))
    yield Booked("inbox", "inbox", reverse("inbox"), who="sam")
    yield Booked("inbox-closed", "inbox", reverse("inbox") + "?which=closed", who="sam")
    yield Booked("alert-nurse", "alert", reverse("alert", args=[alert.public_id]))
    yield Booked("alert-surgeon", "alert", reverse("alert", args=[alert.public_id]), who="ines")
    for route in ("alert-decide", "alert-offer", "alert-close"):
        yield Booked(route, route, reverse(route, args=[alert.public_id]), who="sam")
    closed = Alert.objects.filter(stay=_stay(WITH_CHART), kind=Alert.Kind.DEFICIT).exclude(closed_by=None).latest("pk")
    yield Booked("alert-reopen", "alert-reopen", reverse("alert-reopen", args=[closed.public_id]), who="sam")
    yield Booked("alert-closed", "alert", reverse("alert", args=[closed.public_id]), who="sam")
    yield Booked("alert-report", "alert-report", reverse("alert-report", args=[alert.public_id]))
    yield Booked(
        "alert-milestone", "alert-milestone", reverse("alert-milestone", args=[alert.public_id, "imaging_requested"])
    )
    delivery = Delivery.objects.filter(alert__closed_at=None, person__username="sam").latest("pk")
    yield Booked("message", "message", reverse("message", args=[token_for(delivery)]), who="sam")


def _of_the_ward() -> Iterator[Booked]:
    yield Booked("board", "board", reverse("board", args=[WARD]))
    yield Booked("hand-over-sheet", "hand-over-sheet", reverse("hand-over-sheet", args=[WARD]))
    yield Booked("allocation", "allocation", reverse("allocation", args=[WARD]))
    yield Booked("admit", "admit", reverse("admit", args=[WARD]))
    yield Booked("rota-wards", "rota", reverse("rota"), who="dana")
    for route in ("rota-ward", "rota-add", "rota-import", "rota-who", "ladders", "groups", "group-new"):
        yield Booked(route, route, reverse(route, args=[WARD]), who="carol")
    for route in ("ward-contacts", "ward-numbers", "ward-limits", "displays", "held"):
        yield Booked(route, route, reverse(route, args=[WARD]), who="carol")
    yield Booked("ladder-edit", "ladder-edit", reverse("ladder-edit", args=[WARD, Key.CRITICAL]), who="carol")
    group = Group.objects.filter(ward__code=WARD).latest("pk")
    yield Booked("group-edit", "group-edit", reverse("group-edit", args=[WARD, group.public_id]), who="carol")
    duty = Duty.objects.filter(ward__code=WARD, starts_at__gt=now()).earliest("starts_at")
    yield Booked("rota-hand-over", "rota-hand-over", reverse("rota-hand-over", args=[duty.public_id]), who="carol")
    held = Held.objects.filter(ended_at=None).latest("pk")
    for route in ("held-file", "held-drop"):
        yield Booked(route, route, reverse(route, args=[held.public_id]), who="carol")
    yield Booked("display", "display", reverse("displays", args=[WARD]), who="carol", prepare=_become_display)


def _of_the_audit() -> Iterator[Booked]:
    critical, alice = _stay(CRITICAL), Staff.objects.get(username="alice")
    audit, responses = reverse("audit"), reverse("responses")
    yield Booked("audit", "audit", audit, who="dana")
    yield Booked("audit-alerts", "audit", f"{audit}?group=alerts", who="dana")
    yield Booked("audit-refused", "audit", f"{audit}?since=noon", who="dana", status=422)
    yield Booked("audit-past", "audit-past", reverse("audit-past"), who="dana")
    yield Booked("seal", "seal", reverse("seal"), who="dana")
    yield Booked("audit-export", "audit-export", f"{reverse('audit-export')}?kind=openings", who="dana")
    yield Booked(
        "audit-patient", "audit-patient", reverse("audit-patient", args=[critical.patient.public_id]), who="dana"
    )
    today = now().date().isoformat()
    yield Booked("audit-staff", "audit-staff", reverse("audit-staff", args=[alice.public_id, today]), who="dana")
    yield Booked("responses", "responses", responses, who="carol")
    yield Booked("responses-behind", "responses", f"{responses}?behind=accepted&by=hour", who="sam")


def _of_finding() -> Iterator[Booked]:
    yield Booked("patients", "patients", reverse("patients"))
    yield Booked("patients-found", "patients", reverse("patients"), prepare=find_by_name)
    yield Booked("patients-refused", "patients", reverse("patients"), prepare=find_nobody)
    yield Booked("break-glass-open", "break-glass-open", reverse("break-glass-open"))
    again = partial(ask_for, _stay(CRITICAL).patient)
    yield Booked("break-glass-exists", "break-glass-open", reverse("break-glass-open"), who="omar", prepare=again)
    opened = reverse("stay", args=[_stay(WITH_CHART).public_id])
    yield Booked("break-glass-record", "stay", opened, who="omar")
    yield Booked("break-glass", "break-glass", reverse("break-glass"), who="carol")


def _of_the_protocol() -> Iterator[Booked]:
    proposal = Proposal.objects.get(ward__code=WARD)
    yield Booked("protocol", "protocol", reverse("protocol"), who="dana")
    yield Booked("protocol-ward", "protocol-ward", reverse("protocol-ward", args=[WARD]))
    yield Booked("protocol-versions", "protocol-ward", reverse("protocol-ward", args=[BESIDE]), who="dana")
    yield Booked("protocol-propose", "protocol-propose", reverse("protocol-propose", args=[BESIDE]), who="dana")
    for route in ("protocol-proposal", "protocol-revise", "protocol-approve", "protocol-end"):
        yield Booked(route, route, reverse(route, args=[proposal.public_id]), who="dana")


def _of_mending() -> Iterator[Booked]:
    """Noel has proposed one and Dana another; what is done about two records is asked once both are shown."""
    waits, own, done = waiting(Mending.Kind.MERGE), waiting(Mending.Kind.CHECK), Mending.objects.get(state="done")
    yield Booked("mending", "mending", reverse("mending"), who="dana")
    for route in ("mending-merge", "mending-stay", "mending-check"):
        yield Booked(route, route, reverse(route), who="dana")
    one, other = (_stay(name).patient.record_number for name in (WEAKER, CRITICAL))
    twice = partial(both, waits.source.record_number, waits.target.record_number)
    yield Booked("mending-merge-both", "mending-merge", reverse("mending-merge"), who="dana", prepare=twice)
    for kind in ("merge", "stay", "check"):
        route, two = f"mending-{kind}", partial(both, one, other)
        name = "mending-unlike" if kind == "merge" else f"{route}-both"
        yield Booked(name, route, reverse(route), who="dana", prepare=two)
    for route in ("mending-case", "mending-confirm", "mending-end"):
        yield Booked(route, route, reverse(route, args=[waits.public_id]), who="dana")
    for name, one_case in (("mending-own", own), ("mending-done", done)):
        yield Booked(name, "mending-case", reverse("mending-case", args=[one_case.public_id]), who="dana")


def _of_the_registry() -> Iterator[Booked]:
    for route in ("registry", "registry-times", "registry-definition", "registry-imports", "registry-export"):
        yield Booked(route, route, reverse(route), who="rhea")
    yield Booked("registry-planning", "registry-planning", reverse("registry-planning"), who="sam")
    yield Booked("registry-refused", "registry", f"{reverse('registry')}?since=noon", who="sam", status=422)
    yield Booked("registry-report", "registry-report", reverse("registry-report"), who="rhea")
    brought = Import.objects.filter(taken_back_at=None).latest("pk")
    back = reverse("registry-import-take-back", args=[brought.public_id])
    yield Booked("registry-import-take-back", "registry-import-take-back", back, who="rhea")


def _of_administration() -> Iterator[Booked]:
    """People and wards. Whoever closes an account is shown what is left behind: Sam is on call."""
    sam, alice = (Staff.objects.get(username=name) for name in ("sam", "alice"))
    yield Booked("staff", "staff", reverse("staff"), who="dana")
    yield Booked("staff-person", "staff-person", reverse("staff-person", args=[sam.public_id]), who="dana")
    yield Booked("staff-new", "staff-new", reverse("staff-new"), who="dana")
    for route in ("staff-edit", "staff-link", "staff-factor", "staff-close", "role-give"):
        yield Booked(route, route, reverse(route, args=[sam.public_id]), who="dana")
    yield Booked("role-take", "role-take", reverse("role-take", args=[alice.public_id, WARD, "nurse"]), who="dana")
    closed = Staff.objects.filter(username="gus", is_active=False).get()
    yield Booked("staff-reopen", "staff-reopen", reverse("staff-reopen", args=[closed.public_id]), who="dana")
    hanna, ivo = (Staff.objects.get(username=name) for name in ("hanna", "ivo"))
    link = reverse("staff-link", args=[hanna.public_id])
    yield Booked("staff-link-made", "staff-link", link, who="dana", prepare=_make_the_link)
    welcome = reverse("welcome", args=[token_of(ivo, until=now() + timedelta(days=3))])
    yield Booked("welcome", "welcome-password", welcome, who="")
    yield Booked("welcome-over", "welcome-password", reverse("welcome", args=["used-up"]), who="", status=410)
    yield Booked("ward-settings", "ward-settings", reverse("ward-settings"), who="dana")
    yield Booked("ward-new", "ward-new", reverse("ward-new"), who="dana")
    for route in ("ward-desk", "ward-edit", "ward-colleague", "beds"):
        yield Booked(route, route, reverse(route, args=[WARD]), who="dana")
    bed = Bed.objects.filter(ward__code=WARD, closed_at=None, stays=None).latest("label")
    for route in ("bed", "bed-close"):
        yield Booked(route, route, reverse(route, args=[bed.public_id]), who="dana")


def _make_the_link(page: Page) -> None:
    """The answer to the form shows it, and nothing else does."""
    page.locator("main form button.first").click()
    page.wait_for_selector(".the-link")


def _lose_the_network(page: Page) -> None:
    """The page that works without a network, as long as it finds none: else it goes back to where one came from."""
    page.route(f"**{reverse('offline-session')}", lambda route: route.abort())
    page.goto(page.url.replace(reverse("look"), reverse("offline")))
    page.locator("h1").first.wait_for()  # the page writes itself


def _see_what_accepting_changes(page: Page) -> None:
    """The second step of accepting a reference."""
    page.locator("input[name=muscles]").first.check()
    page.locator("textarea[name=why]").fill("Root oedema on MRI; to be watched, not explored.")
    page.locator("input[name=accepted][value=now]").check()
    page.locator("main form button.first").click()
    page.wait_for_selector("form[data-confirms]")


def _show_the_first_half(page: Page) -> None:
    """Sign in as somebody who has an authenticator app, up to where it is asked for."""
    page.locator("input[name=username]").fill(WITH_APP)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('sign-in-second')}")


def _say_again_who_one_is(page: Page) -> None:
    """As before every change of how one signs in."""
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('factor-new')}")


def _lock(page: Page) -> None:
    """As lock.js does once nobody has touched the screen for minutes."""
    page.evaluate("document.getElementById('lock').requestSubmit()")
    page.wait_for_url("**/locked/**")


def _become_display(page: Page) -> None:
    """Make this browser the ward's display."""
    page.goto(page.url.split("/wards/")[0] + reverse("displays", args=[WARD]))
    page.locator("main form input[name=name]").fill(f"Corridor {uuid.uuid4().hex[:4]}")
    page.locator("main form:has(input[name=name]) button").first.click()
    page.wait_for_url("**/display/")

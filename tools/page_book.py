"""Every page of Spinewatch on the demo ward: who opens it and where. For the screens of docs/screens, for axe, for the
test that each page speaks every language. A page of the URLconf that is missing here fails a test.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from monitoring.alerts.accepting import accept_reference
from monitoring.alerts.models import Alert
from monitoring.alerts.offers import offer
from monitoring.checks.actions import record_attempt
from monitoring.checks.models import Acceptance, Attempt, Check, Treatment
from monitoring.due.clock import now
from monitoring.escalation.ladder import Key
from monitoring.escalation.links import token_for
from monitoring.escalation.models import Delivery
from monitoring.offline.models import Held
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan
from monitoring.protocol import Muscle
from tools.follow_up import follow_up
from wards.models import Duty, Group, Operation, Staff, Stay, entries_of

WARD = "7B"
CRITICAL, STABLE, WITH_CHART, WEAKER = "HARGREAVES", "ADEYEMI", "REYES", "NGUYỄN"
TREATED, OPERATED_AGAIN = "OKAFOR", "IVERSEN"

NO_PAGES = {
    "alert-accept": "a button",
    "alert-acknowledge": "a button",
    "alert-confirm-pause": "a button",
    "calls": "a fragment of every page",
    "contact-remove": "a button",
    "contact-test": "a button",
    "display-end": "a button",
    "display-names": "a button",
    "health": "for machines",
    "kit": "for scripts",
    "language": "a button",
    "lock": "a button",
    "manifest": "for browsers",
    "metrics": "for machines",
    "offer-answer": "a button",
    "offline-intake": "for scripts",
    "offline-session": "for scripts",
    "rota-cancel": "a button",
    "service-worker": "for browsers",
    "sign-out": "a button",
    "stream": "for scripts",
    "touch": "for scripts",
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
    follow_up(_stay(TREATED), _stay(OPERATED_AGAIN), nurse=alice, surgeon=sam)
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


def book() -> list[Booked]:
    """All pages, after `make_ready`. Ask the database of the house that they are opened in."""
    return [*_for_all(), *_of_a_patient(), *_of_the_pathway(), *_of_drains(), *_of_alerts(), *_of_the_ward()]


def _stay(name: str) -> Stay:
    return Stay.objects.get(patient__family_name__iexact=name, discharged_at=None)


def _for_all() -> Iterator[Booked]:
    yield Booked("sign-in", "sign-in", reverse("sign-in"), who="")
    yield Booked("wards", "wards", reverse("wards"), who="dana")
    yield Booked("home", "home", reverse("home"))
    yield Booked("channels", "channels", reverse("channels"), who="sam")
    yield Booked("my-phone", "my-phone", reverse("my-phone"))
    yield Booked("pin", "pin", reverse("pin"))
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


def _lose_the_network(page: Page) -> None:
    """The page that works without a network, as long as it finds none: else it goes back to where one came from."""
    page.route(f"**{reverse('offline-session')}", lambda route: route.abort())
    page.goto(page.url.replace(reverse("look"), reverse("offline")))


def _see_what_accepting_changes(page: Page) -> None:
    """The second step of accepting a reference."""
    page.locator("input[name=muscles]").first.check()
    page.locator("textarea[name=why]").fill("Root oedema on MRI; to be watched, not explored.")
    page.locator("input[name=accepted][value=now]").check()
    page.locator("main form button.first").click()
    page.wait_for_selector("form[data-confirms]")


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

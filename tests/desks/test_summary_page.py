"""The summary of an episode: who may read it, what it says, what it costs, and that it fits one sheet of paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from monitoring.alerts import steps
from monitoring.checks.models import Check, Treatment
from tests.ageing import let_time_pass
from tests.alerts.conftest import Patient, watched_patient
from tests.browser.conftest import PHONE
from tests.cast import Cast, admit_patient, ago, set_stage
from tests.desks.pages import alerting_works, queries_of, read, signed_in, spaced
from tests.pathway.full_case import play, treat
from tests.stack import StackFactory
from wards.actions import discharge
from wards.models import Stay


@pytest.fixture
def _alive(db: None) -> None:
    alerting_works()


pages = pytest.mark.usefixtures("_alive")


def address(stay: Stay) -> str:
    return f"/stays/{stay.public_id}/summary/"


def shown(cast: Cast, patient: Patient) -> str:
    return spaced(read(cast.sam, address(patient.stay)))


@pages
@pytest.mark.parametrize("who", ["alice", "carol", "sam", "adam"])
def test_whoever_works_on_the_ward_may_read_it(cast: Cast, critical: Patient, who: str) -> None:
    page = spaced(read(getattr(cast, who), address(critical.stay)))
    assert f"{critical.stay.patient.display_name} born 07-Mar-1955 No. {critical.stay.patient.record_number}" in page
    assert f"for {getattr(cast, who)}. From what was recorded; not a certified medical device." in page


@pages
@pytest.mark.parametrize("who", ["nora", "sue"])
def test_to_another_ward_it_does_not_exist(cast: Cast, critical: Patient, who: str) -> None:
    assert signed_in(getattr(cast, who)).get(address(critical.stay)).status_code == 404


@pages
def test_it_is_only_read(cast: Cast, critical: Patient) -> None:
    assert signed_in(cast.sam).post(address(critical.stay)).status_code == 405


@pages
def test_the_page_of_the_stay_leads_to_it(cast: Cast, critical: Patient) -> None:
    assert f'href="{address(critical.stay)}"' in read(cast.alice, f"/stays/{critical.stay.public_id}/")


@pages
def test_a_whole_case_is_told_from_the_last_good_check_to_day_7(cast: Cast, patient: Patient) -> None:
    play(patient)
    alerting_works()
    page = shown(cast, patient)
    told = [
        "Last good check: L4 left 5, L5 left 5",
        "Deficit first seen: L4 left 5 → 2, L5 left 5 → 3",
        "Alert opened: critical",
        "Mannitol IV, 250 ml: started",
        "Sam Stone told by phone, read back: on his way",
        "MRI requested",
        "2 checks until",
        "MRI done",
        "Check: L4 left 1, L5 left 3",
        "MRI reported: epidural haematoma, L4, left",
        "Decided to explore: haematoma, getting worse",
        "Theatre planned for",
        "Re-operation L4–5 began",
        "Re-operation L4–5 ended",
        "Found: epidural haematoma, L4, left: Organised clot behind the cage.",
        "Alert closed: explored",
        "Outcome on day 3, done: L4 left 4, L5 left 5",
        "Outcome on day 7, done: L4 left 5, L5 left 5",
        "last good check → first seen 1 h 00",
        "alert opened → first acknowledged 4 min",
        "last good check → re-operation began 3 h 5",
        "not later than 6 h from the worst case",
        "Animal work cited by the paper: no recovery after 6 h of compression; "
        "human series: recovery with decompression within 8 h.",
        "Relief: yes",
    ]
    places = [page.find(words) for words in told]
    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)
    assert "Accepted by a surgeon Sam Stone no longer stands" in page
    assert "safe" not in page.lower()


@pages
def test_what_is_missing_says_so(cast: Cast, critical: Patient) -> None:
    page = shown(cast, critical)
    assert "imaging done → decided not recorded" in page
    assert "first seen → treatment started not recorded" in page
    assert "Open, nothing decided yet" in page


@pages
def test_a_retracted_check_stays_with_the_reason(cast: Cast, critical: Patient) -> None:
    critical.retract(critical.checked(5, L4_left=0))
    critical.assess()
    assert re.search(r"Check: L4 left 0 Alice Ames Retracted \S+ by Alice Ames: wrong patient", shown(cast, critical))


@pages
def test_a_case_closed_as_ameliorated_names_the_checks_that_show_it(cast: Cast, critical: Patient) -> None:
    treat(critical, Treatment.Kind.MANNITOL, "250 ml")
    critical.assess()
    let_time_pass(timedelta(minutes=60))
    critical.checked(0)
    alert = critical.alert
    steps.close(alert, by=cast.sam, revision=alert.revision, outcome="ameliorated")
    alerting_works()
    page = shown(cast, critical)
    assert "Alert closed: ameliorated by conservative treatment, shown by the check of" in page


@pages
def test_a_readmission_has_the_story_of_the_first_stay_too(cast: Cast, critical: Patient) -> None:
    alert = critical.alert
    steps.close(alert, by=cast.sam, revision=alert.revision, outcome="non_neurogenic")
    discharge(critical.stay, by=cast.alice, at=ago(minutes=1), departure=Stay.Departure.HOME)
    again = admit_patient(
        cast, bed=cast.beds_8c[0], at=ago(minutes=0), patient=critical.stay.patient, episode=critical.stay.episode
    )
    second = Patient(cast, again)
    page = spaced(read(cast.sue, address(again)))
    assert "Alert closed: non-neurogenic" in page
    assert re.search(r"Stays Ward 7B from .* to .*: home Ward 8C from .*, still here", page)
    assert second.alerts == []


@pages
def test_an_episode_without_a_deficit_says_so(cast: Cast, patient: Patient) -> None:
    patient.checked(10, L4_right=4)
    page = shown(cast, patient)
    assert "No alert of this episode has reached concern" in page
    assert "1 alert never rose above watch and is not told here." in page


@pages
def test_one_who_was_never_operated_has_a_page(cast: Cast) -> None:
    page = spaced(read(cast.sam, address(admit_patient(cast))))
    assert "Operations none recorded" in page
    assert "Baseline LEMS not known: no operation is recorded" in page


@pages
def test_two_hundred_checks_cost_as_many_queries_as_five(cast: Cast, critical: Patient) -> None:
    client = signed_in(cast.sam)
    client.get(address(critical.stay))
    few = queries_of(lambda: client.get(address(critical.stay)))
    model = Check.objects.filter(stay=critical.stay).latest("examined_at")
    for number in range(200):
        model.pk, model._state.adding = None, True
        model.public_id, model.idempotency_key = uuid4(), uuid4()
        model.examined_at += timedelta(seconds=1)
        model.l4_left = 1 + number % 2
        model.save()
    assert queries_of(lambda: client.get(address(critical.stay))) == few <= 12


@pytest.fixture(scope="module")
def paper(_stack_factory: StackFactory, chromium: Browser) -> Iterator[dict[str, Page]]:
    """Two summaries in a browser: of an ordinary case, and of a long one with as many lines as checks."""
    with _stack_factory.open("web") as house:
        with house.models():
            cast = set_stage()
            ordinary, long = watched_patient(cast), watched_patient(cast, cast.beds[1])
            play(ordinary)
            for number in range(120):
                long.check(250 - number, L4_left=number % 3)
            long.assess()
            session = signed_in(cast.sam).cookies["sessionid"].value
        context = chromium.new_context()
        context.add_cookies([{"name": "sessionid", "value": session, "url": house.url}])
        opened = {"ordinary": context.new_page(), "long": context.new_page()}
        for patient, page in zip((ordinary, long), opened.values(), strict=True):
            page.goto(house.url + address(patient.stay))
        yield opened
        context.close()


def sheets(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.thorough
@pytest.mark.browser
def test_an_ordinary_case_prints_on_one_sheet_of_a4(paper: dict[str, Page]) -> None:
    assert sheets(paper["ordinary"]) == 1


@pytest.mark.thorough
@pytest.mark.browser
def test_a_long_one_flows_on_with_the_identifiers_on_each_sheet(paper: dict[str, Page]) -> None:
    assert sheets(paper["long"]) >= 2
    page = paper["long"]
    page.emulate_media(media="print")
    head = page.locator(".sheets > thead")
    assert head.is_visible()
    assert "born 07-Mar-1955" in head.inner_text()
    assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"  # what browsers repeat
    assert not page.locator(".pinned").is_visible()
    page.emulate_media(media="null")


@pytest.mark.thorough
@pytest.mark.browser
def test_it_is_never_wider_than_a_phone(paper: dict[str, Page]) -> None:
    page = paper["ordinary"]
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

"""How often to look: who may plan, that the address is the plan, and what a wrong one is told."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from monitoring.desks.registry.planning_forms import PlanningForm
from monitoring.desks.registry.planning_tables import delay_words, signed
from monitoring.desks.registry.planning_versions import DEFAULT, in_force, versions_of
from monitoring.protocol import ScheduleRow, Settings
from monitoring.protocol.settings import DEFAULT_SCHEDULE
from monitoring.registry.planning import Plan, curves, simulate
from tests.cast import Cast, person
from tests.desks.pages import queries_of, read, signed_in, spaced
from wards.models import ProtocolVersion, Role, Staff

PAGE = "/registry/planning/"
FEW = {"n": "300"}
CLOSER = {"schedule": [[6, 30], [None, 360]], "drop_pathway": "immediate"}


def shown(staff: Staff, **query: str) -> str:
    return spaced(read(staff, f"{PAGE}?{urlencode(FEW | query)}"))


def refused(staff: Staff, **query: str) -> str:
    """The page of an address that asks for what cannot be."""
    response = signed_in(staff).get(PAGE, FEW | query)
    assert response.status_code == 422
    return response.content.decode()


def beside(page: str, field: str) -> list[str]:
    """What the page says beside a field, which it describes to whoever cannot see it too."""
    found = re.search(rf'<ul class="errorlist" id="plan_{field}_error">(.*?)</ul>', page)
    assert found, spaced(page)
    assert f'aria-describedby="plan_{field}_' in page
    return re.findall("<li>(.*?)</li>", found.group(1))


def form(cast: Cast, query: str = "") -> PlanningForm:
    data = QueryDict(query).dict()
    versions = versions_of([cast.ward_7b, cast.ward_8c], data.get("protocol", ""))
    return PlanningForm(data, versions=versions, in_force=in_force(versions, cast.ward_7b))


def asked(cast: Cast, query: str = "") -> Plan:
    read = form(cast, query)
    assert read.is_valid(), read.errors
    return read.plan


def adopt(cast: Cast, number: int, **changes: Any) -> None:
    ProtocolVersion.objects.create(ward=cast.ward_7b, number=number, settings=CLOSER | changes)


# --- Who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["sam", "sue", "adam"])
def test_surgeons_and_administrators_plan(cast: Cast, who: str) -> None:
    assert "A simulation, and no promise." in shown(getattr(cast, who))


def test_the_registry_s_lead_plans(cast: Cast) -> None:
    lead = person("Lea", "Lund", (cast.ward_7b, Role.REGISTRY_LEAD))
    assert "A simulation, and no promise." in shown(lead)


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_nurses_do_not(cast: Cast, who: str) -> None:
    assert signed_in(getattr(cast, who)).get(PAGE).status_code == 403


def test_it_is_only_read(cast: Cast) -> None:
    assert signed_in(cast.adam).post(PAGE, FEW).status_code == 405


# --- The plan --------------------------------------------------------------------------------------------------------


def test_with_nothing_asked_it_compares_the_protocol_s_schedule_with_a_check_every_four_hours(cast: Cast) -> None:
    assert asked(cast) == Plan()
    page = shown(cast.sam)
    assert "Schedule A until hour 1: every 15 min until hour 12: every 60 min" in page
    assert "Schedule B throughout: every 240 min" in page


def test_where_the_ward_has_approved_a_version_its_schedule_and_settings_are_those_in_force(cast: Cast) -> None:
    adopt(cast, 1, schedule=[[None, 90]])
    adopt(cast, 2)
    plan = asked(cast)
    assert plan.a == (ScheduleRow(6, 30), ScheduleRow(None, 360))
    assert plan.settings == Settings.from_json(CLOSER)
    assert "Ward 7B, version 2, in force" in shown(cast.sam)
    assert asked(cast, "protocol=default").settings == Settings()
    assert asked(cast, "protocol=default").a == DEFAULT_SCHEDULE


def test_an_address_that_names_a_version_keeps_it_when_another_comes_in_force(cast: Cast) -> None:
    adopt(cast, 1, schedule=[[None, 90]])
    address = form_address(cast)
    before = asked(cast, address)
    adopt(cast, 2)
    assert asked(cast, address) == before
    assert asked(cast) != before


def form_address(cast: Cast, query: str = "") -> str:
    read = form(cast, query)
    assert read.is_valid()
    return read.address.removeprefix("?")


def test_a_version_of_another_ward_does_not_exist(cast: Cast) -> None:
    adopt(cast, 1)
    for named in ("7b.1", "7b.9", "8c.1", "7b.", "7b.²", "7b.1e3", "x" * 300):
        assert beside(refused(cast.sue, protocol=named), "protocol") == [
            "No such version of the protocol on your wards."
        ]


def test_a_version_whose_settings_the_protocol_no_longer_allows_is_left_out(cast: Cast) -> None:
    ProtocolVersion.objects.create(ward=cast.ward_7b, number=1, settings={"schedule": []})
    assert list(versions_of([cast.ward_7b], "7b.1")) == [DEFAULT]
    assert asked(cast) == Plan()


def test_all_that_is_typed_is_the_plan(cast: Cast) -> None:
    plan = asked(
        cast,
        "a-0-until=2.5&a-0-every=20&a-1-until=&a-1-every=&a-2-until=48&a-2-every=100&a-then=300&b-then=60&late=0&missed=12"
        "&falls=50&check=7&surgeon=1&imaging=2&decision=3&theatre=4&free=5&spread=1.5&n=400&seed=99",
    )
    assert plan.a == (ScheduleRow(2.5, 20), ScheduleRow(48, 100), ScheduleRow(None, 300))
    assert plan.b == (ScheduleRow(None, 60),)
    assert (plan.late_minutes, plan.missed, plan.falls, plan.check_minutes) == (0, 0.12, 0.5, 7)
    assert (*plan.ladder.typical, plan.ladder.spread) == (1, 2, 3, 4, 5, 1.5)
    assert (plan.deficits, plan.seed) == (400, 99)


def test_the_address_that_the_page_gives_is_the_same_plan(cast: Cast) -> None:
    for query in ("", "a-0-until=2.5&a-0-every=20&a-then=300&b-then=60&spread=1.25&seed=4294967295&missed=0"):
        address = form_address(cast, query)
        assert asked(cast, address) == asked(cast, query)
        assert form_address(cast, address) == address


def test_the_same_address_gives_the_same_page_to_everybody(cast: Cast) -> None:
    address = f"{PAGE}?{form_address(cast, 'n=300&seed=12')}"
    tables = [re.findall(r"<td>(.*?)</td>", read(who, address)) for who in (cast.sam, cast.sue, cast.adam)]
    assert tables[0] == tables[1] == tables[2]
    assert len(tables[0]) > 200


def test_the_numbers_are_those_of_the_simulation(cast: Cast) -> None:
    result = simulate(asked(cast, "n=300"))
    page = shown(cast.sam)
    for outcome in (result.a, result.b):
        for share in (*outcome.whole.seen, *outcome.whole.decompressed):
            assert f"{100 * share.share:.1f} % ± {100 * share.error:.1f}" in page
        for work in outcome.work:
            assert f"{work.hours_per_100:.0f}" in page
    assert [work.checks for work in result.a.work] == [30, 48, 62]
    assert "until day 9 48 51 400 425 +25" in page


# --- What it says ----------------------------------------------------------------------------------------------------


def test_it_says_the_difference_and_what_it_costs_in_a_sentence(cast: Cast) -> None:
    page = shown(cast.sam, **{"a-then": "480", "b-then": "60", "n": "2000"})
    assert re.search(
        r"Seen within 2 h of the onset: B \d\d\.\d %, A \d\d\.\d %\. B: \d\d\.\d percentage points more", page
    )
    assert re.search(r"Nursing until day 9: \d+ h more under B per 100 patients \(185 checks a patient, A 26\)", page)
    turned = shown(cast.sam, **{"a-then": "60", "b-then": "480", "n": "2000"})
    assert "percentage points fewer" in turned
    assert "h less under B per 100 patients" in turned


def test_two_schedules_that_are_one_make_no_difference(cast: Cast) -> None:
    page = shown(cast.sam, **{"a-then": "120", "b-then": "120"})
    assert page.count("That is no difference that 300 simulated deficits can show.") == 3
    assert "Nursing until day 9: as much under B as under A" in page


def test_it_says_what_it_assumes_and_whose_figures_they_are(cast: Cast) -> None:
    page = shown(cast.sam, late="7", missed="9", seed="42")
    assert "30 patients of one centre" in page
    assert "no figure of it says what will happen on a ward" in page
    assert "each 7 min after it is due" in page
    assert "9 % of the looks after the onset find nothing" in page
    assert "drawn from seed 42" in page
    assert "epidural haematoma: 9 patients, centre 1.4 days, scale 0.53, 8 degrees of freedom" in page
    assert "a patient who calls" in page
    assert not re.search(r"\bsafe", page, re.IGNORECASE)


def test_what_was_never_seen_or_asked_for_has_a_row_of_its_own(cast: Cast) -> None:
    assert "Not seen by day 14" not in shown(cast.sam)
    assert "Seen, and not asked to be explored within 12 h" not in shown(cast.sam)
    assert "Not seen by day 14" in shown(cast.sam, **{"a-then": "10080", "missed": "90"})
    adopt(cast, 1, major_drop_grades=4)
    assert "Seen, and not asked to be explored within 12 h" in shown(cast.sam)


def test_signs_and_delays_in_words() -> None:
    assert [signed(1.2, "1.2"), signed(-1.2, "1.2"), signed(-0.01, "0.0")] == ["+1.2", "−1.2", "0.0"]
    assert [delay_words(float("inf")), delay_words(59.6), delay_words(125)] == ["not by day 14", "1 h 00", "2 h 05"]


def test_the_picture_is_of_the_same_address(cast: Cast) -> None:
    page = read(cast.sam, f"{PAGE}?{urlencode(FEW)}")
    found = re.search(r'<img src="([^"]+)"', page)
    assert found
    client = signed_in(cast.sam)
    drawn = client.get(html.unescape(found.group(1)))
    assert drawn["Content-Type"] == "image/svg+xml"
    assert "A: every 15 to 720 min" in drawn.content.decode()
    assert "B: every 240 min" in drawn.content.decode()
    assert "no promise" in drawn.content.decode()
    result = simulate(asked(cast, "n=300"))
    for curve in curves(result):
        assert f"{100 * curve.seen[8]:.0f} %" in drawn.content.decode()
    kept = client.get(f"{PAGE}picture.png", FEW)
    assert (kept["Content-Type"], kept.content[:4]) == ("image/png", b"\x89PNG")


def test_a_picture_of_no_plan_does_not_exist_and_nurses_see_none(cast: Cast) -> None:
    client = signed_in(cast.sam)
    assert client.get(f"{PAGE}picture.gif", FEW).status_code == 404
    assert client.get(f"{PAGE}picture.svg", {"n": "5"}).status_code == 404
    assert signed_in(cast.alice).get(f"{PAGE}picture.svg", FEW).status_code == 403


# --- What it refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("late", "-1", "Give a whole number, 0 to 1440."),
        ("late", "soon", "Give a whole number, 0 to 1440."),
        ("missed", "91", "Give a whole number, 0 to 90."),
        ("falls", "101", "Give a whole number, 0 to 100."),
        ("check", "0", "Give a whole number, 1 to 120."),
        ("surgeon", "", "Give a whole number, 0 to 1440."),
        ("theatre", "1e9", "Give a whole number, 0 to 1440."),
        ("spread", "0.9", "Give a number, 1 to 10."),
        ("spread", "nan", "Give a number, 1 to 10."),
        ("n", "99", "Give a whole number, 100 to 20000."),
        ("n", "1000000000000", "Give a whole number, 100 to 20000."),
        ("seed", "-5", "Give a whole number, 0 to 4294967295."),
        ("seed", "4294967296", "Give a whole number, 0 to 4294967295."),
        ("a-then", "0", "Give a whole number, 1 to 10080."),
        ("a-then", "", "Give a whole number, 1 to 10080."),
        ("b-then", "often", "Give a whole number, 1 to 10080."),
    ],
)
def test_a_number_that_cannot_be_is_told_beside_its_field(cast: Cast, name: str, typed: str, said: str) -> None:
    page = refused(cast.sam, **{name: typed})
    assert beside(page, name) == [said]
    assert "Nothing was simulated." in page
    assert f'name="{name}"' in page
    assert f'value="{typed}"' in page or typed == ""


@pytest.mark.parametrize(
    ("rows", "wrong", "said"),
    [
        ([("12", "60"), ("6", "30")], "a-1-until", "The hours must be above 0 and rise from row to row."),
        ([("12", "60"), ("12", "30")], "a-1-until", "The hours must be above 0 and rise from row to row."),
        ([("0", "60")], "a-0-until", "The hours must be above 0 and rise from row to row."),
        ([("12", "0")], "a-0-every", "Give a whole number, 1 to 10080."),
        ([("12", "")], "a-0-every", "Give both, or clear both: then this row is none."),
        ([("", "30")], "a-0-until", "Give both, or clear both: then this row is none."),
        ([("twelve", "30")], "a-0-until", "Give a number, 0 to 336."),
        ([("inf", "30")], "a-0-until", "Give a number, 0 to 336."),
        ([("1000", "30")], "a-0-until", "Give a number, 0 to 336."),
        ([("-3", "30")], "a-0-until", "Give a number, 0 to 336."),
    ],
)
def test_a_row_that_cannot_be_is_told_beside_it(cast: Cast, rows: list[tuple[str, str]], wrong: str, said: str) -> None:
    query = {"a-then": "240"}
    for number, (until, every) in enumerate(rows):
        query |= {f"a-{number}-until": until, f"a-{number}-every": every}
    page = refused(cast.sam, **query)
    assert beside(page, wrong) == [said]
    assert page.count('class="errorlist"') == 1
    assert "Half are seen within" not in page


def test_a_schedule_that_nobody_could_keep_is_told_so(cast: Cast) -> None:
    page = refused(cast.sam, **{"b-then": "2", "late": "0"})
    assert beside(page, "b-then") == ["These are more than 1000 checks of a patient until day 14: look less often."]


def test_what_is_refused_keeps_all_that_was_typed_in_both_schedules(cast: Cast) -> None:
    page = refused(cast.sam, **{"a-0-until": "8", "a-0-every": "17", "a-then": "0", "b-then": "333", "seed": "77"})
    for value in ("8", "17", "333", "77"):
        assert f'value="{value}"' in page


def test_a_row_is_left_to_add_one(cast: Cast) -> None:
    page = read(cast.sam, f"{PAGE}?{urlencode(FEW)}")
    assert 'name="a-6-until"' in page
    assert 'name="a-7-until"' not in page
    assert 'name="b-1-until"' in page


# --- What it costs ---------------------------------------------------------------------------------------------------


def test_it_reads_who_asks_and_the_versions_and_no_more(cast: Cast) -> None:
    adopt(cast, 1)
    client = signed_in(cast.adam)
    client.get(PAGE, FEW)
    assert queries_of(lambda: client.get(PAGE, FEW)) <= 10


def test_a_plan_just_seen_is_not_simulated_again(cast: Cast) -> None:
    client = signed_in(cast.adam)
    client.get(PAGE, FEW | {"seed": "31"})
    before = simulate.cache_info()
    client.get(PAGE, FEW | {"seed": "31"})
    after = simulate.cache_info()
    assert (after.hits - before.hits, after.misses - before.misses) == (1, 0)

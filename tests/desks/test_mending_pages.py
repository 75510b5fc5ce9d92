"""The pages of mending: two records beside each other, what it would do, and the second person who carries it out."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.test import Client

from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from monitoring.checks.models import Check
from monitoring.mending import actions
from monitoring.mending.models import Mending
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import PASSWORD, Cast, admit_patient, ago, new_patient, operate, person
from tests.desks.pages import acts, alerting_works, queries_of, read, said, signed_in
from wards.actions import discharge
from wards.models import Role, Staff, Stay

LIST = "/mending/"
MERGE, STAY, CHECK = "/mending/merge/", "/mending/stay/", "/mending/check/"
WHY = "Registered twice in the night."


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def noel(cast: Cast) -> Staff:
    """A second administrator of both wards."""
    return person("Noel", "Nash", (cast.ward_7b, Role.ADMINISTRATOR), (cast.ward_8c, Role.ADMINISTRATOR))


@pytest.fixture
def adam(cast: Cast) -> Client:
    return signed_in(cast.adam)


@pytest.fixture
def one(cast: Cast) -> Patient:
    """Lies in 7B-1, operated a day ago, normal since."""
    return watched_patient(cast)


@pytest.fixture
def again(cast: Cast, one: Patient) -> Patient:
    """The same person under a second record in 7B-2, with the operation written down there too."""
    same = new_patient(family_name=one.stay.patient.family_name)
    stay = admit_patient(cast, bed=cast.beds[1], patient=same)
    operate(cast, stay)
    return Patient(cast, stay)


@pytest.fixture
def neighbour(cast: Cast) -> Patient:
    return watched_patient(cast, bed=cast.beds[2])


@pytest.fixture
def merge(cast: Cast, one: Patient, again: Patient) -> Mending:
    return actions.propose_merge(
        again.stay.patient,
        one.stay.patient,
        by=cast.adam,
        reason=WHY,
        one_episode=(again.stay.episode, one.stay.episode),
        keeps=one.stay,
    )


def url(mending: Mending, step: str = "") -> str:
    return f"/mending/{mending.public_id}/{step and step + '/'}"


def numbers(wrong: Stay, right: Stay, **more: Any) -> dict[str, Any]:
    """The first step of each form."""
    both = {"source_number": wrong.patient.record_number, "target_number": right.patient.record_number}
    return {**both, "reason": WHY, **more}


def answered(wrong: Stay, right: Stay, **more: Any) -> dict[str, Any]:
    """The second step, about these two."""
    return numbers(wrong, right, shown=f"{wrong.patient.public_id} {right.patient.public_id}", **more)


def one_episode(wrong: Stay, right: Stay) -> str:
    return f"{wrong.episode_id} {right.episode_id}"


def changes() -> int:
    """What was done but for looking up a record number that nobody has."""
    return acts() - AuditEntry.objects.filter(action="mending.nobody_found").count()


def asked(client: Client, address: str, form: dict[str, Any]) -> str:
    """The page that the form comes back with, once it is sure that nothing was stored."""
    before = (Mending.objects.count(), changes())
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert (Mending.objects.count(), changes()) == before
    return answer.content.decode()


def shown_in(page: str) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert found, said(page)
    return found.group(1)


def carried_out(staff: Staff, mending: Mending) -> Client:
    client = signed_in(staff)
    shown = shown_in(client.get(url(mending, "confirm")).content.decode())
    answer = client.post(url(mending, "confirm"), {"shown": shown, "secret": PASSWORD})
    assert answer.headers["Location"] == url(mending)
    return client


# --- Which two -------------------------------------------------------------------------------------------------------


def test_three_ways_to_begin_stand_there_for_administrators_alone(cast: Cast) -> None:
    for address in (MERGE, STAY, CHECK):
        assert address in read(cast.adam, LIST)
        assert address not in read(cast.carol, LIST)
        assert address not in read(cast.sam, LIST)
        assert signed_in(cast.carol).get(address).status_code == 403
        assert signed_in(cast.carol).post(address, {}).status_code == 403
    assert signed_in(cast.alice).get(LIST).status_code == 403


def test_both_people_are_shown_beside_each_other_before_anything_is_proposed(
    adam: Client, one: Patient, again: Patient
) -> None:
    page = asked(adam, MERGE, numbers(again.stay, one.stay))
    text = said(page)
    for patient in (one.stay.patient, again.stay.patient):
        assert f"{patient.display_name}" in text
        assert f"No. {patient.record_number} born 07-Mar-1955 female" in text
    assert "Ward 7B, bed 7B-2 since" in text
    assert "Nothing was saved" not in text
    assert WHY in page
    assert "Ask a second person" in text
    assert {entry.patient_id for entry in AuditEntry.objects.filter(action="record.opened")} == {
        one.stay.patient_id,
        again.stay.patient_id,
    }


def test_of_records_beyond_reach_nothing_is_told(cast: Cast, adam: Client, one: Patient) -> None:
    """Unknown, of a ward that is not administered, and with a stay on such a ward: all the same."""
    ada = signed_in(person("Ada", "Ashe", (cast.ward_7b, Role.ADMINISTRATOR)))
    elsewhere = admit_patient(cast, bed=cast.beds_8c[0])
    was_here = admit_patient(cast, bed=cast.beds[4], at=ago(days=9))
    discharge(was_here, by=cast.alice, at=ago(days=8), departure="home")
    admit_patient(cast, bed=cast.beds_8c[1], patient=was_here.patient)
    number = one.stay.patient.record_number
    for unknown in ("MRN-none", elsewhere.patient.record_number, was_here.patient.record_number):
        form = {"source_number": number, "target_number": unknown, "reason": WHY}
        page = asked(ada, MERGE, form)
        assert "No patient of your wards has this record number." in page
        assert one.stay.patient.display_name not in page
        assert elsewhere.patient.display_name not in page
    found = AuditEntry.objects.filter(action="mending.nobody_found")
    assert found.count() == 3
    assert not any("MRN" in str(entry.data) for entry in found)
    assert was_here.patient.display_name in asked(
        adam, MERGE, {**form, "target_number": was_here.patient.record_number}
    )


def test_what_is_missing_or_the_same_stands_beside_its_field(adam: Client, one: Patient) -> None:
    text = said(asked(adam, MERGE, {"source_number": "", "target_number": "", "reason": ""}))
    assert text.count("Give the record number.") == 3  # once in the summary, for both
    assert "Say why" in text
    assert "one and the same record" in asked(adam, MERGE, numbers(one.stay, one.stay))


def test_answers_about_two_others_are_asked_again(
    adam: Client, one: Patient, again: Patient, neighbour: Patient
) -> None:
    form = answered(again.stay, one.stay, keeps=str(one.stay.public_id), into=one_episode(again.stay, one.stay))
    form["target_number"] = neighbour.stay.patient.record_number
    page = asked(adam, MERGE, form)
    assert neighbour.stay.patient.display_name in page
    assert "Nothing was saved" not in page
    assert "checked" not in page.partition("<main")[2]


# --- Proposing -------------------------------------------------------------------------------------------------------


def test_a_merge_asks_for_the_bed_and_the_operation_and_is_proposed(
    cast: Cast, adam: Client, one: Patient, again: Patient
) -> None:
    text = said(asked(adam, MERGE, answered(again.stay, one.stay)))
    assert (
        "Is the operation one and the same? · Both are in a bed now. In which one does the patient lie?: Choose" in text
    )
    form = answered(again.stay, one.stay, keeps=str(one.stay.public_id), into=one_episode(again.stay, one.stay))
    answer = adam.post(MERGE, form)
    mending = Mending.objects.get()
    assert answer.headers["Location"] == url(mending)
    assert (mending.source, mending.target, mending.keeps) == (again.stay.patient, one.stay.patient, one.stay)
    assert (mending.absorbed, mending.into) == (again.stay.episode, one.stay.episode)
    assert (mending.proposed_by, mending.reason) == (cast.adam, WHY)


def test_what_the_rules_refuse_stands_on_the_form(adam: Client, one: Patient, again: Patient) -> None:
    form = answered(again.stay, one.stay, keeps=str(one.stay.public_id), into="apart")
    assert "then it is one and the same surgical episode" in said(asked(adam, MERGE, form))


def test_records_that_name_different_people_are_merged_only_by_who_says_so(
    cast: Cast, adam: Client, one: Patient
) -> None:
    other = admit_patient(
        cast,
        bed=cast.beds[3],
        at=ago(days=9),
        patient=new_patient(family_name="Okafor", given_name="Blessing", date_of_birth=date(1971, 1, 2)),
    )
    discharge(other, by=cast.alice, at=ago(days=8), departure="home")
    form = answered(other, one.stay, into="apart")
    text = said(asked(adam, MERGE, form))
    assert "These records name different people: OKAFOR, Blessing and" in text
    assert "born 02-Jan-1971 and 07-Mar-1955" in text
    assert "Make sure that they are one person" in text
    assert adam.post(MERGE, {**form, "same_person": "on"}).status_code == 302


def test_a_name_that_is_only_written_otherwise_is_no_other_person(cast: Cast, adam: Client) -> None:
    first = admit_patient(cast, patient=new_patient(family_name="Müller-Lüdenscheidt", given_name="Anna"))
    second = admit_patient(
        cast, bed=cast.beds[1], patient=new_patient(family_name="Anna", given_name="Muller Luedenscheid")
    )
    assert "different people" not in asked(adam, MERGE, numbers(second, first))


def test_a_stay_goes_to_the_right_patient(cast: Cast, adam: Client, one: Patient) -> None:
    right = admit_patient(cast, bed=cast.beds[5], at=ago(days=9))
    discharge(right, by=cast.alice, at=ago(days=7), departure="home")
    page = asked(adam, STAY, numbers(one.stay, right))
    assert re.search(r"Ward 7B, bed 7B-1, since \d\d:\d\d on ", page)
    assert "Which surgical episode of theirs is it?" in page
    assert "Both are in a bed" not in page
    form = answered(one.stay, right, stay=str(one.stay.public_id), into="new")
    assert adam.post(STAY, form).status_code == 302
    mending = Mending.objects.get()
    assert (mending.stay, mending.target, mending.into) == (one.stay, right.patient, None)


def test_an_earlier_stay_is_moved_while_both_lie_in_a_bed(cast: Cast, adam: Client) -> None:
    """Nobody is asked about beds that it does not concern."""
    earlier = admit_patient(cast, bed=cast.beds[4], at=ago(days=9))
    discharge(earlier, by=cast.alice, at=ago(days=8), departure="home")
    admit_patient(cast, bed=cast.beds[4], patient=earlier.patient)
    other = admit_patient(cast, bed=cast.beds[5])
    page = asked(adam, STAY, numbers(earlier, other))
    assert re.search(r"Ward 7B, bed 7B-5, \d\d:\d\d on \S+ – ", said(page))
    form = answered(earlier, other, stay=str(earlier.public_id), into="new", keeps=str(other.public_id))
    assert adam.post(STAY, form).status_code == 302
    assert Mending.objects.get().keeps is None


def test_a_stay_goes_on_in_an_episode_of_somebody_in_a_bed(adam: Client, one: Patient, neighbour: Patient) -> None:
    form = answered(one.stay, neighbour.stay, stay=str(one.stay.public_id), into="new")
    assert "In which one does the patient lie?" in said(asked(adam, STAY, form))
    form |= {"keeps": str(neighbour.stay.public_id)}
    assert "one and the same surgical episode" in said(asked(adam, STAY, form))


def test_a_check_goes_to_the_present_stay_of_the_right_patient(adam: Client, one: Patient, neighbour: Patient) -> None:
    check = one.check(30, L4_left=1)
    page = asked(adam, CHECK, numbers(one.stay, neighbour.stay))
    assert "Alice Ames: LEMS 46/50; L4 left 1" in said(page)
    assert re.search(rf'value="{neighbour.stay.public_id}"[^>]*checked', page)
    form = answered(one.stay, neighbour.stay, check=str(check.public_id), to_stay=str(neighbour.stay.public_id))
    assert adam.post(CHECK, form).status_code == 302
    mending = Mending.objects.get()
    assert (mending.strength_check, mending.to_stay) == (check, neighbour.stay)


def test_where_there_is_nothing_to_move_it_says_so(cast: Cast, adam: Client, one: Patient) -> None:
    bare = admit_patient(cast, bed=cast.beds[3])
    assert "No check stands on the record" in asked(adam, CHECK, numbers(bare, one.stay))


# --- One case --------------------------------------------------------------------------------------------------------


def test_the_case_says_what_is_done_and_what_that_changes(cast: Cast, one: Patient, again: Patient) -> None:
    one.checked(50, L4_left=2)
    again.checked(40, flag="saddle_anaesthesia")
    mending = actions.propose_merge(
        again.stay.patient,
        one.stay.patient,
        by=cast.adam,
        reason=WHY,
        one_episode=(again.stay.episode, one.stay.episode),
        keeps=one.stay,
    )
    text = said(read(cast.carol, url(mending)))
    wrong, right = again.stay.patient.record_number, one.stay.patient.record_number
    assert f"All stays of No. {wrong} go to No. {right}" in text
    assert "The patient lies in Ward 7B, bed 7B-1; the other stay ends, and its bed is free." in text
    assert f"is counted once: it is retracted on No. {wrong}." in text
    assert "This stay ends, and its bed is free." in text
    assert "The alert “critical” goes on in the alert of Ward 7B, bed 7B-1" in text
    assert "Its alert takes over what the alert of the other record tells: critical." in text
    assert Mending.objects.get().state == Mending.State.OPEN
    again.stay.refresh_from_db()
    assert again.stay.is_open


def test_an_alert_of_the_other_record_alone_is_said_to_go_on(cast: Cast, one: Patient, again: Patient) -> None:
    again.checked(40, flag="bladder_bowel")
    mending = actions.propose_merge(
        again.stay.patient,
        one.stay.patient,
        by=cast.adam,
        reason=WHY,
        one_episode=(again.stay.episode, one.stay.episode),
        keeps=one.stay,
    )
    text = said(read(cast.carol, url(mending)))
    assert "The alert “critical” goes on at Ward 7B, bed 7B-1." in text
    assert "The alert “critical” of the other record goes on here: people are called again." in text
    assert "A CRITICAL alert opens" not in text


def test_a_moved_check_is_said_to_pause_here_and_call_there(cast: Cast, one: Patient, neighbour: Patient) -> None:
    check = one.checked(30, L4_left=1)
    mending = actions.propose_check_move(check, neighbour.stay, by=cast.adam, reason=WHY)
    text = said(read(cast.carol, url(mending)))
    assert "A CRITICAL alert opens, and the surgeons are called." in text
    assert "Surgical paging pauses for 10 minutes." in text
    assert not Alert.objects.filter(stay=neighbour.stay, kind=Alert.Kind.DEFICIT).exists()


def test_what_can_no_longer_be_done_says_why_and_offers_nothing_but_the_end(
    cast: Cast, one: Patient, neighbour: Patient
) -> None:
    check = one.check(30, L4_left=1)
    mending = actions.propose_check_move(check, neighbour.stay, by=cast.adam, reason=WHY)
    one.retract(check)
    page = read(cast.carol, url(mending))
    assert "This can no longer be carried out: Alice Ames retracted this entry" in said(page)
    assert url(mending, "confirm") not in page
    assert signed_in(cast.carol).get(url(mending, "confirm")).headers["Location"] == url(mending)
    assert url(mending, "end") in page


def test_who_proposed_it_is_told_that_another_must_look(cast: Cast, adam: Client, merge: Mending) -> None:
    page = read(cast.adam, url(merge))
    assert "You proposed this: somebody else must look." in said(page)
    assert url(merge, "confirm") not in page
    assert "You proposed this: somebody else must look." in said(read(cast.adam, LIST))
    assert adam.get(url(merge, "confirm")).headers["Location"] == url(merge)
    answer = adam.post(url(merge, "confirm"), {"shown": "0" * 64, "secret": PASSWORD})
    assert answer.status_code == 422
    merge.refresh_from_db()
    assert merge.state == Mending.State.OPEN


def test_a_second_person_carries_it_out_with_their_own_secret(cast: Cast, noel: Staff, merge: Mending) -> None:
    client = signed_in(noel)
    shown = shown_in(client.get(url(merge, "confirm")).content.decode())
    answer = client.post(url(merge, "confirm"), {"shown": shown, "secret": "wrong"})
    assert answer.status_code == 422
    assert "Wrong password." in answer.content.decode()
    client = carried_out(noel, merge)
    text = said(client.get(url(merge)).content.decode())
    assert "Carried out by Noel Nash" in text
    assert "What was done" in text
    assert "What that changes" not in text
    source = merge.source
    source.refresh_from_db()
    assert source.merged_into == merge.target


def test_what_has_changed_since_it_was_shown_is_shown_again(
    cast: Cast, noel: Staff, one: Patient, merge: Mending
) -> None:
    client = signed_in(noel)
    shown = shown_in(client.get(url(merge, "confirm")).content.decode())
    one.checked(1, L4_left=1)
    answer = client.post(url(merge, "confirm"), {"shown": shown, "secret": PASSWORD})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "What it would do has changed meanwhile." in page
    assert client.post(url(merge, "confirm"), {"shown": shown_in(page), "secret": PASSWORD}).status_code == 302


def test_it_is_refused_by_another_and_withdrawn_by_ones_own(cast: Cast, adam: Client, merge: Mending) -> None:
    assert "Withdraw what you proposed" in adam.get(url(merge, "end")).content.decode()
    carol = signed_in(cast.carol)
    assert "Refuse what was proposed" in carol.get(url(merge, "end")).content.decode()
    assert "Say why" in asked(carol, url(merge, "end"), {"reason": ""})
    assert carol.post(url(merge, "end"), {"reason": "They are twins."}).headers["Location"] == url(merge)
    text = said(read(cast.adam, LIST))
    assert "Refused by Carol Chase" in text
    assert "“They are twins.”" in text
    assert adam.get(url(merge, "end")).headers["Location"] == url(merge)
    assert "What would have been done" in said(read(cast.adam, url(merge)))


def test_once_done_both_stories_are_a_link_away_for_who_may_read_them(cast: Cast, noel: Staff, merge: Mending) -> None:
    client = carried_out(noel, merge)
    page = client.get(url(merge)).content.decode()
    for patient in (merge.source, merge.target):
        story = f"/audit/patients/{patient.public_id}/"
        assert story in page
        assert client.get(story).status_code == 200
        assert story not in read(cast.carol, url(merge))


def test_whoever_sees_one_of_the_two_wards_alone_does_not_see_it(cast: Cast, one: Patient) -> None:
    elsewhere = admit_patient(cast, bed=cast.beds_8c[0])
    check = one.check(30, L4_left=4)
    mending = actions.propose_check_move(check, elsewhere, by=cast.adam, reason=WHY)
    ada = person("Ada", "Ashe", (cast.ward_7b, Role.ADMINISTRATOR))
    for who in (cast.carol, cast.sam, cast.sue, ada):
        client = signed_in(who)
        assert elsewhere.patient.display_name not in read(who, LIST)
        for step in ("", "confirm", "end"):
            assert client.get(url(mending, step)).status_code == 404
            if step:
                assert client.post(url(mending, step), {"secret": PASSWORD, "reason": WHY}).status_code == 404
    assert elsewhere.patient.display_name in read(cast.adam, LIST)


# --- Where else it is told -------------------------------------------------------------------------------------------


def test_whoever_may_look_is_told_that_one_waits(cast: Cast, noel: Staff, merge: Mending) -> None:
    for who in (noel, cast.carol, cast.sam):
        assert "1 mending waits for a second person" in said(read(who, "/alerts/" if who != noel else "/audit/"))
    for who in (cast.adam, cast.alice, cast.nora):
        assert "waits for a second person" not in said(read(who, "/look/"))


def test_the_stay_and_the_story_say_which_record_was_merged(
    cast: Cast, noel: Staff, one: Patient, merge: Mending
) -> None:
    carried_out(noel, merge)
    words = f"Record {merge.source.record_number} was merged into this one"
    assert words in said(read(cast.alice, f"/stays/{one.stay.public_id}/"))
    assert words in said(read(cast.adam, f"/audit/patients/{merge.target.public_id}/"))
    story = said(read(cast.adam, f"/audit/patients/{merge.source.public_id}/"))
    assert f"This record was merged into {merge.target.record_number}" in story


def test_a_moved_check_says_so_in_both_histories(cast: Cast, noel: Staff, one: Patient, neighbour: Patient) -> None:
    check = one.check(30, L4_left=4)
    actions.confirm(actions.propose_check_move(check, neighbour.stay, by=cast.adam, reason=WHY), by=noel)
    assert Check.objects.filter(moved_from=check).exists()
    assert "Moved to the right patient" in said(read(cast.alice, f"/stays/{one.stay.public_id}/"))
    assert "moved here from another record" in said(read(cast.alice, f"/stays/{neighbour.stay.public_id}/"))


def test_the_list_costs_the_same_however_many_there_are(cast: Cast, one: Patient, neighbour: Patient) -> None:
    def proposed(minutes: float) -> None:
        actions.propose_check_move(one.check(minutes, L4_left=4), neighbour.stay, by=cast.adam, reason=WHY)

    proposed(90)
    read(cast.carol, LIST)
    few = queries_of(partial(read, cast.carol, LIST))
    for minutes in (80, 70, 60):
        proposed(minutes)
    assert queries_of(partial(read, cast.carol, LIST)) == few <= 30

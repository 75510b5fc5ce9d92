"""The pages about a ward's protocol: its versions, a proposal with what it would have changed, a second person."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from django.test import Client

from monitoring.due.clock import now
from monitoring.proposals.adopting import bring_in_force
from monitoring.proposals.models import Draft, Proposal, Replay
from monitoring.protocol import ScheduleRow, Settings
from tests.alerts.conftest import Patient
from tests.cast import PASSWORD, Cast, person
from tests.desks.pages import acts, alerting_works, queries_of, read, said, signed_in, spaced
from tests.proposals.conftest import approve, propose, replay_all
from wards.actions import adopt_protocol
from wards.models import ProtocolVersion, Role, Staff
from wards.pins import set_pin

PAGE = "/protocol/7b/"
NEW = "/protocol/7b/propose/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def ada(cast: Cast) -> Staff:
    """A second administrator, of ward 7B alone."""
    return person("Ada", "Ashe", (cast.ward_7b, Role.ADMINISTRATOR))


@pytest.fixture
def adam(cast: Cast) -> Client:
    return signed_in(cast.adam)


@pytest.fixture
def replayed(cast: Cast, patient: Patient) -> Proposal:
    """Adam's proposal, replayed on one stay, whose drop by 2 it makes critical."""
    patient.checked(60, L4_left=3)
    proposal = propose(cast)
    replay_all(proposal)
    return proposal


def url(proposal: Proposal, step: str = "") -> str:
    return f"/protocol/proposals/{proposal.public_id}/{step and step + '/'}"


def sent(settings: Settings = Settings(), *, seen: int = 0, **changes: Any) -> dict[str, Any]:  # noqa: B008
    """The form as a browser sends it: these settings, and two empty rows below the schedule's."""
    plain = {name: getattr(settings, name) for name in Settings.__slots__ if name != "schedule"}
    rows = settings.schedule[:-1]
    form = plain | {"schedule": settings.schedule[-1].every_minutes, "seen": seen, "reason": "Three were missed."}
    form |= {"rows-TOTAL_FORMS": len(rows) + 2, "rows-INITIAL_FORMS": len(rows)}
    for number, (until, every) in enumerate([*rows, ("", ""), ("", "")]):
        form |= {f"rows-{number}-until": until, f"rows-{number}-every": every}
    return form | changes


def refused(client: Client, address: str, form: dict[str, Any]) -> str:
    """The page that a form is answered with, once it is sure that nothing was stored."""
    before = (Draft.objects.count(), ProtocolVersion.objects.count(), acts())
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert (Draft.objects.count(), ProtocolVersion.objects.count(), acts()) == before
    return answer.content.decode()


# --- What is in force, and was ---------------------------------------------------------------------------------------


def test_the_published_settings_are_read_in_words_with_unit_clause_and_source(cast: Cast) -> None:
    text = spaced(read(cast.alice, PAGE))
    assert "In force: the published protocol, its default settings" in text
    assert "A drop is critical from 3 grades as published §4.2" in text
    assert "A fall to grade 0 or 1 calls for imaging and exploration at once as published §6 fall" in text
    assert "the trial ends after 120 min (2 h) as published §6 no_improvement local default" in text
    assert "until 1 h: every 15 min" in text
    assert "until 72 h: every 240 min (4 h)" in text
    assert "until day 14: every 480 min (8 h)" in text
    assert "then, until discharge: every 720 min (12 h)" in text


def test_every_setting_of_the_protocol_stands_on_the_page_and_in_the_form(cast: Cast, adam: Client) -> None:
    assert read(cast.alice, PAGE).count("<tr") == 1 + len(Settings.__slots__)
    form = adam.get(NEW).content.decode()
    assert all(f'name="{name}"' in form for name in Settings.__slots__)


def test_a_changed_setting_says_so_beside_its_default(cast: Cast) -> None:
    changed = Settings(major_drop_grades=2, schedule=(ScheduleRow(1.5, 20), ScheduleRow(None, 60)))
    adopt_protocol(cast.ward_7b, by=cast.adam, settings=changed, reason="agreed in June")
    text = spaced(read(cast.alice, PAGE))
    assert "In force: version 1" in text
    assert "Put in force by Adam Abbot, without a proposal : “agreed in June”" in text.replace(
        "proposal:", "proposal :"
    )
    assert "A drop is critical from 2 grades changed from 3 grades" in text
    assert "until 1.5 h: every 20 min then, until discharge: every 60 min changed from" in text
    assert text.count("changed from ") == 2


def test_versions_before_stay_readable_with_who_and_when(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    bring_in_force(approve(replayed, ada).pk)
    adopt_protocol(cast.ward_7b, by=cast.adam, settings=Settings(), reason="back again")
    text = spaced(read(cast.alice, PAGE))
    assert re.search(r"Version 1 [0-9:]+ – [0-9:]+", text)
    assert "Approved by Ada Ashe , proposed by Adam Abbot" in text.replace("Ashe,", "Ashe ,")
    assert "The published protocol, its default settings until" in text
    assert "What it changed" in text
    assert "A drop is critical from Before 3 grades Then 2 grades" in text
    assert url(replayed) in read(cast.alice, PAGE)


def test_open_alerts_of_an_older_version_are_named_and_linked_for_who_may_see_them(
    cast: Cast, patient: Patient
) -> None:
    patient.checked(5, L4_left=2)
    assert "made under another version" not in said(read(cast.alice, PAGE))
    adopt_protocol(cast.ward_7b, by=cast.adam, settings=Settings(major_drop_grades=4), reason="the paper's letter")
    page = read(cast.alice, PAGE)
    assert "1 open alert was made under another version" in said(page)
    assert "Bed 7B-1, deficit" in said(page)
    address = f"/alerts/{patient.alert.public_id}/"
    assert address in page
    assert address not in read(cast.adam, PAGE)


def test_the_first_page_leads_to_ones_only_ward_or_lists_them(cast: Cast) -> None:
    assert signed_in(cast.alice).get("/protocol/").headers["Location"] == PAGE
    adopt_protocol(cast.ward_8c, by=cast.adam, settings=Settings(major_drop_grades=4), reason="agreed")
    propose(cast)
    text = spaced(read(cast.adam, "/protocol/"))
    assert "Ward 7B the published protocol, its default settings A new version is proposed." in text
    assert "Ward 8C version 1 in force" in text


def test_everybody_of_the_ward_reads_and_nobody_else_does(cast: Cast, replayed: Proposal) -> None:
    for who in (cast.alice, cast.carol, cast.sam, cast.adam):
        for address in (PAGE, url(replayed)):
            assert signed_in(who).get(address).status_code == 200
    for address in (PAGE, NEW, url(replayed), *(url(replayed, step) for step in ("change", "approve", "end"))):
        assert signed_in(cast.nora).get(address).status_code == 404


@pytest.mark.parametrize("who", ["alice", "carol", "sam"])
def test_who_does_not_administer_the_ward_decides_nothing(cast: Cast, replayed: Proposal, who: str) -> None:
    client = signed_in(getattr(cast, who))
    for address in (PAGE, url(replayed)):
        page = client.get(address).content.decode()
        assert not any(word in page for word in (NEW, url(replayed, "change"), url(replayed, "end")))
    for address in (NEW, url(replayed, "change"), url(replayed, "approve"), url(replayed, "end")):
        assert client.get(address).status_code == 403
        assert client.post(address, sent(major_drop_grades=1)).status_code == 403
    assert client.post(url(replayed, "replay")).status_code == 403
    assert (Draft.objects.count(), Replay.objects.count()) == (1, 1)


# --- Proposing -------------------------------------------------------------------------------------------------------


def test_a_proposal_is_made_of_every_setting(cast: Cast, adam: Client) -> None:
    changes: dict[str, Any] = {"rows-5-until": "720.5", "rows-5-every": "600", "rows-0-until": "", "rows-0-every": ""}
    answer = adam.post(NEW, sent(major_drop_grades=2, drop_pathway="immediate", start_limit_minutes=0, **changes))
    draft = Draft.objects.get()
    assert answer.headers["Location"] == url(draft.proposal)
    later = (*Settings().schedule[1:-1], ScheduleRow(720.5, 600), ScheduleRow(None, 720))
    assert draft.proposed == Settings(
        major_drop_grades=2, drop_pathway="immediate", start_limit_minutes=0, schedule=later
    )
    assert (draft.reason, draft.written_by) == ("Three were missed.", cast.adam)


def test_the_form_begins_with_what_is_in_force_or_with_the_defaults(cast: Cast, adam: Client) -> None:
    adopt_protocol(cast.ward_7b, by=cast.adam, settings=Settings(trial_limit_minutes=90), reason="agreed")
    page = adam.get(NEW).content.decode()
    assert re.search(r'name="trial_limit_minutes" value="90"', page)
    assert 'name="seen" value="1"' in page
    assert re.search(r'name="trial_limit_minutes" value="120"', adam.get(f"{NEW}?default").content.decode())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": " "}, "Say why: it stays on the record."),
        ({"major_drop_grades": "6"}, "Choose one of these."),
        ({"fall_pathway": "never"}, "Choose one of these."),
        ({"trial_limit_minutes": "soon"}, "Give whole minutes, 0 to 10080."),
        ({"trial_limit_minutes": "-1"}, "Give whole minutes, 0 to 10080."),
        ({"raised_interval_minutes": "0"}, "Give whole minutes, 1 to 10080."),
        ({"schedule": ""}, "Give whole minutes, 1 to 10080."),
        ({"rows-1-every": ""}, "Give both, or clear both: then this row is none."),
        ({"rows-1-until": "1e400"}, "Give hours after the operation, up to a year."),
        ({"rows-1-until": "nan"}, "Give hours after the operation, up to a year."),
        ({"rows-1-until": "300"}, "The hours must be above 0 and rise from row to row"),
        ({"rows-0-until": "0"}, "The hours must be above 0 and rise from row to row"),
        ({"seen": "x"}, "This page is incomplete. Reload it."),
        ({"seen": "4"}, "Another version has come in force meanwhile."),
        ({"major_drop_grades": "3"}, "nothing would change"),
    ],
)
def test_each_wrong_field_has_its_message_and_the_rest_is_kept(
    cast: Cast, adam: Client, changes: dict[str, Any], message: str
) -> None:
    page = refused(
        adam,
        NEW,
        sent()
        | {"major_drop_grades": 2, "start_limit_minutes": 17}
        | changes
        | ({"start_limit_minutes": 30} if "nothing" in message else {}),
    )
    assert message in page
    if "nothing" not in message:
        assert re.search(r'name="start_limit_minutes" value="17"', page)


def test_the_summary_names_the_row_of_the_schedule_and_links_to_it(cast: Cast, adam: Client) -> None:
    page = refused(adam, NEW, sent(major_drop_grades=2) | {"rows-1-every": ""})
    assert '<a href="#id_rows-1-every">Row 2, every</a>' in page


def test_while_one_waits_the_form_leads_to_it(cast: Cast, adam: Client, replayed: Proposal) -> None:
    assert adam.get(NEW).headers["Location"] == url(replayed)
    assert "Adam Abbot has proposed a version already." in refused(adam, NEW, sent(major_drop_grades=1))
    assert NEW not in read(cast.adam, PAGE)
    assert "A new version is proposed" in said(read(cast.alice, PAGE))


def test_a_proposal_is_changed_unless_somebody_was_faster(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    client = signed_in(ada)
    form = sent(replayed.newest.proposed, seen=1, major_drop_grades=1)
    assert client.post(url(replayed, "change"), form).headers["Location"] == url(replayed)
    assert replayed.newest.proposed.major_drop_grades == 1
    page = refused(signed_in(cast.adam), url(replayed, "change"), form | {"major_drop_grades": 4})
    assert "Somebody has changed this proposal meanwhile." in said(page)
    assert "Written 2 times" in said(read(cast.alice, url(replayed)))


# --- What it would have changed --------------------------------------------------------------------------------------


def test_the_difference_is_shown_with_each_stay(cast: Cast, patient: Patient, replayed: Proposal) -> None:
    page = read(cast.alice, url(replayed))
    text = spaced(page)
    assert "Critical alerts: 1 more, 0 fewer, on 1 recorded stay." in text
    assert "Critical In force 0 Proposed 1 1 more, 0 fewer" in text
    assert "Concern or worse In force 1 Proposed 1 the same" in text
    assert "A drop is critical from In force 3 grades Proposed 2 grades §4.2" in text
    assert "1 stay differs" in text
    assert re.search(r"Critical [0-9:]+ under the proposed version alone : a drop of 2 grades or more", text)
    assert f'href="/stays/{patient.stay.public_id}/"' in page
    assert patient.stay.patient.family_name not in page
    assert patient.stay.patient.record_number not in page


def test_while_it_runs_the_page_says_how_far_it_is_and_asks_again(cast: Cast, patient: Patient) -> None:
    proposal = propose(cast)
    page = read(cast.alice, url(proposal))
    assert "Replaying: 0 of 1 recorded stays." in said(page)
    assert "every 2s" in page
    replay_all(proposal)
    fragment = signed_in(cast.alice).get(url(proposal), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "every 2s" not in fragment
    assert "Critical alerts: 0 more" in fragment


def test_a_replay_that_fails_says_so(cast: Cast) -> None:
    proposal = propose(cast)
    Replay.objects.update(failing_since=now(), failures=1)
    assert "The replay has failed since" in said(read(cast.alice, url(proposal)))


def test_new_entries_are_counted_and_it_can_be_replayed_again(
    cast: Cast, adam: Client, patient: Patient, replayed: Proposal
) -> None:
    assert "recorded since" not in said(read(cast.adam, url(replayed)))
    patient.check(10, L4_left=3)
    assert "1 entry was recorded since. Replay it again" in said(read(cast.adam, url(replayed)))
    assert adam.post(url(replayed, "replay")).headers["Location"] == url(replayed)
    assert Replay.objects.count() == 2
    replay_all(replayed)
    assert "recorded since" not in said(read(cast.adam, url(replayed)))


def test_no_difference_is_said_in_words(cast: Cast, patient: Patient) -> None:
    proposal = propose(cast, watch_for_minutes=60)
    replay_all(proposal)
    text = said(read(cast.alice, url(proposal)))
    assert "0 stays differ" in text
    assert "would have called the same people at the same times" in text


def test_more_checks_a_day_are_said(cast: Cast, patient: Patient) -> None:
    proposal = propose(cast, schedule=(ScheduleRow(None, 15),))
    replay_all(proposal)
    text = said(read(cast.alice, url(proposal)))
    assert re.search(r"Checks per patient and day: [0-9.]+ in force, 96.0 proposed, [0-9.]+ more\.", text)


# --- The second person -----------------------------------------------------------------------------------------------


def decided(proposal: Proposal, **changes: Any) -> dict[str, Any]:
    replay = Replay.objects.filter(draft__proposal=proposal).latest("pk")
    now_seen = Proposal.objects.get(pk=proposal.pk).revision
    form = {"seen": now_seen, "replay": str(replay.public_id), "when": "now", "at": "", "secret": PASSWORD}
    return form | changes


def test_a_second_administrator_approves_with_the_password(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    client = signed_in(ada)
    assert url(replayed, "approve") in client.get(url(replayed)).content.decode()
    page = client.get(url(replayed, "approve")).content.decode()
    assert "Critical alerts: 1 more, 0 fewer" in said(page)
    assert "Your password" in page
    answer = client.post(url(replayed, "approve"), decided(replayed))
    assert answer.headers["Location"] == url(replayed)
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.approved_by) == (Proposal.State.APPROVED, ada)
    bring_in_force(proposal.pk)
    assert "Approved by Ada Ashe" in said(read(cast.alice, url(replayed)))
    assert "In force: version 1" in said(read(cast.alice, PAGE))


def test_with_a_pin_the_pin_is_asked(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    set_pin(by=ada, pin="4826")
    client = signed_in(Staff.objects.get(pk=ada.pk))
    assert "Your PIN" in client.get(url(replayed, "approve")).content.decode()
    assert client.post(url(replayed, "approve"), decided(replayed, secret="4826")).status_code == 302


def test_a_wrong_password_approves_nothing_and_five_end_the_session(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    client = signed_in(ada)
    for _try in range(4):
        answer = client.post(url(replayed, "approve"), decided(replayed, secret="wrong"))
        assert answer.status_code == 422
        assert "Wrong password." in answer.content.decode()
    answer = client.post(url(replayed, "approve"), decided(replayed, secret="wrong"))
    assert "/sign-in/" in answer.headers["Location"]
    assert Proposal.objects.get().state == Proposal.State.OPEN


def test_it_can_be_for_later_on_the_wards_clock(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    client = signed_in(ada)
    year = now().year + 1
    page = client.post(url(replayed, "approve"), decided(replayed, when="later", at=f"{year}-12-31T08:00"))
    assert "more than 90 days away" in page.content.decode()
    page = client.post(url(replayed, "approve"), decided(replayed, when="later"))
    assert "Give the date and time." in page.content.decode()
    page = client.post(url(replayed, "approve"), decided(replayed, at="2020-01-01T08:00"))
    assert "You typed a time as well." in page.content.decode()
    assert Proposal.objects.get().state == Proposal.State.OPEN


def test_who_wrote_it_is_told_that_another_approves(cast: Cast, adam: Client, replayed: Proposal) -> None:
    page = read(cast.adam, url(replayed))
    assert url(replayed, "approve") not in page
    assert "another administrator of the ward approves it" in said(page)
    assert adam.get(url(replayed, "approve")).headers["Location"] == url(replayed)
    answer = adam.post(url(replayed, "approve"), decided(replayed))
    assert answer.status_code == 422
    assert "another administrator approves it" in answer.content.decode()
    assert Proposal.objects.get().state == Proposal.State.OPEN


def test_a_stale_page_approves_nothing(cast: Cast, ada: Staff, adam: Client, replayed: Proposal) -> None:
    form = decided(replayed)
    adam.post(url(replayed, "replay"))
    replay_all(replayed)
    answer = signed_in(ada).post(url(replayed, "approve"), form)
    assert answer.status_code == 422
    assert "It was replayed again meanwhile." in answer.content.decode()


def test_it_is_refused_with_a_reason(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    client = signed_in(ada)
    assert "Refuse this proposal" in client.get(url(replayed, "end")).content.decode()
    assert "Say why" in refused(client, url(replayed, "end"), {"seen": 1, "reason": ""})
    answer = client.post(url(replayed, "end"), {"seen": 1, "reason": "Too many calls at night."})
    assert answer.headers["Location"] == PAGE
    text = spaced(read(cast.alice, PAGE))
    assert "Refused" in text
    assert "Ada Ashe: “Too many calls at night.”" in text
    assert client.get(url(replayed, "end")).headers["Location"] == url(replayed)


def test_what_no_longer_waits_can_only_be_read(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    bring_in_force(approve(replayed, ada).pk)
    page = read(cast.adam, url(replayed))
    assert not any(url(replayed, step) in page for step in ("change", "approve", "end", "replay"))
    assert "Critical alerts: 1 more" in said(page)


def test_the_pages_cost_the_same_however_many_versions_there_are(cast: Cast, replayed: Proposal) -> None:
    def costs() -> list[int]:
        return [queries_of(partial(read, cast.alice, address)) for address in (PAGE, url(replayed))]

    costs()
    few = costs()
    for drop in (1, 2, 4):
        adopt_protocol(cast.ward_7b, by=cast.adam, settings=Settings(major_drop_grades=drop), reason="again")
    many = costs()
    assert many[0] <= few[0] + 1  # who wrote a proposal, once there is a version
    assert many[1] == few[1] <= 40

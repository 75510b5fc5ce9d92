"""A ward's ladders, and the form that puts a new version in force."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from monitoring.escalation.ladder import DEFAULTS, Key, Ladder, Rung, Track, Whom
from monitoring.escalation.models import LadderVersion
from monitoring.escalation.queries import ladder_of
from tests.cast import Cast
from tests.desks.pages import acts, alerting_works, queries_of, read, signed_in, spaced
from wards.rota import save_group

LADDERS = "/wards/7b/ladders/"
CONCERN = "/wards/7b/ladders/concern/"
CRITICAL = "/wards/7b/ladders/critical/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def carol(cast: Cast) -> Client:
    return signed_in(cast.carol)


def sent(ladder: Ladder, *, seen: int = 0, reason: str = "nights are quiet", empty: int = 3) -> dict[str, Any]:
    """The form as a browser sends it: the ladder's rungs, and the empty rows below them."""
    form: dict[str, Any] = {
        "seen": str(seen),
        "reason": reason,
        "rungs-TOTAL_FORMS": str(len(ladder) + empty),
        "rungs-INITIAL_FORMS": str(len(ladder)),
    }
    for number, rung in enumerate(ladder):
        form |= row(number, rung)
    for number in range(len(ladder), len(ladder) + empty):
        form |= {f"rungs-{number}-after": "", f"rungs-{number}-repeat": ""}
    return form


def row(number: int, rung: Rung) -> dict[str, Any]:
    return {
        f"rungs-{number}-track": rung.track.value,
        f"rungs-{number}-whom": [whom.value for whom in rung.whom],
        f"rungs-{number}-groups": list(rung.groups),
        f"rungs-{number}-after": str(rung.after),
        f"rungs-{number}-repeat": "" if rung.repeat is None else str(rung.repeat),
    }


def refused(client: Client, url: str, form: dict[str, Any]) -> str:
    """The page that a form is answered with, once it is sure that nothing was stored."""
    before = (LadderVersion.objects.count(), acts())
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert (LadderVersion.objects.count(), acts()) == before
    return answer.content.decode()


def test_the_ladders_are_read_as_sentences(cast: Cast) -> None:
    text = spaced(read(cast.alice, LADDERS))
    assert "At once the surgeon on call" in text.replace("at once", "At once")
    assert "after 20 min" in text
    assert "then every 5 min until a surgeon accepts" in text
    assert "Nobody is called: it shows on the board." in text
    assert "The local default: nobody has changed it." in text
    assert "Alerts that are open keep the ladder they started with." in text


def test_a_rung_is_added_in_an_empty_row(cast: Cast, carol: Client) -> None:
    more = Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=30, repeat=15)
    ladder = DEFAULTS[Key.CONCERN]
    answer = carol.post(CONCERN, sent(ladder) | row(len(ladder), more))
    assert answer.headers["Location"] == LADDERS
    assert ladder_of(cast.ward_7b.pk, Key.CONCERN) == (*ladder, more)
    version = LadderVersion.objects.get()
    assert (version.number, version.recorded_by, version.reason) == (1, cast.carol, "nights are quiet")


def test_a_ticked_rung_is_removed(cast: Cast, carol: Client) -> None:
    ladder = DEFAULTS[Key.CONCERN]
    carol.post(CONCERN, sent(ladder) | {"rungs-1-DELETE": "on"})
    assert ladder_of(cast.ward_7b.pk, Key.CONCERN) == ladder[:1]


def test_a_rung_moves_by_its_minutes(cast: Cast, carol: Client) -> None:
    carol.post(CONCERN, sent(DEFAULTS[Key.CONCERN]) | {"rungs-0-after": "20"})
    assert [rung.after for rung in ladder_of(cast.ward_7b.pk, Key.CONCERN)] == [15, 20]


def test_a_group_of_the_ward_can_be_called(cast: Cast, carol: Client) -> None:
    group = save_group(by=cast.carol, ward=cast.ward_7b, name="Spine team", members=[cast.sam])
    rung = Rung(Track.NURSING, (), after=5, groups=(str(group.public_id),))
    carol.post(CONCERN, sent((), empty=0) | {"rungs-TOTAL_FORMS": "1"} | row(0, rung))
    assert ladder_of(cast.ward_7b.pk, Key.CONCERN) == (rung,)
    assert "the group “Spine team”" in read(cast.alice, LADDERS)


def test_every_version_stays_readable_with_who_and_why(cast: Cast, carol: Client) -> None:
    carol.post(CONCERN, sent(DEFAULTS[Key.CONCERN][:1], reason="too many calls"))
    carol.post(CONCERN, sent(DEFAULTS[Key.CONCERN], seen=1, reason="too few calls"))
    text = spaced(read(cast.alice, LADDERS))
    assert re.search(r"Version 2, [^“]*Carol Chase: “too few calls”", text)
    assert re.search(r"Version 1 · [^“]*Carol Chase: “too many calls”", text)


def test_the_form_begins_with_what_is_in_force_and_empty_rows(cast: Cast, carol: Client) -> None:
    page = carol.get(CRITICAL).content.decode()
    assert page.count("Remove this rung") == len(DEFAULTS[Key.CRITICAL])
    assert page.count("Another rung") == 3


def test_the_local_default_can_be_filled_in_again(cast: Cast, carol: Client) -> None:
    carol.post(CONCERN, sent(DEFAULTS[Key.CONCERN][:1]))
    page = carol.get(f"{CONCERN}?default").content.decode()
    assert page.count("Remove this rung") == len(DEFAULTS[Key.CONCERN])
    assert 'name="seen" value="1"' in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": " "}, "Say why the ladder changes."),
        ({"rungs-1-after": ""}, "Give whole minutes, 0 to 1440."),
        ({"rungs-1-after": "soon"}, "Give whole minutes, 0 to 1440."),
        ({"rungs-1-after": "2000"}, "Give whole minutes, 0 to 1440."),
        ({"rungs-1-repeat": "0"}, "Give whole minutes, 1 to 1440."),
        ({"rungs-1-whom": []}, "Choose whom to call, or remove this rung."),
        ({"rungs-1-track": ""}, "Nursing or surgical?"),
        ({"rungs-1-groups": ["00000000-0000-4000-8000-000000000000"]}, "This group is gone."),
        ({"rungs-2-after": "3"}, "Choose whom to call, or remove this rung."),
        ({"seen": "x"}, "This form is damaged: open it again."),
    ],
)
def test_each_wrong_field_has_its_message_and_the_rest_is_kept(
    cast: Cast, carol: Client, changes: dict[str, Any], message: str
) -> None:
    page = refused(carol, CONCERN, sent(DEFAULTS[Key.CONCERN]) | changes)
    assert message in page
    if "reason" not in changes:
        assert "nights are quiet" in page
    assert re.search(r'name="rungs-0-whom" value="patients_nurse"[^>]*checked', page)


def test_the_summary_names_the_rung_and_links_to_it(cast: Cast, carol: Client) -> None:
    page = refused(carol, CONCERN, sent(DEFAULTS[Key.CONCERN]) | {"rungs-1-after": ""})
    assert '<a href="#id_rungs-1-after">Rung 2, after</a>' in page
    assert 'id="id_rungs-1-after"' in page


def test_a_critical_ladder_must_go_on_until_a_surgeon_accepts(cast: Cast, carol: Client) -> None:
    page = refused(carol, CRITICAL, sent(DEFAULTS[Key.CRITICAL][:-1]))
    assert "At critical a surgical rung must repeat" in page


def test_who_comes_second_is_told_and_overwrites_nothing(cast: Cast, carol: Client) -> None:
    signed_in(cast.adam).post(CONCERN, sent(DEFAULTS[Key.CONCERN][:1]))
    page = refused(carol, CONCERN, sent(DEFAULTS[Key.CONCERN]))
    assert "Adam Abbot has changed this ladder meanwhile." in page


def test_the_page_costs_the_same_however_many_versions_there_are(cast: Cast, carol: Client) -> None:
    read(cast.alice, LADDERS)
    few = queries_of(lambda: read(cast.alice, LADDERS))
    for seen in range(4):
        carol.post(CONCERN, sent(DEFAULTS[Key.CONCERN], seen=seen))
    assert queries_of(lambda: read(cast.alice, LADDERS)) == few <= 35


def test_another_wards_ladders_do_not_exist(cast: Cast) -> None:
    client = signed_in(cast.nora)
    for url in (LADDERS, CONCERN):
        assert client.get(url).status_code == 404
    assert client.post(CONCERN, sent(DEFAULTS[Key.CONCERN])).status_code == 404


def test_a_ladder_that_is_none_does_not_exist(cast: Cast, carol: Client) -> None:
    assert carol.get("/wards/7b/ladders/panic/").status_code == 404


@pytest.mark.parametrize("who", ["alice", "sam"])
def test_who_does_not_lead_the_ward_may_look_and_not_write(cast: Cast, who: str) -> None:
    client = signed_in(getattr(cast, who))
    assert "ladders/concern" not in client.get(LADDERS).content.decode()
    before = acts()
    assert client.get(CONCERN).status_code == 403
    assert client.post(CONCERN, sent(DEFAULTS[Key.CONCERN])).status_code == 403
    assert (LadderVersion.objects.count(), acts()) == (0, before)

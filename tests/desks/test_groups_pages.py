"""Groups: people who are called together by a name."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.desks.pages import acts, alerting_works, queries_of, read, signed_in, spaced
from wards.models import Group
from wards.rota import save_group

GROUPS = "/wards/7b/groups/"
NEW = "/wards/7b/groups/new/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def carol(cast: Cast) -> Client:
    return signed_in(cast.carol)


@pytest.fixture
def team(cast: Cast) -> Group:
    return save_group(by=cast.carol, ward=cast.ward_7b, name="Spine team", members=[cast.sam])


def test_a_group_is_made(cast: Cast, carol: Client) -> None:
    answer = carol.post(NEW, {"name": "Spine team", "members": [str(cast.sam.pk), str(cast.alice.pk)]})
    assert answer.headers["Location"] == GROUPS
    assert set(Group.objects.get().members.all()) == {cast.sam, cast.alice}
    assert "Spine team" in spaced(read(cast.alice, GROUPS))


def test_a_group_is_changed(cast: Cast, carol: Client, team: Group) -> None:
    url = f"{GROUPS}{team.public_id}/"
    assert f'value="{cast.sam.pk}" id="id_members' in carol.get(url).content.decode()
    carol.post(url, {"name": "Night team", "members": [str(cast.alice.pk)]})
    team.refresh_from_db()
    assert (team.name, list(team.members.all())) == ("Night team", [cast.alice])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "Give the group a name."),
        ({"name": "spine TEAM"}, "has a group of this name already"),
        ({"members": []}, "Choose at least one person of the ward."),
        ({"members": ["999999"]}, "Choose at least one person of the ward."),
        ({"members": ["x"]}, "Choose at least one person of the ward."),
    ],
)
def test_each_wrong_field_has_its_message_and_the_rest_is_kept(
    cast: Cast, carol: Client, team: Group, changes: dict[str, object], message: str
) -> None:
    before = acts()
    answer = carol.post(NEW, {"name": "Others", "members": [str(cast.alice.pk)]} | changes)
    page = answer.content.decode()
    assert (answer.status_code, Group.objects.count(), acts()) == (422, 1, before)
    assert message in page
    assert ('value="Others"' in page) == ("name" not in changes)


def test_the_list_costs_the_same_however_many_groups(cast: Cast, team: Group) -> None:
    read(cast.alice, GROUPS)
    few = queries_of(lambda: read(cast.alice, GROUPS))
    for name in ("A", "B", "C"):
        save_group(by=cast.carol, ward=cast.ward_7b, name=name, members=[cast.alice])
    assert queries_of(lambda: read(cast.alice, GROUPS)) == few <= 30


def test_another_wards_groups_do_not_exist(cast: Cast, team: Group) -> None:
    client = signed_in(cast.sue)
    for url in (GROUPS, NEW, f"{GROUPS}{team.public_id}/", f"/wards/8c/groups/{team.public_id}/"):
        assert client.get(url).status_code == 404, url
    assert client.post(NEW, {"name": "X", "members": [str(cast.sue.pk)]}).status_code == 404


def test_a_nurse_may_look_and_not_write(cast: Cast, team: Group) -> None:
    client, before = signed_in(cast.alice), acts()
    assert "groups/new" not in client.get(GROUPS).content.decode()
    for url in (NEW, f"{GROUPS}{team.public_id}/"):
        assert client.get(url).status_code == 403
        assert client.post(url, {"name": "X", "members": [str(cast.alice.pk)]}).status_code == 403
    assert (Group.objects.count(), acts()) == (1, before)

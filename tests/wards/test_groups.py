"""People who are called together by a name."""

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from tests.cast import Cast
from wards import rota
from wards.access import Forbidden
from wards.models import Group, Staff, Ward


def save(cast: Cast, name: str, *members: Staff, group: Group | None = None) -> Group:
    return rota.save_group(by=cast.carol, ward=cast.ward_7b, name=name, members=members, group=group)


def test_a_group_is_named_changed_and_audited(cast: Cast) -> None:
    group = save(cast, "  spine   team ", cast.sam, cast.alice, cast.sam)
    assert (group.name, set(group.members.all())) == ("spine team", {cast.sam, cast.alice})
    Ward.objects.update(retarget_at=None)
    assert save(cast, "spine", cast.sam, group=group) == group
    group.refresh_from_db()
    assert (group.name, list(group.members.all())) == ("spine", [cast.sam])
    assert Ward.objects.get(pk=cast.ward_7b.pk).retarget_at is not None
    assert AuditEntry.objects.filter(action="group.saved").last().data["members"] == [cast.sam.pk]  # type: ignore[union-attr]


def test_the_same_group_sent_again_is_the_same_and_another_of_its_name_is_refused(cast: Cast) -> None:
    group = save(cast, "spine team", cast.sam)
    assert save(cast, "Spine team", cast.sam) == group
    with pytest.raises(ValidationError, match="has a group of this name"):
        save(cast, "spine team", cast.alice)
    other = save(cast, "night", cast.alice)
    with pytest.raises(ValidationError, match="has a group of this name"):
        save(cast, "spine team", cast.alice, group=other)


@pytest.mark.parametrize(
    ("name", "who", "field"),
    [(" ", "sam", "name"), ("x", None, "members"), ("x", "sue", "members"), ("x", "adam", "members")],
)
def test_a_group_without_a_name_or_with_people_who_do_not_see_the_alerts_is_refused(
    cast: Cast, name: str, who: str | None, field: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        save(cast, name, *([] if who is None else [getattr(cast, who)]))
    assert list(refusal.value.message_dict) == [field]
    assert not Group.objects.exists()


def test_only_a_wards_leads_and_surgeons_name_groups(cast: Cast) -> None:
    for by in (cast.alice, cast.sue):
        with pytest.raises(Forbidden):
            rota.save_group(by=by, ward=cast.ward_7b, name="x", members=[cast.sam])


def test_another_wards_group_is_not_changed_from_here(cast: Cast) -> None:
    theirs = rota.save_group(by=cast.sue, ward=cast.ward_8c, name="theirs", members=[cast.sue])
    with pytest.raises(Group.DoesNotExist):
        save(cast, "ours", cast.sam, group=theirs)

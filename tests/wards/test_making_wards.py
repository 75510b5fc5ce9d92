"""Wards made by administrators of others, and called otherwise; and the first one, made at the command line."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from monitoring.audit.models import AuditEntry
from tests.cast import Cast, person
from wards.access import Forbidden
from wards.models import Membership, Role, Staff, Ward
from wards.ward_actions import WardFacts, edit_ward, facts_of, make_ward

LONDON = WardFacts("Spine ward 9A", "Europe/London")
ANSWERS = {
    "ward": "9A",
    "ward_name": "Spine ward 9A",
    "time_zone": "Europe/London",
    "username": "ada",
    "given_name": "Ada",
    "family_name": "Admin",
}


def make(by: Staff, **changes: str) -> Ward:
    said = {"code": "9A", "phone": "4720", "surgeon_phone": "4700"} | changes
    return make_ward(by=by, facts=LONDON, **said)


def test_whoever_makes_a_ward_administers_it(cast: Cast) -> None:
    ward = make(cast.adam)
    assert list(ward.memberships.values_list("staff__username", "role")) == [("adam", "administrator")]
    assert (ward.phone, ward.surgeon_phone, facts_of(ward)) == ("4720", "4700", LONDON)
    assert AuditEntry.objects.get(action="ward.made").ward == ward


def test_the_same_form_sent_again_makes_one_ward(cast: Cast) -> None:
    assert make(cast.adam) == make(cast.adam)
    assert AuditEntry.objects.filter(action="ward.made").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"code": "7B"}, "code"), ({"code": "a b"}, "code"), ({"code": "x" * 17}, "code"), ({"phone": "x"}, "phone")],
)
def test_what_is_wrong_is_said_by_its_field(cast: Cast, changes: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make(cast.adam, **changes)
    assert list(refused.value.message_dict) == [field]


def test_a_time_zone_is_one_that_there_is(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="No such time zone"):
        edit_ward(cast.ward_7b, by=cast.adam, facts=WardFacts("7B", "Europe/Atlantis"), seen=facts_of(cast.ward_7b))


def test_only_administrators_make_wards(cast: Cast) -> None:
    for somebody in (cast.alice, cast.carol, cast.sam):
        with pytest.raises(Forbidden):
            make(somebody)


def test_a_ward_is_called_otherwise_with_before_and_after(cast: Cast) -> None:
    seen = facts_of(cast.ward_7b)
    edit_ward(cast.ward_7b, by=cast.adam, facts=LONDON, seen=seen)
    assert facts_of(Ward.objects.get(code="7b")) == LONDON
    entry = AuditEntry.objects.get(action="ward.changed")
    assert entry.data["before"] == {"name": "Ward 7B", "time_zone": "Europe/Berlin"}
    assert entry.data["after"] == {"name": "Spine ward 9A", "time_zone": "Europe/London"}


def test_a_stale_page_overwrites_nothing(cast: Cast) -> None:
    seen = facts_of(cast.ward_7b)
    edit_ward(cast.ward_7b, by=cast.adam, facts=LONDON, seen=seen)
    with pytest.raises(ValidationError, match="Somebody has changed this ward meanwhile"):
        edit_ward(cast.ward_7b, by=cast.adam, facts=WardFacts("Other", "Europe/Berlin"), seen=seen)


def test_administrators_of_another_ward_change_nothing_here(cast: Cast) -> None:
    eve = person("Eve", "Ebert", (cast.ward_8c, Role.ADMINISTRATOR))
    with pytest.raises(Forbidden):
        edit_ward(cast.ward_7b, by=eve, facts=LONDON, seen=facts_of(cast.ward_7b))


# --- The first one ---------------------------------------------------------------------------------------------------


@pytest.fixture
def begin(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run the command with these answers as options, and a password in the environment."""

    def run(*, password: str | None = "a kestrel over the lake", **changes: str | None) -> str:
        if password is None:
            monkeypatch.delenv("FIRST_ADMINISTRATOR_PASSWORD", raising=False)
        else:
            monkeypatch.setenv("FIRST_ADMINISTRATOR_PASSWORD", password)
        said = StringIO()
        call_command("first_administrator", stdout=said, **ANSWERS | changes)
        return said.getvalue()

    return run


def test_a_new_house_begins_with_a_ward_and_its_administrator(begin: Callable[..., str]) -> None:
    said = begin()
    assert "Ada Admin administers Spine ward 9A. Sign in as ada" in said
    assert "kestrel" not in said
    membership = Membership.objects.get(staff__gt=0)
    assert (membership.ward.code, membership.role, membership.staff.username) == ("9A", Role.ADMINISTRATOR, "ada")
    assert membership.staff.check_password("a kestrel over the lake")
    kept = AuditEntry.objects.filter(actor=None).order_by("pk")
    assert list(kept.values_list("action", flat=True)) == ["ward.made", "staff.added"]


def test_where_there_is_an_administrator_it_makes_no_other(cast: Cast, begin: Callable[..., str]) -> None:
    with pytest.raises(CommandError, match="adam is an administrator already") as refused:
        begin()
    assert refused.value.returncode == 2
    assert not Ward.objects.filter(code="9A").exists()


def test_a_ward_that_lost_its_administrators_is_given_one(cast: Cast, begin: Callable[..., str]) -> None:
    Staff.objects.filter(pk=cast.adam.pk).update(is_active=False)
    begin(ward="7B")
    assert Membership.objects.get(staff__username="ada").ward == cast.ward_7b


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short"}, "password: This password is too short"),
        ({"time_zone": "Nowhere"}, "time_zone: No such time zone"),
        ({"ward": "a b"}, "code: "),
        ({"username": "two words"}, "username: "),
        ({"family_name": ""}, "last_name: Give the family name."),
        ({"username": None}, "Give --username: nobody is here to ask."),
        ({"password": None}, "Set FIRST_ADMINISTRATOR_PASSWORD"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    begin: Callable[..., str], changes: dict[str, str | None], words: str
) -> None:
    with pytest.raises(CommandError) as refused:
        begin(**changes)
    assert words in str(refused.value)
    assert not Ward.objects.filter(pk__gt=0).exists()


def test_the_password_may_come_from_a_file(
    db: None, begin: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "password"
    kept.write_text("a heron on the pier\n")
    monkeypatch.setenv("FIRST_ADMINISTRATOR_PASSWORD_FILE", str(kept))
    begin(password=None)
    assert Staff.objects.get(username="ada").check_password("a heron on the pier")


def test_no_password_is_taken_from_the_command_line(db: None) -> None:
    with pytest.raises(TypeError, match="password"):
        call_command("first_administrator", **ANSWERS, password=str(uuid4()))

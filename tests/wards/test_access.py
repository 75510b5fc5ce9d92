"""Who may see and do what: the whole table, and reach."""

from itertools import product
from uuid import uuid4

import pytest
from django.http import Http404

from tests.cast import Cast, admit_patient, ago, operate, person
from wards import access, actions
from wards.access import Forbidden, May
from wards.models import Operation, Role

WATCHING = {May.VIEW_BOARD, May.VIEW_STAY, May.VIEW_ROTA, May.VIEW_PROTOCOL, May.SEARCH_PATIENTS}
BEDSIDE = WATCHING | {
    May.VIEW_ALERTS,
    May.ADMIT,
    May.MOVE,
    May.DISCHARGE,
    May.RECORD_OPERATION,
    May.RECORD_CHECK,
    May.RECORD_TREATMENT,
    May.ACKNOWLEDGE_ALERT,
    May.CLOSE_ALERT_BELOW_CRITICAL,
    May.CONFIRM_PAUSE,
    May.RECORD_MILESTONE,
    May.RECORD_ABSENCE,
    May.RECORD_IMAGING,
    May.PLAN_THEATRE,
    May.RECORD_DRAIN,
    May.BREAK_GLASS,
}
LEADING = {
    May.EDIT_ROTA,
    May.EDIT_LADDER,
    May.EDIT_WARD_CONTACTS,
    May.EDIT_WARD_LIMITS,
    May.MANAGE_DISPLAYS,
    May.REVIEW_BREAK_GLASS,
    May.VIEW_RESPONSES,
    May.CONFIRM_MENDING,
}
NURSING = BEDSIDE | {May.ALLOCATE}
STUDYING = {May.VIEW_REGISTRY, May.IMPORT_REGISTRY, May.EXPORT_REGISTRY}
GOVERNING = (
    WATCHING
    | LEADING
    | {
        May.ADOPT_PROTOCOL,
        May.VIEW_AUDIT,
        May.EXPORT_AUDIT,
        May.MANAGE_STAFF,
        May.MANAGE_WARD,
        May.MEND_RECORDS,
    }
    | STUDYING
)
SURGERY = BEDSIDE | {
    May.VIEW_INBOX,
    May.ACCEPT_REFERENCE,
    May.CLOSE_CRITICAL_ALERT,
    May.ACCEPT_ALERT,
    May.DECIDE_ALERT,
    May.EDIT_ROTA,
    May.REPORT_IMAGING,
    May.RECORD_EXPLORATION,
    May.VIEW_RESPONSES,
    May.CONFIRM_MENDING,
    May.VIEW_REGISTRY,
}
ALLOWED = {
    Role.NURSE: NURSING,
    Role.CHARGE_NURSE: NURSING | LEADING,
    Role.SURGEON: SURGERY,
    Role.ADMINISTRATOR: GOVERNING,
    Role.REGISTRY_LEAD: STUDYING,
}
GRID = list(product(Role, May))


def test_the_grid_below_is_whole() -> None:
    assert len(GRID) == 5 * 46
    assert set(access.RULES) == set(May)


def test_each_role_may_do_exactly_its_own(cast: Cast) -> None:
    people = {role: person(role.title(), "Body", (cast.ward_7b, role)) for role in Role}
    wrong = [
        (role, what)
        for role, what in GRID
        if access.may(people[role], what, cast.ward_7b) != (what in ALLOWED[role])
        or access.may(people[role], what, cast.ward_8c)
    ]
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_the_shorter_ways_to_ask_agree_with_the_rule(cast: Cast, role: Role) -> None:
    somebody = person("Some", "Body", (cast.ward_7b, role), (cast.ward_8c, Role.NURSE))
    by_right = access.wards_by_right(somebody)
    assert set(by_right) == set(May)
    for what in May:
        wards = {ward.pk for ward in (cast.ward_7b, cast.ward_8c) if access.may(somebody, what, ward)}
        assert by_right[what] == wards
        assert {ward.pk for ward in access.wards_where(somebody, what)} == wards


def test_roles_on_one_ward_add_up(cast: Cast) -> None:
    both = person("Both", "Hats", (cast.ward_7b, Role.NURSE), (cast.ward_7b, Role.ADMINISTRATOR))
    assert access.may(both, May.RECORD_CHECK, cast.ward_7b)
    assert list(access.wards_of(both)) == [cast.ward_7b]


def test_require_says_what_is_not_allowed_and_where(cast: Cast) -> None:
    with pytest.raises(Forbidden, match="Only a surgeon of this ward may accept a reference"):
        access.require(cast.alice, May.ACCEPT_REFERENCE, cast.ward_7b)


def test_the_superuser_flag_means_nothing(cast: Cast) -> None:
    cast.nora.is_superuser = cast.nora.is_staff = True
    cast.nora.save(update_fields=["is_superuser", "is_staff"])
    stay = admit_patient(cast)
    assert not access.may(cast.nora, May.VIEW_STAY, cast.ward_7b)
    with pytest.raises(Http404):
        access.stay_or_404(cast.nora, stay.public_id)


def test_somebody_who_has_left_sees_and_does_nothing(cast: Cast) -> None:
    stay = admit_patient(cast)
    cast.sam.is_active = False
    cast.sam.save(update_fields=["is_active"])
    assert not any(access.may(cast.sam, what, cast.ward_7b) for what in May)
    assert not access.wards_of(cast.sam).exists()
    assert not access.stays_within_reach(cast.sam).exists()
    assert not any(access.wards_by_right(cast.sam).values())
    assert not access.wards_where(cast.sam, May.VIEW_BOARD).exists()
    with pytest.raises(Http404):
        access.stay_or_404(cast.sam, stay.public_id)


def test_another_wards_stay_is_as_unknown_as_one_that_does_not_exist(cast: Cast) -> None:
    stay = admit_patient(cast)
    with pytest.raises(Http404) as hidden:
        access.stay_or_404(cast.nora, stay.public_id)
    with pytest.raises(Http404) as absent:
        access.stay_or_404(cast.nora, uuid4())
    assert str(hidden.value) == str(absent.value)


def test_another_wards_board_is_as_unknown_as_one_that_does_not_exist(cast: Cast) -> None:
    assert access.ward_or_404(cast.alice, "7b") == cast.ward_7b
    for code in ("8c", "none"):
        with pytest.raises(Http404):
            access.ward_or_404(cast.alice, code)


def test_a_stay_comes_with_all_that_its_banner_names_in_one_query(
    cast: Cast, django_assert_num_queries: object
) -> None:
    public_id = admit_patient(cast).public_id
    with django_assert_num_queries(2):  # type: ignore[operator]  # one for Adam's roles, which a page knows already
        stay = access.stay_or_404(cast.adam, public_id)
        named = (stay.patient.display_name, stay.ward.name, stay.bed.label, stay.episode.pk, stay.watch.level)
        assert all(named)
        assert stay.responsible_surgeon == cast.sam


def test_a_moved_patient_changes_hands(cast: Cast) -> None:
    stay = admit_patient(cast)
    actions.move(stay, by=cast.alice, at=ago(hours=1), to_bed=cast.beds_8c[0], responsible_surgeon=cast.sue)
    assert access.stay_or_404(cast.nora, stay.public_id) == stay
    with pytest.raises(Http404):
        access.stay_or_404(cast.alice, stay.public_id)


def test_a_readmissions_ward_reaches_what_the_first_stay_wrote(cast: Cast) -> None:
    first = admit_patient(cast, at=ago(days=5))
    operation = operate(cast, first, ended_at=ago(days=4))
    with pytest.raises(Http404):
        access.entry_or_404(cast.nora, Operation, operation.public_id)
    actions.discharge(first, by=cast.alice, at=ago(days=2), departure="home")
    admit_patient(cast, bed=cast.beds_8c[0], at=ago(days=1), patient=first.patient, episode=first.episode)
    assert access.entry_or_404(cast.nora, Operation, operation.public_id) == operation
    with pytest.raises(Http404):
        access.entry_or_404(cast.nora, Operation, uuid4())


def test_nobody_writes_about_another_wards_patient(cast: Cast) -> None:
    stay = admit_patient(cast)
    with pytest.raises(Forbidden):
        actions.discharge(stay, by=cast.nora, at=None, departure="home")
    with pytest.raises(Forbidden):
        actions.move(stay, by=cast.sue, at=None, to_bed=cast.beds_8c[0], responsible_surgeon=cast.sue)
    with pytest.raises(Forbidden):
        actions.discharge(stay, by=cast.adam, at=None, departure="home")

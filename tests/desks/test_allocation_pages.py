"""Which nurse has which patient: one form for the whole ward."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from monitoring.due.clock import now
from tests.cast import Cast, admit_patient, allocate, on_duty, person
from tests.desks.pages import acts, alerting_works, queries_of, read, signed_in, spaced
from wards.models import Allocation, Post, Role, Staff, Stay
from wards.rota import cancel_duty
from wards.rota_queries import patients_nurse
from wards.shift import field_of

PAGE = "/wards/7b/allocation/"


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def carol(cast: Cast) -> Client:
    return signed_in(cast.carol)


@pytest.fixture
def ben(cast: Cast) -> Staff:
    return person("Ben", "Berg", (cast.ward_7b, Role.NURSE))


def answer(stay: Stay, nurse: Staff | None, shown: Staff | None = None) -> dict[str, str]:
    """One patient's line of the form: whom one has chosen, and whom the page showed."""
    name = field_of(stay)
    return {name: "" if nurse is None else str(nurse.pk), f"initial-{name}": "" if shown is None else str(shown.pk)}


def test_who_is_on_shift_can_be_chosen_and_nobody_else(cast: Cast, ben: Staff) -> None:
    on_duty(cast, Post.NURSE, cast.alice)
    admit_patient(cast)
    page = read(cast.carol, PAGE)
    assert re.search(r"<option[^>]*>Alice Ames · until \d\d:\d\d</option>", page)
    assert "Ben Berg" not in page
    assert "1 patient with nobody named" in spaced(page)


def test_the_whole_ward_is_allocated_with_one_form_until_the_shift_ends(cast: Cast, carol: Client, ben: Staff) -> None:
    first, second = (admit_patient(cast, bed=bed) for bed in cast.beds[:2])
    on_duty(cast, Post.NURSE, cast.alice)
    duty = on_duty(cast, Post.NURSE, ben, hours=5)
    sent = carol.post(PAGE, answer(first, cast.alice) | answer(second, ben))
    assert sent.headers["Location"] == PAGE
    assert patients_nurse(first.pk, now()) == cast.alice
    allocation = Allocation.objects.get(stay=second)
    assert (allocation.nurse, allocation.ends_at, allocation.recorded_by) == (ben, duty.ends_at, cast.carol)


def test_only_what_was_changed_is_saved(cast: Cast, carol: Client, ben: Staff) -> None:
    """A colleague's newer choice is not undone by a page that showed the old one."""
    first, second = (admit_patient(cast, bed=bed) for bed in cast.beds[:2])
    for nurse in (cast.alice, ben):
        on_duty(cast, Post.NURSE, nurse)
    allocate(cast, first, ben)
    carol.post(PAGE, answer(first, None, shown=None) | answer(second, cast.alice))
    assert patients_nurse(first.pk, now()) == ben
    assert patients_nurse(second.pk, now()) == cast.alice


def test_a_patient_can_be_taken_from_a_nurse(cast: Cast, carol: Client) -> None:
    stay = admit_patient(cast)
    on_duty(cast, Post.NURSE, cast.alice)
    allocate(cast, stay, cast.alice)
    allocate(cast, stay, cast.alice, hours=3)
    carol.post(PAGE, answer(stay, None, shown=cast.alice))
    assert patients_nurse(stay.pk, now()) is None


def test_a_nurse_who_went_home_is_shown_as_such(cast: Cast) -> None:
    stay = admit_patient(cast)
    duty = on_duty(cast, Post.NURSE, cast.alice)
    allocate(cast, stay, cast.alice)
    cancel_duty(duty, by=cast.carol)
    assert "Alice Ames · not on shift" in read(cast.carol, PAGE)


def test_the_next_shift_can_be_allocated_ahead(cast: Cast, carol: Client, ben: Staff) -> None:
    stay = admit_patient(cast)
    on_duty(cast, Post.NURSE, cast.alice, hours=2)
    duty = on_duty(cast, Post.NURSE, ben, since=-2, hours=10)
    page = carol.get(PAGE).content.decode()
    assert f"?from={quote(duty.starts_at.isoformat())}" in page
    carol.post(f"{PAGE}?from={quote(duty.starts_at.isoformat())}", answer(stay, ben))
    assert patients_nurse(stay.pk, now()) is None
    assert patients_nurse(stay.pk, duty.starts_at) == ben


def test_a_nurse_who_is_not_there_is_refused_and_nothing_is_stored(cast: Cast, carol: Client, ben: Staff) -> None:
    first, second = (admit_patient(cast, bed=bed) for bed in cast.beds[:2])
    on_duty(cast, Post.NURSE, cast.alice)
    before = acts()
    refused = carol.post(PAGE, answer(first, cast.alice) | answer(second, ben))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "This nurse is not on shift any more." in page
    assert re.search(rf'<option value="{cast.alice.pk}" selected', page)
    assert (Allocation.objects.count(), acts()) == (0, before)


def test_with_nobody_on_shift_the_page_says_so(cast: Cast) -> None:
    admit_patient(cast)
    assert "No nurse is on the rota now." in spaced(read(cast.alice, PAGE))


def test_a_surgeon_looks_and_does_not_allocate(cast: Cast) -> None:
    stay = admit_patient(cast)
    on_duty(cast, Post.NURSE, cast.alice)
    allocate(cast, stay, cast.alice)
    page = read(cast.sam, PAGE)
    assert "Alice Ames" in page
    assert "Save allocation" not in page
    before = acts()
    assert signed_in(cast.sam).post(PAGE, answer(stay, None, shown=cast.alice)).status_code == 403
    assert (patients_nurse(stay.pk, now()), acts()) == (cast.alice, before)


def test_another_wards_allocation_does_not_exist(cast: Cast) -> None:
    stay = admit_patient(cast)
    client = signed_in(cast.nora)
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, answer(stay, cast.nora)).status_code == 404
    assert not Allocation.objects.exists()


def test_the_page_costs_the_same_however_many_patients(cast: Cast, ben: Staff) -> None:
    for nurse in (cast.alice, ben):
        on_duty(cast, Post.NURSE, nurse)
    allocate(cast, admit_patient(cast), cast.alice)
    read(cast.carol, PAGE)
    few = queries_of(lambda: read(cast.carol, PAGE))
    for bed in cast.beds[1:]:
        allocate(cast, admit_patient(cast, bed=bed), ben)
    assert queries_of(lambda: read(cast.carol, PAGE)) == few <= 35


def test_saving_twice_stores_once(cast: Cast, carol: Client) -> None:
    stay = admit_patient(cast)
    on_duty(cast, Post.NURSE, cast.alice)
    for _ in range(2):
        assert carol.post(PAGE, answer(stay, cast.alice)).status_code == 302
    assert Allocation.objects.count() == 1


def test_a_long_duty_allocates_for_a_day_at_most(cast: Cast, carol: Client) -> None:
    stay = admit_patient(cast)
    on_duty(cast, Post.CHARGE_NURSE, cast.carol, hours=5 * 24)
    carol.post(PAGE, answer(stay, cast.carol))
    assert Allocation.objects.get().ends_at - now() <= timedelta(hours=24)

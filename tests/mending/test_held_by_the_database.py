"""Whose a stay is changes under a mending that two people have signed, and by nothing else that asks the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from monitoring.checks.models import Check
from monitoring.mending import actions
from monitoring.mending.models import Mending
from monitoring.mending.rehearsing import rehearse
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient
from wards.models import Episode, Stay
from wards.models import Patient as Record

WHY = "Mixed up."


@pytest.fixture
def mending(cast: Cast, one: Patient) -> Mending:
    other = watched_patient(cast, bed=cast.beds[2])
    check = one.check(30, L4_left=4)
    return actions.propose_check_move(check, other.stay, by=cast.adam, reason=WHY)


@pytest.mark.parametrize("under", ["", "0", "itself"])
def test_no_stay_changes_hands_past_it(cast: Cast, one: Patient, mending: Mending, under: str) -> None:
    """Neither without a mending, nor under one that does not exist, or that only one person has signed."""
    with connection.cursor() as cursor:
        number = str(mending.pk) if under == "itself" else under
        cursor.execute("SELECT set_config('spinewatch.mending', %s, true)", [number])
    target = mending.target_id
    changes: tuple[Callable[[], object], ...] = (
        lambda: Stay.objects.filter(pk=one.stay.pk).update(patient=target),
        lambda: Stay.objects.filter(pk=one.stay.pk).update(episode=Episode.objects.get(patient=target)),
        lambda: Episode.objects.filter(pk=one.stay.episode_id).update(patient=target),
        lambda: Record.objects.filter(pk=mending.source_id).update(merged_into=target),
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="by a mending that a second person confirmed"), transaction.atomic():
            change()


def test_nor_does_an_entry_without_its_stay(one: Patient, mending: Mending) -> None:
    check = Check.objects.filter(stay=one.stay).first()
    assert check is not None
    with pytest.raises(IntegrityError, match="a signed entry is corrected"), transaction.atomic():
        Check.objects.filter(pk=check.pk).update(episode=Episode.objects.get(patient=mending.target_id))


def test_one_person_cannot_sign_for_two(cast: Cast, mending: Mending) -> None:
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Mending.objects.filter(pk=mending.pk).update(
            state="done", confirmed_by=cast.adam, confirmed_at=mending.proposed_at
        )


def test_nobody_is_admitted_to_a_merged_record(cast: Cast, one: Patient) -> None:
    duplicate = admit_patient(cast, bed=cast.beds[3])
    wrong = duplicate.patient
    proposed = actions.propose_merge(
        wrong, one.stay.patient, by=cast.adam, reason=WHY, keeps=one.stay,
        one_episode=(duplicate.episode, one.stay.episode),
    )  # fmt: skip
    actions.confirm(proposed, by=cast.carol)
    with pytest.raises(IntegrityError, match="merged into another"), transaction.atomic():
        Stay.objects.filter(pk=one.stay.pk).update(patient=wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stay.objects.create(
            patient=wrong, episode=one.stay.episode, ward=cast.ward_7b, bed=cast.beds[4],
            admitted_at=one.stay.admitted_at, recorded_by=cast.alice,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_leaves_nothing_and_is_never_committed(cast: Cast, one: Patient, mending: Mending) -> None:
    before = Check.objects.count()
    shown = rehearse(mending, by=cast.adam)
    assert [effect.stay for effect in shown.effects]
    assert Check.objects.count() == before
    assert set(Mending.objects.values_list("state", flat=True)) == {"open"}
    with pytest.raises(IntegrityError, match="rolled back, never committed"), transaction.atomic():
        Mending.objects.filter(pk=mending.pk).update(state="rehearsed")

"""A ward's beds: added, renamed, taken out of use and put back; never deleted."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, admit_patient, ago
from tests.together import together
from wards import actions
from wards.access import Forbidden
from wards.bed_actions import add_beds, close_bed, rename_bed, reopen_bed
from wards.models import Bed, Staff, Stay
from wards.queries import free_beds


def close(cast: Cast, bed: Bed) -> Bed:
    return close_bed(bed, by=cast.adam, reason="Window broken.")


def test_beds_are_added_together_each_on_the_record(cast: Cast) -> None:
    add_beds(cast.ward_7b, by=cast.adam, labels=["7B-7", " 7B-8 "])
    assert list(cast.ward_7b.beds.values_list("label", flat=True))[-2:] == ["7B-7", "7B-8"]
    assert AuditEntry.objects.filter(action="bed.added", ward=cast.ward_7b, actor=cast.adam).count() == 2


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["7B-7", "7b-1"], "There is a bed 7B-1 on this ward already."),
        (["A", "a"], "Two of these have the same label."),
        ([], "Give at least one bed a label."),
        (["x" * 17], "A label has at most 16 characters."),
        ([str(number) for number in range(61)], "At most 60 beds at once."),
    ],
)
def test_all_of_them_are_added_or_none(cast: Cast, labels: list[str], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_beds(cast.ward_7b, by=cast.adam, labels=labels)
    assert refused.value.message_dict == {"labels": [message]}
    assert cast.ward_7b.beds.count() == 6


def test_another_ward_may_use_the_same_labels(cast: Cast) -> None:
    assert len(add_beds(cast.ward_8c, by=cast.adam, labels=["7B-1"])) == 1


def test_a_bed_is_renamed_with_before_and_after(cast: Cast) -> None:
    rename_bed(cast.beds[0], by=cast.adam, label="Bay 1", seen="7B-1")
    assert Bed.objects.get(pk=cast.beds[0].pk).label == "Bay 1"
    assert AuditEntry.objects.get(action="bed.renamed").data == {"before": "7B-1", "after": "Bay 1"}


def test_a_stale_page_renames_nothing(cast: Cast) -> None:
    rename_bed(cast.beds[0], by=cast.adam, label="Bay 1", seen="7B-1")
    with pytest.raises(ValidationError, match="Somebody has renamed this bed meanwhile: it is Bay 1 now"):
        rename_bed(cast.beds[0], by=cast.adam, label="Bay 9", seen="7B-1")
    rename_bed(cast.beds[0], by=cast.adam, label="Bay 1", seen="7B-1")  # the same form again
    assert AuditEntry.objects.filter(action="bed.renamed").count() == 1


def test_no_two_beds_of_a_ward_are_called_the_same(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="There is a bed 7B-2 on this ward already"):
        rename_bed(cast.beds[0], by=cast.adam, label="7b-2", seen="7B-1")
    rename_bed(cast.beds[0], by=cast.adam, label="7b-1", seen="7B-1")  # its own, in other letters


def test_a_closed_bed_takes_nobody_and_is_offered_to_nobody(cast: Cast) -> None:
    close(cast, cast.beds[0])
    assert cast.beds[0] not in free_beds(cast.ward_7b)
    with pytest.raises(ValidationError) as refused:
        admit_patient(cast)
    assert refused.value.message_dict == {"bed": ["Bed 7B-1 is out of use. Choose another one."]}
    stay = admit_patient(cast, bed=cast.beds[1])
    with pytest.raises(ValidationError) as refused:
        actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds[0])
    assert list(refused.value.message_dict) == ["to_bed"]


def test_an_occupied_bed_stays_in_use(cast: Cast) -> None:
    stay = admit_patient(cast)
    with pytest.raises(ValidationError, match="Somebody lies in bed 7B-1"):
        close(cast, stay.bed)
    actions.discharge(stay, by=cast.alice, at=ago(minutes=1), departure="home")
    assert close(cast, stay.bed).closed_by == cast.adam


def test_who_lay_in_it_stays_on_the_record_and_it_comes_back(cast: Cast) -> None:
    stay = admit_patient(cast)
    actions.discharge(stay, by=cast.alice, at=ago(minutes=1), departure="home")
    close(cast, stay.bed)
    assert Stay.objects.get(pk=stay.pk).bed == cast.beds[0]
    for _ in range(2):
        reopen_bed(stay.bed, by=cast.adam)
    assert cast.beds[0] in free_beds(cast.ward_7b)
    kept = AuditEntry.objects.filter(action__startswith="bed.").order_by("pk")
    assert list(kept.values_list("action", "reason")) == [("bed.closed", "Window broken."), ("bed.reopened", "")]


def test_closing_twice_is_once_and_keeps_the_first(cast: Cast) -> None:
    first = close(cast, cast.beds[0]).closed_at
    assert close(cast, cast.beds[0]).closed_at == first


def test_the_label_of_a_closed_bed_is_kept_for_it(cast: Cast) -> None:
    close(cast, cast.beds[0])
    with pytest.raises(ValidationError, match="Bed 7B-1 is there, out of use"):
        add_beds(cast.ward_7b, by=cast.adam, labels=["7B-1"])


def test_only_administrators_of_the_ward_may(cast: Cast) -> None:
    people: list[Staff] = [cast.alice, cast.carol, cast.sam, cast.nora]
    for somebody in people:
        with pytest.raises(Forbidden):
            add_beds(cast.ward_7b, by=somebody, labels=["X"])
        with pytest.raises(Forbidden):
            rename_bed(cast.beds[0], by=somebody, label="X", seen="7B-1")
        with pytest.raises(Forbidden):
            close_bed(cast.beds[0], by=somebody, reason="Broken.")
        with pytest.raises(Forbidden):
            reopen_bed(cast.beds[0], by=somebody)


def test_the_database_refuses_a_bed_closed_by_nobody(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Bed.objects.filter(pk=cast.beds[0].pk).update(closed_at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_a_bed_is_never_closed_over_somebody_who_is_admitted_at_that_moment(cast: Cast) -> None:
    for bed in cast.beds:
        answers = together(lambda bed=bed: admit_patient(cast, bed=bed), lambda bed=bed: close(cast, bed))  # type: ignore[misc]
        assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
        closed = Bed.objects.get(pk=bed.pk).closed_at is not None
        assert closed != Stay.objects.filter(bed=bed, discharged_at=None).exists()

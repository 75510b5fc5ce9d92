"""What all entries of the pathway share: signed once, corrected by a new row in the same place, taken back once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from monitoring.due.models import Watch
from tests.cast import Cast
from tests.pathway.examples import SAMPLES, Sample, stored
from wards.access import Forbidden
from wards.models import ClinicalEntry, Operation, Staff, entries_of

WHY = "mixed up"


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Sample:
    return SAMPLES[request.param]


@pytest.fixture
def entry(sample: Sample, cast: Cast, reoperation: Operation) -> ClinicalEntry:
    entry: ClinicalEntry = sample.sign(cast, reoperation, cast.sam, uuid4())
    return entry


def audited(entry: ClinicalEntry) -> list[AuditEntry]:
    return list(
        AuditEntry.objects.filter(subject_type=entry._meta.label_lower, subject_id=str(entry.pk)).order_by("id")
    )


def both(sample: Sample, entry: ClinicalEntry, by: Staff, why: str) -> list[Callable[[], object]]:
    """A correction and a retraction of the entry."""
    return [partial(sample.correct, entry, by, why, uuid4()), partial(sample.retract, entry, by, why)]


def row(entry: ClinicalEntry) -> dict[str, Any]:
    return {field.attname: getattr(read_again(entry), field.attname) for field in entry._meta.concrete_fields}


def read_again(entry: ClinicalEntry) -> ClinicalEntry:
    return entries_of(type(entry)).get(pk=entry.pk)


def is_standing(entry: ClinicalEntry) -> bool:
    return entries_of(type(entry)).standing().filter(pk=entry.pk).exists()


def others(cast: Cast, sample: Sample) -> dict[str, Staff]:
    people = {name: getattr(cast, name) for name in ("alice", "carol", "sam", "adam", "nora", "sue")}
    return {name: staff for name, staff in people.items() if name not in sample.may}


def test_whoever_may_signs_and_is_named(sample: Sample, cast: Cast, reoperation: Operation) -> None:
    for name in sample.may:
        staff: Staff = getattr(cast, name)
        signed = sample.sign(cast, reoperation, staff, uuid4())
        assert (signed.recorded_by, signed.stay, signed.episode) == (staff, reoperation.stay, reoperation.episode)
        sample.retract(signed, staff, WHY)


def test_who_may_not_is_refused_and_nothing_is_stored(
    sample: Sample, entry: ClinicalEntry, cast: Cast, reoperation: Operation
) -> None:
    before = stored()
    for staff in others(cast, sample).values():
        for call in (
            partial(sample.sign, cast, reoperation, staff, uuid4()),
            partial(sample.correct, entry, staff, WHY, uuid4()),
            partial(sample.retract, entry, staff, WHY),
        ):
            with pytest.raises(Forbidden):
                call()
    assert stored() == before
    assert is_standing(entry)


def test_an_entry_sent_twice_is_stored_once(sample: Sample, cast: Cast, reoperation: Operation) -> None:
    key = uuid4()
    first = sample.sign(cast, reoperation, cast.sam, key)
    before = stored()
    assert sample.sign(cast, reoperation, cast.sam, key) == first
    assert stored() == before
    assert len(audited(first)) == 1


def test_the_same_key_with_other_content_is_refused(sample: Sample, cast: Cast, reoperation: Operation) -> None:
    key = uuid4()
    sample.sign(cast, reoperation, cast.sam, key)
    before = stored()
    with pytest.raises(ValidationError, match=r"already saved at .* with other values"):
        sample.sign_otherwise(cast, reoperation, cast.sam, key)
    assert stored() == before


def test_a_correction_keeps_the_place_and_leaves_the_old_row(sample: Sample, entry: ClinicalEntry, cast: Cast) -> None:
    before = row(entry)
    new = sample.correct(entry, cast.sam, WHY, uuid4())
    assert (new.place, new.supersedes_id, new.correction_reason, new.at) == (entry.place, entry.pk, WHY, entry.at)
    assert row(entry) == before
    assert is_standing(new)
    assert not is_standing(entry)


def test_a_correction_keeps_what_the_entry_belongs_to(sample: Sample, entry: ClinicalEntry, cast: Cast) -> None:
    """The samples name another study or drain, another stage: that is not corrected, but taken back."""
    new = sample.correct(entry, cast.sam, WHY, uuid4())
    for name in {"study", "drain", "stage", "operation_id", "operation_place"} & {*vars(entry)}:
        assert getattr(new, name) == getattr(entry, name)


def test_a_correction_sent_twice_is_stored_once(sample: Sample, entry: ClinicalEntry, cast: Cast) -> None:
    key = uuid4()
    first = sample.correct(entry, cast.sam, WHY, key)
    assert sample.correct(entry, cast.sam, WHY, key) == first
    assert len(audited(first)) == 1


def test_what_was_corrected_is_not_corrected_or_taken_back_again(
    sample: Sample, entry: ClinicalEntry, cast: Cast
) -> None:
    sample.correct(entry, cast.sam, WHY, uuid4())
    before = stored()
    for call in both(sample, entry, cast.sam, WHY):
        with pytest.raises(ValidationError, match="Sam Stone corrected this entry"):
            call()
    assert stored() == before


def test_a_correction_and_a_retraction_say_why(sample: Sample, entry: ClinicalEntry, cast: Cast) -> None:
    for call in both(sample, entry, cast.sam, " "):
        with pytest.raises(ValidationError) as refused:
            call()
        assert refused.value.message_dict == {"reason": ["Say why: it stays on the record."]}


def test_what_is_taken_back_stays_on_the_record_and_counts_no_more(
    sample: Sample, entry: ClinicalEntry, cast: Cast
) -> None:
    sample.retract(entry, cast.sam, WHY)
    taken_back = read_again(entry)
    assert (taken_back.retracted_by, taken_back.retraction_reason) == (cast.sam, WHY)
    assert not is_standing(entry)
    assert sample.retract(entry, cast.sam, WHY).retracted_at == taken_back.retracted_at
    assert [line.action.partition(".")[2] for line in audited(entry)] == ["recorded", "retracted"]


def test_each_change_has_its_line_in_the_audit_log_without_anything_of_the_patient(
    sample: Sample, entry: ClinicalEntry, cast: Cast
) -> None:
    new = sample.correct(entry, cast.sam, WHY, uuid4())
    sample.retract(new, cast.sam, "never was")
    kind, stay = entry._meta.model_name, entry.stay_id
    lines = [(line.action, line.actor, line.reason, line.data) for line in [*audited(entry), *audited(new)]]
    assert lines == [
        (f"{kind}.recorded", cast.sam, "", {"stay": stay}),
        (f"{kind}.corrected", cast.sam, WHY, {"stay": stay, "supersedes": entry.pk}),
        (f"{kind}.retracted", cast.sam, "never was", {"stay": stay}),
    ]
    assert {line.patient_id for line in [*audited(entry), *audited(new)]} == {entry.stay.patient_id}


def test_the_entry_and_its_audit_line_are_one_transaction(
    sample: Sample, cast: Cast, reoperation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    sample.retract(sample.sign(cast, reoperation, cast.sam, uuid4()), cast.sam, WHY)  # what it rests on is there
    before = stored()
    monkeypatch.setattr("monitoring.audit.models.AuditEntry.objects.create", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        sample.sign(cast, reoperation, cast.sam, uuid4())
    assert stored() == before


def test_nothing_here_moves_an_assessment(
    sample: Sample, entry: ClinicalEntry, cast: Cast, reoperation: Operation
) -> None:
    """It makes the stay due to be looked at, and marks no history as changed (docs/architecture.md)."""
    watch = Watch.objects.filter(stay=reoperation.stay)
    watch.update(assess_at=None, changed_since=None, changes=[])
    new = sample.correct(entry, cast.sam, WHY, uuid4())
    sample.retract(new, cast.sam, WHY)
    assert watch.filter(assess_at__lte=clock.now(), changed_since=None, changes=[]).exists()


CHANGED = {
    "imaging": "modality = 'XRAY'",
    "report": "finding = 'none_found'",
    "plan": "planned_at = planned_at + interval '1 hour'",
    "findings": "finding = 'none_found'",
    "drain": "label = 'other'",
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_refuses_to_change_or_delete_what_was_signed(
    cast: Cast, reoperation: Operation, name: str
) -> None:
    table = SAMPLES[name].sign(cast, reoperation, cast.sam, uuid4())._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit: nothing is pending that could refuse too
        for change in (f"UPDATE {table} SET {CHANGED[name]}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
                cursor.execute(change)


def test_a_retraction_is_signed_and_is_never_taken_back(sample: Sample, entry: ClinicalEntry, cast: Cast) -> None:
    rows = entries_of(type(entry)).filter(pk=entry.pk)
    with pytest.raises(IntegrityError, match="retraction_is_signed"), transaction.atomic():
        rows.update(retracted_at=clock.now())
    sample.retract(entry, cast.sam, WHY)
    with pytest.raises(IntegrityError, match="retracted once"), transaction.atomic():
        rows.update(retracted_at=None, retracted_by=None, retraction_reason="")

"""What a clinician signed is never changed or deleted, by whatever code."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from monitoring.due import clock
from tests.cast import Cast, admit_patient, ago, operate
from wards import actions
from wards.models import Move, Operation, Patient, Stay

SIGNED = {"retracted_at", "retracted_by", "retraction_reason"}


def refused(match: str, call: Any) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        call()


@pytest.fixture
def operation(cast: Cast) -> Operation:
    return operate(cast, admit_patient(cast))


@pytest.mark.parametrize(
    "column", [field.column for field in Operation._meta.concrete_fields if field.name not in SIGNED]
)
def test_no_column_of_a_signed_entry_changes_even_with_a_retraction(
    cast: Cast, operation: Operation, column: str
) -> None:
    kind = {field.column: field.get_internal_type() for field in Operation._meta.concrete_fields}[column]
    other = {
        "BigAutoField": f"{column} + 1000",
        "BigIntegerField": f"{column} + 1000",
        "UUIDField": "gen_random_uuid()",
        "DateTimeField": f"{column} - interval '1 minute'",
        "BooleanField": f"NOT {column}",
        "ForeignKey": f"{column} + 1000",
        "OneToOneField": "id",
        "CharField": "'L3'",
        "TextField": "'other'",
    }[kind]
    retraction = f"retracted_at = now(), retracted_by_id = {cast.sam.pk}, retraction_reason = 'x'"
    for change in (f"{column} = {other}", f"{column} = {other}, {retraction}"):
        with connection.cursor() as cursor:
            refused(
                "retracted once",
                lambda change=change, cursor=cursor: cursor.execute(
                    f"UPDATE wards_operation SET {change} WHERE id = %s", [operation.pk]
                ),
            )


def test_a_retraction_is_signed_once_and_never_undone_or_changed(cast: Cast, operation: Operation) -> None:
    actions.retract_operation(operation, by=cast.sam, reason="wrong patient")
    rows = Operation.objects.filter(pk=operation.pk)
    refused("retracted once", lambda: rows.update(retracted_at=None, retracted_by=None, retraction_reason=""))
    refused("retracted once", lambda: rows.update(retracted_at=clock.now()))
    refused("retracted once", lambda: rows.update(retraction_reason="another"))


def test_a_retraction_without_name_or_reason_is_not_stored(cast: Cast, operation: Operation) -> None:
    rows = Operation.objects.filter(pk=operation.pk)
    refused("operation_retraction_is_signed", lambda: rows.update(retracted_at=clock.now()))
    refused("operation_retraction_is_signed", lambda: rows.update(retracted_at=clock.now(), retracted_by=cast.sam))


def test_signed_entries_are_not_deleted(operation: Operation) -> None:
    refused("DELETE on wards_operation is refused", lambda: Operation.objects.filter(pk=operation.pk).delete())


@pytest.mark.parametrize("model", [Stay, Patient, Move])
def test_stays_patients_and_moves_are_not_deleted(cast: Cast, model: type[models.Model]) -> None:
    stay = admit_patient(cast)
    actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds[1])
    table = model._meta.db_table
    with connection.cursor() as cursor:
        refused(f"DELETE on {table} is refused", lambda: cursor.execute(f"DELETE FROM {table}"))


def test_moves_are_not_changed(cast: Cast) -> None:
    actions.move(admit_patient(cast), by=cast.alice, at=ago(hours=1), to_bed=cast.beds[1])
    refused("UPDATE on wards_move is refused", lambda: Move.objects.update(moved_at=clock.now()))


@pytest.mark.parametrize("table", ["wards_operation", "wards_move", "wards_stay", "wards_patient"])
def test_no_table_is_emptied_at_once(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        refused("TRUNCATE on", lambda: cursor.execute(f"TRUNCATE {table} CASCADE"))

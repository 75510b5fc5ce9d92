"""Every row of a tracked table keeps what it was and what it became, whoever changed it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg2.sql import SQL

from monitoring.audit.context import Origin, coming_from
from monitoring.audit.models import AuditEntry, RowChange
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.watchdog.cast import ensure_cast
from monitoring.watchdog.patient import admit, purge
from tests.blueprint import with_database
from tests.cast import Cast, admit_patient, person
from tests.stack import run_sql
from wards.models import Bed, Role, Staff, Ward


def changes(table: str, row_id: object) -> list[RowChange]:
    return list(RowChange.objects.filter(table=table, row_id=str(row_id)).order_by("id"))


def before(change: RowChange) -> dict[str, Any]:
    assert isinstance(change.before, dict)
    return change.before


def after(change: RowChange) -> dict[str, Any]:
    assert isinstance(change.after, dict)
    return change.after


def of_request(act: Callable[[], Any]) -> None:
    with coming_from(Origin(request_id="a1b2c3")):
        act()


def test_a_new_row_is_kept_whole(cast: Cast) -> None:
    stay = admit_patient(cast)
    [made] = changes("wards_stay", stay.pk)
    assert (made.operation, made.before) == ("INSERT", None)
    assert after(made)["patient_id"] == stay.patient_id
    assert after(made)["discharged_at"] is None
    assert set(after(made)) == {field.column for field in stay._meta.concrete_fields}


def test_of_an_update_the_columns_that_differ_are_kept_as_they_were_and_became(cast: Cast) -> None:
    Bed.objects.filter(pk=cast.beds[0].pk).update(label="7B-99")
    changed = changes("wards_bed", cast.beds[0].pk)[-1]
    assert (changed.operation, changed.before, changed.after) == ("UPDATE", {"label": "7B-1"}, {"label": "7B-99"})


def test_what_was_nothing_and_became_something_differs_too(cast: Cast) -> None:
    Ward.objects.filter(pk=cast.ward_7b.pk).update(retarget_at=now())
    changed = changes("wards_ward", cast.ward_7b.pk)[-1]
    assert changed.before == {"retarget_at": None}
    assert after(changed)["retarget_at"] is not None


def test_an_update_that_changes_nothing_leaves_nothing(cast: Cast) -> None:
    before = RowChange.objects.count()
    Bed.objects.filter(pk=cast.beds[0].pk).update(label=cast.beds[0].label)
    assert RowChange.objects.count() == before


def test_of_a_row_that_goes_all_is_kept(cast: Cast) -> None:
    bed = Bed.objects.create(ward=cast.ward_7b, label="X")
    row_id = bed.pk
    bed.delete()
    gone = changes("wards_bed", row_id)[-1]
    assert (gone.operation, gone.after, before(gone)["label"]) == ("DELETE", None, "X")


def test_of_a_secret_only_that_it_changed_is_kept(cast: Cast) -> None:
    quinn = person("Quinn", "Quist", (cast.ward_7b, Role.NURSE))
    password = quinn.password
    quinn.set_password("another horse battery")
    quinn.save()
    made, changed = changes("wards_staff", quinn.pk)
    assert after(made)["username"] == "quinn"
    assert after(made)["password"] == "(not kept)"
    assert (changed.before, changed.after) == ({"password": "(not kept)"}, {"password": "(not kept)"})
    assert password not in str([made.after, changed.before])


def test_a_change_carries_the_request_and_the_transaction_of_its_entry(cast: Cast) -> None:
    of_request(lambda: admit_patient(cast))
    entry = AuditEntry.objects.get(action="stay.admitted")
    assert entry.request_id == "a1b2c3"
    tied = RowChange.objects.filter(request_id="a1b2c3", xact=entry.xact)
    assert {"wards_patient", "wards_episode", "wards_stay"} <= set(tied.values_list("table", flat=True))
    assert RowChange.objects.filter(table="wards_bed").exclude(request_id="").count() == 0


@pytest.mark.parametrize("many", [False, True])
def test_raw_sql_in_a_request_carries_it_too(cast: Cast, many: bool) -> None:
    statement, bed = "UPDATE wards_bed SET label = %s WHERE id = %s", cast.beds[0]

    def act() -> None:
        with connection.cursor() as cursor:
            if many:
                cursor.executemany(statement, [("R", bed.pk), ("S", bed.pk)])
            else:
                cursor.execute(SQL(statement), ["R", bed.pk])
                assert cursor.rowcount == 1

    of_request(act)
    told = changes("wards_bed", bed.pk)[1:]
    assert [change.request_id for change in told] == ["a1b2c3"] * (2 if many else 1)


def test_what_comes_after_a_savepoint_that_was_rolled_back_still_carries_it(cast: Cast) -> None:
    def act() -> None:
        with transaction.atomic():
            Bed.objects.filter(pk=cast.beds[1].pk).update(label="never")
            transaction.set_rollback(True)
        Bed.objects.filter(pk=cast.beds[0].pk).update(label="S")

    of_request(act)
    assert changes("wards_bed", cast.beds[0].pk)[-1].request_id == "a1b2c3"
    assert len(changes("wards_bed", cast.beds[1].pk)) == 1


def past_the_application(statement: str, parameters: list[Any]) -> None:
    """As from psql: on a connection that knows of no request."""
    run_sql(with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]), statement, parameters)


@pytest.mark.django_db(transaction=True)
def test_a_statement_past_the_application_is_tied_to_no_entry(cast: Cast) -> None:
    of_request(lambda: Bed.objects.filter(pk=cast.beds[0].pk).update(label="S"))
    past_the_application("UPDATE wards_bed SET label = 'psql' WHERE id = %s", [cast.beds[0].pk])
    by_request, past_it = changes("wards_bed", cast.beds[0].pk)[1:]
    assert (by_request.request_id, past_it.request_id) == ("a1b2c3", "")
    assert past_it.after == {"label": "psql"}
    assert past_it.database_user == connection.settings_dict["USER"]
    assert not AuditEntry.objects.filter(xact=past_it.xact).exists()
    Bed.objects.filter(pk=cast.beds[0].pk).update(label="next")  # the connection carried nothing over
    assert changes("wards_bed", cast.beds[0].pk)[-1].request_id == ""


@pytest.mark.django_db(transaction=True)
def test_what_the_application_derives_is_kept_only_when_somebody_else_changes_it(cast: Cast) -> None:
    of_request(lambda: admit_patient(cast))
    watch = Watch.objects.get()
    of_request(watch.save)
    assert not changes("due_watch", watch.pk)
    past_the_application("UPDATE due_watch SET assess_at = NULL WHERE id = %s", [watch.pk])
    [silenced] = changes("due_watch", watch.pk)
    assert silenced.after == {"assess_at": None}


def test_the_watchdogs_rows_leave_none(db: None) -> None:
    ensure_cast()
    admit(-1)
    purge()
    assert not RowChange.objects.exclude(table="wards_staff").exists()
    assert not RowChange.objects.filter(row_id__startswith="-").exists()


@pytest.mark.parametrize(
    ("word", "statement"),
    [
        ("UPDATE", "UPDATE audit_rowchange SET after = '{}'"),
        ("DELETE", "DELETE FROM audit_rowchange"),
        ("TRUNCATE", "TRUNCATE audit_rowchange"),
        ("TRUNCATE", "TRUNCATE wards_bed CASCADE"),
    ],
)
def test_the_history_is_never_changed_nor_passed_by(cast: Cast, word: str, statement: str) -> None:
    connection.check_constraints()
    before = list(RowChange.objects.order_by("id").values())
    with (
        pytest.raises(IntegrityError, match=f"{word} on .* is refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(RowChange.objects.order_by("id").values()) == before
    assert before


def test_staff_are_kept_without_what_is_written_at_every_signing_in(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.sam.pk).update(pin="hash", pin_failures=3)
    changed = changes("wards_staff", cast.sam.pk)[-1]
    assert changed.after == {"pin": "(not kept)", "pin_failures": "(not kept)"}

"""The audit log only grows, and only with what it tells of."""

import pytest
from django.db import IntegrityError, connection, transaction

from monitoring.audit import actions
from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, admit_patient


@pytest.mark.parametrize(
    ("word", "statement"),
    [
        ("UPDATE", "UPDATE audit_auditentry SET reason = 'nothing happened'"),
        ("UPDATE", "UPDATE audit_auditentry SET reason = reason WHERE false"),
        ("DELETE", "DELETE FROM audit_auditentry"),
        ("TRUNCATE", "TRUNCATE audit_auditentry"),
    ],
)
def test_an_entry_is_never_changed_or_removed(cast: Cast, word: str, statement: str) -> None:
    admit_patient(cast)
    before = list(AuditEntry.objects.order_by("id").values())
    connection.check_constraints()  # or TRUNCATE is refused for another reason: foreign keys still to be checked
    with (
        pytest.raises(IntegrityError, match=f"{word} on audit_auditentry is refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(AuditEntry.objects.order_by("id").values()) == before
    assert before


def test_an_entry_says_who_what_about_whom_when_and_why(cast: Cast) -> None:
    stay = admit_patient(cast)
    before = clock.now()
    with transaction.atomic():
        actions.record(
            "stay.viewed",
            by=cast.sam,
            about=stay,
            patient_id=stay.patient_id,
            reason="ward round",
            data={"page": "stay"},
        )
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor, entry.action, entry.patient) == (cast.sam, "stay.viewed", stay.patient)
    assert (entry.subject_type, entry.subject_id) == ("wards.stay", str(stay.pk))
    assert (entry.reason, entry.data, entry.address, entry.request_id) == ("ward round", {"page": "stay"}, None, "")
    assert before <= entry.at <= clock.now()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused(cast: Cast) -> None:
    with pytest.raises(transaction.TransactionManagementError, match="belongs in the transaction"):
        actions.record("ward.viewed", by=cast.sam, about=cast.ward_7b)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_the_change_that_failed(cast: Cast) -> None:
    with transaction.atomic():
        actions.record("ward.viewed", by=None, about=cast.ward_7b)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()

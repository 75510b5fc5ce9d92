"""A verification asked for on the page is done piece by piece, one at a time, and its result is kept."""

from __future__ import annotations

import pytest

from monitoring.audit.models import AuditEntry
from monitoring.seals import background
from monitoring.seals.background import ask_for_verification, run_verification, verifications_due
from monitoring.seals.findings import Finding, What
from monitoring.seals.models import Seal, Verification
from tests.cast import Cast
from tests.seals.ledger import tamper


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """One seal a piece."""
    monkeypatch.setattr("monitoring.seals.walk.SEALS_AT_A_TIME", 1)
    monkeypatch.setattr(background, "PIECE_SECONDS", 1e-9)


def finish() -> Verification:
    for _ in range(100):
        for verification_id in verifications_due(10):
            run_verification(verification_id)
    return Verification.objects.get(due_at=None)


def test_its_result_is_kept_and_recorded(sealed_log: None, cast: Cast) -> None:
    asked = ask_for_verification(by=cast.adam)
    done = finish()
    assert (done.pk, done.found, done.rows, done.seals) == (asked.pk, 0, 640, Seal.objects.count())
    assert done.finished_at is not None
    told = AuditEntry.objects.filter(subject_type="seals.verification").order_by("id")
    assert [(one.action, one.actor) for one in told] == [
        ("audit.verification_requested", cast.adam),
        ("audit.verified", None),
    ]
    assert told[1].data == {"seals": done.seals, "findings": 0}


def test_in_pieces_it_finds_the_same(sealed_log: None, cast: Cast, in_pieces: None) -> None:
    tamper("UPDATE audit_auditentry SET reason = 'x' WHERE id = 5")
    tamper("DELETE FROM audit_rowchange WHERE id = 300")
    tamper("UPDATE seals_seal SET note = '{\"a\": 1}' WHERE number = 4")
    ask_for_verification(by=cast.adam)
    for verification_id in verifications_due(10):
        run_verification(verification_id)
    assert Verification.objects.get().finished_at is None
    done = finish()
    found = [Finding.from_json(one) for one in done.findings]
    assert [(one.what, one.row_id) for one in found] == [
        (What.SEAL_CHANGED, None),
        (What.CHANGED, 5),
        (What.DELETED, 300),
    ]
    assert (done.found, done.seals) == (3, Seal.objects.count())


def test_a_row_moved_between_two_seals_is_one_finding_in_pieces_too(
    sealed_log: None, cast: Cast, in_pieces: None
) -> None:
    tamper("UPDATE audit_auditentry SET xact = xact + 20 WHERE id = 5")
    ask_for_verification(by=cast.adam)
    assert finish().found == 1


def test_asked_for_twice_it_is_done_once(sealed_log: None, cast: Cast) -> None:
    assert ask_for_verification(by=cast.adam) == ask_for_verification(by=cast.adam)
    finish()
    assert ask_for_verification(by=cast.adam).pk != Verification.objects.earliest("pk").pk


def test_of_two_who_take_it_one_goes_on(sealed_log: None, cast: Cast, in_pieces: None) -> None:
    asked = ask_for_verification(by=cast.adam)
    Verification.objects.update(due_at=None)
    run_verification(asked.pk)
    assert Verification.objects.get().seals == 0


def test_a_piece_that_raises_is_tried_again(sealed_log: None, cast: Cast) -> None:
    asked = ask_for_verification(by=cast.adam)
    background.back_off(asked.pk, OSError("/secret"))
    asked.refresh_from_db()
    assert asked.last_error == "OSError"
    assert verifications_due(10) == []

"""A verification asked for on the page: done piece by piece in the slow lane, so that it holds up no message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.seals.findings import Finding
from monitoring.seals.models import Verification
from monitoring.seals.verification import Report, concluded
from monitoring.seals.walk import Difference, Progress, Walk

PIECE_SECONDS = 4.0
LEASE = timedelta(seconds=60)
AFTER_A_FAILURE = timedelta(seconds=30)
MOST_STORED = 100  # findings; all are counted


@transaction.atomic
def ask_for_verification(*, by: AbstractBaseUser) -> Verification:
    """Have the whole chain verified; where that is being done already, that one."""
    fresh = Verification(asked_by_id=by.pk, asked_at=now(), due_at=now())
    Verification.objects.bulk_create([fresh], ignore_conflicts=True)
    running = Verification.objects.filter(finished_at=None).get()
    record("audit.verification_requested", by=by, about=running)
    return running


def verifications_due(limit: int) -> Sequence[int]:
    due = Verification.objects.filter(due_at__lte=now()).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:limit])


def run_verification(verification_id: int) -> None:
    """Do one piece, for some seconds, and store how far it came. Claimed by a lease: who comes second leaves."""
    at = now()
    mine = Verification.objects.filter(pk=verification_id, due_at__lte=at)
    if not mine.update(due_at=at + LEASE):
        return
    verification = Verification.objects.get(pk=verification_id)
    progress = _progress_of(verification)
    is_at_end = Walk(progress).go_on(PIECE_SECONDS)
    _store(verification, progress)
    if is_at_end:
        _finish(verification, concluded(progress))
    else:
        verification.due_at = now()
        verification.save()


def _progress_of(verification: Verification) -> Progress:
    stored = [Difference(**one) for one in verification.differences]
    return Progress(
        next_number=verification.next_number,
        seals=verification.seals,
        rows=verification.rows,
        removed=verification.removed,
        more=max(0, verification.found - len(verification.findings)),
        differences={(one.log, one.row_id): one for one in stored},
        findings=[Finding.from_json(one) for one in verification.findings],
    )


def _store(verification: Verification, progress: Progress) -> None:
    verification.next_number, verification.seals = progress.next_number, progress.seals
    verification.rows, verification.removed = progress.rows, progress.removed
    verification.differences = progress.differences_to_json()
    verification.findings = [finding.to_json() for finding in progress.findings]
    verification.found = len(progress.findings) + progress.more


@transaction.atomic
def _finish(verification: Verification, report: Report) -> None:
    """Keep the result; the audit log says that there was one, and how many findings."""
    at = now()
    verification.findings = [finding.to_json() for finding in report.findings[:MOST_STORED]]
    verification.found = len(report.findings) + report.more
    verification.differences, verification.due_at, verification.finished_at = [], None, at
    verification.last_error = ""
    verification.save()
    record("audit.verified", by=None, about=verification, data={"seals": report.seals, "findings": verification.found})


def back_off(verification_id: int, error: Exception) -> None:
    """Note that a piece raised; it is tried again in half a minute."""
    Verification.objects.filter(pk=verification_id, finished_at=None).update(
        due_at=now() + AFTER_A_FAILURE, last_error=type(error).__name__
    )

"""The audit log as a file, streamed: whatever its length, the application holds a few hundred entries at a time.

Entries come in the order of time, through a cursor of the database's and as of one instant. In JSON Lines they are
followed by the rows that their transactions changed, before and after. A cell of the CSV that a spreadsheet would take
for a formula begins with an apostrophe.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet

from monitoring.audit.actions import record
from monitoring.audit.models import AuditEntry, RowChange
from monitoring.desks.admin.audit_filter import EPOCH, AuditFilter
from monitoring.desks.admin.audit_forms import ExportForm
from monitoring.desks.admin.audit_queries import LONGEST, OLDEST
from monitoring.desks.admin.audit_words import action_words
from monitoring.desks.common.csv_lines import AT_A_TIME, csv_lines, in_pieces
from wards.models import Staff

TYPES: Final = {ExportForm.CSV: "text/csv; charset=utf-8", ExportForm.LINES: "application/jsonl; charset=utf-8"}


@transaction.atomic
def note_export(asked: AuditFilter, *, by: Staff, form: str, reason: str) -> None:
    """Write down that somebody takes this out of the house. It is done before the first byte leaves."""
    record(
        "audit.exported",
        by=by,
        about=by,
        patient_id=asked.patient_id,
        ward_id=asked.ward_id,
        reason=reason,
        data={"as": form, "filters": asked.names},
    )


def file_name(form: str, at: datetime) -> str:
    """Says when, and nothing of what is in it."""
    return f"spinewatch-audit-{at:%Y%m%dT%H%M%SZ}.{form}"


def exported(entries: QuerySet[AuditEntry], form: str) -> Iterator[str]:
    """The file's text, in pieces."""
    lines = _csv_lines(entries) if form == ExportForm.CSV else _json_lines(entries)
    for piece in in_pieces(lines, AT_A_TIME):
        yield "".join(piece)


def _csv_lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    told = (
        facts_of(entry) | {"data": json.dumps(entry.data, ensure_ascii=False)} for entry in _through_a_cursor(entries)
    )
    return csv_lines(list(facts_of(AuditEntry(at=EPOCH))), (facts.values() for facts in told))


def _json_lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    told: set[int] = set()
    for some in in_pieces(_through_a_cursor(entries), AT_A_TIME):
        for entry in some:
            yield _json({"line": "entry", **facts_of(entry)})
        written = {entry.xact: entry.at for entry in some}
        rows = RowChange.objects.filter(xact__in=written.keys() - told).order_by("xact", "id")
        for row in rows.iterator(chunk_size=AT_A_TIME):
            if abs(row.at - written[row.xact]) < LONGEST:
                yield _json({"line": "row", **row_facts(row)})
        told = set(written)  # the entries of a transaction follow each other


def _through_a_cursor(entries: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    with transaction.atomic():
        named = entries.select_related("actor", "patient", "ward").order_by(*OLDEST)
        yield from named.iterator(chunk_size=AT_A_TIME)


def facts_of(entry: AuditEntry) -> dict[str, Any]:
    """An entry by the names that stand over its columns."""
    patient = entry.patient
    return {
        "number": entry.pk,
        "at": entry.at.isoformat(),
        "username": entry.actor.username if entry.actor else "",
        "name": str(entry.actor) if entry.actor else "",
        "role": entry.acting_role,
        "action": entry.action,
        "words": action_words(entry.action),
        "subject": entry.subject_type,
        "subject_id": entry.subject_id,
        "record_number": patient.record_number if patient else "",
        "patient": patient.display_name if patient else "",
        "ward": entry.ward.code if entry.ward else "",
        "why": entry.reason,
        "data": entry.data,
        "address": entry.address or "",
        "device": entry.device,
        "agent": entry.agent,
        "session": entry.session,
        "request": entry.request_id,
        "cause": entry.cause,
        "transaction": entry.xact,
    }


def row_facts(row: RowChange) -> dict[str, Any]:
    """A row change by the same rule."""
    return {
        "at": row.at.isoformat(),
        "operation": row.operation,
        "table": row.table,
        "row": row.row_id,
        "before": row.before,
        "after": row.after,
        "database_user": row.database_user,
        "request": row.request_id,
        "transaction": row.xact,
    }


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n"

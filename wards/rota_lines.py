"""The life of a line: recorded, and perhaps cancelled; never changed. Under the lock that its action holds."""

from __future__ import annotations

from typing import TypeVar

from monitoring.audit import actions as audit
from monitoring.due import clock
from wards.models import Allocation, Duty, Staff, Stay

LineT = TypeVar("LineT", Duty, Allocation)


def record_duty(duty: Duty) -> Duty:
    """Save a new line of the rota, with its audit entry."""
    duty.save(force_insert=True)
    data = {
        "ward": duty.ward_id,
        "post": duty.post,
        "staff": duty.staff_id,
        "from": duty.starts_at.isoformat(),
        "until": duty.ends_at.isoformat(),
        "handed_over_from": duty.handed_over_from_id,
    }
    audit.record("duty.recorded", by=duty.recorded_by, about=duty, data=data)
    return duty


def cancel(line: LineT, *, by: Staff, patient_id: int | None = None) -> LineT:
    """Mark a standing line as cancelled, with its audit entry."""
    line.cancelled_at, line.cancelled_by = clock.now(), by
    line.save(update_fields=["cancelled_at", "cancelled_by"])
    audit.record(f"{line._meta.model_name}.cancelled", by=by, about=line, patient_id=patient_id)
    return line


def end_allocations(stay: Stay, *, by: Staff) -> None:
    """The patient leaves the ward: nobody has them there any more. The stay is locked."""
    for allocation in Allocation.objects.filter(stay=stay, cancelled_at=None, ends_at__gt=clock.now()).order_by("pk"):
        cancel(allocation, by=by, patient_id=stay.patient_id)

"""The only code that writes about a ward's beds: added, renamed, taken out of use and put back.

Each action is one transaction: lock the bed, then the ward; rules, change, audit; then the ward's open pages look
again. A bed is never deleted: who lay in it lay there. All raise Forbidden where `by` may not, and ValidationError, by
the form's field names, where a rule is not met. Sent again they change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.due import clock
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.access import May, require
from wards.entries import said_why
from wards.locks import lock_bed, lock_rota
from wards.models import Bed, Staff, Ward

LONGEST_LABEL, MOST_AT_ONCE = 16, 60


@transaction.atomic
def add_beds(ward: Ward, *, by: Staff, labels: Sequence[str]) -> list[Bed]:
    """New beds of the ward, called so; all of them or none."""
    ward = lock_rota(ward.pk)
    require(by, May.MANAGE_WARD, ward)
    names = [_valid_label(label, field="labels") for label in labels]
    if not names:
        raise ValidationError({"labels": [_("Give at least one bed a label.")]})
    if len(names) > MOST_AT_ONCE:
        raise ValidationError({"labels": [_("At most %(most)d beds at once.") % {"most": MOST_AT_ONCE}]})
    if len({name.casefold() for name in names}) < len(names):
        raise ValidationError({"labels": [_("Two of these have the same label.")]})
    for name in names:
        _require_new(name, ward, field="labels")
    beds = [Bed.objects.create(ward=ward, label=name) for name in names]
    for bed in beds:
        record("bed.added", by=by, about=bed, data={"label": bed.label})
    publish(topics.ward(ward.pk))
    return beds


@transaction.atomic
def rename_bed(bed: Bed, *, by: Staff, label: str, seen: str) -> Bed:
    """Call a bed otherwise, in place of the label that was `seen`: what is past shows the new one as well."""
    bed, ward = lock_bed(bed), lock_rota(bed.ward_id)
    require(by, May.MANAGE_WARD, ward)
    label = _valid_label(label, field="label")
    if label == bed.label:
        return bed
    if seen != bed.label:
        words = _("Somebody has renamed this bed meanwhile: it is %(label)s now.")
        raise ValidationError({"label": [words % {"label": bed.label}]})
    _require_new(label, ward, field="label", besides=bed)
    before, bed.label = bed.label, label
    bed.save(update_fields=["label"])
    record("bed.renamed", by=by, about=bed, data={"before": before, "after": label})
    publish(topics.ward(ward.pk))
    return bed


@transaction.atomic
def close_bed(bed: Bed, *, by: Staff, reason: str) -> Bed:
    """Take an empty bed out of use: nobody is admitted or moved to it any more."""
    bed, ward = lock_bed(bed), lock_rota(bed.ward_id)
    require(by, May.MANAGE_WARD, ward)
    if bed.closed_at is not None:
        return bed
    reason = said_why(reason)
    if bed.stays.filter(discharged_at=None).exists():
        message = _("Somebody lies in bed %(bed)s. Move or discharge the patient first.") % {"bed": bed}
        raise ValidationError({"reason": [message]})
    bed.closed_at, bed.closed_by = clock.now(), by
    bed.save(update_fields=["closed_at", "closed_by"])
    record("bed.closed", by=by, about=bed, reason=reason, data={"label": bed.label})
    publish(topics.ward(ward.pk))
    return bed


@transaction.atomic
def reopen_bed(bed: Bed, *, by: Staff) -> Bed:
    """Put a bed back in use."""
    bed, ward = lock_bed(bed), lock_rota(bed.ward_id)
    require(by, May.MANAGE_WARD, ward)
    if bed.closed_at is None:
        return bed
    bed.closed_at = bed.closed_by = None
    bed.save(update_fields=["closed_at", "closed_by"])
    record("bed.reopened", by=by, about=bed, data={"label": bed.label})
    publish(topics.ward(ward.pk))
    return bed


def _valid_label(label: str, *, field: str) -> str:
    label = " ".join(label.split())
    if not label:
        raise ValidationError({field: [_("Give the bed a label.")]})
    if len(label) > LONGEST_LABEL:
        raise ValidationError({field: [_("A label has at most %(most)d characters.") % {"most": LONGEST_LABEL}]})
    return label


def _require_new(label: str, ward: Ward, *, field: str, besides: Bed | None = None) -> None:
    """No two beds of a ward are called the same, in capitals or not. The ward is locked."""
    others = ward.beds.exclude(pk=besides.pk) if besides is not None else ward.beds.all()
    twin = others.filter(label__iexact=label).first()
    if twin is None:
        return
    if twin.closed_at is not None:
        words = _("Bed %(bed)s is there, out of use. Put it back in use, or choose another label.")
    else:
        words = _("There is a bed %(bed)s on this ward already.")
    raise ValidationError({field: [words % {"bed": twin}]})

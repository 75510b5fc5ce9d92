"""Ladders: put a new version in force on a ward. Alerts that are open keep the ladder they started with."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.escalation.ladder import Key, NotALadder, Rung, ladder_to_json, validated_for
from monitoring.escalation.models import LadderVersion
from wards.access import May, require
from wards.models import Staff, Ward


@transaction.atomic
def save_ladder(ward: Ward, key: Key, *, by: Staff, rungs: Sequence[Rung], reason: str, after: int) -> LadderVersion:
    """Put a ladder in force for alerts that open from now on. `after` is the number of the version on the page,
    0 for the defaults.

    Raises ValidationError where it is no ladder, names a group of another ward, gives no reason, or somebody has saved
    another one meanwhile.
    """
    ward = Ward.objects.select_for_update(no_key=True).get(pk=ward.pk)
    require(by, May.EDIT_LADDER, ward)
    if not reason.strip():
        raise ValidationError({"reason": [_("Say why the ladder changes.")]})
    try:
        ladder = validated_for(key, rungs)
    except NotALadder as problem:
        raise ValidationError({"rungs": [str(problem)]}) from None
    named = {group for rung in ladder for group in rung.groups}
    known = {str(public_id) for public_id in ward.groups.values_list("public_id", flat=True)}
    if named - known:
        raise ValidationError({"rungs": [_("This group is not one of the ward's.")]})
    last = ward.ladder_versions.filter(key=key).order_by("-number").first()
    number = 0 if last is None else last.number
    if number != after:
        who = last.recorded_by if last else _("Somebody")
        raise ValidationError(_("%(who)s has changed this ladder meanwhile. Look again.") % {"who": who})
    version = LadderVersion.objects.create(
        ward=ward, key=key, number=number + 1, rungs=ladder_to_json(ladder), reason=reason.strip(), recorded_by=by
    )
    data = {"ward": ward.pk, "key": key.value, "number": version.number}
    record("ladder.saved", by=by, about=version, reason=version.reason, data=data)
    return version

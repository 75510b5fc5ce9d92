"""What must be true of a mending before it is carried out. Each rule raises ValidationError with a plain sentence."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from monitoring.mending.models import Mending
from wards.models import Staff, Stay


def require_open(mending: Mending) -> None:
    if mending.is_open:
        return
    if mending.state == Mending.State.DONE:
        raise ValidationError(_("%(who)s has carried this out already.") % {"who": mending.confirmed_by})
    raise ValidationError(
        _("%(who)s has ended this: %(how)s.") % {"who": mending.ended_by, "how": mending.get_state_display()}
    )


def require_second_person(by: Staff, mending: Mending) -> None:
    if by.pk == mending.proposed_by_id:
        raise ValidationError(_("You proposed this: somebody else must look at it and carry it out."))


def require_two_records(mending: Mending) -> None:
    if mending.source_id == mending.target_id:
        raise ValidationError(_("These are one and the same record."))


def require_sound(mending: Mending, stays: Sequence[Stay]) -> None:
    """What it names belongs to whom it says, now. `stays` are all of both patients', locked."""
    if not any(stay.patient_id == mending.source_id for stay in stays):
        raise ValidationError(_("No stay is left on this record: there is nothing to mend."))
    if mending.source.merged_into_id is not None:
        raise ValidationError(_("The wrong record was merged into another one already."))
    if mending.kind != Mending.Kind.STAY and mending.target.merged_into_id is not None:
        raise ValidationError(_("The right record was merged into another one: name that one."))
    owners = {stay.pk: stay.patient_id for stay in stays}
    episodes = {stay.episode_id: stay.patient_id for stay in stays}
    named = [
        (owners, mending.stay_id, mending.source_id),
        (owners, None if mending.strength_check is None else mending.strength_check.stay_id, mending.source_id),
        (owners, mending.to_stay_id, mending.target_id),
        (episodes, mending.absorbed_id, mending.source_id),
        (episodes, mending.into_id, mending.target_id),
    ]
    if any(row_id is not None and found.get(row_id) != owner for found, row_id, owner in named):
        raise ValidationError(_("These records have changed meanwhile. Look again, and propose it anew."))


def require_one_bed(mending: Mending, stays: Sequence[Stay]) -> None:
    """One patient lies in one bed: where two stays would be open, it is said which one goes on, in one episode."""
    still_open = open_stays(mending, stays)
    if len(still_open) < 2:
        if mending.keeps_id is not None:
            raise ValidationError(_("They are not in two beds any more. Look again, and propose it anew."))
        return
    if mending.keeps_id not in {stay.pk for stay in still_open}:
        raise ValidationError({"keeps": [_("Both are in a bed now. Say in which one the patient lies.")]})
    there = next(stay for stay in still_open if stay.patient_id == mending.target_id)
    here = next(stay for stay in still_open if stay.patient_id == mending.source_id)
    absorbed = mending.absorbed_id if mending.kind == Mending.Kind.MERGE else here.episode_id
    if (absorbed, mending.into_id) != (here.episode_id, there.episode_id):
        raise ValidationError({"into": [_("Both are in a bed now: then it is one and the same surgical episode.")]})


def open_stays(mending: Mending, stays: Sequence[Stay]) -> list[Stay]:
    """The stays that would be the target's and open, once it is done."""
    moving = mending.stay_id
    return [
        stay
        for stay in stays
        if stay.is_open
        and (stay.patient_id == mending.target_id or mending.kind == Mending.Kind.MERGE or stay.pk == moving)
    ]

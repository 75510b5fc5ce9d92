"""What a mending would do, before it is done: it is carried out, assessed and looked at, and then never was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from monitoring.alerts.models import Alert
from monitoring.alerts.rehearsal import Standing, standing
from monitoring.due.clock import now
from monitoring.mending.carrying_out import carry_out
from monitoring.mending.models import Mending
from wards.locks import lock_stays_of_patients
from wards.models import Staff, Stay


@dataclass(frozen=True, slots=True)
class Effect:
    """One stay before and after. `ends`: it is ended, because the same patient's other one goes on."""

    stay: Stay
    before: Standing
    after: Standing
    ends: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What it does to each stay that is open, or would be; and the alerts that it would merge into others."""

    effects: Sequence[Effect]
    merged: Sequence[Alert]


def rehearse(mending: Mending, *, by: Staff) -> Rehearsal:
    """What the mending would change, whether it is proposed already or not; nothing of it is kept.

    What is due is assessed first, so that the difference is made by the mending alone. Raises ValidationError where it
    cannot be carried out.
    """
    with transaction.atomic():
        stays = _shown(mending)
        before = {stay.pk: standing(stay) for stay in stays}
        carry_out(_rehearsed(mending, by), by=by)
        effects = []
        for stay in stays:
            as_then = Stay.objects.select_related("ward", "bed", "patient").get(pk=stay.pk)
            effects.append(Effect(stay, before[stay.pk], standing(as_then), ends=stay.is_open and not as_then.is_open))
        were_open = [alert.pk for one in before.values() for alert in one.alerts.values()]
        merged = list(Alert.objects.filter(pk__in=were_open, outcome=Alert.Outcome.MERGED).order_by("pk"))
        transaction.set_rollback(True)
    return Rehearsal(effects, merged)


def _shown(mending: Mending) -> list[Stay]:
    """The stays of both that are open; of a record without one, the last."""
    stays = lock_stays_of_patients([mending.source_id, mending.target_id])
    still_open = [stay for stay in stays if stay.is_open]
    shown = {stay.pk for stay in still_open}
    for patient_id in (mending.source_id, mending.target_id):
        theirs = [stay for stay in stays if stay.patient_id == patient_id]
        if theirs and not any(stay.is_open for stay in theirs):
            shown.add(max(theirs, key=lambda stay: (stay.admitted_at, stay.pk)).pk)
    found = Stay.objects.select_related("ward", "bed", "patient").filter(pk__in=shown)
    return list(found.order_by("-discharged_at", "pk"))


def _rehearsed(mending: Mending, by: Staff) -> Mending:
    """A row of its own that says it was confirmed, so that the database lets the stays change hands."""
    values = {field.attname: getattr(mending, field.attname) for field in Mending._meta.concrete_fields}
    for name in ("id", "public_id", "proposed_at"):
        del values[name]
    values |= {"state": Mending.State.REHEARSED, "confirmed_at": now(), "confirmed_by_id": by.pk}
    return Mending.objects.create(**values)

"""A stay goes to another record or another surgical episode, with all that was signed in it. Done by mending only.

Nothing that was signed is changed but the episode it counts in, which is that of its stay: triggers hold both. Whoever
calls has locked the stays of all patients concerned, and sees to assessing, alerts and the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import combinations, pairwise

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from monitoring.due import clock
from wards.models import ClinicalEntry, Episode, Operation, Patient, Staff, Stay
from wards.queries import standing_operations
from wards.rota_lines import end_allocations
from wards.times import said


def rehome(stay: Stay, *, patient: Patient, episode: Episode) -> None:
    """Make the stay the patient's, in this episode of theirs; what was signed in it goes along."""
    stay.patient, stay.episode = patient, episode
    stay.save(update_fields=["patient", "episode"])
    for kind in signed_kinds():
        kind._default_manager.filter(stay=stay).exclude(episode=episode).update(episode=episode)


def end_as_merged(stay: Stay, *, by: Staff) -> None:
    """End an open stay that another one of the same patient goes on for: its bed is free, nobody left."""
    stay.discharged_at, stay.departure = clock.now(), Stay.Departure.MERGED
    stay.save(update_fields=["discharged_at", "departure"])
    stay.absences.filter(back_at=None).update(back_at=stay.discharged_at, returned_by=by)
    end_allocations(stay, by=by)


def earliest_of(stays: Iterable[Stay]) -> datetime:
    """The first clinical time of all that these stays hold: from there on their histories are other ones."""
    return min(at for stay in stays for at in (stay.admitted_at, *(entry.at for entry in _entries_of(stay))))


def require_coherent(episode: Episode) -> None:
    """The episode makes sense: one index fusion at most and before all else, no two operations at once, none during a
    check, and all that belongs together in one episode. Raises ValidationError.
    """
    operations = standing_operations(episode.pk)
    stay = episode.stays.select_related("ward").order_by("admitted_at").first()
    if stay is None:
        return
    indexes = [one for one in operations if one.kind == Operation.Kind.INDEX]
    if len(indexes) > 1:
        _refuse(
            _(
                "Both have an index fusion, at different times. Correct or retract the wrong one first, "
                "or leave them two episodes."
            )
        )
    if operations and operations[0] not in indexes:
        _refuse(_("A re-operation would be left without its index fusion."))
    for one, next_one in pairwise(operations):
        if next_one.started_at < one.ended_at:
            _refuse(_("Two operations would overlap at %(at)s.") % {"at": said(next_one.started_at, stay.ward)})
    for operation in operations:
        during = episode.checks.standing().filter(
            examined_at__gt=operation.started_at, examined_at__lte=operation.ended_at
        )
        if (check := during.order_by("examined_at").first()) is not None:
            _refuse(_("A check at %(at)s would fall into an operation.") % {"at": said(check.examined_at, stay.ward)})


def require_whole(episodes: Iterable[Episode]) -> None:
    """Nothing is torn apart: what names an entry, a drain or a study of another stay is in one episode with it.

    Raises ValidationError.
    """
    kept = [frozenset(_joined(episode)) for episode in episodes]
    if any(one & other for one, other in combinations(kept, 2)):
        _refuse(_("What belongs together would be torn apart: a drain, a study, or a re-operation and its findings."))


def signed_kinds() -> list[type[ClinicalEntry]]:
    """All kinds of signed entries, those of the upper rooms too."""
    return [model for model in apps.get_models() if issubclass(model, ClinicalEntry)]


def _entries_of(stay: Stay) -> Iterator[ClinicalEntry]:
    for kind in signed_kinds():
        yield from kind._default_manager.filter(stay=stay)


def _joined(episode: Episode) -> Iterator[str]:
    """What holds entries of an episode together, by name: the place of an operation, a drain's and a study's id."""
    for operation in episode.operations.all():
        yield f"operation {operation.place}"
    for findings in episode.explorations.all():
        yield f"operation {findings.operation_place}"
    for line in episode.drainentrys.all():
        yield f"drain {line.drain}"
    for stage in episode.imagings.all():
        yield f"study {stage.study}"


def _refuse(why: str) -> None:
    raise ValidationError({NON_FIELD_ERRORS: [why]})

"""A mending is carried out: stays and entries go where they belong, and both histories are assessed anew.

Protocol §10: "Correcting, retracting, back-dating or merging re-assesses." It runs in the transaction of whoever
confirms it; a trigger lets a stay change hands only under a mending that is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from django.db import connection

from monitoring.alerts.merging import carry_over, tell_moved
from monitoring.audit import actions as audit
from monitoring.checks.moving import bring_over
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.mending import rules
from monitoring.mending.models import Mending
from wards.changes import history_changed, people_changed
from wards.entries import retract
from wards.locks import current_stay, lock_stays_of_patients
from wards.models import Episode, Operation, Staff, Stay
from wards.queries import standing_operations
from wards.rehoming import earliest_of, end_as_merged, rehome, require_coherent, require_whole


def carry_out(mending: Mending, *, by: Staff) -> None:
    """Put right what the mending names. Raises ValidationError where the records do not bear it."""
    stays = lock_stays_of_patients([mending.source_id, mending.target_id])
    mending.source.refresh_from_db()
    mending.target.refresh_from_db()
    rules.require_sound(mending, stays)
    with _under(mending):
        if mending.kind == Mending.Kind.CHECK:
            _move_check(mending, stays, by)
        else:
            _move_stays(mending, stays, by)
    tell(mending, "carried_out", by=by, why=mending.reason)


def tell(mending: Mending, what: str, *, by: Staff, why: str) -> None:
    """Write it down in the stories of both patients."""
    data = {
        "kind": mending.kind,
        "source": mending.source_id,
        "target": mending.target_id,
        "proposed_by": mending.proposed_by_id,
    }
    for patient_id in (mending.source_id, mending.target_id):
        audit.record(f"mending.{what}", by=by, about=mending, patient_id=patient_id, reason=why, data=data)


@contextmanager
def _under(mending: Mending) -> Iterator[None]:
    """Inside, the database lets stays change hands: under this mending, and until the transaction ends at most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('spinewatch.mending', %s, true)", [str(mending.pk)])
        yield
        cursor.execute("SELECT set_config('spinewatch.mending', '', true)")


def _move_check(mending: Mending, stays: Sequence[Stay], by: Staff) -> None:
    check, to = mending.strength_check, mending.to_stay
    assert check is not None
    assert to is not None
    here = [stay for stay in stays if stay.episode_id == to.episode_id]
    there = [stay for stay in stays if stay.episode_id == check.episode_id]
    bring_over(check, to=to, by=by, why=mending.reason, key=uuid4(), stays_there=there, stays_here=here)
    _assess_anew(mending, there, since=check.at, by=mending.proposed_by)
    _assess_anew(mending, here, since=check.at, by=mending.proposed_by)


def _move_stays(mending: Mending, stays: Sequence[Stay], by: Staff) -> None:
    """Those of a merged record, or one."""
    rules.require_one_bed(mending, stays)
    moving = [stay for stay in stays if _moves(mending, stay)]
    ending = [stay for stay in stays if mending.keeps_id is not None and stay.is_open and stay.pk != mending.keeps_id]
    ending = [stay for stay in ending if stay in moving or stay.patient_id == mending.target_id]
    for stay in ending:
        end_as_merged(stay, by=by)
    _count_the_fusion_once(mending, stays, by)
    into = _episode_of_the_target(mending)
    left = {stay.episode_id for stay in moving}
    joining = [stay for stay in moving if mending.kind == Mending.Kind.STAY or stay.episode_id == mending.absorbed_id]
    _change_hands(mending, moving, joining, into)
    for stay in moving:
        tell_moved(stay, by=by, why=mending.reason)
        publish(topics.ward(stay.ward_id))
    if into is not None:
        _go_on_in_one(mending, into, joining, by=by)
    behind = left - {stay.episode_id for stay in moving}
    _assess_what_is_left(mending, behind, moving, by=by)
    for ward_id in {stay.ward_id for stay in ending}:
        people_changed(ward_id)  # the last lock of all


def _count_the_fusion_once(mending: Mending, stays: Sequence[Stay], by: Staff) -> None:
    twice = recorded_twice(mending)
    if twice is not None:
        theirs = [stay for stay in stays if stay.episode_id == mending.absorbed_id]
        retract(twice, by=by, reason=mending.reason, stays=theirs)


def recorded_twice(mending: Mending) -> Operation | None:
    """The one index fusion of an episode that has two records was recorded on both: what overlaps is retracted on the
    record that goes. Two that do not overlap are two fusions, and refused later (`require_coherent`).
    """
    if mending.into_id is None or mending.absorbed_id is None:
        return None
    kept, twice = _index_of(mending.into_id), _index_of(mending.absorbed_id)
    if kept is None or twice is None or kept.started_at >= twice.ended_at or twice.started_at >= kept.ended_at:
        return None
    return twice


def _index_of(episode_id: int) -> Operation | None:
    return next((one for one in standing_operations(episode_id) if one.kind == Operation.Kind.INDEX), None)


def _moves(mending: Mending, stay: Stay) -> bool:
    if mending.kind == Mending.Kind.MERGE:
        return stay.patient_id == mending.source_id
    return stay.pk == mending.stay_id


def _episode_of_the_target(mending: Mending) -> Episode | None:
    """The episode in which stays go on; None where a merged record's episodes stay as they are."""
    if mending.into is not None or mending.kind == Mending.Kind.MERGE:
        return mending.into
    return Episode.objects.create(patient=mending.target)


def _change_hands(mending: Mending, moving: Sequence[Stay], joining: Sequence[Stay], into: Episode | None) -> None:
    """A record from which nothing moves away as a whole stays; a merged one to which a stay comes back is one again."""
    source, target = mending.source, mending.target
    if target.merged_into_id is not None:
        target.merged_into = None
        target.save(update_fields=["merged_into"])
    if mending.kind == Mending.Kind.MERGE:
        Episode.objects.filter(patient=source).exclude(pk=mending.absorbed_id or 0).update(patient=target)
    for stay in moving:
        rehome(stay, patient=target, episode=into if into is not None and stay in joining else stay.episode)
    if mending.kind == Mending.Kind.MERGE:
        source.merged.update(merged_into=target)
        source.merged_into = target
        source.save(update_fields=["merged_into"])


def _go_on_in_one(mending: Mending, into: Episode, joining: Sequence[Stay], *, by: Staff) -> None:
    """The episode's alerts become one, on the stay that is watched, and its whole history is assessed again."""
    require_coherent(into)
    stays = _stays_of(into.pk)
    watched = current_stay(stays)
    others = [stay for stay in stays if stay.pk != watched.pk]
    carry_over(others, to=watched, by=by, why=mending.reason)
    since = earliest_of(joining)
    for person in (mending.proposed_by, by):
        _assess_anew(mending, [watched], since=since, by=person)


def _assess_what_is_left(mending: Mending, episodes: Iterable[int], moving: Sequence[Stay], *, by: Staff) -> None:
    """Episodes from which a stay went away, where others are left in them."""
    since = earliest_of(moving)
    for episode in Episode.objects.filter(pk__in=episodes).order_by("pk"):
        stays = _stays_of(episode.pk)
        if stays:
            require_coherent(episode)
            require_whole([episode, *{stay.episode for stay in moving}])
            for person in (mending.proposed_by, by):
                _assess_anew(mending, stays, since=since, by=person)


def _stays_of(episode_id: int) -> list[Stay]:
    """The episode's stays as they are now; they are locked already."""
    return list(Stay.objects.select_related("ward", "patient").filter(episode=episode_id).order_by("pk"))


def _assess_anew(mending: Mending, stays: Sequence[Stay], *, since: datetime, by: Staff) -> None:
    history_changed(current_stay(stays), by=by, since=since, what="record.mended", why=mending.reason)

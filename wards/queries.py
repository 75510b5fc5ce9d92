"""What other rooms ask about wards, beds and operations."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from monitoring.protocol import Settings
from wards.models import Bed, Episode, Membership, Operation, Patient, ProtocolVersion, Role, Staff, Stay, Ward


def newest_version(ward_id: int) -> QuerySet[ProtocolVersion]:
    """The version of the protocol in force on the ward, if it has approved one."""
    return ProtocolVersion.objects.filter(ward=ward_id).order_by("-number")[:1]


def protocol_version_of(ward: Ward) -> tuple[str, Settings]:
    """The label and the settings of the protocol in force on the ward; "default" where it has approved none.

    Raises InvalidSettings where the stored ones are not valid: an assessment under guessed settings is worse than none.
    A page may have read the newest with other rows (`newest_version`), and put it where the ward has them.
    """
    if "protocol_versions" in getattr(ward, "_prefetched_objects_cache", ()):
        version = next(iter(ward.protocol_versions.all()), None)
    else:
        version = newest_version(ward.pk).select_related("ward").first()
    if version is None:
        return "default", Settings()
    return str(version), Settings.from_json(version.settings)


def free_beds(*wards: Ward) -> QuerySet[Bed]:
    """The beds in use in which nobody lies: of these wards, else of all but the watchdog's."""
    taken = Stay.objects.filter(discharged_at__isnull=True).values("bed")
    free = Bed.objects.filter(pk__gt=0, closed_at=None).exclude(pk__in=taken)
    free = free.filter(ward__in=wards) if wards else free
    return free.select_related("ward").order_by("ward__code", "label")


def surgeons_of(*wards: Ward) -> QuerySet[Staff]:
    """The active surgeons: of these wards, else of all but the watchdog's."""
    surgeons = Membership.objects.filter(role=Role.SURGEON, staff__gt=0)
    surgeons = surgeons.filter(ward__in=wards) if wards else surgeons
    staff = Staff.objects.filter(pk__in=surgeons.values("staff"), is_active=True)
    return staff.order_by("last_name", "first_name", "pk")


def standing_operations(episode_id: int) -> list[Operation]:
    """The operations that count, by the time they ended."""
    return list(Operation.objects.standing().filter(episode_id=episode_id).order_by("ended_at", "place"))


def operation_during(episode_id: int, at: datetime) -> Operation | None:
    """The standing operation that a check at this time would fall into.

    Its end belongs to it: at the same instant a check counts as before the operation (protocol §10), a false baseline.
    """
    covering = Operation.objects.standing().filter(episode_id=episode_id, started_at__lt=at, ended_at__gte=at)
    return covering.first()


def episodes_of(patient: Patient) -> list[tuple[Episode, Operation | None]]:
    """The patient's episodes that have a stay, the latest first, each with its standing index operation."""
    indexes = Operation.objects.standing().filter(episode__patient=patient, kind=Operation.Kind.INDEX)
    by_episode = {operation.episode_id: operation for operation in indexes}
    episodes = patient.episodes.filter(Exists(Stay.objects.filter(episode=OuterRef("pk")))).order_by(
        "-opened_at", "-pk"
    )
    return [(episode, by_episode.get(episode.pk)) for episode in episodes]

"""Short ways to say what follows an alert: a study, a theatre plan, findings, a drain; each by who usually does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError

from monitoring.pathway.actions import drains, imaging, theatre
from monitoring.pathway.facts import DrainFacts, ExplorationFacts, ImagingFacts
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan
from monitoring.pathway.vocabulary import Finding, Indication
from tests.cast import Cast, ago, operate
from wards.models import ClinicalEntry, Operation, Staff, Stay

HAEMATOMA = Finding.EPIDURAL_HAEMATOMA


def again(cast: Cast, stay: Stay, *, ended_at: datetime) -> Operation:
    """A re-operation of one hour."""
    started = ended_at - timedelta(hours=1)
    return operate(cast, stay, ended_at=ended_at, started_at=started, kind="secondary", procedure="other")


def image(
    cast: Cast,
    stay: Stay,
    stage: str = "requested",
    *,
    at: datetime | None = None,
    study: UUID | None = None,
    by: Staff | None = None,
    key: UUID | None = None,
    **said: Any,
) -> Imaging:
    """An MRI; requested and done by Alice, reported by Sam: a haematoma."""
    finding = {"finding": HAEMATOMA} if stage == "reported" else {}
    facts = ImagingFacts(study=study or uuid4(), stage=stage, **{"modality": "MRI", **finding, **said})
    who = by or (cast.sam if stage == "reported" else cast.alice)
    return imaging.record_imaging(stay, by=who, at=at, facts=facts, key=key or uuid4())


def reported_study(cast: Cast, stay: Stay) -> tuple[Imaging, Imaging, Imaging]:
    """Requested three hours ago, done two hours ago, reported an hour ago."""
    requested = image(cast, stay, at=ago(hours=3))
    done = image(cast, stay, "done", at=ago(hours=2), study=requested.study)
    return requested, done, image(cast, stay, "reported", at=ago(hours=1), study=requested.study)


def plan(
    cast: Cast,
    stay: Stay,
    at: datetime | None = None,
    *,
    by: Staff | None = None,
    key: UUID | None = None,
    indication: str = "deficit",
    note: str = "",
) -> TheatrePlan:
    """In an hour, by Alice, for a deficit."""
    at = at or ago(hours=-1)
    return theatre.plan_theatre(
        stay, by=by or cast.alice, planned_at=at, indication=indication, note=note, key=key or uuid4()
    )


def explore(
    cast: Cast,
    operation: Operation,
    *,
    by: Staff | None = None,
    key: UUID | None = None,
    drains_placed: tuple[DrainFacts, ...] = (),
    **said: Any,
) -> Exploration:
    """Sam found a haematoma."""
    facts = ExplorationFacts(**{"indication": Indication.DEFICIT, "finding": HAEMATOMA, **said})
    return theatre.record_exploration(
        operation, by=by or cast.sam, facts=facts, drains_placed=drains_placed, key=key or uuid4()
    )


def place(
    cast: Cast, stay: Stay, *, at: datetime | None = None, label: str = "left", suction: bool | None = True, **rest: Any
) -> DrainEntry:
    """A drain, on suction, six hours ago."""
    return drain_line(cast, stay, "placed", at=at or ago(hours=6), label=label, suction=suction, **rest)


def read(cast: Cast, placed: DrainEntry, ml: int | None, *, at: datetime | None = None, **rest: Any) -> DrainEntry:
    return drain_line(cast, placed.stay, "read", at=at, drain=placed.drain, volume_ml=ml, **rest)


def remove(cast: Cast, placed: DrainEntry, *, at: datetime | None = None, **rest: Any) -> DrainEntry:
    return drain_line(cast, placed.stay, "removed", at=at, drain=placed.drain, **rest)


def drain_line(
    cast: Cast,
    stay: Stay,
    stage: str,
    *,
    at: datetime | None = None,
    drain: UUID | None = None,
    by: Staff | None = None,
    key: UUID | None = None,
    **said: Any,
) -> DrainEntry:
    facts = DrainFacts(drain=drain or uuid4(), stage=stage, **said)
    return drains.record_drain(stay, by=by or cast.alice, at=at, facts=facts, key=key or uuid4())


def change_line(cast: Cast, line: DrainEntry, *, at: datetime | None = None, **said: Any) -> DrainEntry:
    """Correct what is said of a drain's line, and its time where one is given."""
    before = {"label": line.label, "suction": line.suction, "volume_ml": line.volume_ml}
    facts = DrainFacts(drain=line.drain, stage=line.stage, **(before | said))
    return drains.correct_drain(line, by=cast.alice, at=at, facts=facts, reason="misread", key=uuid4())


def change_stage(cast: Cast, stage: Imaging, *, at: datetime | None = None, **said: Any) -> Imaging:
    """Correct a stage of a study, by Sam."""
    before = {"modality": stage.modality, "finding": stage.finding, "accession": stage.accession}
    facts = ImagingFacts(study=stage.study, stage=stage.stage, **(before | said))
    return imaging.correct_imaging(stage, by=cast.sam, at=at, facts=facts, reason="misread", key=uuid4())


def refusal(call: Callable[[], object]) -> dict[str, list[str]]:
    """What is refused, by form field; empty where it is done. Nothing is stored by what is refused."""
    before = stored()
    try:
        call()
    except ValidationError as error:
        assert stored() == before
        return error.message_dict
    return {}


def stored() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Imaging, TheatrePlan, Exploration, DrainEntry)}


@dataclass(frozen=True)
class Sample:
    """One kind of entry: how it is signed (given who and under which key), otherwise, corrected, and taken back."""

    model: type[ClinicalEntry]
    may: tuple[str, ...]
    """Who of the cast may."""
    sign: Callable[[Cast, Operation, Staff, UUID], Any]
    sign_otherwise: Callable[[Cast, Operation, Staff, UUID], Any]
    correct: Callable[[Any, Staff, str, UUID], Any]
    retract: Callable[[Any, Staff, str], Any]


def after(operation: Operation, hours: float) -> datetime:
    """The same instant however often it is asked for."""
    return operation.ended_at + timedelta(hours=hours)


def _reported(cast: Cast, operation: Operation, by: Staff, key: UUID, **said: Any) -> Imaging:
    if not Imaging.objects.filter(study=STUDY).exists():
        image(cast, operation.stay, "done", at=after(operation, 1), study=STUDY)
    return image(cast, operation.stay, "reported", at=after(operation, 2), study=STUDY, by=by, key=key, **said)


CLINICAL = ("alice", "carol", "sam")
STUDY, DRAIN = UUID(int=1), UUID(int=2)
SAMPLES = {
    "imaging": Sample(
        Imaging,
        CLINICAL,
        lambda cast, operation, by, key: image(
            cast, operation.stay, at=after(operation, 1), study=STUDY, by=by, key=key
        ),
        lambda cast, operation, by, key: image(
            cast, operation.stay, at=after(operation, 1), study=STUDY, by=by, key=key, modality="CT"
        ),
        lambda entry, by, reason, key: imaging.correct_imaging(
            entry,
            by=by,
            at=None,
            facts=ImagingFacts(study=uuid4(), stage="done", modality="CT"),
            reason=reason,
            key=key,
        ),
        lambda entry, by, reason: imaging.retract_imaging(entry, by=by, reason=reason),
    ),
    "report": Sample(
        Imaging,
        ("sam",),
        lambda cast, operation, by, key: _reported(cast, operation, by, key),
        lambda cast, operation, by, key: _reported(cast, operation, by, key, level="L4"),
        lambda entry, by, reason, key: imaging.correct_imaging(
            entry,
            by=by,
            at=None,
            facts=ImagingFacts(study=entry.study, stage="reported", modality="MRI", finding="none_found"),
            reason=reason,
            key=key,
        ),
        lambda entry, by, reason: imaging.retract_imaging(entry, by=by, reason=reason),
    ),
    "plan": Sample(
        TheatrePlan,
        CLINICAL,
        lambda cast, operation, by, key: plan(cast, operation.stay, after(operation, 5), by=by, key=key),
        lambda cast, operation, by, key: plan(
            cast, operation.stay, after(operation, 5), by=by, key=key, note="theatre 2"
        ),
        lambda entry, by, reason, key: theatre.change_plan(
            entry, by=by, planned_at=None, indication="infection", note="", reason=reason, key=key
        ),
        lambda entry, by, reason: theatre.cancel_plan(entry, by=by, reason=reason),
    ),
    "findings": Sample(
        Exploration,
        ("sam",),
        lambda cast, operation, by, key: explore(cast, operation, by=by, key=key),
        lambda cast, operation, by, key: explore(cast, operation, by=by, key=key, side="left"),
        lambda entry, by, reason, key: theatre.correct_exploration(
            entry,
            by=by,
            facts=ExplorationFacts(indication="deficit", finding="root_oedema"),
            reason=reason,
            key=key,
        ),
        lambda entry, by, reason: theatre.retract_exploration(entry, by=by, reason=reason),
    ),
    "drain": Sample(
        DrainEntry,
        CLINICAL,
        lambda cast, operation, by, key: place(
            cast, operation.stay, at=after(operation, 1), by=by, key=key, drain=DRAIN
        ),
        lambda cast, operation, by, key: place(
            cast, operation.stay, at=after(operation, 1), by=by, key=key, drain=DRAIN, suction=False
        ),
        lambda entry, by, reason, key: drains.correct_drain(
            entry,
            by=by,
            at=None,
            facts=DrainFacts(drain=uuid4(), stage="removed", label="right", suction=False),
            reason=reason,
            key=key,
        ),
        lambda entry, by, reason: drains.retract_drain(entry, by=by, reason=reason),
    ),
}

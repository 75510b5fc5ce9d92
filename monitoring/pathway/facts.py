"""What the forms bring to the actions: plain values, parsed and not yet judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingFacts:
    """One stage of a study. `finding`, `side` and `level` are a report's; see `Imaging` for the values."""

    study: UUID
    stage: str
    modality: str
    accession: str = ""
    finding: str = ""
    side: str = ""
    level: str = ""
    text: str = ""

    def columns(self) -> dict[str, Any]:
        """As the model keeps them, without surrounding space."""
        return stripped(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorationFacts:
    """What a re-operation was for and what it found; `finding` is empty unless it was for a deficit."""

    indication: str
    finding: str = ""
    side: str = ""
    level: str = ""
    text: str = ""

    def columns(self) -> dict[str, Any]:
        """As the model keeps them, without surrounding space."""
        return stripped(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainFacts:
    """One line about a drain: `label` and `suction` where it is placed, `volume_ml` where it is read."""

    drain: UUID
    stage: str
    label: str = ""
    suction: bool | None = None
    volume_ml: int | None = None
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """As the model keeps them, without surrounding space."""
        return stripped(asdict(self))


def stripped(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}

"""What followed in a demo patient after the alert: imaging, the theatre plan, what was found, the drain."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitoring.demo.patients import DemoPatient, Explored, Imaged
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan
from monitoring.pathway.vocabulary import Indication
from wards.models import Operation, Staff

WRITTEN_DOWN_AFTER = 0.3  # hours from the end of the operation to the surgeon's findings


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Writes it as rows. Of the story's hours `at` makes instants, `entry` the columns of every signed entry."""

    at: Callable[[float], datetime]
    entry: Callable[[float, Staff], dict[str, object]]
    nurse: Callable[[float], Staff]
    surgeon: Staff

    def write(self, told: DemoPatient, operations: list[Operation]) -> None:
        """`operations` are the patient's, in the order of the story."""
        for study in told.imaged:
            self._image(study)
        if told.explored is not None:
            self._explore(told.explored, operations[-1], told.surgeries[-1].ended)

    def _image(self, told: Imaged) -> None:
        """A nurse asks for it and says when it is done, the surgeon says what it shows."""
        study, number = uuid.uuid4(), {"accession": told.accession}
        shown = number | {"finding": told.finding, "level": told.level, "side": told.side, "text": told.text}
        for hours, stage, by, said in (
            (told.requested, Imaging.Stage.REQUESTED, self.nurse(told.requested), {}),
            (told.done, Imaging.Stage.DONE, self.nurse(told.done), number),
            (told.reported, Imaging.Stage.REPORTED, self.surgeon, shown),
        ):
            signed = self.entry(hours, by) | {"study": study, "modality": told.modality} | said
            Imaging.objects.create(**signed, stage=stage, happened_at=self.at(hours))

    def _explore(self, told: Explored, operation: Operation, ended: float) -> None:
        """A re-operation for the deficit: planned, and what it found."""
        planned = self.entry(told.planned, self.surgeon) | {"planned_at": operation.started_at, "note": told.theatre}
        TheatrePlan.objects.create(**planned, indication=Indication.DEFICIT)
        found = {"finding": told.finding, "level": told.level, "side": told.side, "text": told.text}
        Exploration.objects.create(
            **self.entry(ended + WRITTEN_DOWN_AFTER, self.surgeon) | found,
            operation=operation,
            operation_place=operation.place,
            indication=Indication.DEFICIT,
        )
        self._drain(told, ended)

    def _drain(self, told: Explored, ended: float) -> None:
        """On suction from the operation's end on, and read by the nurse of the shift."""
        drain = uuid.uuid4()
        placed = self.entry(ended, self.surgeon) | {"happened_at": self.at(ended), "label": told.drain}
        DrainEntry.objects.create(**placed, drain=drain, stage=DrainEntry.Stage.PLACED, suction=True)
        for hours, volume in told.readings.items():
            read = self.entry(hours, self.nurse(hours)) | {"happened_at": self.at(hours), "volume_ml": volume}
            DrainEntry.objects.create(**read, drain=drain, stage=DrainEntry.Stage.READ)

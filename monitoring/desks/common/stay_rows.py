"""The record of one stay's episode for its page, read in two statements whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from django.db.models import Model

from monitoring.alerts.models import Alert
from monitoring.checks.models import Acceptance, Attempt, Check, Treatment
from monitoring.checks.queries import KINDS, Entry, HistoryRow, in_order, struck
from monitoring.desks.common.gather import Gathering, attach, join_back, name_people
from monitoring.desks.common.pathway_rows import PathwayRows
from monitoring.pathway.course import Course
from wards.models import Absence, ClinicalEntry, Operation, Patient, Stay
from wards.queries import newest_version

WHO_SIGNED: Final = ("recorded_by", "retracted_by")
WHO_ANSWERED: Final = ("acknowledged_by", "accepted_by", "closed_by")


class StayRows:
    """What was recorded, what it alerted, when the patient was away, and what followed."""

    def __init__(self, stay: Stay) -> None:
        self._episode = stay.episode_id
        gathering, own = Gathering(), {"episode": stay.episode_id}
        self._checks = gathering.ask(Check.objects.filter(**own))
        self._moved = gathering.ask(Check.objects.filter(moved_from__episode=stay.episode_id))
        self._merged = gathering.ask(Patient.objects.filter(merged_into=stay.patient_id).order_by("record_number"))
        self._operations = gathering.ask(Operation.objects.filter(**own))
        self._treatments = gathering.ask(Treatment.objects.filter(**own))
        self._acceptances = gathering.ask(Acceptance.objects.filter(**own))
        self._attempts = gathering.ask(Attempt.objects.filter(**own))
        self._alerts = gathering.ask(Alert.objects.filter(stay__episode=stay.episode_id))
        self._absences = gathering.ask(Absence.objects.filter(stay__episode=stay.episode_id).order_by("left_at", "pk"))
        self._followed = PathwayRows(gathering, [stay.episode_id])
        version = gathering.ask(newest_version(stay.ward_id))
        gathering.read()
        attach([stay.ward], "protocol_versions", version.rows)
        self._join()

    @property
    def _entries(self) -> list[Sequence[Entry]]:
        """By kind, all that was signed."""
        return [
            self._checks.rows,
            self._operations.rows,
            self._treatments.rows,
            self._acceptances.rows,
            self._attempts.rows,
        ]

    def _join(self) -> None:
        """Put in place what rows name: people, and what has superseded what."""
        named: list[tuple[Sequence[Model], str]] = [(rows, name) for rows in self._entries for name in WHO_SIGNED]
        named += [(self._alerts.rows, name) for name in WHO_ANSWERED]
        name_people([*named, (self._checks.rows, "second_examiner"), *self._followed.named])
        for rows in self._entries:
            join_corrections(rows)
        join_back(self._checks.rows, "moved_to", self._moved.rows)

    @cached_property
    def history(self) -> list[HistoryRow]:
        """All that was ever recorded, newest first, what no longer counts included."""
        entries = sorted((entry for rows in self._entries for entry in rows), key=in_order, reverse=True)
        return [HistoryRow(entry, KINDS[type(entry)], struck(entry)) for entry in entries]

    @cached_property
    def alerts(self) -> list[Alert]:
        """The episode's alerts, the open ones first, then the newest."""
        return sorted(self._alerts.rows, key=lambda alert: (alert.closed_at is not None, -alert.opened_at.timestamp()))

    @property
    def merged(self) -> list[Patient]:
        """Other records of the same person that were merged into this one."""
        return self._merged.rows

    @property
    def absences(self) -> list[Absence]:
        """When the patient was away from the ward, the first time first."""
        return self._absences.rows

    @cached_property
    def course(self) -> Course:
        """Imaging, theatre, findings, drains."""
        return self._followed.course(self._episode)


def join_corrections(entries: Sequence[ClinicalEntry]) -> None:
    """Give each entry the one among them that supersedes it, or none."""
    correcting = [entry for entry in entries if entry.serializable_value("supersedes") is not None]
    join_back(entries, "superseded_by", correcting)

"""Verifying: the whole chain at once (`verify`), or piece by piece in the background (background.py)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from monitoring.seals.findings import Finding
from monitoring.seals.keys import known_keys
from monitoring.seals.models import Log, Seal
from monitoring.seals.naming import named
from monitoring.seals.outside_copies import Copy, held_against, read_copies
from monitoring.seals.walk import Progress, Walk, removed_by_retention


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found. `rows` were held against their seals; `removed` by retention, up to the seal
    `removed_upto` (0: none). `more` findings are not among those named. `epochs`: how often a restored database began
    to count its transactions anew."""

    seals: int
    rows: int
    removed: int
    removed_upto: int
    epochs: int
    findings: Sequence[Finding]
    more: int = 0

    @property
    def is_sound(self) -> bool:
        return not self.findings and not self.more


def verify(*, since: int = 1, copies: Sequence[Copy] | None = None) -> Report:
    """Hold every row against its seal, every seal against the one before it and its signature, from seal `since` on.

    `copies` are seals that were kept outside; without any, those that this machine itself keeps (AUDIT_SEAL_FILE).
    """
    progress = Progress(next_number=since)
    Walk(progress).go_on()
    return concluded(progress, since=since, copies=copies)


def concluded(progress: Progress, *, since: int = 1, copies: Sequence[Copy] | None = None) -> Report:
    """Name what was found, once the walk is at the end of the chain."""
    removed = removed_by_retention(known_keys())
    outside = held_against(own_copies() if copies is None else copies, since=since)
    return Report(
        seals=progress.seals,
        rows=progress.rows,
        removed=progress.removed,
        removed_upto=max(removed, default=0),
        epochs=Seal.objects.filter(kind=Seal.Kind.EPOCH, log=Log.ENTRIES).count(),
        findings=[*progress.findings, *named(progress.differences.values(), removed), *outside],
        more=progress.more,
    )


def own_copies() -> list[Copy]:
    """What this machine has in AUDIT_SEAL_FILE; nothing where it has none, or may not read it."""
    path = settings.AUDIT_SEAL_FILE
    if not path or not os.access(path, os.R_OK):
        return []
    with Path(path).open(encoding="utf-8", errors="replace") as lines:
        return read_copies(lines)

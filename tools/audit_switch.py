"""A switch on the audit log for `tools.audit_cost`: one byte of a file that all processes see at once.

Asking it costs nothing beside what is measured.
"""

from __future__ import annotations

import mmap
from enum import IntEnum
from pathlib import Path

PATH = "SPINEWATCH_AUDIT_SWITCH"


class Kept(IntEnum):
    """What is written beside what people do."""

    NOTHING = 0
    ENTRIES = 1
    ROWS_TOO = 2


class Switch:
    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._byte = mmap.mmap(file.fileno(), 1)

    @property
    def kept(self) -> Kept:
        return Kept(self._byte[0])

    def keep(self, kept: Kept) -> None:
        self._byte[0] = kept

"""How log lines are written: no patient data, even when something breaks."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PrivateFormatter(logging.Formatter):
    """Writes of an exception its type and where it was raised, causes first, and never its text.

    The text of a template's or a database's error quotes what was being shown or stored: a patient's row.
    """

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 (the name is the library's)
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            lines.insert(0, f"{frames}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or error.__context__
        return "\n-- and then --\n".join(lines)

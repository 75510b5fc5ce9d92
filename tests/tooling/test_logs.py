"""A log line tells where it broke, and nothing of whom it broke about."""

from __future__ import annotations

import io
import logging

SURNAME = "LINDQVIST"


def logged() -> str:
    """What the formatter that is in use writes of an error whose texts quote a patient, cause and all."""
    (in_use,) = (handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(in_use.formatter)
    logger = logging.Logger("spinewatch.test")
    logger.addHandler(handler)
    try:
        try:
            raise KeyError(f"row ({SURNAME}, 0, 5)")
        except KeyError as cause:
            raise ValueError(f"cannot show {SURNAME}") from cause
    except ValueError:
        logger.exception("page failed")
    return written.getvalue()


def test_an_exceptions_text_is_not_logged_and_its_place_is() -> None:
    written = logged()
    assert SURNAME not in written
    assert written.index("KeyError") < written.index("ValueError")
    assert "in logged" in written

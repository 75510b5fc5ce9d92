"""How log lines are written: no patient data, even when something breaks.

Whoever logs in this house names ids, kinds and counts. What others log (Django, Celery, the server, Python itself) can
quote what was being shown, stored or typed; here it is left out before a line is written.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

SPEAKABLE = (ImproperlyConfigured, ImportError, NameError)  # of settings and code: whoever starts us must read them
SHORTEST_TO_HIDE = 3  # characters: an error's text of one or two would take letters out of ordinary words


def set_up(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: the handlers, and the same reticence for what nobody catches."""
    logging.config.dictConfig(config)
    logging.raiseExceptions = False  # a handler that fails would print the record, arguments and all
    sys.excepthook = _uncaught
    threading.excepthook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)
    sys.unraisablehook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """In place of Python's own traceback, which ends with the error's text."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
    elif not issubclass(kind, SystemExit):
        why = (kind, error or kind(), trace)
        record = logging.LogRecord("uncaught", logging.CRITICAL, "", 0, "nobody caught this", (), why)
        print(PrivateFormatter("level={levelname} {message}", style="{").format(record), file=sys.stderr)


class PrivateFormatter(logging.Formatter):
    """Writes of an exception its type and where it was raised, causes first, and never its text; of a request its
    method, its address without what was typed into it, and its id in the audit log.

    The text of a template's or a database's error quotes what was being shown or stored: a patient's row.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name is the library's)
        record.message = _of_a_request(record) or _without_errors(record)
        return super().formatMessage(record)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 (the name is the library's)
        lines: list[str] = []
        for error in _chain(ei[1]):
            frames = "".join(traceback.format_tb(error.__traceback__))
            said = f": {error}" if isinstance(error, SPEAKABLE) else ""
            lines.insert(0, f"{frames}{_kind(error)}{said}")
        return "\n-- and then --\n".join(lines)


def _of_a_request(record: logging.LogRecord) -> str:
    """What Django has to say of a request, in our words; empty for what is no such record.

    Its own words quote the path, the host or the field, as they came: anything can have been typed there.
    """
    request = getattr(record, "request", None)
    if not isinstance(request, HttpRequest):
        return ""
    match = request.resolver_match
    address = "an unknown address" if match is None else f"/{match.route}"
    status, audit_id = getattr(record, "status_code", "-"), getattr(request, "audit_id", "-")
    return f"{status} {request.method} {address} request={audit_id}{_why(record)}"


def _why(record: logging.LogRecord) -> str:
    """Which of Django's reasons to distrust a form it was, without the header that it quotes."""
    if record.name != "django.security.csrf" or not isinstance(record.args, tuple) or not record.args:
        return ""
    return f" ({str(record.args[0]).split(' - ', 1)[0].rstrip('.')})"


def _without_errors(record: logging.LogRecord) -> str:
    """The message, with each exception's type where its text would stand."""
    record.args = _named(record.args)
    said = record.getMessage()
    for error in _chain(record.exc_info[1] if record.exc_info else None):
        for words in (repr(error), *_texts(error)):
            if len(words) >= SHORTEST_TO_HIDE:
                said = said.replace(words, type(error).__name__)
    return said


def _named(arguments: Any) -> Any:
    """A record's arguments, with the type of each exception in place of it."""
    if isinstance(arguments, Mapping):
        return {name: _name(value) for name, value in arguments.items()}
    return tuple(map(_name, arguments)) if isinstance(arguments, tuple) else arguments


def _name(value: Any) -> Any:
    return _kind(value) if isinstance(value, BaseException) else value


def _texts(error: BaseException) -> Iterator[str]:
    """An exception's text, as it may stand in somebody's message: plain, escaped, in one line or in several."""
    text = str(error)
    yield from (text, text.strip(), repr(text), repr(text)[1:-1])
    yield from (line.strip() for line in text.splitlines())


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, then what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"

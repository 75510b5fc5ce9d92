"""What an HTTP answer means for a message."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from monitoring.escalation.channels.contract import NotSent

FOR_NOW = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def check(status: int, retry_after: str | None = None) -> None:
    """Raises NotSent unless the answer is 2xx: for now where it is 5xx, 408, 425 or 429; else for good.

    A redirect is for good too: it is not followed, because it may lead anywhere. `retry_after` is the header; only
    its form in seconds is understood.
    """
    if 200 <= status < 300:
        return
    permanent = status < 500 and status not in FOR_NOW
    asked = retry_after is not None and retry_after.isascii() and retry_after.isdigit()
    wait = timedelta(seconds=min(int(retry_after or 0), 3600)) if asked else None
    raise NotSent(f"HTTP {status}", permanent=permanent, retry_after=wait)

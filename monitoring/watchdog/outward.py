"""The outward heartbeat: a URL of somebody else's is called while all is well. When it falls silent, they come."""

from __future__ import annotations

import logging

import requests
from django.conf import settings

from monitoring.watchdog.queries import verdict

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = (3, 5)  # to connect, and for the answer to begin; its body is not read


def beat_outward() -> bool:
    """Call HEARTBEAT_URL, if there is one and the verdict is ok; whether it was answered well. Never raises."""
    if not settings.HEARTBEAT_URL:
        return False
    found = verdict()
    if found.status != "ok":
        logger.warning("no heartbeat outward: %s", "; ".join(found.reasons))
        return False
    try:
        with requests.get(
            settings.HEARTBEAT_URL, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False
        ) as answer:
            answer.raise_for_status()
    except requests.RequestException as error:
        logger.warning("the heartbeat outward did not arrive: %s", type(error).__name__)
        return False
    return True

"""Celery's beat, which also says that it is alive."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, close_old_connections, connection

from monitoring.due.actions import heard_from

logger = logging.getLogger(__name__)

SAY_EVERY_SECONDS = 3.0


class HeardScheduler(PersistentScheduler):
    """Leaves a pulse in the database as it goes round. A database that is away does not stop it."""

    said_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        pause = super().tick(*args, **kwargs)
        if time.monotonic() - self.said_at >= SAY_EVERY_SECONDS:
            self.said_at = time.monotonic()
            try:
                close_old_connections()
                heard_from("beat")
            except Error as error:
                logger.warning("beat could not say that it is alive: %s", type(error).__name__)
                connection.close()
        return pause

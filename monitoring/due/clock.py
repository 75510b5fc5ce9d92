"""The one clock: PostgreSQL's. Many machines share it, and none of theirs is trusted."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The present instant, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant

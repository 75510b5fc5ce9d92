"""A worker process of the multitude: at every instant it is told, it climbs what is due until nothing is.

Lines in: an instant. Lines out: how many alerts it has climbed so far, and in how many queries.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 (the apps must be there before the models)

import monitoring.celery  # noqa: E402, F401 (nudges go to the tests' own broker)
from monitoring.due.actions import run_one  # noqa: E402
from monitoring.due.registry import sweep_named  # noqa: E402
from monitoring.escalation.climb import Look  # noqa: E402
from tests.escalation.clocks import Clock, put_in_place  # noqa: E402

BATCH = 100
LOCK_TIMEOUT = "SET lock_timeout = '500ms'"  # as in a tick
counts = {"climbs": 0, "queries": 0}


def count_query(execute: Callable[..., Any], *arguments: Any) -> Any:
    counts["queries"] += 1
    return execute(*arguments)


def count_climb(take: Callable[[Look], None]) -> Callable[[Look], None]:
    def counted(look: Look) -> None:
        counts["climbs"] += 1
        take(look)

    return counted


def sweep() -> None:
    """All that is due, in another order than the other workers."""
    found = True
    while found:
        found = False
        for name in ("retarget", "climb"):
            work = sweep_named(name)
            rows = list(work.due(BATCH))
            random.shuffle(rows)
            for row in rows:
                found = True
                run_one(work, row)


def main() -> None:
    hands = Clock(datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
    put_in_place(hands, setattr, dict.__setitem__)
    setattr(Look, "take", count_climb(Look.take))  # noqa: B010 (mypy would not have a method replaced)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TIMEOUT)
    print("ready", flush=True)
    with connection.execute_wrapper(count_query):
        for line in sys.stdin:
            hands.at = datetime.fromisoformat(line.strip())
            sweep()
            print(counts["climbs"], counts["queries"], flush=True)


if __name__ == "__main__":
    main()

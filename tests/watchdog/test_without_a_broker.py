"""`manage.py tick --loop` alone, with Valkey stopped for the whole run: checks are assessed, and calls arrive."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stack import Stack, wait_for

PASSED = "SELECT shown, arrived FROM watchdog_proberun WHERE passed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.thorough
def test_the_loop_alone_carries_a_test_alert_to_its_end(stack: Callable[..., Stack]) -> None:
    house = stack()
    house.stop_valkey()
    house.start("sweep")
    ((shown, arrived),) = wait_for(lambda: house.sql(PASSED), 30, "a test alert has arrived")
    assert shown is None
    assert arrived < 8
    assert "Traceback" not in house.log("sweep")
    wait_for(lambda: not house.sql("SELECT 1 FROM wards_stay WHERE id < 0"), 5, "it has been cleared away")

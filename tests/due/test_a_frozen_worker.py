"""A worker that is frozen inside its transaction holds a patient's row; it must not hold it for long."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.due.conftest import Lone
from tests.stack import wait_for
from tools.processes import PYTHON

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
import django
django.setup()
from django.db import connection, transaction
from monitoring.due.models import Pulse
with transaction.atomic():
    Pulse.objects.select_for_update().get(name="held")
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.mark.soak
def test_its_session_ends_after_fifteen_seconds_and_the_row_is_free(lone: Lone) -> None:
    lone.sql("INSERT INTO due_pulse (name, at) VALUES ('held', clock_timestamp())")
    environment = lone.environment | {"DJANGO_SETTINGS_MODULE": "monitoring.settings"}
    with subprocess.Popen([PYTHON, "-c", HOLDER], cwd=ROOT, env=environment, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            os.kill(holder.pid, signal.SIGSTOP)
            began = time.monotonic()

            def is_free() -> bool:
                return bool(lone.sql("SELECT 1 FROM due_pulse WHERE name = 'held' FOR UPDATE SKIP LOCKED"))

            assert not is_free()
            wait_for(is_free, 20, "the row is free")
            assert 12 < time.monotonic() - began < 20
        finally:
            holder.kill()

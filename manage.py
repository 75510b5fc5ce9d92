#!/usr/bin/env python
"""Django's command line for Spinewatch; while `make run` runs, it speaks to the servers that `make run` started."""

import os
import sys
from pathlib import Path

import django
from django.core.management import execute_from_command_line

from monitoring.celery import app
from monitoring.environment import is_given

__all__ = ["app"]

# Written by tools/run.py, removed when it stops: KEY=value lines that name its own PostgreSQL and Valkey.
RUNNING_STACK = Path(__file__).resolve().parent / "var" / "run" / "environment"


def adopt_running_stack() -> None:
    """Take over DATABASE_URL, REDIS_URL and SECRET_KEY of a running `make run`, unless a database is named already."""
    if is_given("DATABASE_URL") or not RUNNING_STACK.exists():
        return
    for line in RUNNING_STACK.read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def own_the_tables() -> None:
    """From here on be the role that owns the tables, where there is one of its own (DATABASE_OWNER_URL)."""
    if is_given("DATABASE_OWNER_URL"):
        os.environ["SPINEWATCH_AS_OWNER"] = "1"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
    adopt_running_stack()
    if sys.argv[1:2] in (["migrate"], ["prune_audit"]):
        own_the_tables()
    if sys.argv[1:2] == ["replay"]:
        django.setup()  # before Django takes the protocol's --settings for its own
    execute_from_command_line(sys.argv)

"""Bring words, database and static files up to date, and load the demo where asked: one process, one import of Django.

Prints what the demo says about its accounts; nothing else goes to standard output.
"""

import os
import sys

import django
from django.core.management import call_command

import monitoring.celery  # noqa: F401 — what the demo nudges goes to our broker, not to one that is nowhere


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
    django.setup()
    call_command("compilemessages", verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if "--demo" in sys.argv:
        call_command("demo")


if __name__ == "__main__":
    main()

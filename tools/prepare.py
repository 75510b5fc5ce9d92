"""Bring words, database and static files up to date, and load the demo where asked: one process, one import of Django.

Prints what the demo says about its accounts; nothing else goes to standard output.
"""

import os
import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

import monitoring.celery  # noqa: F401 — what the demo nudges goes to our broker, not to one that is nowhere
from manage import own_the_tables

PLACE = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def be_the_application() -> None:
    """All that comes after the migration is done by the role that the application has, as it will be later."""
    connection.close()
    connection.settings_dict.update({name: settings.APPLICATION_DATABASE[name] for name in PLACE})


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
    own_the_tables()
    django.setup()
    call_command("compilemessages", verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    be_the_application()
    call_command("collectstatic", interactive=False, verbosity=0)
    if "--demo" in sys.argv:
        call_command("demo")


if __name__ == "__main__":
    main()

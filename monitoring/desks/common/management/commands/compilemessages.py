"""`manage.py compilemessages`: the .mo files that Django reads. Django's own needs GNU gettext."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from monitoring.desks.common import catalogue


class Command(BaseCommand):
    help = "Compile the .po files whose .mo is missing or older."

    def handle(self, *_args: Any, **options: Any) -> None:
        compiled = catalogue.compile_all()
        if options["verbosity"] > 1:
            self.stdout.write(f"{compiled} compiled")

"""`manage.py migrate`: Django's, as the owner of the tables; then the application's role is given what it needs."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from monitoring.audit.roles import application_role, grant


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        if role := application_role():
            grant(role)
            if options["verbosity"] > 0:
                self.stdout.write(f"The role {role} may read and write rows, and nothing else.")

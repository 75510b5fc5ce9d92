"""`manage.py prune_audit`: remove what retention lets go. Run it with the DATABASE_URL of the tables' owner."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.seals.retention import Refused, prune


class Command(BaseCommand):
    help = "Remove the rows of seals older than AUDIT_RETENTION_DAYS that are not under AUDIT_LEGAL_HOLD."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            removed = prune()
        except Refused as reason:
            raise CommandError(str(reason)) from None
        for log, rows in removed.items():
            self.stdout.write(f"{log.value}: {rows} rows removed")

"""`manage.py prune_audit`: remove what retention lets go. It goes by DATABASE_OWNER_URL, where there is one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring.seals.retention import Refused, prune


class Command(BaseCommand):
    help = (
        "Remove the rows of seals older than AUDIT_RETENTION_DAYS that are not under AUDIT_LEGAL_HOLD. Only the owner "
        "of the tables can: give their URL for this command alone, as in "
        "DATABASE_OWNER_URL='postgresql://…' manage.py prune_audit, "
        "or DATABASE_OWNER_URL_FILE."
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            removed = prune()
        except Refused as reason:
            raise CommandError(str(reason)) from None
        for log, rows in removed.items():
            self.stdout.write(f"{log.value}: {rows} rows removed")

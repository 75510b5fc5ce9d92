"""`manage.py verify_audit`: is the audit log as it was sealed? Exit code 0: yes; 1: no; 2: cannot tell."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from monitoring.seals.outside_copies import Copy, read_copies
from monitoring.seals.verification import Report, verify

NOT_AS_SEALED = 1
CANNOT_START = 2


class Command(BaseCommand):
    """Names each row and seal that is not as it was sealed; never what stood in it."""

    help = "Verify the sealed audit log and the history of rows; every finding is one line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=int, default=1, metavar="N", help="begin with seal N")
        parser.add_argument("--against", metavar="FILE", help="seals kept outside, one line of JSON each")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = verify(since=max(1, options["since"]), copies=self.copies(options["against"]))
        self.stdout.write(json.dumps(to_json(report)) if options["json"] else "\n".join(lines_of(report)))
        if not report.is_sound:
            sys.exit(NOT_AS_SEALED)

    def copies(self, name: str | None) -> list[Copy] | None:
        if name is None:
            return None
        try:
            return read_copies(Path(name).read_text(encoding="utf-8", errors="replace").splitlines())
        except OSError as error:
            self.stderr.write(f"Cannot read {name}: {error.strerror}.")
            sys.exit(CANNOT_START)


def to_json(report: Report) -> dict[str, Any]:
    return {
        "sound": report.is_sound,
        "seals": report.seals,
        "rows": report.rows,
        "removed_by_retention": report.removed,
        "removed_upto_seal": report.removed_upto,
        "epochs": report.epochs,
        "findings": [finding.to_json() for finding in report.findings],
        "more": report.more,
    }


def lines_of(report: Report) -> list[str]:
    lines = [finding.words for finding in report.findings]
    if report.more:
        lines.append(f"… and {report.more} more")
    if report.removed:
        lines.append(f"{report.removed} rows removed by retention, up to seal {report.removed_upto}")
    if report.epochs:
        lines.append(f"the database was restored from a dump: {report.epochs} new epochs in the chain")
    verdict = "as sealed" if report.is_sound else "NOT AS SEALED"
    return [*lines, f"{verdict}: {report.rows} rows in {report.seals} seals"]

"""`manage.py import_registry FILE`: past operations, of a file that is too large for the page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.audit.context import Origin, coming_from, new_request_id
from monitoring.registry.actions.importing import Report, import_lines
from monitoring.registry.cohort import Standing
from monitoring.registry.csv_reading import Problem
from monitoring.registry.import_queries import Counts
from wards.models import Staff

CANNOT = 2
AGENT = "manage.py import_registry"


class Command(BaseCommand):
    help = "Bring past operations into the registry from a CSV file: all of it, or nothing where one row is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV; the page of imports explains its columns")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who imports: it is done in their name")
        parser.add_argument("--source", required=True, metavar="TEXT", help="where the operations come from; no names")
        parser.add_argument("--dry-run", action="store_true", help="do all of it, and store nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit code 1 where a row is wrong, each problem on a line of standard error; 2 where nothing was read."""
        by = Staff.objects.filter(username=options["by"], is_active=True, pk__gt=0).first()
        if by is None:
            raise CommandError("Nobody signs in with this name.", returncode=CANNOT)
        report = self.imported(by, options)
        for line in lines_of(report):
            self.stdout.write(line)
        if report.problems:
            sys.exit(1)

    def imported(self, by: Staff, options: dict[str, Any]) -> Report:
        """Raises CommandError where the file cannot be opened, stands already, or is not theirs to import."""
        how = {"source": options["source"], "dry_run": options["dry_run"]}
        try:
            with open(options["file"], "rb") as file, coming_from(Origin(new_request_id(), agent=AGENT)):
                return import_lines(file, by=by, tell=self.complain, **how)
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.", returncode=CANNOT) from None
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages), returncode=CANNOT) from None
        except PermissionDenied as refused:
            raise CommandError(str(refused), returncode=CANNOT) from None

    def complain(self, problem: Problem) -> None:
        column = f"{problem.column}: " if problem.column else ""
        self.stderr.write(f"line {problem.line}: {column}{problem.reason}")


def lines_of(report: Report) -> Iterator[str]:
    """What became of the file."""
    if report.counts is None:
        yield f"{report.problems} problems on {report.bad_rows} of {report.rows} rows. Nothing was stored."
        return
    yield from _counted(report.counts)
    done = "Imported" if report.brought else "Nothing was stored, and nothing is wrong with"
    yield f"{done}: {report.rows} operations from {report.counts.since} to {report.counts.until}."


def _counted(counts: Counts) -> Iterator[str]:
    for ward, rows in counts.wards:
        yield f"{ward.code}: {rows}"
    for standing, rows in counts.standings.items():
        yield f"{Standing(standing).label}: {rows}"
    for finding, rows in counts.findings.items():
        yield f"cause {finding or 'not recorded'}: {rows}"
    for one in counts.overlaps:
        there = (
            f"{one.recorded} recorded and {one.imported} imported operations are there from {one.since} to {one.until}"
        )
        yield f"WARNING, {one.ward.code}: {there}; {one.alike} rows have the day, sex and age of one of them."

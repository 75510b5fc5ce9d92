"""`python manage.py replay`: assess recorded timelines, with neither database nor broker (protocol §9)."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from monitoring.protocol.replay import read_settings, replay
from monitoring.protocol.settings import InvalidSettings, Settings

STANDARD_INPUT = "-"
A_TIMELINE_IS_INVALID = 1
CANNOT_START = 2


class CannotRead(Exception):
    """A file that cannot be read; the message says which, and why."""


class Command(BaseCommand):
    """Prints one JSON line for each timeline; what keeps it from starting it says on standard error."""

    help = "Assess timelines: one JSON object, or JSON Lines, one timeline a line; one JSON line out for each."
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's own `--settings` gives way to the protocol's; manage.py has set Django up by then."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the timelines, or - for standard input")
        parser.add_argument("--settings", dest="changes", metavar="FILE", help="a JSON object of settings to change")
        parser.set_defaults(settings=None)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            settings = Settings() if options["changes"] is None else read_settings(_read(options["changes"]))
            data = _read(options["file"])
        except (CannotRead, InvalidSettings) as error:
            self.stderr.write(str(error))
            sys.exit(CANNOT_START)
        all_valid = True
        for line, valid in replay(data, settings):
            self.stdout.write(line)
            all_valid = all_valid and valid
        if not all_valid:
            sys.exit(A_TIMELINE_IS_INVALID)


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except OSError as error:
        raise CannotRead(f"Cannot read {name}: {error.strerror}.") from None

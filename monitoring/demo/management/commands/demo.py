"""`manage.py demo`: load the demo ward, and say how to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.demo.actions import load
from monitoring.demo.people import accounts
from monitoring.demo.play import CannotPlay, play


class Command(BaseCommand):
    help = "Load a ward to try Spinewatch on. Only into the database that `make run` made for itself."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--accounts", action="store_true", help="only print the demo accounts")
        what.add_argument("--play", action="store_true", help="let one stable patient get worse while you watch")
        parser.add_argument("--seconds", type=float, default=60.0, help="how long --play takes (60)")

    def handle(self, **options: Any) -> None:
        """Load, and print the accounts; or do what the option says. Exit code 2 on any other database."""
        if not settings.EMBEDDED:
            raise CommandError(
                "The demo's people and patients go only into the database of `make run`, and this is another one.",
                returncode=2,
            )
        if not options["accounts"]:
            load()
        if options["play"]:
            self._play(options["seconds"])
        else:
            self.stdout.write(accounts())

    def _play(self, seconds: float) -> None:
        try:
            play(seconds=seconds, say=self._say)
        except CannotPlay as problem:
            raise CommandError(str(problem)) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

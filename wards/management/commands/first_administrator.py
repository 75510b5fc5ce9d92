"""`manage.py first_administrator`: the first ward of a new installation, and who administers it."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.environment import secret
from wards.first_administrator import AdministratorThere, administrator_there, make_first_administrator
from wards.staff_actions import StaffFacts
from wards.ward_actions import WardFacts

PASSWORD_VARIABLE = "FIRST_ADMINISTRATOR_PASSWORD"
ASKED = {
    "ward": "Code of the ward, as in 7B",
    "ward_name": "Name of the ward",
    "time_zone": "Its time zone, as in Europe/London",
    "username": "Name to sign in with",
    "given_name": "Given name",
    "family_name": "Family name",
}
CANNOT = 2


class Command(BaseCommand):
    """What is not given as an option is asked for. The password is never on the command line, where others see it."""

    help = (
        "Make the first ward and its administrator, who adds everybody else under /staff/. The password is asked for, "
        f"or taken from the environment: {PASSWORD_VARIABLE}, or the file that {PASSWORD_VARIABLE}_FILE names."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name, words in ASKED.items():
            parser.add_argument(f"--{name.replace('_', '-')}", metavar="TEXT", help=words)

    def handle(self, **options: Any) -> None:
        """Exit code 2 where there is an administrator already, or something is not valid or missing."""
        there = administrator_there()
        if there is not None:
            raise CommandError(f"{there.username} is an administrator already.", returncode=CANNOT)
        said = {name: self._said(name, words, options[name]) for name, words in ASKED.items()}
        try:
            ward, staff = make_first_administrator(
                code=said["ward"],
                ward=WardFacts(said["ward_name"], said["time_zone"]),
                username=said["username"],
                facts=StaffFacts(said["given_name"], said["family_name"], phone="", ends_on=None),
                password=self._password(),
            )
        except AdministratorThere as refused:
            raise CommandError(str(refused), returncode=CANNOT) from None
        except ValidationError as refused:
            lines = [f"{name}: {' '.join(messages)}" for name, messages in refused.message_dict.items()]
            raise CommandError("\n".join(["Nothing was made.", *lines]), returncode=CANNOT) from None
        self.stdout.write(f"{staff} administers {ward}. Sign in as {staff.username} at {settings.BASE_URL}/.")

    def _said(self, name: str, words: str, given: str | None) -> str:
        if given is not None:
            return given
        if not sys.stdin.isatty():
            raise CommandError(f"Give --{name.replace('_', '-')}: nobody is here to ask.", returncode=CANNOT)
        return input(f"{words}: ")

    def _password(self) -> str:
        """From the environment or the file that it names, or typed twice where nobody sees it."""
        try:
            given = secret(PASSWORD_VARIABLE)
        except ImproperlyConfigured as refused:
            raise CommandError(str(refused), returncode=CANNOT) from None
        if given:
            return given
        if not sys.stdin.isatty():
            raise CommandError(f"Set {PASSWORD_VARIABLE}: nobody is here to type a password.", returncode=CANNOT)
        typed = getpass("Password: ")
        if typed != getpass("The same again: "):
            raise CommandError("These two differ. Nothing was made.", returncode=CANNOT)
        return typed

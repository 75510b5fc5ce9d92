"""`manage.py enrolment_code NAME`: the code for a second factor, where no other administrator is there to make it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.identity.enrolment import make_code
from wards.models import Staff

CANNOT = 2


class Command(BaseCommand):
    help = (
        "Print the code with which somebody sets up a second factor: once, within a day. Their password is asked too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="whom they sign in as")
        parser.add_argument("--reason", required=True, help="why; it stands in the audit log")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit code 2 for nobody's name, a closed account, and one that has a second factor."""
        staff = Staff.objects.filter(username=options["username"], pk__gt=0).first()
        if staff is None:
            raise CommandError("Nobody signs in with this name.", returncode=CANNOT)
        try:
            code = make_code(staff, by=None, reason=options["reason"])
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages), returncode=CANNOT) from None
        self.stdout.write(code)

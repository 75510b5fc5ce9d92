"""`manage.py seal_key`: the public key by which seals are checked; needs no database."""

from typing import Any

from django.core.management.base import BaseCommand

from monitoring.seals.keys import encoded, key_id, known_keys, public_key


class Command(BaseCommand):
    help = "Print the public key of the seals. Keep it outside; after a change of key it goes into AUDIT_PUBLIC_KEYS."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        own = key_id(public_key())
        for name, public in known_keys().items():
            self.stdout.write(f"{name} {encoded(public)} {'in force' if name == own else 'of before'}")

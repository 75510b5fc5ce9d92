"""`manage.py makemessages`: bring the .po files up to date with the sources. Django's own needs GNU gettext."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from monitoring.desks.common import catalogue


class Command(BaseCommand):
    help = "Take the words out of the sources into the .po files, and say how many are not translated yet."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for language in catalogue.languages():
            for domain in catalogue.DOMAINS:
                words = catalogue.renewed(language, domain)
                catalogue.write(language, domain, words)
                missing = sum(not message.string or message.string == ("",) for message in words if message.id)
                self.stdout.write(f"{language} {domain}: {len(words)} messages, {missing} without a translation")

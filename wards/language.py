"""Which language somebody reads."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from wards.models import Staff


@transaction.atomic
def choose_language(language: str, *, by: Staff) -> None:
    """Pages and messages are in this language from now on, wherever the person signs in.

    Raises ValidationError for a language that Spinewatch does not have.
    """
    staff = Staff.objects.select_for_update(no_key=True).get(pk=by.pk)
    if language not in dict(settings.LANGUAGES):
        raise ValidationError({"language": [_("Spinewatch is not written in that language.")]})
    if staff.language == language:
        return
    before, staff.language = staff.language, language
    staff.save(update_fields=["language"])
    record("language.chosen", by=by, about=staff, data={"before": before, "after": language})

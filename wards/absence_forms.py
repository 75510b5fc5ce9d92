"""What the forms about a patient's absence say, parsed. Views hand their words to `wards.absences`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from wards.fields import WhenForm
from wards.forms import choice
from wards.models import Absence


class AwayForm(WhenForm):
    """The patient is in theatre or in imaging, since when."""

    when, when_label = "at", lazy("Since when?")
    place = choice(lazy("where"), Absence.Place.choices)


class BackForm(WhenForm):
    """The patient is on the ward again, since when."""

    when, when_label = "at", lazy("Since when?")

"""The registry's own words; causes and indications are those of the pathway (`monitoring.pathway.vocabulary`)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.pathway.vocabulary import Indication


class Deficit(models.TextChoices):
    """The worst that was told of an episode's legs after its index operation.

    SEVERE is the protocol's: `fall_to_0_1` or `major_drop` held (findings 1 and 2); BELOW: an alert of concern or more
    without them. What turned out an entry error was none.
    """

    NONE = "none", pgettext_lazy("deficit", "none")
    BELOW = "below_severe", _("below the severe findings")
    SEVERE = "severe", _("severe: a fall to 0 or 1, or a drop of 3 grades or more")


class Ended(models.TextChoices):
    """What became of a deficit by its alert's closing; empty where there was none, or nobody said."""

    EXPLORED = "explored", _("explored")
    AMELIORATED = "ameliorated", _("ameliorated by conservative treatment")
    OTHER = "other", _("otherwise")
    OPEN = "open", _("alert still open")


class Reoperation(models.TextChoices):
    """Why the patient was operated again: the pathway's indications, and two more."""

    NONE = "none", pgettext_lazy("re-operation", "none")
    DEFICIT = Indication.DEFICIT.value, Indication.DEFICIT.label
    EXUDATION = Indication.EXUDATION.value, Indication.EXUDATION.label
    INFECTION = Indication.INFECTION.value, Indication.INFECTION.label
    FOREIGN_BODY = Indication.FOREIGN_BODY.value, Indication.FOREIGN_BODY.label
    OTHER = Indication.OTHER.value, Indication.OTHER.label
    UNKNOWN = "unknown", _("nobody recorded why")

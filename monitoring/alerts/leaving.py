"""A patient does not leave from under a critical alert that nobody has decided on."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as lazy

from monitoring.alerts.actions import locked, up_to_date
from monitoring.alerts.models import Alert
from monitoring.protocol import Level
from wards.models import Stay

CLOSE_FIRST = {
    Stay.Departure.DIED: lazy("A critical alert is open and undecided. A surgeon closes it first: died."),
    Stay.Departure.OTHER_HOSPITAL: lazy(
        "A critical alert is open and undecided. A surgeon decides, or closes it first: transferred out."
    ),
    Stay.Departure.HOME: lazy("A critical alert is open and undecided. A surgeon decides, or closes it first."),
}


def refuse_undecided(stay: Stay, departure: str) -> None:
    """Guards a discharge. The stay is assessed first if that is due, in the discharge's transaction.

    Raises ValidationError where an open deficit alert of the stay is, or was, critical and not decided.
    """
    up_to_date(*locked(stay.pk))
    critical = Alert.objects.filter(stay=stay, kind=Alert.Kind.DEFICIT, level=Level.CRITICAL.label)
    if critical.filter(closed_at__isnull=True, decided_at__isnull=True).exists():
        raise ValidationError({NON_FIELD_ERRORS: [CLOSE_FIRST[Stay.Departure(departure)]]})

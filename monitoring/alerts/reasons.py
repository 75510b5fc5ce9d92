"""Having an alert, or being offered one, opens its patient's stay. `wards` finds this module at the start."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from monitoring.alerts.models import Alert, HandOver
from wards.models import Staff
from wards.reasons import Reason, register
from wards.rights import ANSWERING, CLINICAL, LOOKING, ON_A_STAY, SURGEONS, May

OPEN_FOR = timedelta(hours=24)
"""So long after an alert was closed, whoever had it or was sent it may still look at the stay."""

AFTERWARDS = LOOKING | {May.VIEW_INBOX}


def _has_it(staff: Staff) -> Q:
    """A surgeon who has accepted an alert has the patient handed to them: as long as it is open, and theirs."""
    return Q(Exists(Alert.objects.filter(stay=OuterRef("pk"), closed_at=None, accepted_by=staff)))


def _had_it(staff: Staff) -> Q:
    lately = Q(closed_at__gt=Now() - OPEN_FOR)
    return Q(Exists(Alert.objects.filter(lately, stay=OuterRef("pk"), accepted_by=staff)))


def _is_offered_it(staff: Staff) -> Q:
    """Until it is answered or withdrawn."""
    waiting = HandOver.objects.filter(accepted_at=None, declined_at=None, alert__closed_at=None)
    return Q(Exists(waiting.filter(alert__stay=OuterRef("pk"), offered_to=staff)))


register(Reason("has the alert", _has_it, SURGEONS, ON_A_STAY))
register(Reason("had the alert", _had_it, CLINICAL, AFTERWARDS))
register(Reason("is offered the alert", _is_offered_it, CLINICAL, ANSWERING))

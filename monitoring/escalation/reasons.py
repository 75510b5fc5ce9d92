"""Whoever was sent an alert may open its patient's stay until a day after its closing; a surgeon answers meanwhile.

`wards` finds this module when the apps are loaded.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from monitoring.alerts.reasons import AFTERWARDS, OPEN_FOR
from monitoring.escalation.models import Delivery
from wards.models import Staff
from wards.reasons import Reason, register
from wards.rights import ANSWERING, WARD_TEAM


def _sent(staff: Staff, which: Q) -> Q:
    """A message that was withdrawn before it went out told nobody anything."""
    told = Delivery.objects.filter(which, person=staff, alert__stay=OuterRef("pk"))
    return Q(Exists(told.exclude(state=Delivery.State.WITHDRAWN)))


def _of_an_open_alert(staff: Staff) -> Q:
    return _sent(staff, Q(alert__closed_at=None))


def _of_one_closed_lately(staff: Staff) -> Q:
    return _sent(staff, Q(alert__closed_at__gt=Now() - OPEN_FOR))


register(Reason("was sent the alert", _of_an_open_alert, WARD_TEAM, ANSWERING))
register(Reason("was sent the alert, now closed", _of_one_closed_lately, WARD_TEAM, AFTERWARDS))

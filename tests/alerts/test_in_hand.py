"""A surgeon who has accepted an alert does not lose role or account, unless whoever takes it has read that."""

from __future__ import annotations

from functools import partial

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from tests.alerts.conftest import Patient
from tests.cast import Cast
from wards.models import Role, Stay
from wards.roles import take_role
from wards.staff_actions import close_staff

WORDS = "1 open alert on Ward 7B is in their hands. Let it be handed over first."


def test_an_accepted_alert_is_named_before_its_surgeon_goes(cast: Cast, patient: Patient) -> None:
    patient.checked(90)
    patient.checked(10, L4_left=2)
    alert = Alert.objects.get(kind=Alert.Kind.DEFICIT, closed_at=None)
    Stay.objects.update(responsible_surgeon=None)
    take = partial(
        take_role, cast.sam, by=cast.adam, ward=cast.ward_7b, role=Role.SURGEON, reason="Moved.", anyway=False
    )
    steps.accept(alert, by=cast.sam, revision=alert.revision)
    with pytest.raises(ValidationError) as refused:
        take()
    assert refused.value.message_dict == {"anyway": [WORDS]}
    with pytest.raises(ValidationError) as refused:
        close_staff(cast.sam, by=cast.adam, reason="Left.", anyway=False)
    assert refused.value.message_dict == {"anyway": [WORDS]}
    Alert.objects.update(accepted_by=None)
    assert take()

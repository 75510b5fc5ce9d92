"""Two surgeons tap "I have it" at the same moment: one has it, the other's page says who."""

from __future__ import annotations

import pytest

from monitoring.alerts.models import AlertEvent
from tests.alerts.conftest import watched_patient
from tests.alerts.stages import Colleagues
from tests.cast import set_stage
from tests.desks.alerting import url
from tests.desks.pages import alerting_works, said, signed_in
from tests.together import together
from wards.models import Staff


@pytest.mark.django_db(transaction=True)
def test_the_slower_of_two_surgeons_is_told_on_the_page_who_has_it() -> None:
    alerting_works()
    patient = watched_patient(set_stage())
    others = Colleagues.of(patient)
    patient.checked(2, L4_left=1)
    seen = patient.alert
    clients = {surgeon: signed_in(surgeon) for surgeon in (others.tom, others.uma)}

    def tap(surgeon: Staff) -> str:
        values = {"revision": seen.revision, "back": "alert"}
        page = clients[surgeon].post(url(seen, "accept/"), values, follow=True)
        return said(page.content.decode())

    pages = dict(zip(clients, together(*[lambda who=who: tap(who) for who in clients]), strict=True))
    winner = patient.alert.accepted_by
    assert winner is not None
    [slower] = set(clients) - {winner}
    assert "You have it" in pages[winner]
    assert f"Not accepted. This alert has changed meanwhile (accepted by {winner})" in pages[slower]
    assert f"{winner} has it since" in pages[slower]
    assert AlertEvent.objects.filter(alert=seen, kind="accepted").count() == 1

"""No page of the house shows a patient whose opening is not in the log: all pages, asked for one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from monitoring.demo.actions import load
from monitoring.escalation.climb import climb
from tools.page_book import Booked, book, make_ready
from wards.models import Patient, Staff

pytestmark = pytest.mark.thorough

BANNER = 'class="who" role="region"'


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Booked]]:
    with django_db_blocker.unblock(), transaction.atomic():
        assert load()
        for alert in Alert.objects.filter(closed_at=None):
            climb(alert.pk)
        make_ready()
        yield book()
        transaction.set_rollback(True)


def unlogged(page: Booked) -> str:
    """What a page shows of patients that the log does not say; empty where it is as it should be."""
    client = Client()
    if page.who:
        client.force_login(Staff.objects.get(username=page.who))
    response = client.get(page.path)
    if response.status_code != 200 or response.streaming:
        return ""
    html = response.content.decode()
    named = [one for one in Patient.objects.filter(pk__gt=0) if one.record_number in html or one.display_name in html]
    said = AuditEntry.objects.filter(request_id=response["X-Request-ID"])
    if BANNER in html:
        of = {entry.patient_id for entry in said.filter(action="record.opened")}
        return "" if len(named) >= 1 and of and of <= {one.pk for one in named} else f"{page.name}: a banner"
    return f"{page.name}: names {len(named)}" if named and not said.exists() else ""


def test_every_page_that_shows_a_patient_is_in_the_log(pages: list[Booked], db: None) -> None:
    assert len(pages) > 60
    shown = [page for page in pages if page.status == 200]
    assert [told for page in shown if (told := unlogged(page))] == []

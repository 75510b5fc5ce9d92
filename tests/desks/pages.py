"""Short ways to look at a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from monitoring.due.models import Pulse
from monitoring.due.registry import Lane
from wards.models import Staff


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def read(staff: Staff, url: str) -> str:
    """The page's source, as this person gets it."""
    response = signed_in(staff).get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def said(page: str) -> str:
    """What a page says, as one line of text with single spaces."""
    return " ".join(strip_tags(page.split("<body", 1)[-1].replace("<br>", " ")).split())


def spaced(page: str) -> str:
    """As `said`, with every element a word apart: for tables and lists."""
    return said("<body" + page.split("<body", 1)[-1].replace("<", " <"))


def shown_in(page: str) -> str:
    """The name of what a page says that a correction or a retraction changes."""
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert found, said(page)
    return found.group(1)


def confirmed(client: Client, url: str, form: dict[str, str]) -> HttpResponse:
    """Send a correction or a retraction, look at what it changes, and confirm that."""
    page = client.post(url, form).content.decode()
    return cast(HttpResponse, client.post(url, form | {"shown": shown_in(page)}))


def alerting_works() -> None:
    """As if the tick of each lane had just come by."""
    for lane in Lane:
        Pulse.objects.update_or_create(name=lane.pulse, defaults={"at": now()})


def queries_of(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def acts() -> int:
    """How much has been done, by the audit log: what was only looked at is left out."""
    return AuditEntry.objects.exclude(data__has_key="page").count()

"""Where a request came from is written beside what it did, and no request inherits another's."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from monitoring.audit import actions
from monitoring.audit.context import NOWHERE, OriginMiddleware, current_origin
from monitoring.audit.models import AuditEntry
from tests.cast import Cast


def test_what_a_request_does_carries_its_id_and_address(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            actions.record("ward.viewed", by=cast.alice, about=cast.ward_7b)
        return HttpResponse()

    responses = [
        OriginMiddleware(view)(RequestFactory(REMOTE_ADDR=address).get("/")) for address in ("10.1.2.3", "::1")
    ]
    entries = list(AuditEntry.objects.order_by("id"))
    assert [entry.address for entry in entries] == ["10.1.2.3", "::1"]
    assert [entry.request_id for entry in entries] == [response["X-Request-ID"] for response in responses]
    assert entries[0].request_id != entries[1].request_id
    assert current_origin() == NOWHERE


def test_over_a_unix_socket_there_is_no_address(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        assert current_origin().address is None
        return HttpResponse()

    OriginMiddleware(view)(RequestFactory(REMOTE_ADDR="").get("/"))

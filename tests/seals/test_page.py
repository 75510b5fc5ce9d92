"""The page about the seal: administrators see how far the chain is, and have it verified."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from monitoring.due.clock import now
from monitoring.seals.background import run_verification, verifications_due
from monitoring.seals.models import Seal, SealDispatch, Sealing, Verification
from tests.cast import Cast
from tests.desks.pages import queries_of, read, signed_in, spaced
from tests.seals.ledger import tamper, write_entries


def finish() -> None:
    for verification_id in verifications_due(10):
        run_verification(verification_id)


@pytest.fixture
def url(cast: Cast) -> str:
    return reverse("seal")


@pytest.mark.parametrize("name", ["alice", "carol", "sam", "nora"])
def test_only_who_may_read_the_audit_log_sees_or_starts_it(cast: Cast, url: str, name: str) -> None:
    client = signed_in(getattr(cast, name))
    assert (client.get(url).status_code, client.post(url).status_code) == (403, 403)
    assert not Verification.objects.exists()


def test_before_the_first_seal_it_says_so(cast: Cast, url: str) -> None:
    page = spaced(read(cast.adam, url))
    assert "Last seal none yet" in page
    assert "It has never been verified on this page." in page


def test_it_shows_the_last_seal_and_what_waits(sealed_log: None, cast: Cast, url: str) -> None:
    write_entries(3, first=5000)
    page = spaced(read(cast.adam, url))
    last = Seal.objects.latest("number")
    assert f"number {last.number}" in page
    assert last.hash in page
    assert "Nowhere. Whoever rules the database and the key" in page


def test_a_verification_that_runs_is_followed_and_one_that_ended_is_not(sealed_log: None, cast: Cast, url: str) -> None:
    client = signed_in(cast.adam)
    assert client.post(url)["Location"] == url
    page = client.get(url).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "Verify now" not in spaced(page)
    finish()
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "every 2s" not in part
    assert "As sealed · no row and no seal was changed" in spaced(part)
    assert "640 rows in 14 seals" in spaced(part)
    assert "asked for by Adam Abbot" in spaced(part)


def test_findings_are_named_in_words_and_never_what_stood_in_the_row(sealed_log: None, cast: Cast, url: str) -> None:
    tamper("UPDATE audit_auditentry SET reason = 'Secret words' WHERE id = 100")
    signed_in(cast.adam).post(url)
    finish()
    page = spaced(read(cast.adam, url))
    assert "NOT AS SEALED · 1 finding" in page
    assert "CHANGED: audit entry 100 is not as it was sealed" in page
    assert "Secret words" not in page


def test_it_says_when_sealing_is_behind_or_fails(sealed_log: None, cast: Cast, url: str) -> None:
    write_entries(3, first=5000)
    assert "Sealing is behind." in spaced(read(cast.adam, url))
    Sealing.objects.update(failing_since=now() - timedelta(minutes=7), last_error="OperationalError")
    assert "Sealing fails (OperationalError), first 7 min ago" in spaced(read(cast.adam, url))


def test_where_seals_go_is_shown_without_a_secret_of_the_address(
    sealed_log: None, cast: Cast, url: str, settings: Any
) -> None:
    settings.AUDIT_SEAL_WEBHOOK = "https://user:hush@seals.example.org/token-hush"
    settings.AUDIT_SEAL_EMAIL = "audit@hospital.example"
    at = now() - timedelta(minutes=7)
    SealDispatch.objects.create(channel="email", sent_at=at, sent_number=3)
    SealDispatch.objects.create(channel="webhook", failing_since=at, error="HTTPError")
    page = spaced(read(cast.adam, url))
    assert "E-mail audit@hospital.example seal 3, 7 min ago" in page
    assert "Webhook seals.example.org nothing was sent yet fails (HTTPError), first 7 min ago" in page
    assert "hush" not in page


def test_its_cost_does_not_grow_with_the_chain(sealed_log: None, cast: Cast, url: str) -> None:
    client = signed_in(cast.adam)
    client.get(url)
    assert queries_of(lambda: client.get(url)) <= 24

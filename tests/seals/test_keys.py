"""Who signs, and what a change of key asks for."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from monitoring.seals import environment
from monitoring.seals.findings import What
from monitoring.seals.keys import encoded, key_id, public_key
from monitoring.seals.models import Seal
from monitoring.seals.verification import verify
from tests.seals.ledger import found, seal_everything, write_entries

SEED = b"\x01" * 32


def test_without_a_key_of_its_own_it_is_made_of_the_secret_key_and_is_the_same_everywhere(
    settings: Any,
) -> None:
    own = public_key()
    assert public_key() == own
    settings.SECRET_KEY = "another"
    assert public_key() != own
    settings.AUDIT_SIGNING_KEY = SEED
    named = public_key()
    settings.SECRET_KEY = "a third"
    assert public_key() == named


def test_after_a_change_of_key_the_old_public_key_opens_the_old_seals(sealed_log: None, settings: Any) -> None:
    before, seals = public_key(), Seal.objects.count()
    settings.AUDIT_SIGNING_KEY = SEED
    settings.SECRET_KEY = "another"
    write_entries(1, first=5000)
    seal_everything()
    settings.AUDIT_PUBLIC_KEYS = ()
    assert [what for what, _ in found(verify())] == [What.SEAL_UNKNOWN_KEY] * seals
    settings.AUDIT_PUBLIC_KEYS = (before,)
    assert verify().is_sound


def test_a_secret_key_among_the_fallbacks_is_enough(sealed_log: None, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert verify().is_sound


def test_the_command_prints_what_to_keep(settings: Any) -> None:
    settings.AUDIT_SIGNING_KEY = SEED
    out = io.StringIO()
    call_command("seal_key", stdout=out)
    assert out.getvalue().splitlines()[0] == f"{key_id(public_key())} {encoded(public_key())} in force"


def test_a_seed_is_32_bytes_in_base64_and_an_error_does_not_quote_it() -> None:
    assert environment.signing_seed("") is None
    assert environment.signing_seed(base64.b64encode(SEED).decode()) == SEED
    for wrong in ("secret", base64.b64encode(SEED[:31]).decode(), "é"):
        with pytest.raises(ImproperlyConfigured) as refused:
            environment.signing_seed(wrong)
        assert wrong not in str(refused.value)


def test_a_webhook_needs_a_secret() -> None:
    secret = "whsec_" + base64.b64encode(SEED).decode()
    assert environment.webhook("", "") == ""
    assert environment.webhook("https://example.org/seals", secret) == "https://example.org/seals"
    for url, wrong in (("https://example.org", ""), ("https://example.org", "c2hvcnQ="), ("ftp://example.org", secret)):
        with pytest.raises(ImproperlyConfigured):
            environment.webhook(url, wrong)


def test_retention_and_hold_are_numbers_or_refused() -> None:
    assert environment.retention_days("0") == 0
    assert environment.retention_days("3650") == 3650
    assert environment.legal_hold([]) == frozenset()
    assert environment.legal_hold(["12", "R-9"]) == frozenset({"R-9", "12"})
    assert environment.legal_hold(["all"]) == "all"
    for wrong in ("", "-1", "ten", "1.5"):
        with pytest.raises(ImproperlyConfigured):
            environment.retention_days(wrong)
    with pytest.raises(ImproperlyConfigured):
        environment.legal_hold(["all", "12"])

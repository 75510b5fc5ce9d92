"""Passkeys (WebAuthn): what the browser is asked, and what of its answer is believed. The checking is fido2's.

Both ways go in two steps: a challenge, which whoever asks keeps, good once for five minutes; and the answer to it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from monitoring.due.clock import now
from monitoring.identity.models import Factor
from wards.models import Staff

NAME = "Spinewatch"
GOOD_FOR = timedelta(minutes=5)
VERIFIED = UserVerificationRequirement.PREFERRED


Kept = dict[str, Any]


class Asked(NamedTuple):
    """What the browser is to be asked, as JSON; and what must be kept of it, for its answer alone."""

    options: str
    kept: Kept


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """The public half of a passkey that a browser has just made."""

    credential_id: str
    credential: bytes
    signatures: int


def ask_for_new(staff: Staff, host: str) -> Asked:
    """What `navigator.credentials.create` is called with."""
    options, state = _server(host).register_begin(
        PublicKeyCredentialUserEntity(id=staff.public_id.bytes, name=staff.username, display_name=str(staff)),
        credentials=[_public_half(one) for one in passkeys_of(staff)],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=VERIFIED,
    )
    return _asked(dict(options.public_key), state)


def take_new(kept: Kept | None, answer: str, host: str) -> NewPasskey:
    """The passkey of the browser's answer. Raises ValidationError where it does not answer what was asked."""
    state = _challenge(kept)
    try:
        made = _server(host).register_complete(state, _parsed(answer))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValidationError(refused()) from None
    assert made.credential_data is not None  # fido2 refuses an answer without
    found = made.credential_data
    return NewPasskey(found.credential_id.hex(), bytes(found), made.counter)


def ask_for_one(staff: Staff, host: str) -> Asked:
    """What `navigator.credentials.get` is called with."""
    options, state = _server(host).authenticate_begin(
        [_public_half(one) for one in passkeys_of(staff)], user_verification=VERIFIED
    )
    return _asked(dict(options.public_key), state)


def take_one(kept: Kept | None, staff: Staff, answer: str, host: str) -> tuple[Factor, int]:
    """Whose signature it is, and the passkey's count of them. Raises ValidationError where it is none of theirs."""
    state = _challenge(kept)
    standing = passkeys_of(staff)
    try:
        parsed = AuthenticationResponse.from_dict(_parsed(answer))
        found = _server(host).authenticate_complete(state, [_public_half(one) for one in standing], parsed)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValidationError(refused()) from None
    factor = next(one for one in standing if one.credential_id == found.credential_id.hex())
    return factor, parsed.response.authenticator_data.counter


def ask_anybody(host: str) -> Asked:
    """As `ask_for_one`, before anybody has said who they are. Only a passkey that the device itself keeps answers, and
    one that has made sure of its owner: by finger, face or PIN.
    """
    options, state = _server(host).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return _asked(dict(options.public_key), state)


def named_by(answer: str) -> Factor | None:
    """The passkey that an answer names. It has shown nothing yet."""
    try:
        credential_id = AuthenticationResponse.from_dict(_parsed(answer)).raw_id.hex()
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    standing = Factor.objects.filter(kind=Factor.Kind.PASSKEY, removed_at=None).select_related("staff")
    return standing.filter(credential_id=credential_id).first()


def take_alone(kept: Kept | None, factor: Factor, answer: str, host: str) -> int:
    """That it is this passkey's signature, and its owner's: the count. Raises ValidationError where it is not."""
    state = _challenge(kept)
    try:
        parsed = AuthenticationResponse.from_dict(_parsed(answer))
        _server(host).authenticate_complete(state, [_public_half(factor)], parsed)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValidationError(refused()) from None
    if parsed.response.user_handle != factor.staff.public_id.bytes:
        raise ValidationError(refused())
    return parsed.response.authenticator_data.counter


def passkeys_of(staff: Staff) -> list[Factor]:
    """Those that still count, in the order in which they were added."""
    return list(Factor.objects.filter(staff=staff, kind=Factor.Kind.PASSKEY, removed_at=None).order_by("pk"))


def refused() -> str:
    return _("That was not accepted. Try again.")


def _server(host: str) -> Fido2Server:
    """`host`: under which the browser knows us. A passkey works nowhere else."""
    return Fido2Server(PublicKeyCredentialRpEntity(id=host.partition(":")[0], name=NAME))


def _public_half(factor: Factor) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(factor.credential))


def _parsed(answer: str) -> dict[str, Any]:
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError
    return found


def _asked(options: dict[str, Any], state: dict[str, Any]) -> Asked:
    return Asked(json.dumps(options), {"state": state, "until": (now() + GOOD_FOR).isoformat()})


def _challenge(kept: Kept | None) -> dict[str, Any]:
    if kept is None or datetime.fromisoformat(kept["until"]) <= now():
        raise ValidationError(_("That took too long. Try again."))
    state: dict[str, Any] = kept["state"]
    return state

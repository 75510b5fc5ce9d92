"""Where a browser keeps a check that is being typed, and the key that opens it again for the same person."""

from __future__ import annotations

import base64

from django.utils.crypto import salted_hmac

from wards.models import ClinicalEntry, Staff, Stay


def draft_name(staff: Staff, stay: Stay, correcting: ClinicalEntry | None) -> str:
    """One place a person and stay, or entry that is corrected. It says nothing of the patient."""
    return f"{staff.pk}:{correcting.public_id if correcting else stay.public_id}"


def draft_key(staff: Staff) -> str:
    """This person's AES-256 key for drafts, in base64. The device never keeps it: only a session of theirs gets it."""
    return base64.b64encode(salted_hmac("spinewatch.draft", str(staff.pk), algorithm="sha256").digest()).decode()

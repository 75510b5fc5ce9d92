"""Setting up a second factor: what the page shows, and what it sends back; before signing in and after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from monitoring.desks.common.lock import keep, take
from monitoring.desks.common.saving import refuse
from monitoring.due.clock import now
from monitoring.identity import actions, box, passkeys, totp
from monitoring.identity.forms import AppForm, NewPasskeyForm
from monitoring.identity.models import Factor
from wards.models import Staff

CHALLENGE = "new_passkey_challenge"
SHOWN_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Made:
    """A factor that was just set up; `codes` are the recovery codes, where it was the first."""

    kind: str
    codes: list[str] | None


def added(request: HttpRequest, staff: Staff) -> tuple[tuple[AppForm, NewPasskeyForm], Made | None]:
    """The two forms of the page, with what is wrong with the one that was sent; and what came of it."""
    if request.method != "POST":
        return (AppForm(), NewPasskeyForm()), None
    if "answer" in request.POST:
        passkey_form = NewPasskeyForm(request.POST)
        return (AppForm(), passkey_form), _passkey(request, staff, passkey_form)
    app_form = AppForm(request.POST)
    return (app_form, NewPasskeyForm()), _app(staff, app_form)


def enrolment(request: HttpRequest, staff: Staff, sent: Sequence[forms.Form]) -> dict[str, Any]:
    """What the page shows: a secret, as a picture and in words, and what the browser is asked for a passkey."""
    app_form, passkey_form = sent
    secret = _shown_before(app_form, staff) or totp.new_secret()
    asked = passkeys.ask_for_new(staff, request.get_host())
    keep(request.session, {CHALLENGE: asked.kept})
    return {
        "app_form": app_form,
        "passkey_form": passkey_form,
        "kept": _closed(secret, staff),
        "picture": mark_safe(totp.picture(secret, staff.username)),
        "address": totp.address(secret, staff.username),
        "secret": totp.in_groups(secret),
        "options": asked.options,
        "has_app": Factor.objects.filter(staff=staff, kind=Factor.Kind.TOTP, removed_at=None).exists(),
    }


def _app(staff: Staff, form: AppForm) -> Made | None:
    if not form.is_valid():
        return None
    secret = _shown_before(form, staff)
    try:
        if secret is None:
            raise ValidationError({"code": [_("That took too long. Scan the new picture.")]})
        codes = actions.add_app(by=staff, secret=secret, code=form.cleaned_data["code"])
    except ValidationError as error:
        refuse(form, error)
        return None
    return Made(Factor.Kind.TOTP, codes)


def _passkey(request: HttpRequest, staff: Staff, form: NewPasskeyForm) -> Made | None:
    kept = take(request.session, CHALLENGE)
    if not form.is_valid():
        return None
    try:
        made = passkeys.take_new(kept, form.cleaned_data["answer"], request.get_host())
        codes = actions.add_passkey(by=staff, name=form.cleaned_data["name"], made=made)
    except ValidationError as error:
        refuse(form, error)
        return None
    return Made(Factor.Kind.PASSKEY, codes)


def _closed(secret: str, staff: Staff) -> str:
    """A secret on its way through the page: for this person, for some minutes, and nobody else can make one up."""
    until = now() + SHOWN_FOR
    return box.closed(json.dumps({"secret": secret, "staff": staff.pk, "until": until.isoformat()}))


def _shown_before(form: forms.Form, staff: Staff) -> str | None:
    """The secret that the page showed, where it still counts."""
    if not form.is_bound:
        return None
    try:
        kept = json.loads(box.opened(str(form.data.get("kept", ""))))
    except box.CannotOpen:
        return None
    if kept["staff"] != staff.pk or datetime.fromisoformat(kept["until"]) <= now():
        return None
    secret: str = kept["secret"]
    return secret

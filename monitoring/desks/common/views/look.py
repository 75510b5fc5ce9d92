"""The design system: each part of the pages, with its name, as it looks on this device."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from monitoring.desks.common.presentation import LEVEL_WORDS
from monitoring.desks.common.requests import SignedInRequest
from monitoring.due.clock import now
from wards.access import wards_of
from wards.models import Ward

TOKENS = (
    "paper", "card", "sunk", "ink", "soft", "line", "edge", "accent", "on-accent", "ok",
    "critical", "critical-bg", "on-critical", "concern", "concern-bg", "watch", "watch-bg", "stable", "stable-bg",
)  # fmt: skip


class SampleForm(forms.Form):
    """One field of each sort; sent nowhere."""

    line = forms.CharField(label=_("A line of text"), required=False, help_text=_("Help stands below the label."))
    wrong = forms.CharField(label=_("A field with an error"), required=False)
    text = forms.CharField(label=_("Longer text"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    choice = forms.ChoiceField(
        label=_("One of a few"),
        required=False,
        choices=[("no", _("No")), ("yes", _("Yes")), ("unknown", _("Not known"))],
        widget=forms.RadioSelect,
    )


@require_safe
@login_required
def look(request: SignedInRequest) -> HttpResponse:
    """For whoever builds or judges pages. It shows no patient."""
    form = SampleForm({})
    form.is_valid()
    form.add_error("wrong", _("What is wrong, and how to mend it."))
    at = now()
    context = {
        "tokens": TOKENS,
        "levels": [*LEVEL_WORDS, None],
        "form": form,
        "ward": wards_of(request.user).first() or Ward(time_zone="UTC"),
        "soon": at + timedelta(minutes=18),
        "late": at - timedelta(minutes=11),
        "before": at - timedelta(days=2, hours=3),
    }
    return render(request, "common/look.html", context)

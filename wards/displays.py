"""The screens on a ward's walls: the only code that writes about them.

Each action is one transaction: lock, rules, change, audit; then the ward's open pages look again. All raise Forbidden
where `by` may not, and ValidationError by the form's field names.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from monitoring.due import clock
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.access import May, require
from wards.locks import lock_rota
from wards.models import Display, Staff, Ward

LONGEST_NAME = 40


@transaction.atomic
def make_display(ward: Ward, *, by: Staff, name: str) -> Display:
    """A new screen of the ward, called by where it hangs. Its browser's session is for the caller to bind."""
    ward = lock_rota(ward.pk)
    require(by, May.MANAGE_DISPLAYS, ward)
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": [_("Say where it hangs.")]})
    if len(name) > LONGEST_NAME:
        raise ValidationError({"name": [_("At most %(most)s characters.") % {"most": LONGEST_NAME}]})
    if ward.displays.filter(ended_at=None, name__iexact=name).exists():
        raise ValidationError({"name": [_("A display of this name is running. End that one first, or use another.")]})
    display = Display.objects.create(ward=ward, name=name, created_by=by)
    audit.record("display.made", by=by, about=display, data={"ward": ward.pk, "name": name})
    publish(topics.ward(ward.pk))
    return display


@transaction.atomic
def end_display(display: Display, *, by: Staff) -> Display:
    """The screen shows the board no more; it says that it was ended."""
    ward = lock_rota(display.ward_id)
    require(by, May.MANAGE_DISPLAYS, ward)
    display = Display.objects.get(pk=display.pk)
    if display.ended_at is not None:
        return display
    display.ended_at, display.ended_by = clock.now(), by
    display.save(update_fields=["ended_at", "ended_by"])
    audit.record("display.ended", by=by, about=display, data={"ward": ward.pk})
    publish(topics.ward(ward.pk))
    return display


@transaction.atomic
def hide_names(ward: Ward, *, by: Staff, hidden: bool) -> Ward:
    """Whether the ward's displays leave out who lies in the beds: on all of them, from now on."""
    ward = lock_rota(ward.pk)
    require(by, May.MANAGE_DISPLAYS, ward)
    if ward.hides_names == hidden:
        return ward
    ward.hides_names = hidden
    ward.save(update_fields=["hides_names"])
    audit.record("ward.names_hidden" if hidden else "ward.names_shown", by=by, about=ward)
    publish(topics.ward(ward.pk))
    return ward

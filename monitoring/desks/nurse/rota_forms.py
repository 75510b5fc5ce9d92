"""What the forms of the rota say, parsed. They write nothing: views hand their words to `wards.rota`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.escalation.ladder import Key
from wards.access import POSTS
from wards.calendar_file import LARGEST
from wards.fields import NOW, WallClockField, fold_field, local_instant
from wards.models import Duty, Group, Post, Role, Staff, Stay, Ward
from wards.rota_queries import eligible, who_may_hold
from wards.times import zone_of

LATER = "later"
NO_FILE = format_lazy(  # a larger one never arrives (settings)
    lazy("Choose a calendar file, of at most {kilobytes} KB."), kilobytes=LARGEST // 1024
)
EVERY_POST = frozenset[Role]().union(*POSTS.values())


class WallClockForm(forms.Form):
    """A form with times typed on the ward's clock. Beside each `WallClockField` stands its `<name>_fold`."""

    def __init__(self, *args: Any, ward: Ward, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone_of(ward)

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        for name in [name for name, field in self.fields.items() if isinstance(field, WallClockField)]:
            if said.get(name) is not None:
                said[name] = self._instant(name, said[name])
        return said

    def _instant(self, name: str, wall: datetime) -> datetime | None:
        try:
            return local_instant(wall, self.zone, self.cleaned_data.get(f"{name}_fold", ""))
        except ValidationError as error:
            self.add_error(f"{name}_fold" if error.code == "fold" else name, error)
            return None

    @property
    def folds(self) -> list[forms.BoundField]:
        """The questions "which of the two hours" that must be asked."""
        names = [name for name in self.fields if name.endswith("_fold")]
        return [self[name] for name in names if name in self.errors or self[name].value()]


def post_field() -> forms.TypedChoiceField:
    message = lazy("Choose the post.")
    return forms.TypedChoiceField(
        label=lazy("post"),
        choices=[("", lazy("choose a post")), *Post.choices],
        coerce=Post,
        error_messages={"required": message, "invalid_choice": message},
    )


def staff_field(label: str, staff: QuerySet[Staff], message: str) -> forms.ModelChoiceField[Staff]:
    return forms.ModelChoiceField(
        staff,
        label=label,
        empty_label=_("choose a person"),
        error_messages={"required": message, "invalid_choice": message},
    )


class DutyForm(WallClockForm):
    """A line of the rota: who, in which post, from when until when."""

    post = post_field()
    starts_at = WallClockField(label=lazy("from"))
    starts_at_fold = fold_field()
    ends_at = WallClockField(label=lazy("until"))
    ends_at_fold = fold_field()

    def __init__(self, *args: Any, ward: Ward, **kwargs: Any) -> None:
        super().__init__(*args, ward=ward, **kwargs)
        self.fields["staff"] = staff_field(
            _("who"), eligible(ward.pk, EVERY_POST), _("Choose one of the ward's people.")
        )
        self.order_fields(["post", "staff"])


class HandOverForm(WallClockForm):
    """The rest of a shift for a colleague: from now, or from a time in it. One that has not begun may go as a whole."""

    at = WallClockField(label=lazy("from"))
    at_fold = fold_field()

    def __init__(self, *args: Any, duty: Duty, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, ward=duty.ward, **kwargs)
        others = who_may_hold(duty.ward_id, duty.post).exclude(pk=duty.staff_id)
        self.fields["to"] = staff_field(_("to whom"), others, _("Choose the colleague who takes over."))
        self.fields["when"] = forms.ChoiceField(
            label=_("from when"),
            choices=[(NOW, _("now") if duty.starts_at <= now else _("all of it")), (LATER, _("from a time…"))],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Say from when."),
                "invalid_choice": _("Say from when: choose one of these."),
            },
        )
        self.fields["at"].required = False
        self.order_fields(["to", "when", "at"])

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        typed, when = said.get("at"), said.get("when")
        if when == LATER and typed is None and not {"at", "at_fold"} & set(self.errors):
            self.add_error("at", _("Give the date and time."))
        if when == NOW and typed is not None:
            self.add_error("at", _("You typed a time as well. Choose “from a time” to use it, or clear it."))
        return said


class ImportForm(forms.Form):
    """A calendar file (iCalendar, .ics) with the shifts of one post."""

    post = post_field()
    calendar = forms.FileField(
        label=lazy("calendar file (.ics)"),
        allow_empty_file=False,
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        error_messages={"required": NO_FILE, "invalid": NO_FILE, "empty": lazy("This file is empty.")},
    )

    def clean_calendar(self) -> bytes:
        content: bytes = self.cleaned_data["calendar"].read()
        return content


class WhoForm(WallClockForm):
    """For whom, at which level, and when beside now: who would be called?"""

    key = forms.TypedChoiceField(
        label=lazy("about"),
        choices=[
            (Key.CRITICAL.value, lazy("critical")),
            (Key.CONCERN.value, lazy("concern")),
            (Key.OVERDUE.value, lazy("check overdue")),
            (Key.NOT_DONE.value, lazy("check could not be done")),
        ],
        coerce=Key,
        error_messages=dict.fromkeys(("required", "invalid_choice"), lazy("Choose a level.")),
    )
    at = WallClockField(label=lazy("now, and at"))
    at_fold = fold_field()

    def __init__(self, *args: Any, ward: Ward, now: datetime, **kwargs: Any) -> None:
        initial = {"key": Key.CRITICAL.value, "at": next_three(now, ward)} | (kwargs.pop("initial", None) or {})
        super().__init__(*args, ward=ward, initial=initial, **kwargs)
        present = Stay.objects.filter(ward=ward, discharged_at=None).select_related("patient", "bed", "ward")
        stays = {str(stay.public_id): stay for stay in present.order_by("bed__label")}
        named = [(key, f"{stay.bed} · {stay.patient.display_name}") for key, stay in stays.items()]
        message = _("Choose one of the ward's patients.")
        self.fields["stay"] = forms.TypedChoiceField(
            label=_("patient"),
            choices=[("", _("choose a patient")), *named],
            coerce=stays.__getitem__,
            error_messages={"required": message, "invalid_choice": message},
        )
        self.order_fields(["stay", "key", "at"])


def wall(at: datetime, ward: Ward) -> datetime:
    """What the ward's clock shows at an instant, to the minute: the value that a time field begins with."""
    return at.astimezone(zone_of(ward)).replace(second=0, microsecond=0, tzinfo=None)


def next_three(now: datetime, ward: Ward) -> datetime:
    """When it is next three in the morning on the ward's clock, as that clock shows it."""
    here = wall(now, ward)
    three = here.replace(hour=3, minute=0)
    return three if three > here else three + timedelta(days=1)


class GroupForm(forms.Form):
    """People who are called together by a name of the ward's own."""

    name = forms.CharField(
        label=lazy("Name"), max_length=40, error_messages={"required": lazy("Give the group a name.")}
    )

    def __init__(self, data: Any, *, ward: Ward, group: Group | None) -> None:
        super().__init__(data, initial={} if group is None else {"name": group.name, "members": group.members.all()})
        message = _("Choose at least one person of the ward.")
        self.fields["members"] = forms.ModelMultipleChoiceField(
            eligible(ward.pk, frozenset({Role.NURSE, Role.CHARGE_NURSE, Role.SURGEON})),
            label=_("members"),
            widget=forms.CheckboxSelectMultiple,
            error_messages=dict.fromkeys(("required", "invalid_choice", "invalid_pk_value"), message),
        )

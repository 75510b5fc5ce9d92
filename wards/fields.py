"""What forms are made of: the idempotency key, and times typed on the ward's own clock."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from wards.models import Ward
from wards.times import day_words, zone_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

NOW, EARLIER, SAME = "now", "earlier", "same"
Fold = Literal["first", "second"]
FOLDS = [
    ("first", lazy("the first, before the clocks went back")),
    ("second", lazy("the second, after the clocks went back")),
]


class KeyField(forms.UUIDField):
    """The hidden key that lets a form be stored once however often it is sent.

    A form shown again keeps its key; one that came without a valid one is shown with a fresh one, so that sending it
    again can succeed.
    """

    def __init__(self) -> None:
        missing = lazy("This form came without its key, so nothing was saved. Look it over and send it again.")
        super().__init__(
            widget=forms.HiddenInput, initial=uuid.uuid4, error_messages={"required": missing, "invalid": missing}
        )

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return self.clean(data)
        except ValidationError:
            return initial


def local_instant(wall: datetime, zone: ZoneInfo, fold: str) -> datetime:
    """The instant, in UTC, at which clocks on the wall of the ward's zone show `wall`.

    Raises ValidationError for a time that the clocks skipped, for one that came twice while `fold` ("first" or
    "second") does not say which, and for one that no calendar holds.
    """
    try:
        first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        shown = first.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise ValidationError(lazy("No calendar holds this date."), code="overflow") from None
    if first == second:
        return first
    if shown != wall:
        words = _("%(time)s did not exist on %(day)s: the clocks went forward over it.")
        raise ValidationError(words % _wall_words(wall), code="gap")
    if fold not in {"first", "second"}:
        words = _("%(time)s came twice on %(day)s, because the clocks went back: say which one.")
        raise ValidationError(words % _wall_words(wall), code="fold")
    return first if fold == "first" else second


def first_after(after: datetime, typed: time, zone: ZoneInfo) -> datetime:
    """The first instant after `after`, in UTC, at which the ward's clock shows the typed time.

    Raises ValidationError for a time that the clocks skip that day.
    """
    day = after.astimezone(zone).date()
    today, tomorrow = (datetime.combine(day + timedelta(days=days), typed) for days in range(2))
    at = local_instant(today, zone, "first")
    return (at if at > after else local_instant(tomorrow, zone, "first")).astimezone(UTC)


def as_recorded(shown: datetime) -> str:
    """The choice that leaves a time as it stands, to the microsecond."""
    return _("as recorded: %(day)s %(time)s") % _wall_words(shown)


def _wall_words(wall: datetime) -> dict[str, str]:
    return {"time": f"{wall:%H:%M}", "day": day_words(wall.date())}


def fold_field() -> forms.ChoiceField:
    """Asks which of two, for a time that came twice."""
    return forms.ChoiceField(
        label=lazy("which of the two"),
        choices=FOLDS,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": lazy("Choose the first or the second.")},
    )


class WhenForm(forms.Form):
    """A moment: now (by the server's clock, at receipt), or an earlier one, its date and time typed in the ward's zone.

    Its fields are `<when>`, `<when>_date`, `<when>_time` and, for the hour that comes twice when the clocks go back,
    `<when>_fold`. A correction offers, instead of now, the moment as it was recorded, to the microsecond.
    """

    when: str
    when_label: str | StrPromise
    two_times = {
        NOW: lazy("You chose now, and typed a time as well. Choose “earlier” to use it, or clear it."),
        SAME: lazy(
            "You changed the time, and left it “as recorded”. Choose “at another time” to use it, or change it back."
        ),
    }

    def __init__(self, *args: Any, ward: Ward, recorded: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone_of(ward)
        self.recorded = recorded
        shown = None if recorded is None else recorded.astimezone(self.zone)
        choices = [(NOW, lazy("now")) if shown is None else (SAME, as_recorded(shown))]
        self.fields[self.when] = forms.ChoiceField(
            label=self.when_label,
            choices=[*choices, (EARLIER, lazy("earlier") if shown is None else lazy("at another time"))],
            initial=None if shown is None else SAME,
            widget=forms.RadioSelect,
            error_messages={"required": lazy("Say when."), "invalid_choice": lazy("Say when: choose one of these.")},
        )
        self.fields[f"{self.when}_date"] = forms.DateField(
            label=lazy("date"),
            required=False,
            initial=shown and shown.date(),
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": lazy("This is not a date: write it as 2026-03-07.")},
        )
        self.fields[f"{self.when}_time"] = forms.TimeField(
            label=lazy("time"),
            required=False,
            initial=shown and shown.time(),
            input_formats=["%H:%M", "%H:%M:%S"],
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            error_messages={"invalid": lazy("This is not a time: write it as 03:14, on the 24-hour clock.")},
        )
        self.fields[f"{self.when}_fold"] = fold_field()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        choice = cleaned.get(self.when)
        cleaned["at"] = self._typed(cleaned) if choice == EARLIER else None
        if choice in {NOW, SAME} and self._says_another_time(cleaned):
            self.add_error(f"{self.when}_time", self.two_times[choice])
        return cleaned

    def _says_another_time(self, cleaned: dict[str, Any]) -> bool:
        """Whether a time was typed beside the choice of now, or changed beside the one of as recorded."""
        date, time = cleaned.get(f"{self.when}_date"), cleaned.get(f"{self.when}_time")
        if self.recorded is None:
            return time is not None
        shown = self.recorded.astimezone(self.zone)
        other_day = date is not None and date != shown.date()
        return other_day or (time is not None and (time.hour, time.minute) != (shown.hour, shown.minute))

    def _typed(self, cleaned: dict[str, Any]) -> datetime | None:
        """The typed moment; None with an error beside the field that is wrong."""
        date, time = cleaned.get(f"{self.when}_date"), cleaned.get(f"{self.when}_time")
        for part, value in (("date", date), ("time", time)):
            if value is None and f"{self.when}_{part}" not in self.errors:
                self.add_error(f"{self.when}_{part}", _("Give the date.") if part == "date" else _("Give the time."))
        if date is None or time is None:
            return None
        try:
            return local_instant(datetime.combine(date, time), self.zone, cleaned.get(f"{self.when}_fold", ""))
        except ValidationError as error:
            self.add_error(f"{self.when}_fold" if error.code == "fold" else f"{self.when}_time", error)
            return None

    @property
    def at(self) -> datetime | None:
        """The moment, in UTC. None: now, or in a correction the moment as recorded."""
        at: datetime | None = self.cleaned_data["at"]
        return at

    @property
    def asks_which_hour(self) -> bool:
        """Whether the typed time came twice, so that the page must ask which one."""
        return f"{self.when}_fold" in self.errors or bool(self[f"{self.when}_fold"].value())


class WallClockField(forms.DateTimeField):
    """A date and time as the ward's clock shows them, without a zone: `local_instant` makes an instant of them."""

    def __init__(self, *, label: str | StrPromise) -> None:
        super().__init__(
            label=label,
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
            widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
            error_messages={
                "required": lazy("Give the date and time."),
                "invalid": lazy("This is not a date and time: write it as 2026-03-07T03:14."),
            },
        )

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):
            typed = super().to_python(value)
        return None if typed is None else typed.replace(tzinfo=None)

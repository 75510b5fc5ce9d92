"""What the page of response times is asked: which wards, which days, and what stands behind a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from monitoring.desks.common.period_form import WardsPeriodForm, day_field
from wards.models import Ward
from wards.times import zone_of

DAYS: Final = 365
"""So many until today, unless a period is asked for."""


class Base(TextChoices):
    """From when a time is counted."""

    EXAMINED = "examined", lazy("the examination")
    ALERT = "alert", lazy("the alert")


class By(TextChoices):
    """What alerts are told apart by."""

    WARD = "ward", pgettext_lazy("response times", "ward")
    MONTH = "month", pgettext_lazy("response times", "month")
    HOUR = "hour", pgettext_lazy("response times", "hour of the day")


class Step(TextChoices):
    """What happens after a critical deficit was examined, in the order in which it should."""

    RECORDED = "recorded", lazy("recorded")
    ALERT = "alert", lazy("alert")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("response times", "acknowledged by a nurse")
    ACCEPTED = "accepted", lazy("a surgeon has it")
    IMAGING = "imaging", lazy("imaging done")
    DECIDED = "decided", pgettext_lazy("response times", "decided")
    THEATRE = "theatre", lazy("operation begun")


class State(TextChoices):
    """Which alerts stand behind a number."""

    ALL = "all", lazy("all")
    KNOWN = "known", lazy("known")
    WAITING = "waiting", lazy("not yet")
    NEVER = "never", lazy("never")
    FAILED = "failed", lazy("a message failed")
    NOBODY = "nobody", lazy("nobody to call")


@dataclass(frozen=True, slots=True)
class Asked:
    """`since` and `until` are days on the first ward's clock, both among those shown. `part` names one ward (by its
    code), month or hour; `behind` is the step of the alerts that are listed, if any are.
    """

    wards: Sequence[Ward]
    ward: Ward | None
    since: date
    until: date
    base: Base = Base.EXAMINED
    by: By = By.WARD
    behind: Step | None = None
    state: State = State.ALL
    part: str = ""
    channel: str = ""

    @property
    def shown_wards(self) -> Sequence[Ward]:
        return self.wards if self.ward is None else [self.ward]

    @property
    def begins(self) -> datetime:
        return self._midnight(self.since)

    @property
    def ends(self) -> datetime:
        return self._midnight(self.until + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=zone_of(self.wards[0]))

    def address(self, **more: str) -> str:
        """The same page, with some of it asked otherwise."""
        said = {
            "ward": "" if self.ward is None else self.ward.code,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "base": self.base.value,
            "by": self.by.value,
        }
        return f"?{urlencode({name: value for name, value in (said | more).items() if value})}"

    def behind_address(self, step: str, state: str, part: str = "", channel: str = "") -> str:
        """The alerts behind one number."""
        return self.address(behind=step, state=state, part=part, channel=channel) + "#behind"


class ResponsesForm(WardsPeriodForm):
    """The page's address, read. What stands behind a number is not typed: a name that is none asks for nothing."""

    since = day_field(lazy("From"))
    until = day_field(lazy("To"))
    base = forms.ChoiceField(label=lazy("Counted from"), choices=Base.choices)
    by = forms.ChoiceField(label=lazy("For each"), choices=By.choices)
    behind = forms.ChoiceField(required=False, choices=[("", ""), *Step.choices])
    state = forms.ChoiceField(required=False, choices=[("", ""), *State.choices])
    part = forms.CharField(required=False, max_length=16)
    channel = forms.CharField(required=False, max_length=24)

    def __init__(self, data: Any, *, wards: Sequence[Ward], today: date) -> None:
        usual = {"since": (today - timedelta(days=DAYS - 1)).isoformat(), "until": today.isoformat()}
        usual |= {"base": Base.EXAMINED, "by": By.WARD if len(wards) > 1 else By.MONTH}
        super().__init__(usual | {name: value for name, value in data.items() if value}, wards=wards)

    @property
    def asked(self) -> Asked:
        """What a valid form asks for."""
        said = self.cleaned_data
        return Asked(
            wards=list(self.wards.values()),
            ward=self.wards.get(said["ward"]),
            since=said["since"],
            until=said["until"],
            base=Base(said["base"]),
            by=By(said["by"]),
            behind=Step(said["behind"]) if said["behind"] else None,
            state=State(said["state"] or State.ALL),
            part=said["part"],
            channel=said["channel"],
        )

"""A row of a check schedule as it is typed; which hours and minutes may be typed is the page's to say."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from monitoring.protocol import ScheduleRow

MOST_ROWS: Final = 12
EMPTY_ROWS: Final = 2


class ScheduleRowForm(forms.Form):
    """Until so many hours after the operation's end, a check every so many minutes. Both empty: no row.

    Heirs have the fields `until` and `every`, neither of which is required.
    """

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        for one, other in (("until", "every"), ("every", "until")):
            if said.get(one) is None and said.get(other) is not None and one not in self.errors:
                self.add_error(one, _("Give both, or clear both: then this row is none."))
        return said

    def row(self) -> ScheduleRow | None:
        """What was typed, hours without decimals where there are none."""
        until, every = self.cleaned_data.get("until"), self.cleaned_data.get("every")
        if until is None or every is None:
            return None
        return ScheduleRow(int(until) if until == int(until) else until, every)

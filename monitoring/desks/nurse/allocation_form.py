"""Which nurse has which patient: one form for the whole ward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from wards.models import Allocation, Staff, Stay, Ward
from wards.shift import Shift, field_of
from wards.times import zone_of

NOBODY = lazy("nobody named")


class AllocationForm(forms.Form):
    """A choice of nurse for each patient. Only what was changed here is saved: a colleague's newer choice stays.

    What the page showed is sent along, hidden beside each choice.
    """

    def __init__(
        self, data: Any, *, ward: Ward, stays: Sequence[Stay], shift: Shift, now_with: Mapping[int, Allocation]
    ) -> None:
        super().__init__(data)
        self.ward, self.stays, zone = ward, stays, zone_of(ward)
        self.people: dict[str, Staff] = {str(nurse.pk): nurse for nurse, _ in shift.nurses}
        until = _("%(nurse)s · until %(time)s")
        options = [
            (str(nurse.pk), until % {"nurse": nurse, "time": f"{ends_at.astimezone(zone):%H:%M}"})
            for nurse, ends_at in shift.nurses
        ]
        self.named = {stay_id: str(allocation.nurse) for stay_id, allocation in now_with.items()}
        for stay in stays:
            allocation = now_with.get(stay.pk)
            gone = [] if allocation is None or str(allocation.nurse_id) in self.people else [allocation.nurse]
            self.people |= {str(nurse.pk): nurse for nurse in gone}
            self.fields[field_of(stay)] = forms.ChoiceField(
                label=_("nurse of %(patient)s") % {"patient": stay.patient.display_name},
                choices=[
                    ("", NOBODY),
                    *options,
                    *((str(nurse.pk), _("%(nurse)s · not on shift") % {"nurse": nurse}) for nurse in gone),
                ],
                required=False,
                initial="" if allocation is None else str(allocation.nurse_id),
                show_hidden_initial=True,
                error_messages={"invalid_choice": _("This nurse is not on shift any more. Choose another one.")},
            )

    def rows(self) -> list[tuple[Stay, forms.BoundField, str]]:
        """Each patient with the field, and who has them now in words."""
        return [(stay, self[field_of(stay)], self.named.get(stay.pk, str(NOBODY))) for stay in self.stays]

    def changed(self) -> dict[Stay, Staff | None]:
        """The patients for whom another nurse was chosen than the page showed."""
        names = set(self.changed_data)
        return {
            stay: self.people.get(self.cleaned_data[field_of(stay)]) for stay in self.stays if field_of(stay) in names
        }

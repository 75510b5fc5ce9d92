"""In theatre or in imaging, and back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, admit_patient, ago
from wards import actions
from wards.absence_forms import AwayForm, BackForm
from wards.absences import come_back, leave
from wards.access import Forbidden
from wards.models import Absence, Stay, Ward
from wards.rota_queries import absence_of


def away(cast: Cast, stay: Stay, place: str = "theatre", **duration: float) -> Absence:
    return leave(stay, by=cast.alice, at=ago(**duration) if duration else None, place=place)


def test_a_patient_leaves_and_comes_back(cast: Cast) -> None:
    stay = admit_patient(cast)
    Ward.objects.update(retarget_at=None)
    absence = away(cast, stay, hours=2)
    assert absence_of(stay.pk) == absence
    assert Ward.objects.get(pk=cast.ward_7b.pk).retarget_at is not None
    back = come_back(stay, by=cast.sam, at=ago(hours=1))
    assert (back.back_at, back.returned_by, absence_of(stay.pk)) == (ago(hours=1), cast.sam, None)
    entries = AuditEntry.objects.filter(action__startswith="absence.").order_by("pk")
    assert [(entry.action, entry.patient) for entry in entries] == [
        ("absence.begun", stay.patient),
        ("absence.ended", stay.patient),
    ]


@pytest.mark.parametrize("now", [True, False])
def test_the_same_form_sent_again_changes_nothing(cast: Cast, now: bool) -> None:
    stay = admit_patient(cast)
    left_at, back_at = (None, None) if now else (ago(hours=2), ago(hours=1))
    gone = {leave(stay, by=cast.alice, at=left_at, place="theatre").pk for _ in range(3)}
    back = {come_back(stay, by=cast.alice, at=back_at).pk for _ in range(3)}
    assert len(gone) == 1
    assert gone == back
    assert AuditEntry.objects.filter(action__startswith="absence.").count() == 2


def test_from_imaging_straight_to_theatre(cast: Cast) -> None:
    stay = admit_patient(cast)
    first = away(cast, stay, "imaging", hours=3)
    second = away(cast, stay, "theatre", hours=1)
    first.refresh_from_db()
    assert (first.back_at, absence_of(stay.pk)) == (second.left_at, second)
    with pytest.raises(ValidationError, match="in theatre already"):
        away(cast, stay, "theatre", minutes=30)


def test_who_is_on_the_ward_does_not_come_back(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="on the ward"):
        come_back(admit_patient(cast), by=cast.alice, at=None)


def test_times_are_past_in_the_stay_and_in_order(cast: Cast) -> None:
    stay = admit_patient(cast)
    ahead = clock.now() + timedelta(minutes=2)
    for at, message in ((ahead, "in the future"), (ago(days=3), "before the admission")):
        with pytest.raises(ValidationError, match=message):
            leave(stay, by=cast.alice, at=at, place="theatre")
    away(cast, stay, "imaging", hours=4)
    for at, message in ((ahead, "in the future"), (ago(hours=5), "before the patient was in imaging")):
        with pytest.raises(ValidationError, match=message):
            come_back(stay, by=cast.alice, at=at)
    with pytest.raises(ValidationError, match="before the patient was in imaging"):
        away(cast, stay, "theatre", hours=5)
    come_back(stay, by=cast.alice, at=ago(hours=2))
    with pytest.raises(ValidationError, match="before the last return to the ward"):
        away(cast, stay, hours=3)


def test_only_the_wards_clinical_staff_record_it_and_only_of_who_is_there(cast: Cast) -> None:
    stay = admit_patient(cast)
    for by in (cast.adam, cast.nora):
        with pytest.raises(Forbidden):
            leave(stay, by=by, at=None, place="theatre")
        with pytest.raises(Forbidden):
            come_back(stay, by=by, at=None)
    actions.discharge(stay, by=cast.alice, at=ago(hours=1), departure="home")
    with pytest.raises(ValidationError, match="was discharged at"):
        away(cast, stay)


def test_the_forms_say_where_and_since_when(cast: Cast) -> None:
    form = AwayForm(
        {"at": "earlier", "at_date": "2026-03-07", "at_time": "03:14", "place": "imaging"}, ward=cast.ward_7b
    )
    assert form.is_valid()
    assert (form.cleaned_data["place"], form.at and form.at.isoformat()) == ("imaging", "2026-03-07T02:14:00+00:00")
    assert AwayForm({"at": "now", "place": "home"}, ward=cast.ward_7b).errors.keys() == {"place"}
    back = BackForm({"at": "now"}, ward=cast.ward_7b)
    assert back.is_valid()
    assert back.at is None

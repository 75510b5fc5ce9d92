"""A check on the wrong patient's record goes to the right one as it was signed; where it stood it is retracted."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts.pause import correctors
from monitoring.audit.models import AuditEntry
from monitoring.checks.actions import correct_check
from monitoring.checks.models import Check
from monitoring.checks.queries import history
from monitoring.mending import actions
from monitoring.mending.models import Mending
from tests.alerts.conftest import Patient, findings, watched_patient
from tests.cast import Cast, admit_patient, ago
from wards.models import Staff

WHY = "Typed on the neighbour's form."


@pytest.fixture
def neighbour(cast: Cast) -> Patient:
    return watched_patient(cast, bed=cast.beds[2])


def moved(cast: Cast, noel: Staff, check: Check, to: Patient) -> Check:
    actions.confirm(actions.propose_check_move(check, to.stay, by=cast.adam, reason=WHY), by=noel)
    return Check.objects.get(moved_from=check)


def test_it_is_there_as_it_was_signed_and_retracted_here(
    cast: Cast, noel: Staff, one: Patient, neighbour: Patient
) -> None:
    check = one.check(30, L4_left=1)
    there = moved(cast, noel, check, neighbour)
    check.refresh_from_db()
    assert (check.retracted_by, check.retraction_reason) == (noel, WHY)
    same = ("examined_at", "recorded_at", "recorded_by", "l4_left", "s1_right", "saddle_anaesthesia", "place", "note")
    assert [getattr(there, name) for name in same] == [getattr(check, name) for name in same]
    assert (there.stay, there.episode) == (neighbour.stay, neighbour.stay.episode)
    assert there.is_standing


def test_the_alert_that_it_made_is_marked_here_and_one_opens_there(
    cast: Cast, noel: Staff, one: Patient, neighbour: Patient
) -> None:
    check = one.checked(30, L4_left=1)
    assert one.alert.level == "critical"
    moved(cast, noel, check, neighbour)
    one.assess()
    neighbour.assess()
    assert "L4 left" in one.alert.superseded["muscles"]
    assert one.alert.closed_at is None
    assert one.alert.paused_at is not None
    assert (neighbour.alert.level, neighbour.alert.muscles["L4 left"]["latest"]) == ("critical", 1)


def test_neither_of_the_two_who_mended_confirms_the_pause(
    cast: Cast, noel: Staff, one: Patient, neighbour: Patient
) -> None:
    check = one.checked(30, L4_left=1)
    moved(cast, noel, check, neighbour)
    one.assess()
    assert correctors(one.alert) == {cast.adam.pk, noel.pk}


def test_both_histories_show_it(cast: Cast, noel: Staff, one: Patient, neighbour: Patient) -> None:
    check = one.check(30, L4_left=4)
    there = moved(cast, noel, check, neighbour)
    here = next(row for row in history(one.stay) if row.entry == check)
    assert here.struck is not None
    assert here.struck.reason == WHY
    assert next(row for row in history(neighbour.stay) if row.entry == there).struck is None
    assert AuditEntry.objects.get(action="check.moved").patient_id == neighbour.stay.patient_id


def test_one_that_was_corrected_meanwhile_is_not_moved(
    cast: Cast, noel: Staff, one: Patient, neighbour: Patient
) -> None:
    check = one.check(30, L4_left=1)
    mending = actions.propose_check_move(check, neighbour.stay, by=cast.adam, reason=WHY)
    correct_check(check, by=cast.alice, at=None, findings=findings(L4_left=2), reason="slip", key=uuid4())
    with pytest.raises(ValidationError, match="corrected this entry"):
        actions.confirm(mending, by=noel)
    mending.refresh_from_db()
    assert mending.state == Mending.State.OPEN


def test_nor_one_to_a_stay_that_it_cannot_belong_to(cast: Cast, one: Patient) -> None:
    """Examined before the other was ever here."""
    just_in = admit_patient(cast, bed=cast.beds[3], at=ago(minutes=0))
    old = one.check(31 * 24 * 60)
    with pytest.raises(ValidationError, match="days before the admission"):
        actions.propose_check_move(old, just_in, by=cast.adam, reason=WHY)


def test_what_is_said_about_a_reason_is_needed(cast: Cast, one: Patient, neighbour: Patient) -> None:
    check = one.check(30, L4_left=1)
    with pytest.raises(ValidationError, match="Say why"):
        actions.propose_check_move(check, neighbour.stay, by=cast.adam, reason="  ")
    with pytest.raises(ValidationError, match="one and the same record"):
        actions.propose_check_move(check, one.stay, by=cast.adam, reason=WHY)

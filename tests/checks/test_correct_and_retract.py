"""A check that was wrong: corrected by a new one, or retracted. The old one stays on the record."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.checks import actions
from monitoring.checks.models import Check
from monitoring.checks.queries import timeline
from monitoring.due import clock
from monitoring.protocol import Muscle
from tests.cast import Cast, admit_patient, ago
from tests.checks.examples import examine, findings
from wards.access import Forbidden
from wards.actions import discharge
from wards.models import Stay


def correct(
    cast: Cast,
    check: Check,
    *,
    at: datetime | None = None,
    key: UUID | None = None,
    why: str = "typing error",
    **said: Any,
) -> Check:
    """Carol corrects a check."""
    return actions.correct_check(check, by=cast.carol, at=at, findings=findings(**said), reason=why, key=key or uuid4())


def test_a_correction_takes_the_place_of_the_old_check(cast: Cast, stay: Stay) -> None:
    old = examine(cast, stay, at=ago(hours=1), l4_left=0)
    new = correct(cast, old, l4_left=4)
    assert list(Check.objects.standing()) == [new]
    assert (new.supersedes, new.place, new.examined_at) == (old, old.place, old.examined_at)
    assert (new.recorded_by, new.correction_reason) == (cast.carol, "typing error")
    assert Check.objects.get(pk=old.pk).l4_left == 0


def test_a_correction_that_leaves_the_time_alone_keeps_it_to_the_microsecond(cast: Cast, stay: Stay) -> None:
    old = examine(cast, stay)
    assert correct(cast, old, l4_left=4).examined_at == old.examined_at


def test_a_correction_is_assessed_from_the_earlier_of_both_times(cast: Cast, stay: Stay) -> None:
    old = examine(cast, stay, at=ago(hours=2))
    for at, since in ((ago(hours=5), ago(hours=5)), (ago(hours=1), ago(hours=5))):
        stay.watch.changed_since, stay.watch.changes = None, []
        stay.watch.save()
        old = correct(cast, old, at=at)
        stay.watch.refresh_from_db()
        assert stay.watch.changed_since == since
        assert stay.watch.changes == [{"by": cast.carol.pk, "what": "check.corrected", "why": "typing error"}]


def test_a_correction_is_audited_with_its_reason(cast: Cast, stay: Stay) -> None:
    new = correct(cast, examine(cast, stay))
    entry = AuditEntry.objects.get(action="check.corrected")
    assert (entry.actor, entry.subject_id, entry.reason) == (cast.carol, str(new.pk), "typing error")


def test_a_stale_correction_names_who_corrected_the_check_and_when(cast: Cast, stay: Stay) -> None:
    old = examine(cast, stay)
    newer = actions.correct_check(
        old, by=cast.alice, at=None, findings=findings(l4_left=3), reason="misread", key=uuid4()
    )
    with pytest.raises(ValidationError) as error:
        correct(cast, old, l4_left=1)
    (message,) = error.value.messages
    assert "Alice Ames corrected this entry" in message
    when = newer.recorded_at.astimezone(BERLIN)
    assert f"{when:%H:%M on %d-%b-%Y}" in message
    assert Check.objects.count() == 2


BERLIN = ZoneInfo("Europe/Berlin")


def test_a_correction_of_a_retracted_check_names_who_retracted_it(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    actions.retract_check(check, by=cast.alice, reason="wrong patient")
    with pytest.raises(ValidationError, match="Alice Ames retracted this entry"):
        correct(cast, check)


def test_a_correction_sent_again_gives_the_same_answer_though_the_old_check_no_longer_stands(
    cast: Cast, stay: Stay
) -> None:
    old, key = examine(cast, stay), uuid4()
    assert correct(cast, old, key=key, l4_left=3) == correct(cast, old, key=key, l4_left=3)
    assert Check.objects.count() == 2


def test_a_correction_needs_a_reason(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    with pytest.raises(ValidationError) as error:
        correct(cast, check, why="  ")
    assert set(error.value.message_dict) == {"reason"}


def test_a_correction_obeys_the_rules_of_a_check(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    with pytest.raises(ValidationError) as error:
        correct(cast, check, at=clock.now() + timedelta(hours=1), l4_left=6, second_examiner=cast.carol)
    assert set(error.value.message_dict) == {"examined_time", "l4_left", "second_examiner"}
    with pytest.raises(ValidationError, match="false baseline"):
        correct(cast, check, at=ago(days=1, minutes=5))


def test_a_second_examiner_who_has_left_the_ward_stays_named_in_a_correction(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay, second_examiner=cast.sam)
    cast.sam.memberships.all().delete()
    assert correct(cast, check, second_examiner=cast.sam).second_examiner == cast.sam


def test_a_check_of_a_discharged_patient_can_be_corrected_and_retracted(cast: Cast) -> None:
    stay = admit_patient(cast)
    check = examine(cast, stay, at=ago(hours=3))
    discharge(stay, by=cast.alice, at=ago(hours=2), departure=Stay.Departure.HOME)
    check = correct(cast, check, l4_left=3)
    assert actions.retract_check(check, by=cast.alice, reason="wrong patient").retracted_at is not None


def test_a_retracted_check_counts_as_if_it_had_never_been(cast: Cast, stay: Stay) -> None:
    kept = examine(cast, stay, at=ago(hours=2))
    before = timeline(stay)
    check = examine(cast, stay, at=ago(hours=1), l4_left=0)
    actions.retract_check(check, by=cast.carol, reason="wrong patient")
    assert timeline(stay) == before
    assert list(Check.objects.standing()) == [kept]
    stored = Check.objects.get(pk=check.pk)
    assert (stored.retracted_by, stored.retraction_reason) == (cast.carol, "wrong patient")
    assert stored.grade(Muscle.L4_LEFT) == 0


def test_a_retracted_correction_does_not_bring_the_first_check_back(cast: Cast, stay: Stay) -> None:
    new = correct(cast, examine(cast, stay))
    actions.retract_check(new, by=cast.carol, reason="wrong patient")
    assert not Check.objects.standing().exists()


def test_a_retraction_sent_again_changes_nothing(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    first = actions.retract_check(check, by=cast.carol, reason="wrong patient")
    second = actions.retract_check(check, by=cast.carol, reason="wrong patient")
    assert first.retracted_at == second.retracted_at
    assert AuditEntry.objects.filter(action="check.retracted").count() == 1


def test_another_retraction_of_the_same_check_names_who_did_it_first(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    actions.retract_check(check, by=cast.carol, reason="wrong patient")
    with pytest.raises(ValidationError, match="Carol Chase retracted this entry"):
        actions.retract_check(check, by=cast.alice, reason="wrong leg")


def test_a_retraction_needs_a_reason(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError) as error:
        actions.retract_check(examine(cast, stay), by=cast.alice, reason="")
    assert set(error.value.message_dict) == {"reason"}


def test_another_ward_may_neither_correct_nor_retract(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay)
    with pytest.raises(Forbidden):
        actions.correct_check(check, by=cast.nora, at=None, findings=findings(), reason="x", key=uuid4())
    with pytest.raises(Forbidden):
        actions.retract_check(check, by=cast.nora, reason="x")
    assert Check.objects.standing().get() == check

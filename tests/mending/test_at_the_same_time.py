"""Records are mended while others write about them: nobody's entry is lost, none lands on the wrong record."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts.actions import assess_stay
from monitoring.checks.actions import correct_check, record_check, retract_check
from monitoring.checks.models import Check
from monitoring.mending import actions
from monitoring.mending.models import Mending
from tests.alerts.conftest import Patient, findings, watched_patient
from tests.cast import Cast, admit_patient, ago, person, set_stage
from tests.together import together
from wards.models import Role, Staff, Stay

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "Registered twice in the night."
ROUNDS = 4


@pytest.fixture
def stage(transactional_db: None) -> tuple[Cast, Staff]:
    cast = set_stage()
    return cast, person("Noel", "Nash", (cast.ward_7b, Role.ADMINISTRATOR), (cast.ward_8c, Role.ADMINISTRATOR))


def duplicate(cast: Cast) -> tuple[Patient, Patient, Mending]:
    """One patient, the same under another record, and the proposal to merge."""
    one = watched_patient(cast)
    again = Patient(cast, admit_patient(cast, bed=cast.beds[1]))
    mending = actions.propose_merge(
        again.stay.patient,
        one.stay.patient,
        by=cast.adam,
        reason=WHY,
        one_episode=(again.stay.episode, one.stay.episode),
        keeps=one.stay,
    )
    return one, again, mending


def test_two_who_confirm_at_once_carry_it_out_once(stage: tuple[Cast, Staff]) -> None:
    cast, noel = stage
    _one, _again, mending = duplicate(cast)
    answers = together(lambda: actions.confirm(mending, by=noel), lambda: actions.confirm(mending, by=cast.carol))
    [refused] = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert "carried this out already" in " ".join(refused.messages)
    assert Stay.objects.filter(departure=Stay.Departure.MERGED).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_check_recorded_meanwhile_is_stored_where_it_belongs_or_refused(
    stage: tuple[Cast, Staff], _round: int
) -> None:
    """Before it: it goes along. After it: the nurse is told, and her form keeps what she typed."""
    cast, noel = stage
    one, again, mending = duplicate(cast)
    stale = Stay.objects.select_related("ward").get(pk=again.stay.pk)
    _confirmed, answer = together(
        lambda: actions.confirm(mending, by=noel),
        lambda: record_check(stale, by=cast.alice, at=ago(minutes=5), findings=findings(L4_left=1), key=uuid4()),
    )
    mending.refresh_from_db()
    assert mending.state == Mending.State.DONE
    if isinstance(answer, Exception):
        assert isinstance(answer, ValidationError)
        assert not Check.objects.filter(stay=again.stay).exists()
    else:
        assert Check.objects.get(stay=again.stay).episode == one.stay.episode
        one.assess()
        assert one.alert.level == "critical"


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_so_are_a_correction_and_an_assessment(stage: tuple[Cast, Staff], _round: int) -> None:
    cast, noel = stage
    one, again, mending = duplicate(cast)
    check = again.check(30, L4_left=4)
    _confirmed, corrected, assessed = together(
        lambda: actions.confirm(mending, by=noel),
        lambda: correct_check(check, by=cast.alice, at=None, findings=findings(L4_left=1), reason="slip", key=uuid4()),
        lambda: assess_stay(again.stay.pk),
    )
    assert not isinstance(corrected, Exception) or isinstance(corrected, ValidationError)
    assert not isinstance(assessed, Exception) or isinstance(assessed, ValidationError)
    assert set(Check.objects.filter(stay=again.stay).values_list("episode", flat=True)) == {one.stay.episode_id}
    one.assess()
    worst = 4 if isinstance(corrected, ValidationError) else 1
    assert Check.objects.standing().get(stay=again.stay).l4_left == worst
    assert bool(one.alerts) == (worst == 1)


def test_who_comes_with_an_old_page_is_told(stage: tuple[Cast, Staff]) -> None:
    cast, noel = stage
    _one, again, mending = duplicate(cast)
    check = again.check(30, L4_left=4)
    actions.confirm(mending, by=noel)
    with pytest.raises(ValidationError, match="moved to another record"):
        retract_check(check, by=cast.alice, reason="never was")
    with pytest.raises(ValidationError, match="moved to another record"):
        record_check(again.stay, by=cast.alice, at=None, findings=findings(), key=uuid4())

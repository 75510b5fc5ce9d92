"""A ward's lead edits a ladder: from then on new alerts climb it. An open alert keeps the one it started with."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.audit.models import AuditEntry
from monitoring.escalation.actions import save_ladder
from monitoring.escalation.ladder import DEFAULTS, Key, Rung, Track, Whom
from monitoring.escalation.models import LadderVersion
from monitoring.escalation.queries import ladder_of, ladders_of
from tests.cast import Cast
from tests.escalation.conftest import Scene, well_patient
from tests.together import together
from wards.access import Forbidden
from wards.models import Staff, Ward
from wards.rota import save_group

SHORT = (
    Rung(Track.NURSING, (Whom.CHARGE_NURSE,), after=0),
    Rung(Track.SURGICAL, (Whom.SECOND_ON_CALL,), after=1, repeat=2),
)


def save(
    ward: Ward, by: Staff, rungs: Sequence[Rung] = SHORT, *, after: int = 0, reason: str = "short"
) -> LadderVersion:
    return save_ladder(ward, Key.CRITICAL, by=by, rungs=rungs, reason=reason, after=after)


def test_a_ward_works_by_the_defaults_until_its_lead_says_otherwise(cast: Cast) -> None:
    assert ladders_of(cast.ward_7b.pk) == DEFAULTS
    save(cast.ward_7b, cast.carol)
    assert ladder_of(cast.ward_7b.pk, Key.CRITICAL) == SHORT
    assert ladder_of(cast.ward_7b.pk, Key.CONCERN) == DEFAULTS[Key.CONCERN]
    assert ladders_of(cast.ward_8c.pk) == DEFAULTS


def test_the_last_version_is_in_force_and_the_others_stay_on_record(cast: Cast) -> None:
    save(cast.ward_7b, cast.carol)
    save(cast.ward_7b, cast.carol, DEFAULTS[Key.CRITICAL], after=1)
    assert ladder_of(cast.ward_7b.pk, Key.CRITICAL) == DEFAULTS[Key.CRITICAL]
    assert [version.number for version in LadderVersion.objects.order_by("number")] == [1, 2]


def test_saving_is_on_the_audit_log(cast: Cast) -> None:
    save(cast.ward_7b, cast.carol, reason=" fewer calls ")
    entry = AuditEntry.objects.get(action="ladder.saved")
    assert (entry.actor_id, entry.reason) == (cast.carol.pk, "fewer calls")
    assert entry.data == {"ward": cast.ward_7b.pk, "key": "critical", "number": 1}


@pytest.mark.parametrize("name", ["carol", "adam"])
def test_a_charge_nurse_or_administrator_may(cast: Cast, name: str) -> None:
    assert save(cast.ward_7b, getattr(cast, name)).number == 1


@pytest.mark.parametrize("name", ["alice", "sam", "nora", "sue"])
def test_nobody_else_may(cast: Cast, name: str) -> None:
    with pytest.raises(Forbidden):
        save(cast.ward_7b, getattr(cast, name))
    assert not LadderVersion.objects.exists()


def test_what_is_no_ladder_is_refused_in_words(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        save(cast.ward_7b, cast.carol, SHORT[:1])
    assert "until a surgeon accepts" in refused.value.message_dict["rungs"][0]


def test_a_reason_is_asked_for(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        save(cast.ward_7b, cast.carol, reason=" ")
    assert refused.value.message_dict == {"reason": ["Say why the ladder changes."]}


def test_a_page_that_has_become_old_does_not_overwrite(cast: Cast) -> None:
    save(cast.ward_7b, cast.carol)
    with pytest.raises(ValidationError, match="Carol Chase has changed this ladder meanwhile"):
        save(cast.ward_7b, cast.adam, DEFAULTS[Key.CRITICAL], after=0)


def test_a_group_must_be_one_of_the_wards(cast: Cast) -> None:
    ours = save_group(by=cast.carol, ward=cast.ward_7b, name="spine", members=[cast.sam])
    theirs = save_group(by=cast.sue, ward=cast.ward_8c, name="spine", members=[cast.sue])
    rung = Rung(Track.SURGICAL, (), after=0, repeat=5, groups=(str(ours.public_id),))
    save(cast.ward_7b, cast.carol, [rung])
    for wrong in (str(theirs.public_id), "nonsense"):
        with pytest.raises(ValidationError, match="not one of the ward's"):
            save(cast.ward_7b, cast.carol, [Rung(Track.SURGICAL, (), 0, 5, (wrong,))], after=1)


def test_two_versions_cannot_have_one_number(cast: Cast) -> None:
    save(cast.ward_7b, cast.carol)
    with pytest.raises(IntegrityError), transaction.atomic():
        LadderVersion.objects.create(ward=cast.ward_7b, key="critical", number=1, recorded_by=cast.carol)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told_of_the_other(transactional_cast: Cast) -> None:
    cast = transactional_cast
    answers = together(lambda: save(cast.ward_7b, cast.carol), lambda: save(cast.ward_7b, cast.adam))
    assert sorted(type(answer).__name__ for answer in answers) == ["LadderVersion", "ValidationError"]


# Open alerts


def test_an_open_alert_keeps_the_ladder_it_started_with(critical: Scene) -> None:
    critical.climb_until(1)
    save(critical.cast.ward_7b, critical.cast.carol)
    critical.climb_until(9)
    assert critical.called(since=1) == [(3, "Carol"), (8, "Tess")]


def test_also_one_that_opened_before_the_change_and_is_looked_at_after_it(critical: Scene) -> None:
    version = save(critical.cast.ward_7b, critical.cast.carol)
    LadderVersion.objects.filter(pk=version.pk).update(recorded_at=critical.clock.minute(0.01))
    critical.climb_until(1)
    assert critical.called() == [(0, "Alice+ward's phone or bleep"), (0, "Sam")]


def test_an_alert_that_opens_after_the_change_climbs_the_new_one(scene: Scene) -> None:
    version = save(scene.cast.ward_7b, scene.cast.carol)
    LadderVersion.objects.filter(pk=version.pk).update(recorded_at=scene.clock.start)
    scene.clock.at = scene.clock.minute(1)
    other = well_patient(scene.cast, bed=scene.cast.beds[1])
    other.checked(1, L4_left=1)
    scene.patient = other
    scene.climb_until(6)
    assert scene.called() == [(1, "Carol"), (2, "Tess"), (4, "Tess"), (6, "Tess")]


def test_also_the_ladder_of_a_level_that_it_reaches_later_is_frozen(concern: Scene) -> None:
    concern.climb_until(1)
    save(concern.cast.ward_7b, concern.cast.carol)
    concern.climb_until(5)
    concern.patient.checked(0, L4_left=1)
    concern.climb_until(6)
    assert concern.called(since=2) == [(5, "Alice+ward's phone or bleep"), (5, "Sam")]


def test_a_frozen_group_is_looked_up_by_its_members_of_now(scene: Scene) -> None:
    ward, carol = scene.cast.ward_7b, scene.cast.carol
    group = save_group(by=carol, ward=ward, name="spine", members=[scene.rhea])
    rung = Rung(Track.SURGICAL, (), after=0, repeat=5, groups=(str(group.public_id),))
    version = save(ward, carol, [rung])
    LadderVersion.objects.filter(pk=version.pk).update(recorded_at=scene.clock.start)
    scene.patient.checked(1, L4_left=1)
    scene.climb_until(1)
    save_group(by=carol, ward=ward, name="spine", members=[scene.tess], group=group)
    scene.climb_until(6)
    assert scene.called() == [(0, "Rhea"), (1, "Tess"), (5, "Tess")]


def test_a_ladder_of_one_rung_with_nobody_in_it_says_so_again_and_again(scene: Scene) -> None:
    version = save(scene.cast.ward_7b, scene.cast.carol, [Rung(Track.SURGICAL, (Whom.SECOND_ON_CALL,), 0, 5)])
    LadderVersion.objects.filter(pk=version.pk).update(recorded_at=scene.clock.start)
    scene.tess.duties.all().delete()
    scene.patient.checked(1, L4_left=1)
    scene.climb_until(11)
    noted = [data for _, data in scene.events() if "why" in data]
    assert [data["why"] for data in noted] == ["nobody_there"] * 3
    assert scene.called() == []
    assert scene.clock.minutes(scene.alert.next_step_at) == 15

"""What a device sends later: filed once, as its examiner's, with its time; or held, never lost and never guessed."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing

from monitoring.audit.models import AuditEntry
from monitoring.checks.actions import record_check
from monitoring.checks.models import Check
from monitoring.due import clock
from monitoring.offline import passes, seal
from monitoring.offline.actions import CLOCK_CHANGED, NOT_ALLOWED, PASS_ENDED, Answer
from monitoring.offline.models import Held
from tests.alerts.conftest import Patient, findings
from tests.cast import Cast, ago
from tests.offline.device import Device, sealed_for
from wards import actions as ward_actions
from wards.models import Membership, Stay
from wards.times import zone_of

MINUTES = timedelta(minutes=1)


def held_for(answer: Answer) -> list[str]:
    assert answer.outcome == "held"
    assert answer.held is not None
    return list(answer.held.refusals)


def stored(answer: Answer) -> Check:
    assert answer.outcome == "stored"
    assert answer.check is not None
    return answer.check


def test_it_is_the_examiners_check_of_the_time_it_was_made_whoever_sends_it(cast: Cast, tablet: Device) -> None:
    check = stored(tablet.send(tablet.seal(l4_left="2", pain="3"), by=cast.carol))
    assert check.recorded_by == cast.alice
    assert check.l4_left == 2
    assert check.pain == 3
    assert abs(check.recorded_at - check.examined_at - 40 * MINUTES) < timedelta(seconds=5)


def test_the_log_says_who_sent_it(cast: Cast, tablet: Device) -> None:
    check = stored(tablet.send(tablet.seal(), by=cast.carol))
    entry = AuditEntry.objects.get(action="check.sent_later")
    assert (entry.actor_id, entry.subject_id) == (cast.carol.pk, str(check.pk))
    assert entry.data["examined_by"] == cast.alice.pk


def test_a_critical_one_alerts_as_if_it_had_come_in_time(patient: Patient, tablet: Device) -> None:
    tablet.send(tablet.seal(l4_left="1", grave=True))
    patient.assess()
    assert patient.alert.level == "critical"


def test_sent_again_it_is_the_same_check(tablet: Device) -> None:
    sealed = tablet.seal()
    first = stored(tablet.send(sealed))
    assert stored(tablet.send(sealed)) == first
    assert Check.objects.filter(idempotency_key=tablet.key).count() == 1


def test_a_form_that_had_arrived_after_all_is_the_same_check(cast: Cast, patient: Patient, tablet: Device) -> None:
    """The answer was lost, not the form: the server stored it as "now", the tablet seals its own "now" of it."""
    first = record_check(patient.stay, by=cast.alice, at=None, findings=findings(), key=tablet.key)
    assert stored(tablet.send(tablet.seal(ago=timedelta(seconds=4)))) == first


def test_a_clock_that_is_always_wrong_does_not_matter(tablet: Device) -> None:
    tablet.wrong_by = timedelta(days=-400)
    check = stored(tablet.send(tablet.seal()))
    assert abs(check.recorded_at - check.examined_at - 40 * MINUTES) < timedelta(seconds=5)


@pytest.mark.parametrize("changed", [timedelta(hours=-1), timedelta(hours=1), 3 * MINUTES])
def test_a_clock_that_was_changed_meanwhile_is_not_believed(tablet: Device, changed: timedelta) -> None:
    assert held_for(tablet.send(tablet.seal(), changed_by=changed)) == [CLOCK_CHANGED]


def test_a_clock_that_drifts_by_a_minute_is_believed(tablet: Device) -> None:
    stored(tablet.send(tablet.seal(), changed_by=MINUTES))


def test_a_check_made_before_its_own_kit_came_is_not_believed(tablet: Device) -> None:
    assert held_for(tablet.send(tablet.seal(ago=timedelta(hours=5)))) == [CLOCK_CHANGED]


def test_a_time_that_was_typed_needs_no_clock(patient: Patient, tablet: Device) -> None:
    at = ago(minutes=50)
    here = at.astimezone(zone_of(patient.stay.ward))
    sealed = tablet.seal(examined="earlier", examined_date=f"{here:%Y-%m-%d}", examined_time=f"{here:%H:%M}")
    check = stored(tablet.send(sealed, changed_by=timedelta(hours=3)))
    assert check.examined_at == at


def test_after_the_pass_has_ended_it_is_held(tablet: Device) -> None:
    tablet.kit_age = passes.LASTS + timedelta(hours=1)
    assert held_for(tablet.send(tablet.seal(ago=10 * MINUTES))) == [PASS_ENDED]


def test_sent_days_later_it_is_still_filed_with_its_time(patient: Patient, tablet: Device) -> None:
    """The pass says who examined, not when it must be sent."""
    tablet.kit_age = timedelta(hours=20)
    stored(tablet.send(tablet.seal(ago=timedelta(hours=19))))


def test_what_the_rules_refuse_is_held_with_what_it_said(cast: Cast, patient: Patient, tablet: Device) -> None:
    """The patient had gone home before the examination that the tablet tells of."""
    ward_actions.discharge(patient.stay, by=cast.alice, at=ago(minutes=60), departure=Stay.Departure.HOME)
    answer = tablet.send(tablet.seal(l4_left="1", grave=True), by=cast.carol)
    assert "discharged" in " ".join(held_for(answer))
    held = Held.objects.get()
    assert (held.examined_by, held.sent_by, held.was_grave) == (cast.alice, cast.carol, True)
    assert held.values["l4_left"] == "1"
    assert not Check.objects.filter(idempotency_key=tablet.key).exists()


def test_a_form_with_a_muscle_left_out_unsaid_is_held(tablet: Device) -> None:
    assert held_for(tablet.send(tablet.seal(l4_left="")))


def test_somebody_who_may_examine_no_more_has_it_held(cast: Cast, tablet: Device) -> None:
    sealed = tablet.seal()
    Membership.objects.filter(staff=cast.alice).delete()
    assert held_for(tablet.send(sealed, by=cast.carol)) == [NOT_ALLOWED]


def test_held_sent_again_is_held_once(tablet: Device) -> None:
    sealed = tablet.seal()
    tablet.send(sealed, changed_by=timedelta(hours=1))
    assert tablet.send(sealed).outcome == "held"
    assert Held.objects.count() == 1


def test_a_pass_that_this_server_did_not_sign_is_no_signature(cast: Cast, tablet: Device) -> None:
    tablet.signed = signing.dumps({"who": cast.carol.pk, "wards": [], "from": clock.now().isoformat()}, salt="mine")
    assert tablet.send(tablet.seal()).outcome == "unreadable"
    assert not Held.objects.exists()


def test_nobody_is_examined_under_anothers_name(cast: Cast, tablet: Device) -> None:
    """The pass is sealed in: another's session sends it, and cannot change whose it is."""
    assert stored(tablet.send(tablet.seal(), by=cast.nora)).recorded_by == cast.alice


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {"key": "1"},
        {"made_at": "yesterday"},
        {"made_at": 1e30},
        {"offset": None},
        {"values": []},
        {"values": {"l4_left": 3}},
        {"values": {"note": "x" * 5000}},
        {"stay": str(uuid4())},
        {"key": None},
    ],
)
def test_what_no_device_of_ours_wrote_is_unreadable(tablet: Device, content: object) -> None:
    whole = json.loads(seal.unseal(tablet.seal()))
    changed = whole | content if isinstance(content, dict) and content else content
    assert tablet.send(sealed_for(seal.public_key(), json.dumps(changed).encode())).outcome == "unreadable"

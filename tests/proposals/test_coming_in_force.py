"""An approved proposal comes in force when it is due: the open stays are assessed again, no latched alert falls, and
old alerts keep the version that they were made under (protocol §10)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.audit.models import AuditEntry
from monitoring.due import registry
from monitoring.due.actions import run_one, tick
from monitoring.due.clock import now
from monitoring.due.registry import Lane, sweep_named
from monitoring.proposals import adopting
from monitoring.proposals.adopting import bring_in_force
from monitoring.proposals.models import Proposal, Replay
from monitoring.proposals.queries import alerts_under_older, proposals_to_bring_in_force, versions_of
from monitoring.protocol import Settings
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.proposals.conftest import approve, as_it_is, propose, replay_all
from wards.actions import adopt_protocol
from wards.models import ProtocolVersion, Staff, Ward
from wards.queries import protocol_version_of

State = Proposal.State


def approved(cast: Cast, ada: Staff, **said: object) -> Proposal:
    proposal = propose(cast)
    replay_all(proposal)
    return approve(proposal, ada, **said)


def test_approved_at_once_it_is_due_at_once(cast: Cast, ada: Staff) -> None:
    proposal = approved(cast, ada)
    assert sweep_named("adopt").lane is Lane.DETECT
    assert proposals_to_bring_in_force(10) == [proposal.pk]
    bring_in_force(proposal.pk)
    done = as_it_is(proposal)
    version = ProtocolVersion.objects.get()
    assert (done.state, done.version, done.due_at) == (State.IN_FORCE, version, None)
    assert (version.number, version.recorded_by, version.reason) == (1, ada, "Three muscles missed in May.")
    assert protocol_version_of(cast.ward_7b) == ("7b 1", Settings(major_drop_grades=2))
    entry = AuditEntry.objects.get(action="protocol.adopted")
    assert (entry.actor, entry.acting_role) == (ada, "administrator")
    assert versions_of(cast.ward_7b)[0].proposal == done


def test_twice_is_once(cast: Cast, ada: Staff) -> None:
    proposal = approved(cast, ada)
    bring_in_force(proposal.pk)
    bring_in_force(proposal.pk)
    assert ProtocolVersion.objects.count() == 1


def test_with_a_date_it_waits_for_it(cast: Cast, ada: Staff) -> None:
    later = now() + timedelta(days=2)
    proposal = approved(cast, ada, at=later)
    assert proposals_to_bring_in_force(10) == []
    bring_in_force(proposal.pk)
    assert not ProtocolVersion.objects.exists()
    Proposal.objects.filter(pk=proposal.pk).update(due_at=now())
    bring_in_force(proposal.pk)
    assert as_it_is(proposal).in_force_from == later
    assert ProtocolVersion.objects.count() == 1


def test_the_open_stays_are_assessed_again_and_rise(cast: Cast, ada: Staff, patient: Patient) -> None:
    patient.checked(5, L4_left=3)
    assert patient.alert.level == "concern"
    bring_in_force(approved(cast, ada).pk)
    patient.assess()
    alert = patient.alert
    assert (alert.level, alert.protocol_version) == ("critical", "default")
    assert alerts_under_older(cast.ward_7b, "7b 1") == [alert]
    assert alerts_under_older(cast.ward_7b, "default") == []
    assert patient.watch.protocol_version == "7b 1"


def test_laxer_settings_take_no_latched_alert_back(cast: Cast, ada: Staff, patient: Patient) -> None:
    patient.checked(5, L4_left=2)
    assert patient.alert.level == "critical"
    proposal = propose(cast, major_drop_grades=4)
    replay_all(proposal)
    bring_in_force(approve(proposal, ada).pk)
    patient.assess()
    alert = patient.alert
    assert (alert.level, alert.level_now, alert.closed_at, alert.superseded) == ("critical", "concern", None, {})
    assert Settings.from_json(alert.protocol_settings) == Settings()


def test_where_another_version_came_in_force_meanwhile_it_lapses(cast: Cast, ada: Staff) -> None:
    proposal = approved(cast, ada)
    adopt_protocol(cast.ward_7b, by=cast.adam, settings=Settings(major_drop_grades=4), reason="by hand")
    bring_in_force(proposal.pk)
    done = as_it_is(proposal)
    assert (done.state, done.ending_reason, done.due_at) == (State.LAPSED, "overtaken", None)
    assert protocol_version_of(Ward.objects.get(code="7b"))[1].major_drop_grades == 4
    assert AuditEntry.objects.get(action="protocol.lapsed").reason == "overtaken"


def test_where_who_approved_it_no_longer_may_it_lapses(cast: Cast, ada: Staff) -> None:
    proposal = approved(cast, ada)
    Staff.objects.filter(pk=ada.pk).update(is_active=False)
    bring_in_force(proposal.pk)
    assert (as_it_is(proposal).state, as_it_is(proposal).ending_reason) == (State.LAPSED, "approver_gone")
    assert not ProtocolVersion.objects.exists()


def test_one_that_fails_is_shown_and_tried_again(
    cast: Cast, ada: Staff, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    proposal = approved(cast, ada)

    def fail(*args: object, **said: object) -> None:
        raise RuntimeError("of no matter")

    monkeypatch.setattr(adopting, "adopt_protocol", fail)
    run_one(sweep_named("adopt"), proposal.pk)
    failed = as_it_is(proposal)
    assert (failed.state, failed.failures, failed.last_error) == (State.APPROVED, 1, "RuntimeError")
    assert failed.due_at is not None
    assert failed.due_at > now()
    monkeypatch.undo()
    Proposal.objects.update(due_at=now())
    bring_in_force(proposal.pk)
    assert (as_it_is(proposal).state, as_it_is(proposal).failures) == (State.IN_FORCE, 0)


@pytest.mark.django_db(transaction=True)
def test_the_sweeps_do_all_of_it_without_a_broker(cast: Cast, ada: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {name: sweep_named(name) for name in ("replay", "adopt")}
    monkeypatch.setattr(registry, "_sweeps", ours)
    proposal = propose(cast)
    tick(lane=Lane.SLOW)
    assert Replay.objects.get().finished_at is not None
    approve(proposal, ada, at=now() + timedelta(days=1))
    Proposal.objects.update(due_at=now())
    tick()
    assert as_it_is(proposal).state == State.IN_FORCE

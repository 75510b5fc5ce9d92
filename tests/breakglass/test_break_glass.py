"""Breaking the glass: who may, that twice is once, that it is told, that somebody else reviews it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.breakglass.actions import break_glass, end, review
from monitoring.breakglass.models import BreakGlass
from monitoring.breakglass.queries import done_meanwhile, reviewed_lately, unreviewed
from monitoring.due.clock import now
from monitoring.escalation.messages import message_for
from monitoring.escalation.models import Contact, Delivery
from monitoring.escalation.phrases import shown
from monitoring.escalation.truth import no_longer_true
from tests.cast import Cast, admit_patient, person
from wards.access import Forbidden
from wards.models import Role, Staff, Stay

REASON = "Unconscious in the corridor"


@pytest.fixture
def stay(cast: Cast) -> Stay:
    return admit_patient(cast)


def opened(stay: Stay, by: Staff) -> BreakGlass:
    return break_glass(stay, by=by, reason=REASON)


def test_it_is_kept_with_who_why_where_and_until_when(cast: Cast, stay: Stay) -> None:
    row = opened(stay, cast.nora)
    assert (row.staff, row.patient, row.stay, row.ward) == (cast.nora, stay.patient, stay, cast.ward_7b)
    assert row.until == row.at + timedelta(hours=1)
    entry = AuditEntry.objects.get(action="glass.broken")
    assert (entry.actor, entry.patient, entry.ward, entry.reason) == (cast.nora, stay.patient, cast.ward_7b, REASON)


def test_an_administrator_breaks_no_glass(cast: Cast, stay: Stay) -> None:
    far = person("Ada", "Far", (cast.ward_8c, Role.ADMINISTRATOR))
    with pytest.raises(Forbidden):
        opened(stay, far)
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("reason", ["", "         x", "Emergency"])
def test_a_reason_of_less_than_ten_characters_is_none(cast: Cast, stay: Stay, reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        break_glass(stay, by=cast.nora, reason=reason)
    assert list(refused.value.message_dict) == ["reason"]


def test_twice_is_once_and_after_its_end_it_is_another(cast: Cast, stay: Stay) -> None:
    first = opened(stay, cast.nora)
    assert opened(stay, cast.nora) == first
    end(first, by=cast.nora)
    assert opened(stay, cast.nora) != first


def test_only_its_own_person_ends_it(cast: Cast, stay: Stay) -> None:
    row = opened(stay, cast.nora)
    with pytest.raises(Forbidden):
        end(row, by=cast.sue)
    assert end(row, by=cast.nora).ended_at is not None
    assert AuditEntry.objects.filter(action="glass.ended").count() == 1


def test_what_is_over_is_not_ended_again(cast: Cast, stay: Stay) -> None:
    row = opened(stay, cast.nora)
    over = now() - timedelta(seconds=1)
    BreakGlass.objects.filter(pk=row.pk).update(at=over - timedelta(hours=1), until=over)
    assert end(row, by=cast.nora).ended_at is None
    assert not AuditEntry.objects.filter(action="glass.ended").exists()


# --- Who is told -----------------------------------------------------------------------------------------------------


def reached_by_mail(staff: Staff) -> None:
    Contact.objects.create(staff=staff, channel="email", address=f"{staff.username}@example.org")


def test_the_wards_charge_nurses_and_administrators_are_told_by_their_channels(cast: Cast, stay: Stay) -> None:
    for staff in (cast.carol, cast.adam, cast.alice, cast.sue):
        reached_by_mail(staff)
    opened(stay, cast.nora)
    told = Delivery.objects.filter(purpose=Delivery.Purpose.NOTICE)
    assert {row.person for row in told} == {cast.carol, cast.adam}
    for row in told:
        message = message_for(row)
        said = f"{message.title} {message.body}"
        assert "Nora North has opened a record of Ward 7B from outside" in said
        assert stay.patient.family_name not in said
        assert stay.patient.record_number not in said


def test_whoever_reaches_the_patient_breaks_nothing(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError, match="within your reach"):
        opened(stay, cast.alice)
    assert not BreakGlass.objects.exists()


def test_the_news_is_sent_for_a_day_and_then_is_old(cast: Cast, stay: Stay) -> None:
    reached_by_mail(cast.carol)
    opened(stay, cast.nora)
    row = Delivery.objects.get(purpose=Delivery.Purpose.NOTICE)
    assert no_longer_true(row, row.created_at + timedelta(hours=23)) == ""
    assert no_longer_true(row, row.created_at + timedelta(hours=25)) == "this is old by now"
    assert shown(row.why) == row.why


# --- Review ----------------------------------------------------------------------------------------------------------


def test_it_waits_on_its_ward_until_somebody_reviews_it(cast: Cast, stay: Stay) -> None:
    row = opened(stay, cast.nora)
    assert list(unreviewed([cast.ward_7b])) == [row]
    assert not unreviewed([cast.ward_8c])
    review(row, by=cast.carol, note="Right: he had fallen.")
    assert not unreviewed([cast.ward_7b])
    assert list(reviewed_lately([cast.ward_7b])) == [row]
    entry = AuditEntry.objects.get(action="glass.reviewed")
    assert (entry.actor, entry.acting_role, entry.reason) == (cast.carol, Role.CHARGE_NURSE, "Right: he had fallen.")


@pytest.mark.parametrize("who", ["alice", "sam", "nora", "sue"])
def test_only_the_wards_leads_review(cast: Cast, stay: Stay, who: str) -> None:
    with pytest.raises(Forbidden):
        review(opened(stay, cast.nora), by=getattr(cast, who), note="Fine.")


def test_nobody_reviews_their_own(cast: Cast, stay: Stay) -> None:
    """Not even who has come to lead the ward since."""
    row = opened(stay, cast.nora)
    cast.nora.memberships.create(ward=cast.ward_7b, role=Role.CHARGE_NURSE)
    with pytest.raises(ValidationError, match="somebody else reviews it"):
        review(row, by=cast.nora, note="Fine.")
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=row.pk).update(reviewed_at=now(), reviewed_by=cast.nora)


def test_a_review_says_what_was_found_and_stands(cast: Cast, stay: Stay) -> None:
    row = opened(stay, cast.nora)
    with pytest.raises(ValidationError):
        review(row, by=cast.carol, note="  ")
    review(row, by=cast.carol, note="Fine.")
    assert review(row, by=cast.carol, note="Fine.").note == "Fine."
    with pytest.raises(ValidationError, match="Carol Chase has reviewed this already"):
        review(row, by=cast.adam, note="Not fine.")
    assert AuditEntry.objects.filter(action="glass.reviewed").count() == 1


def test_the_reviewer_sees_what_was_done_meanwhile_and_by_whom(cast: Cast, stay: Stay) -> None:
    mine, other = opened(stay, cast.nora), opened(admit_patient(cast, bed=cast.beds[1]), cast.sue)
    done = done_meanwhile([mine, other])
    assert [entry.action for entry in done[mine.pk]] == ["glass.broken"]
    assert {entry.actor for entry in done[other.pk]} == {cast.sue}


# --- What is kept ----------------------------------------------------------------------------------------------------


def test_rows_are_never_deleted_and_every_change_leaves_its_history(cast: Cast, stay: Stay) -> None:
    row = opened(stay, cast.nora)
    review(row, by=cast.carol, note="Fine.")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    history = RowChange.objects.filter(table="breakglass_breakglass", row_id=str(row.pk)).order_by("pk")
    assert [change.operation for change in history] == ["INSERT", "UPDATE"]


@pytest.mark.parametrize(
    "changes", [{"until": timedelta(hours=1, seconds=1)}, {"until": timedelta(0)}, {"ended_at": timedelta(seconds=-1)}]
)
def test_the_database_keeps_it_to_an_hour(cast: Cast, stay: Stay, changes: dict[str, timedelta]) -> None:
    row = opened(stay, cast.nora)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=row.pk).update(**{name: row.at + span for name, span in changes.items()})

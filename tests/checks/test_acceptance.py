"""A surgeon accepts a grade as a new reference, or a red flag as known, with a reason (protocol §1, §3)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.checks import actions
from monitoring.checks.models import Acceptance
from monitoring.checks.queries import timeline
from monitoring.due import clock
from monitoring.protocol import Muscle, ReferenceAccepted
from tests.cast import Cast, ago
from wards.access import Forbidden
from wards.models import Staff, Stay


def accept(
    stay: Stay,
    by: Staff,
    *,
    at: datetime | None = None,
    muscles: Mapping[Muscle, int] | None = None,
    flags: Collection[str] = (),
    reason: str = "known since childhood",
) -> Acceptance:
    named = {Muscle.L4_LEFT: 0} if muscles is None else muscles
    return actions.accept_reference(stay, by=by, at=at, muscles=named, flags=flags, reason=reason, key=uuid4())


def test_an_acceptance_reaches_the_timeline_as_it_was_said(cast: Cast, stay: Stay) -> None:
    accept(stay, cast.sam, at=ago(hours=1), flags=["bladder_bowel"])
    event = timeline(stay).events[-1]
    assert event == ReferenceAccepted(ago(hours=1), muscles={Muscle.L4_LEFT: 0}, flags=("bladder_bowel",))


def test_only_a_surgeon_of_the_ward_may_accept(cast: Cast, stay: Stay) -> None:
    for somebody in (cast.alice, cast.carol, cast.adam, cast.sue):
        with pytest.raises(Forbidden):
            accept(stay, somebody)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"muscles": {}}, "__all__"),
        ({"muscles": {Muscle.L4_LEFT: 6}}, "muscles"),
        ({"muscles": {Muscle.L4_LEFT: True}}, "muscles"),
        ({"muscles": {"L9 left": 3}}, "muscles"),
        ({"flags": ["headache"]}, "flags"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_is_accepted_must_be_something_the_protocol_knows(
    cast: Cast, stay: Stay, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as error:
        accept(stay, cast.sam, **said)
    assert set(error.value.message_dict) == {field}
    assert not Acceptance.objects.exists()


def test_an_acceptance_in_the_future_is_refused(cast: Cast, stay: Stay) -> None:
    with pytest.raises(ValidationError, match="in the future"):
        accept(stay, cast.sam, at=clock.now() + timedelta(minutes=1))


def test_a_corrected_acceptance_takes_the_place_of_the_old_one(cast: Cast, stay: Stay) -> None:
    old, key = accept(stay, cast.sam, at=ago(hours=1)), uuid4()

    def correct(grade: int) -> Acceptance:
        return actions.correct_acceptance(
            old,
            by=cast.sam,
            at=None,
            muscles={Muscle.L4_LEFT: grade},
            flags=[],
            reason="known since childhood",
            correction_reason="it was 3",
            key=key,
        )

    with pytest.raises(ValidationError):
        correct(6)
    new = correct(3)
    assert correct(3) == new
    assert (new.supersedes, new.place, new.accepted_at) == (old, old.place, old.accepted_at)
    assert timeline(stay).events[-1] == ReferenceAccepted(ago(hours=1), muscles={Muscle.L4_LEFT: 3})
    key = uuid4()
    with pytest.raises(ValidationError, match="Sam Stone corrected this entry"):
        correct(4)


def test_a_retracted_acceptance_counts_as_if_it_had_never_been(cast: Cast, stay: Stay) -> None:
    before = timeline(stay)
    acceptance = accept(stay, cast.sam)
    actions.retract_acceptance(acceptance, by=cast.sam, reason="other patient")
    assert timeline(stay) == before
    with pytest.raises(Forbidden):
        actions.retract_acceptance(accept(stay, cast.sam), by=cast.alice, reason="other patient")

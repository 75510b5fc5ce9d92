"""What a re-operation was for and what it found: once for each, matched by its place in the record."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from monitoring.pathway.actions import theatre
from monitoring.pathway.facts import DrainFacts, ExplorationFacts
from monitoring.pathway.models import DrainEntry, Exploration
from monitoring.pathway.queries import course
from monitoring.pathway.vocabulary import Finding, Indication
from monitoring.protocol.causes import PAPER
from tests.cast import Cast, ago
from tests.pathway.examples import again, explore, place, refusal, stored
from wards import actions as wards
from wards.facts import OperationFacts
from wards.models import Operation, Stay
from wards.queries import standing_operations


def drain(label: str, **said: Any) -> DrainFacts:
    return DrainFacts(**{"drain": uuid4(), "stage": "placed", "label": label, "suction": True, **said})


def moved(cast: Cast, operation: Operation, minutes: int) -> Operation:
    """The operation's times were wrong: it ended so many minutes later."""
    facts = {name: getattr(operation, name) for name in OperationFacts.__dataclass_fields__}
    facts["ended_at"] = operation.ended_at + timedelta(minutes=minutes)
    return wards.correct_operation(
        operation, by=cast.alice, facts=OperationFacts(**facts), reason="misread", key=uuid4()
    )


def test_findings_belong_to_their_re_operation(cast: Cast, reoperation: Operation) -> None:
    explored = explore(cast, reoperation, side="left", level="L4", text=" a clot over two levels ")
    assert course(reoperation.episode_id).exploration_of(reoperation) == explored
    assert (explored.text, explored.at) == ("a clot over two levels", reoperation.ended_at)


def test_each_finding_is_a_cause_of_the_protocol_with_its_sub_cause_or_none_found() -> None:
    assert {finding.cause for finding in Finding} == {*(known.cause for known in PAPER), "none_found"}
    assert (Finding.LOOSE_SCREW.cause, Finding.LOOSE_SCREW.sub_cause) == ("fixation", "loose_screw")
    assert (Finding.ROOT_OEDEMA.cause, Finding.ROOT_OEDEMA.sub_cause) == ("root_oedema", "")


@pytest.mark.parametrize("indication", ["exudation", "infection", "foreign_body"])
def test_another_reason_needs_no_cause_and_takes_none(cast: Cast, reoperation: Operation, indication: str) -> None:
    errors = refusal(lambda: explore(cast, reoperation, indication=indication))
    assert errors == {"finding": ["A cause of weakness belongs to a re-operation for weakness. Leave it out."]}
    assert explore(cast, reoperation, indication=indication, finding="").is_standing


def test_a_deficit_has_a_finding_and_none_found_is_one(cast: Cast, reoperation: Operation) -> None:
    for finding in ("", "bad luck"):
        errors = refusal(partial(explore, cast, reoperation, finding=finding))
        assert errors == {"finding": ["Say what was found. “None found” is an answer."]}
    assert explore(cast, reoperation, finding=Finding.NONE_FOUND).is_standing


def test_other_is_said_in_words(cast: Cast, reoperation: Operation) -> None:
    errors = refusal(lambda: explore(cast, reoperation, indication="other", finding="", text="  "))
    assert errors == {"text": ["Say in words why."]}
    assert explore(cast, reoperation, indication="other", finding="", text="a broken drain").is_standing


def test_an_unknown_indication_is_refused(cast: Cast, reoperation: Operation) -> None:
    for indication in ("", "curiosity"):
        errors = refusal(partial(explore, cast, reoperation, indication=indication))
        assert errors == {"indication": ["Say why the patient was operated again."]}


def test_each_re_operation_has_its_findings_once(cast: Cast, stay: Stay, reoperation: Operation) -> None:
    explore(cast, reoperation)
    errors = refusal(lambda: explore(cast, reoperation))
    assert errors == {"__all__": ["The findings of this re-operation are recorded already. Correct them instead."]}
    second = again(cast, stay, ended_at=ago(hours=1))
    assert explore(cast, second, finding=Finding.ROOT_OEDEMA).is_standing
    found = course(stay.episode_id).exploration_of
    assert [one and one.finding for one in map(found, standing_operations(stay.episode_id))] == [
        None,
        "epidural_haematoma",
        "root_oedema",
    ]


def test_the_index_fusion_has_no_findings(cast: Cast, stay: Stay) -> None:
    (index,) = standing_operations(stay.episode_id)
    errors = refusal(lambda: explore(cast, index))
    assert errors == {"__all__": ["This re-operation no longer stands in the record, or is none."]}


def test_a_re_operation_that_was_taken_back_gets_no_findings(cast: Cast, reoperation: Operation) -> None:
    wards.retract_operation(reoperation, by=cast.alice, reason="another patient's")
    assert set(refusal(lambda: explore(cast, reoperation))) == {"__all__"}


def test_findings_are_signed_of_the_operation_as_it_stands(cast: Cast, reoperation: Operation) -> None:
    """On a page that has become old, the drains would be placed at an end that no longer is."""
    newer = moved(cast, reoperation, 20)
    assert set(refusal(lambda: explore(cast, reoperation))) == {"__all__"}
    assert explore(cast, newer).operation == newer


def test_findings_stay_with_an_operation_that_is_corrected_afterwards(cast: Cast, reoperation: Operation) -> None:
    explored = explore(cast, reoperation)
    newer = moved(cast, reoperation, 20)
    assert course(newer.episode_id).exploration_of(newer) == explored
    facts = ExplorationFacts(indication="deficit", finding=Finding.ROOT_OEDEMA)
    corrected = theatre.correct_exploration(explored, by=cast.sam, facts=facts, reason="the report", key=uuid4())
    assert course(newer.episode_id).exploration_of(newer) == corrected
    assert set(refusal(lambda: explore(cast, newer))) == {"__all__"}


def test_findings_sent_again_after_the_operation_was_corrected_are_answered_as_before(
    cast: Cast, reoperation: Operation
) -> None:
    key, drains_placed = uuid4(), (drain("left"),)
    first = explore(cast, reoperation, key=key, drains_placed=drains_placed)
    moved(cast, reoperation, 20)
    assert explore(cast, reoperation, key=key, drains_placed=drains_placed) == first
    assert DrainEntry.objects.count() == 1


def test_a_re_operation_is_not_taken_back_from_under_its_findings(cast: Cast, reoperation: Operation) -> None:
    explored = explore(cast, reoperation)
    newer = moved(cast, reoperation, 20)
    errors = refusal(lambda: wards.retract_operation(newer, by=cast.alice, reason="another patient's"))
    assert errors == {"__all__": ["The findings of this re-operation are recorded. A surgeon takes them back first."]}
    theatre.retract_exploration(explored, by=cast.sam, reason="another patient's")
    assert not wards.retract_operation(newer, by=cast.alice, reason="another patient's").is_standing


def test_findings_left_behind_by_their_operation_are_only_taken_back(
    cast: Cast, stay: Stay, reoperation: Operation
) -> None:
    """No action does that to them; were it done, another re-operation's standing would not make up for it."""
    explored = explore(cast, reoperation)
    again(cast, stay, ended_at=ago(hours=1))
    gone = {"retracted_at": ago(), "retracted_by": cast.sam, "retraction_reason": "another patient's"}
    Operation.objects.filter(pk=reoperation.pk).update(**gone)
    facts = ExplorationFacts(indication="deficit", finding=Finding.ROOT_OEDEMA)
    errors = refusal(
        lambda: theatre.correct_exploration(explored, by=cast.sam, facts=facts, reason="misread", key=uuid4())
    )
    assert set(errors) == {"__all__"}
    theatre.retract_exploration(explored, by=cast.sam, reason="another patient's")


def test_corrected_findings_obey_the_same_rules(cast: Cast, reoperation: Operation) -> None:
    explored = explore(cast, reoperation)

    def correct(**said: str) -> Exploration:
        facts = ExplorationFacts(**{"indication": "deficit", **said})
        return theatre.correct_exploration(explored, by=cast.sam, facts=facts, reason="misread", key=uuid4())

    assert set(refusal(correct)) == {"finding"}
    assert set(refusal(lambda: correct(indication="other"))) == {"text"}
    assert correct(indication="infection").finding == ""


def test_findings_of_another_episodes_operation_cannot_be(cast: Cast, stay: Stay, reoperation: Operation) -> None:
    """The action takes stay and episode from the operation; past it, the rule asks for one of the same episode."""
    wards.discharge(stay, by=cast.alice, at=ago(minutes=30), departure=Stay.Departure.HOME)
    other = wards.admit(
        by=cast.alice,
        at=ago(minutes=20),
        bed=cast.beds[1],
        patient=stay.patient,
        episode=None,
        responsible_surgeon=cast.sam,
        key=uuid4(),
    )
    facts: dict[str, Any] = {
        "operation": reoperation,
        "operation_place": reoperation.place,
        "indication": Indication.INFECTION,
    }
    errors = refusal(lambda: theatre.EXPLORED.sign(other, by=cast.sam, at=None, facts=facts, key=uuid4()))
    assert errors == {"__all__": ["This re-operation no longer stands in the record, or is none."]}


def test_drains_placed_at_its_end_are_stored_with_the_findings(cast: Cast, reoperation: Operation) -> None:
    key, drains_placed = uuid4(), (drain("left"), drain("right", suction=False))
    explore(cast, reoperation, drains_placed=drains_placed, key=key)
    explore(cast, reoperation, drains_placed=drains_placed, key=key)
    lying = course(reoperation.episode_id).lying_drains
    assert [(one.label, one.placed.suction, one.placed.at) for one in lying] == [
        ("left", True, reoperation.ended_at),
        ("right", False, reoperation.ended_at),
    ]


def test_a_drain_that_is_refused_takes_the_findings_with_it_and_says_which(
    cast: Cast, stay: Stay, reoperation: Operation
) -> None:
    place(cast, stay, label="left")
    before = stored()
    errors = refusal(lambda: explore(cast, reoperation, drains_placed=(drain("right"), drain("Left"))))
    assert errors == {"drain_2_label": ["A drain of this name lies already. Give this one another name."]}
    assert stored() == before

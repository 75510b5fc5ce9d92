"""What an alert says only ever grows (protocol §10)."""

from monitoring.alerts.evidence import Evidence
from monitoring.protocol import Action, Level, Muscle, Reason, Rule
from tests.alerts.histories import assessed, check, moments

LEFT_ANKLE = Muscle("L4 left")


def test_a_stable_assessment_says_nothing() -> None:
    assert Evidence.of(assessed(1, check(1))) == Evidence()


def test_untested_alone_says_nothing() -> None:
    assessment = assessed(14, check(1))
    assert [finding.rule for finding in assessment.findings] == [Rule.UNTESTED]
    assert Evidence.of(assessment) == Evidence()


def test_a_fall_is_told_with_its_muscle_rule_and_reason() -> None:
    evidence = Evidence.of(assessed(2, check(1), check(2, L4_left=1)))
    assert evidence.level is Level.CRITICAL
    assert evidence.actions == {Action.IMAGE_AND_EXPLORE}
    assert evidence.because == {Reason.FALL}
    assert evidence.rules == {Rule.FALL_TO_0_1}
    assert evidence.muscles[LEFT_ANKLE].latest == 1


def test_paralysis_is_deeper_than_a_flicker() -> None:
    flicker = Evidence.of(assessed(2, check(1), check(2, L4_left=1)))
    paralysis = Evidence.of(assessed(3, check(1), check(3, L4_left=0)))
    assert flicker.joined(paralysis).muscles[LEFT_ANKLE].latest == 0
    assert paralysis.joined(flicker).muscles[LEFT_ANKLE].latest == 0
    assert paralysis.beyond(flicker) == {"deeper": ["L4 left"]}


def test_exploration_once_named_stands_alone_whatever_comes_after() -> None:
    explore = Evidence.of(assessed(2, check(1), check(2, L4_left=1)))
    flag = Evidence.of(assessed(3, check(1), check(3, flag="bladder_bowel")))
    assert flag.actions == {Action.URGENT_IMAGING}
    assert explore.joined(flag).actions == flag.joined(explore).actions == {Action.IMAGE_AND_EXPLORE}


def test_the_higher_levels_actions_replace_the_lower_ones() -> None:
    concern = Evidence.of(assessed(2, check(1), check(2, L4_left=3)))
    critical = Evidence.of(assessed(2, check(1), check(2, L4_left=2)))
    assert concern.actions == {Action.REVIEW}
    assert concern.joined(critical).actions == critical.joined(concern).actions == {Action.TREAT_AND_RECHECK}


def test_what_passed_between_two_assessments_is_not_lost() -> None:
    over = Evidence.over(moments(0.5, 4, check(1), check(2, L4_left=1), check(3)))
    assert over.level is Level.CRITICAL
    assert over.because == {Reason.FALL}


def test_it_comes_back_from_json_as_it_was() -> None:
    evidence = Evidence.of(assessed(3, check(1), check(3, L4_left=0, S1_right=3, flag="saddle_anaesthesia")))
    assert Evidence.from_json(evidence.to_json()) == evidence
    assert evidence.to_json()["muscles"]["L4 left"]["latest"] == 0


def test_beyond_names_only_what_is_new() -> None:
    one = Evidence.of(assessed(2, check(1), check(2, L4_left=3)))
    two = Evidence.of(assessed(2, check(1), check(2, L4_left=3, L5_left=1)))
    assert one.joined(two).beyond(one) == {
        "level": "critical",
        "actions": ["image_and_explore"],
        "because": ["fall"],
        "muscles": ["L5 left"],
    }
    assert one.joined(two).beyond(two) == {}

"""What each picture of the registry says, and that it says so where there is nothing, too little, or too much."""

from dataclasses import replace

import pytest
from matplotlib.lines import Line2D

from monitoring.pathway.vocabulary import Finding
from monitoring.registry import paper
from monitoring.registry.beyond import ANSWERS
from monitoring.registry.cohort import Standing
from monitoring.registry.pictures import flow, funnel, incidence, onset, recovery, schedules, words
from monitoring.registry.pictures.letters import wrapped
from monitoring.registry.pictures.swarm import swarm
from tests.registry.drawings import EXAMPLES, FLOW, HUGE, WARDS, curve, days, funnelled, group
from tests.registry.reading import SVG, dots, drawn_once, groups, root, root_of, said, texts

# What it says


def test_incidence_says_both_shares_with_their_intervals() -> None:
    picture = root("incidence")
    assert "12 of 1650 = 0.73 % (95 % 0.42 to 1.27)" in " ".join(said(picture).split())
    assert "30 of 4078 = 0.74 % (95 % 0.52 to 1.05)" in " ".join(said(picture).split())
    assert dots(picture, "share-") == 2


def test_none_of_none_is_no_share_and_none_of_forty_is_0() -> None:
    assert "no operations" in said(root("incidence-none"))
    assert dots(root("incidence-none"), "share-") == 1
    assert "0 of 40 = 0.00 %" in said(root("incidence-zero"))


def test_causes_have_two_bars_each_with_its_count_and_share() -> None:
    picture = root("causes")
    assert {one.get("id") for one in groups(picture, "here-")} == {
        "here-fixation", "here-epidural_haematoma", "here-insufficient_decompression", "here-unknown",
        "here-fixation.malposition", "here-fixation.cage_herniation", "here-insufficient_decompression.other",
    }  # fmt: skip
    assert len(groups(picture, "paper-")) == 9
    assert {"5 (41.7 %)", "11 (36.7 %)", "screw malposition", "Nerve-root oedema"} <= set(texts(picture))
    assert "None found" not in texts(picture)
    assert texts(picture).count("0") >= 3  # the axis's, root oedema here, "other" in the paper


def test_every_case_of_known_onset_is_a_dot() -> None:
    picture = root("onset")
    assert (dots(picture, "cases-fixation"), dots(picture, "cases-root_oedema")) == (11, 1)
    assert "4.0 (n = 1)" in texts(picture)
    assert "3.4 ± 1.2 (n = 11)" in texts(picture)
    assert "Not drawn: 2 cases of unknown onset." in texts(picture)


def test_every_case_of_known_hours_is_a_dot_and_the_others_are_counted() -> None:
    picture = root("recovery")
    assert dots(picture, "grade-") == 30
    assert "Not drawn: 1 case whose hours are not known." in texts(picture)
    assert {"6 h", "8 h", "grade 0", "not known"} <= set(texts(picture))


def test_hours_out_of_order_are_not_drawn_and_very_short_ones_lie_at_the_edge() -> None:
    picture = root("recovery-odd")
    assert dots(picture, "grade-5") == 3
    assert "Not drawn: 1 case whose times are recorded out of order." in texts(picture)
    assert "Drawn at the left edge: 2 cases of less than 0.5 h." in texts(picture)


def test_paralysis_is_a_grade_and_what_nobody_had_is_0() -> None:
    picture = root("strength")
    assert groups(picture, "At-the-deficit-0")
    assert not groups(picture, "At-the-deficit-5")
    assert texts(picture).count("0") == 9
    assert dots(root("recovery-one"), "grade-0-False") == 1


def test_the_cumulative_incidence_ends_at_the_last_count() -> None:
    picture = root("cumulative")
    assert "31 of 4078 = 0.76 %" in texts(picture)
    assert "% of operations (n = 4078)" in texts(picture)
    assert {str(day) for day in range(15)} <= set(texts(picture))
    assert len(groups(picture, "band")) == 1


def test_each_ward_is_a_dot_by_where_it_lies_and_named() -> None:
    picture = root("funnel")
    assert len(groups(picture, "ward-")) == 5
    assert {"within the limits (3)", "outside 95 % (1)", "outside 99.8 % (1)"} <= set(texts(picture))
    assert {"Spine A", "Spine B", "Trauma", "Orthopaedics 3", "Neurosurgery 1 (not told)"} <= set(texts(picture))
    assert {"all 0.75 %", "95 %", "99.8 %"} <= set(texts(picture))


def test_limits_are_asked_for_at_each_ward_and_past_the_largest() -> None:
    asked = funnel.sizes(WARDS)
    assert {ward.operations for ward in WARDS if ward.operations} <= set(asked)
    assert asked == sorted(set(asked))
    assert (asked[0], asked[-1] > 1250) == (45, True)
    assert funnel.sizes([]) == []


def test_a_ward_whose_letters_there_is_no_font_for_is_called_by_its_number() -> None:
    picture = root_of(funnel.draw, funnelled(WARDS[0], funnel.Ward("\U0001f9ea ward", 500, 3)))
    assert {"Spine A", "No. 2"} <= set(texts(picture))


def test_times_are_said_in_minutes_hours_and_days() -> None:
    assert "median 7 min, quartiles 4 min and 12 min, 9 in 10 within 31 min" in texts(root("times"))
    assert "no time known, not known or never: 29" in texts(root("times"))
    assert "median 99 min, quartiles 9 min and 69.4 d, 9 in 10 within 69.4 d" in texts(root("times-huge"))


def test_the_two_schedules_are_told_apart_and_read_off_at_6_and_8_hours() -> None:
    picture = root_of(schedules.draw, schedules.Schedules(curve("ours", 2), curve("every 4 h", 4)))
    assert "within 6 h: A 88 %, B 65 %; within 8 h: A 94 %, B 75 %" in texts(picture)
    assert {"A: ours", "B: every 4 h"} <= set(texts(picture))
    assert len(groups(picture, "seen-")) == len(groups(picture, "decompressed-")) == 2


def test_the_flow_has_every_reason_with_its_number_and_their_sum() -> None:
    found = texts(root("flow"))
    assert {"n = 4311", "n = 4078", "n = 30", "233", "4048"} <= set(found)
    assert {str(n) for n in [*FLOW.outside.values(), *FLOW.not_cases.values()]} <= set(found)


# Nothing, too little, too much


@pytest.mark.parametrize(
    ("name", "words_"),
    [
        ("causes-none", "no cases"),
        ("onset-none", "No cases"),
        ("onset-nothing", "No cases"),
        ("recovery-none", "No cases"),
        ("recovery-unknown", "No case whose hours are known"),
        ("strength-none", "No cases"),
        ("cumulative-none", "No operations"),
        ("funnel-none", "No operations"),
        ("times-none", "No times known"),
        ("schedules-none", "Nothing simulated"),
        ("flow-none", "No operations"),
    ],
)
def test_a_picture_of_nothing_says_so(name: str, words_: str) -> None:
    assert words_ in said(root(name))


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name.endswith("-few")])
def test_a_number_too_small_to_be_told_is_hatched_or_said_and_never_drawn(name: str) -> None:
    picture = root(name)
    instead = words.NOT_ONE_BY_ONE if name.startswith("recovery") else words.TOO_FEW
    assert "not told" in said(picture) or instead in said(picture)
    assert dots(picture, "cases-") == dots(picture, "grade-") == dots(picture, "share-this") == 0


def test_what_is_not_told_looks_the_same_whatever_it_is() -> None:
    """The hatched piece reaches over all that it may be."""
    picture = root_of(incidence.draw, incidence.Incidence(incidence.Share(None, 300), incidence.Share(30, 4078)))
    assert "not told of 300" in " ".join(texts(picture))
    assert list(picture.iter(f"{SVG}pattern"))
    assert "=" not in " ".join(texts(picture)).partition("Paper")[0]


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name.endswith("-huge")])
def test_a_hundred_thousand_make_no_larger_file(name: str) -> None:
    assert len(drawn_once(name)) < 500_000


def test_dots_move_apart_across_only_and_never_past_their_lane() -> None:
    same = swarm([2.0] * 5, width=0.1)
    assert len(set(same)) == 5
    assert swarm([1.0, 2.0, 3.0], width=0.1) == [0.0, 0.0, 0.0]
    assert max(map(abs, swarm([1.0] * HUGE, width=0.1))) <= 1
    assert swarm([3.0, 1.0, 3.0], 0.1) == swarm([3.0, 1.0, 3.0], 0.1)


def test_every_dot_lies_at_its_value() -> None:
    own = days(40)
    figure = onset.draw(onset.Onset([group("fixation", own)]))
    drawn_ = next(line for line in figure.findobj(Line2D) if line.get_gid() == "cases-fixation")
    assert isinstance(drawn_, Line2D)
    assert drawn_.get_xdata() == pytest.approx(own)


def test_long_words_break_and_a_number_keeps_its_unit() -> None:
    assert wrapped("12 % of all", 30) == ["12 %", "of all"]
    assert "".join(wrapped("W" * 60, 100)) == "W" * 60


def test_a_note_of_any_letters_is_drawn() -> None:
    noted = replace(FLOW, notes=("$x^2$ & <b>\x07\nsecond \U0001f9ea",))
    assert "$x^2$ & <b> second □" in texts(root_of(flow.draw, noted))


def test_where_every_grade_is_known_there_is_no_row_for_unknown_ones() -> None:
    picture = root_of(recovery.draw, recovery.Recovery([recovery.Recovered(3, 4, True)]))
    assert "not known" not in texts(picture)


# Its words


def test_every_code_that_the_registry_knows_has_an_english_word() -> None:
    assert set(Standing.values) == set(words.STANDINGS)
    assert {finding.cause for finding in Finding} | {"unknown"} == set(words.CAUSES)
    assert {finding.value for finding in Finding if finding.sub_cause} == set(words.SUB_CAUSES)
    assert set(ANSWERS) == set(words.ANSWERS)
    assert {cause.cause for cause in paper.CAUSES} <= set(words.CAUSES)

"""A file of past operations, read: what each cell may say, and every way in which a file can be wrong. No database."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest

from monitoring.registry.columns import BY_NAME, COLUMNS, REQUIRED, Kind
from monitoring.registry.csv_reading import LONGEST, digest_of
from monitoring.registry.importing import Row, read_rows
from monitoring.registry.models import Line
from tests.registry.files import NAMES, case, row, text

WARDS = {"7b": date(2026, 11, 28), "8c": date(2026, 11, 27)}


def read(content: str | bytes) -> list[Row]:
    return list(read_rows(BytesIO(content.encode() if isinstance(content, str) else content), WARDS))


def facts(**said: str) -> dict[str, Any]:
    """Of one row in which nothing is wrong."""
    (only,) = read(text(row(**said)))
    assert only.problems == []
    return dict(only.facts)


def told(content: str | bytes) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.reason) for each in read(content) for one in each.problems]


def wrong(**said: str) -> list[tuple[str, str]]:
    """The columns and reasons of a case with these cells."""
    return [(column, reason) for _line, column, reason in told(text(case(**said)))]


# --- What is read ----------------------------------------------------------------------------------------------------


def test_a_row_is_read_by_the_names_of_a_lines_fields() -> None:
    fields = {field.name for field in Line._meta.concrete_fields}
    assert set(BY_NAME) <= fields
    assert fields - set(BY_NAME) == {"id", "episode", "brought_by", "counts", "made_at"}
    (only,) = read(text(case("K-7", checks_done="30", checks_late="0")))
    assert only == Row(
        2,
        {
            "case_key": "K-7",
            "ward": "7b",
            "operated_on": date(2016, 3, 7),
            "sex": "F",
            "age": 62,
            "diagnosis": "stenosis",
            "procedure": "PLIF",
            "level_upper": "L3",
            "level_lower": "S1",
            "segments": 3,
            "departure": "home",
            "departure_days": 14.0,
            "deficit": "severe",
            "onset_days": 3.0,
            "ended": "explored",
            "reoperation": "deficit",
            "reoperation_days": 3.5,
            "finding": "fixation.malposition",
            "grade_at_deficit": 0,
            "grade_day3": 3,
            "grade_day7": 4,
            "relief": True,
            "checks_done": 30,
            "checks_late": 0,
        },
        [],
    )


def test_what_is_left_empty_is_not_known_and_is_no_fact() -> None:
    known = facts(coagulopathy="", departure="", departure_days="", level_upper="", level_lower="", segments="2")
    assert known.keys().isdisjoint({"coagulopathy", "departure", "level_upper", "relief", "grade_day3", "checks_late"})


@pytest.mark.parametrize(
    ("upper", "lower", "segments"),
    [("L4", "L5", 1), ("L3", "S1", 3), ("T10", "S1", 8), ("T10", "ilium", 8), ("L5", "S2", 1), ("T10", "T11", 1)],
)
def test_segments_are_computed_from_the_levels(upper: str, lower: str, segments: int) -> None:
    assert facts(level_upper=upper, level_lower=lower)["segments"] == segments
    assert facts(level_upper=upper, level_lower=lower, segments=str(segments))["segments"] == segments


@pytest.mark.parametrize(("typed", "kept"), [("0", 1.0), ("0.4", 1.0), ("1", 1.0), ("1.5", 1.5)])
def test_an_onset_within_the_first_day_is_day_1_as_the_paper_counts(typed: str, kept: float) -> None:
    (only,) = read(text(case(onset_days=typed, reoperation_days="1.6")))
    assert (only.problems, only.facts["onset_days"]) == ([], kept)


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("sex", "f", "F"),
        ("procedure", "plif", "PLIF"),
        ("coagulopathy", "YES", True),
        ("deformity_correction", "No", False),
        ("age", "0", 0),
        ("age", "120", 120),
        ("age", " 62\t", 62),
        ("operated_on", "2026-11-28", date(2026, 11, 28)),
        ("case_key", "A/1.2_3-4", "A/1.2_3-4"),
    ],
)
def test_capitals_and_space_around_a_cell_do_not_matter(name: str, typed: str, kept: object) -> None:
    assert facts(**{name: typed, "departure": "", "departure_days": ""})[name] == kept


def test_a_severe_deficit_may_have_an_onset_and_a_finding_that_nobody_knows() -> None:
    (only,) = read(text(case(onset_days="", finding="", ended="", grade_at_deficit="")))
    assert only.problems == []
    assert only.facts.keys().isdisjoint({"onset_days", "finding", "ended", "grade_at_deficit"})


def test_columns_that_need_not_be_filled_may_be_left_out_and_stand_in_any_order() -> None:
    names = [*reversed(REQUIRED), "segments"]
    content = text({name: row()[name] for name in REQUIRED} | {"segments": "2"}, names=names)
    (only,) = read(content)
    assert only.problems == []
    assert only.facts["segments"] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_commas_and_semicolons_marks_and_line_ends_are_all_the_same(encoding: str, separator: str, end: str) -> None:
    content = text(case("a1"), row("a2"), separator=separator).replace("\n", end).encode(encoding)
    assert read(content) == read(text(case("a1"), row("a2")))


def test_quoted_cells_names_in_capitals_empty_lines_and_a_missing_end_are_read() -> None:
    plain = text(row("a1"), row("a2"))
    head, first, second = plain.splitlines()
    quoted = ",".join(f'"{cell}"' for cell in first.split(","))
    content = "\n".join([head.upper(), "", quoted, "," * head.count(","), "  ", second])
    assert [(one.line, one.facts["case_key"], one.problems) for one in read(content)] == [(3, "a1", []), (6, "a2", [])]


def test_every_column_explains_itself_and_its_example_can_be_read() -> None:
    assert len(NAMES) == len(set(NAMES)) == 32
    (only,) = read(text({column.name: column.example for column in COLUMNS}))
    assert only.problems == []
    assert set(only.facts) == set(NAMES)
    for column in COLUMNS:
        assert str(column.meaning).endswith(".")
        assert column.allowed
        assert column.unit or column.kind not in {Kind.DECIMAL, Kind.GRADE}


# --- A cell that is wrong --------------------------------------------------------------------------------------------


NUMBERS = [
    "NaN",
    "nan",
    "inf",
    "-inf",
    "1e309",
    "1e1",
    "１２",
    "٣",
    "-1",
    "+1",
    "0x1",
    "1 000",
    "1.",
    ".5",
    "'1",
    "½",
    "1_0",
]


@pytest.mark.parametrize("typed", NUMBERS)
@pytest.mark.parametrize("name", ["age", "onset_days", "grade_day3", "checks_done", "minutes_to_alert"])
def test_a_number_is_written_in_plain_digits(name: str, typed: str) -> None:
    ((column, reason),) = wrong(**{name: typed})
    assert column == name
    assert reason.startswith("Write a number: 0 to ")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("age", "121"),
        ("age", "62.5"),
        ("grade_day3", "6"),
        ("grade_day7", "3.0"),
        ("onset_days", "366.5"),
        ("segments", "0"),
        ("segments", "21"),
        ("checks_done", "100000"),
        ("reoperation_days", "99999999999"),
    ],
)
def test_a_number_beyond_its_range_is_refused(name: str, typed: str) -> None:
    assert [column for column, reason in wrong(**{name: typed}) if reason.startswith("Write a number")] == [name]


@pytest.mark.parametrize("name", ["onset_days", "minutes_to_theatre", "good_to_decompression_hours"])
def test_a_decimal_comma_is_named(name: str) -> None:
    content = text(case(**{name: "2,5"}), separator=";")
    assert told(content) == [(2, name, "Write a decimal point, no comma: 2.5.")]


NO_DATES = [
    *("39814", "07.03.2016", "3/7/2016", "07-Mar-2016", "2016-3-7", "20160307", "2016-W10-1", "2016-02-30"),
    *("2016-13-01", "2016-03-07 00:00:00", "2016-03-07T00:00", "2016-03-07Z", "２０１６-03-07", "0000-01-01"),
]


@pytest.mark.parametrize(
    "typed",
    NO_DATES,
)
def test_a_date_is_written_in_one_way(typed: str) -> None:
    assert wrong(operated_on=typed) == [("operated_on", "This is no date: write it as 2016-03-07.")]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"operated_on": "1949-12-31"}, "This is before 1950."),
        ({"operated_on": "2026-11-29"}, "This lies in the future."),
        ({"operated_on": "2026-11-28", "ward": "8c"}, "This lies in the future."),
    ],
)
def test_nobody_was_operated_before_1950_or_tomorrow_by_the_wards_own_clock(said: dict[str, str], reason: str) -> None:
    assert ("operated_on", reason) in wrong(**said)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("sex", "W"),
        ("sex", "0"),
        ("diagnosis", "lumbago"),
        ("procedure", "other"),
        ("level_upper", "L6"),
        ("departure", "merged"),
        ("ended", "open"),
        ("deficit", "yes"),
        ("finding", "fixation"),
        ("relief", "1"),
    ],
)
def test_a_word_that_is_none_of_the_columns_is_refused_with_those_that_are(name: str, typed: str) -> None:
    assert (name, f"This is none of: {BY_NAME[name].allowed}.") in wrong(**{name: typed})


@pytest.mark.parametrize("name", REQUIRED)
def test_what_must_be_said_must_not_be_empty(name: str) -> None:
    """Not even whether there was a deficit: nothing known is never the same as none."""
    assert (name, "This must not be empty.") in wrong(**{name: ""})


@pytest.mark.parametrize(
    "typed", ["Miller", "Miller, Anna", "=1+1", "-1", "@1", "1 2", "1\u202e", "Ä1", "x" * 40 + "1"]
)
def test_a_case_has_a_number_that_is_no_name_and_no_formula(typed: str) -> None:
    ((column, reason),) = [(one.column, one.reason) for each in read(text(case(typed))) for one in each.problems]
    assert column == "case_key"
    assert "Names and record numbers are not taken" in reason
    assert typed not in reason


@pytest.mark.parametrize("typed", ["9z", "7B", "-1", "7b\u200b"])
def test_a_ward_that_is_not_the_persons_is_no_ward(typed: str) -> None:
    assert wrong(ward=typed) == [("ward", "There is no such ward among yours. Write its code.")]


def test_examples_left_from_the_template_are_not_patients() -> None:
    assert told(text(case("example-1"))) == [(2, "case_key", "This is an example of the template. Take the row out.")]


# --- Columns that do not go together ---------------------------------------------------------------------------------

NO_DEFICIT = "There was no deficit: leave this empty."
NO_OPERATION = "There was no re-operation for a deficit: leave this empty."
CONTRADICTIONS: list[tuple[dict[str, str], str, str]] = [
    ({"level_lower": ""}, "level_upper", "Give both levels, or neither."),
    ({"level_upper": ""}, "level_upper", "Give both levels, or neither."),
    ({"level_upper": "S1", "level_lower": "L3"}, "level_upper", "The upper level is not above the lower one."),
    ({"level_upper": "L3", "level_lower": "L3"}, "level_upper", "The upper level is not above the lower one."),
    ({"level_upper": "", "level_lower": ""}, "segments", "Give the segments, or both levels."),
    ({"segments": "2"}, "segments", "L3 to S1 fuse 3."),
    ({"departure": ""}, "departure_days", "Say how the patient left."),
    ({"grade_at_deficit": "3"}, "grade_at_deficit", "A severe deficit leaves grade 2 at most."),
    ({"reoperation_days": "2.9"}, "reoperation_days", "The re-operation for a deficit is before its onset."),
    ({"reoperation": "infection"}, "ended", "An explored deficit has a re-operation for the deficit."),
    (
        {"ended": "ameliorated"},
        "ended",
        "Who was operated again for the deficit was not ameliorated by conservative treatment.",
    ),
    ({"deficit": "none"}, "reoperation", "There was no deficit."),
    ({"departure": "died", "departure_days": "2"}, "onset_days", "The patient had died before."),
    ({"departure": "died", "departure_days": "3"}, "reoperation_days", "The patient had died before."),
    (
        {"minutes_to_alert": "5", "minutes_to_acknowledged": "4.9"},
        "minutes_to_acknowledged",
        "This is before the alert.",
    ),
    ({"checks_done": "3", "checks_late": "4"}, "checks_late", "More were late than were done."),
    ({"checks_late": "0"}, "checks_late", "Give how many checks were done."),
    (
        {"operated_on": "2026-11-25", "departure_days": ""},
        "reoperation_days",
        "So many days from the operation lie in the future.",
    ),
    ({"operated_on": "2026-11-20"}, "departure_days", "So many days from the operation lie in the future."),
]


@pytest.mark.parametrize(("said", "column", "reason"), CONTRADICTIONS)
def test_what_one_column_says_another_must_not_deny(said: dict[str, str], column: str, reason: str) -> None:
    if column == "reoperation_days" and "operated_on" in said:
        said = said | {"reoperation_days": "4"}
    assert (column, reason) in wrong(**said)


@pytest.mark.parametrize("name", ["onset_days", "ended", "grade_at_deficit", "minutes_to_alert", "minutes_to_imaging"])
def test_nothing_is_told_of_a_deficit_that_there_was_not(name: str) -> None:
    said = {name: {"ended": "other"}.get(name, "1")}
    assert told(text(row(**said))) == [(2, name, NO_DEFICIT)]


@pytest.mark.parametrize("name", ["finding", "grade_day3", "grade_day7", "relief", "good_to_decompression_hours"])
@pytest.mark.parametrize("why", ["none", "exudation", "unknown"])
def test_nothing_is_told_of_an_operation_for_a_deficit_that_there_was_not(name: str, why: str) -> None:
    said = {name: {"finding": "root_oedema", "relief": "no"}.get(name, "0"), "reoperation": why}
    assert told(text(row(**said))) == [(2, name, NO_OPERATION)]


def test_a_deficit_that_was_not_operated_has_no_time_to_theatre() -> None:
    said = {"deficit": "severe", "ended": "ameliorated", "minutes_to_theatre": "90"}
    assert told(text(row(**said))) == [(2, "minutes_to_theatre", NO_OPERATION)]


def test_days_to_an_operation_need_an_operation() -> None:
    assert told(text(row(reoperation_days="4"))) == [
        (2, "reoperation_days", "There was no re-operation: leave this empty.")
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"reoperation": "infection", "reoperation_days": "20"},
        {"reoperation": "unknown"},
        {"deficit": "severe", "onset_days": "2", "ended": "ameliorated", "grade_at_deficit": "0"},
        {"deficit": "severe", "onset_days": "5", "reoperation": "exudation", "reoperation_days": "3"},
        {"deficit": "below_severe", "grade_at_deficit": "4"},
        {"departure": "died", "departure_days": "0"},
        {"departure": "other_hospital", "departure_days": ""},
    ],
)
def test_what_goes_together_is_taken(said: dict[str, str]) -> None:
    assert told(text(row(**said))) == []


def test_a_cell_that_cannot_be_read_hides_no_other_problem_and_makes_none() -> None:
    said = {
        "onset_days": "?",
        "deficit": "maybe",
        "grade_day7": "9",
        "level_upper": "L9",
        "age": "",
        "checks_late": "1",
    }
    assert [column for column, _reason in wrong(**said)] == [
        "age",
        "level_upper",
        "deficit",
        "onset_days",
        "grade_day7",
        "checks_late",
    ]


# --- A row, or a file, that is wrong ---------------------------------------------------------------------------------


def test_every_bad_row_is_told_with_its_line_and_the_good_ones_are_not() -> None:
    content = text(row("a1", age="x"), row("a2"), row("a3", sex="?", age="-"), row("a1"), row("a1", ward="8c"))
    assert [(line, column) for line, column, _reason in told(content)] == [
        (2, "age"),
        (4, "sex"),
        (4, "age"),
        (5, "case_key"),
    ]
    assert (5, "case_key", "This case stands on line 2 already.") in told(content)


def test_a_row_with_a_cell_too_many_or_too_few_is_not_guessed_at() -> None:
    head, first = text(row()).splitlines()
    content = "\n".join([head, f"{first},", first.rpartition(",")[0], first])
    assert told(content) == [
        (2, "", "This row has 33 cells, the first line 32."),
        (3, "", "This row has 31 cells, the first line 32."),
    ]


def test_a_quotation_mark_left_open_spoils_its_own_line_only() -> None:
    head, first, second, third = text(row("a1"), row("a2"), row("a3", age="x")).splitlines()
    content = "\n".join([head, first.replace("a1", '"a1'), second, third])
    open_mark = "A quotation mark opens a cell and does not close it on this line."
    assert [(line, column) for line, column, _reason in told(content)] == [(2, ""), (4, "age")]
    assert told(content)[0] == (2, "", open_mark)


def test_a_line_break_within_a_cell_is_a_problem_of_its_lines() -> None:
    content = text(row("a1", diagnosis="stenosis\nand more"), row("a2"))
    assert [line for line, _column, _reason in told(content)] == [2, 3]


def test_bytes_that_are_no_text_spoil_their_own_line_only() -> None:
    head, *rows = [line.encode() for line in text(row("a1"), row("a2"), row("a3"), row("a4")).splitlines()]
    rows[0] += b"\xe4"
    rows[1] = rows[1].replace(b"62", b"6\x002")
    rows[2] = rows[2].replace(b"62", b"62\r")
    assert told(b"\n".join([head, *rows])) == [
        (2, "", "This is not UTF-8. Save the file as “CSV UTF-8”."),
        (3, "", "This is no text: it holds NUL bytes. Save the file as “CSV UTF-8”."),
        (4, "", "There is a line break within this line."),
    ]


def test_a_line_without_end_is_passed_over_and_the_next_one_is_read() -> None:
    head, first = text(row()).splitlines()
    content = f"{head}\n{'x' * (3 * LONGEST)}\n{first}\n{'y' * (LONGEST + 1)}"
    found = [(one.line, bool(one.problems)) for one in read(content)]
    assert found == [(2, True), (3, False), (4, True)]
    assert {reason for *_place, reason in told(content)} == {"This line is longer than any row."}


EMPTY = "The file is empty, or its first line is. The first line names the columns."
NO_CSV = "This is a spreadsheet, not CSV. Save it as “CSV UTF-8”."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", EMPTY),
        (b"\xef\xbb\xbf", EMPTY),
        (b"\n\n", EMPTY),
        (b",,,\n1,2,3", EMPTY),
        (text(row()).encode("utf-16"), "This file is UTF-16. Save it as “CSV UTF-8”."),
        (b"\xfe\xff" + text(row()).encode("utf-16-be"), "This file is UTF-16. Save it as “CSV UTF-8”."),
        (text(row()).encode("utf-16-le"), "This is no text: it holds NUL bytes. Save the file as “CSV UTF-8”."),
        (b"PK\x03\x04" + b"x" * 100, NO_CSV),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, NO_CSV),
        (b"\x89PNG\r\n", "This is not UTF-8. Save the file as “CSV UTF-8”."),
        (b"x" * (2 * LONGEST), "This line is longer than any row."),
        (text(row()).replace(",", "\t").encode(), "The first line names no columns, parted by commas or semicolons."),
        (b"name,born\nMiller,1950", "The first line names none of the columns. Begin with the template."),
        (text(row()).replace("\n", "\r").encode(), "There is a line break within this line."),
        (text().encode(), "The file has no row below the names of the columns."),
        (text().encode() + b"\n,,\n" * 3, "The file has no row below the names of the columns."),
    ],
)
def test_a_file_that_is_none_says_why_once(content: bytes, reason: str) -> None:
    assert told(content) == [(1, "", reason)]


def test_columns_that_nobody_knows_are_named_and_not_taken() -> None:
    content = text(row() | {"name": "Miller", "MRN\x1b[31m": "1"}, names=[*NAMES, "name", "MRN\x1b[31m"])
    words = "There is no such column, and nothing in it is taken: no names, no record numbers. Take it out."
    assert told(content) == [(1, "name", words), (1, "mrn?[31m", words)]


def test_of_many_such_columns_a_few_are_named() -> None:
    content = text(row(), names=[*NAMES, *(f"x{n}" for n in range(40))])
    assert len(told(content)) == 13
    assert told(content)[-1] == (1, "", "There are 28 more columns that are none of ours.")


def test_columns_that_are_missing_or_there_twice_are_named() -> None:
    names = [name for name in NAMES if name not in {"deficit", "sex"}]
    content = ",".join([*names, "age"]) + "\n"
    assert [(column, reason) for _line, column, reason in told(content)] == [
        ("sex", "This column is missing."),
        ("age", "This column is there twice."),
        ("deficit", "This column is missing."),
    ]


def test_no_reason_repeats_what_stood_in_a_cell() -> None:
    """They are printed and logged where the file must not be."""
    secret = "Miller 1950"
    content = text(dict.fromkeys(NAMES, secret), row("a1") | {"age": secret}) + f'"{secret}\n{secret};\n'
    assert len(told(content)) > 30
    assert not [reason for *_place, reason in told(content) if "Miller" in reason or "1950" in reason]


def test_a_file_has_the_digest_of_all_its_bytes_and_is_at_its_beginning_again() -> None:
    file = BytesIO(b"abc")
    file.read(2)
    assert digest_of(file) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file.read() == b"abc"

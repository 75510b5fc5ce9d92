"""A made-up hospital with the paper's counts and means, as a CSV file for the registry. Seeded: always the same.

`python -m tools.synthetic_hospital > hospital.csv` is the paper's: 4078 index fusions from 2009-01-01 to 2018-12-31,
among them the thirty cases of `synthetic_cases`, and those of which the paper says that they are no cases and not how
many there were (`NO_CASES`; their numbers are invented). Another `LEFT_EARLY` patients, of whom nobody knows what
followed, are in the file and outside of the 4078: in the registry the file has 4078 operations, and 30 cases, 0.74 %.

The paper contradicts itself in two places; what is nearest to it is here.

- The onset in whole days. With the means and SDs of Table 2 the squares of the thirty days can only add up to 331:
  an SD of 1.6 days over all (1.647), where the paper prints 1.7. The mean is 2.9 in both.
- Its range of 1 to 9 days. No group of Table 2 can hold a day 9; root oedema reaches 8 at most. Here it is 1 to 8.

`--rows 100000` is another hospital, at the paper's rates and with every column filled, for measuring.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, TextIO

from tools.synthetic_cases import BOTH, CASES, HERNIATION, OTHER_SIDE, SCOLIOSIS, SLIP, STENOSIS, Told

Row = dict[str, str]

HEAD: Final = (
    "case_key", "ward", "operated_on", "sex", "age", "diagnosis", "procedure", "level_upper", "level_lower", "segments",
    "symptomatic_side", "coagulopathy", "deformity_correction", "departure", "departure_days", "deficit", "onset_days",
    "ended", "reoperation", "reoperation_days", "finding", "grade_at_deficit", "grade_day3", "grade_day7", "relief",
    "good_to_decompression_hours", "minutes_to_alert", "minutes_to_acknowledged", "minutes_to_imaging",
    "minutes_to_theatre", "checks_done", "checks_late",
)  # fmt: skip
OPERATIONS: Final = 4078
SINCE, UNTIL = date(2009, 1, 1), date(2018, 12, 31)
SEED: Final = 4078
WARDS: Final = ("7b",)

AMELIORATED: Final = 19
BELOW_SEVERE: Final = 43
OTHERWISE_AGAIN: Final = {"exudation": 17, "infection": 34, "foreign_body": 2, "other": 5}
NO_CASES: Final = AMELIORATED + BELOW_SEVERE + sum(OTHERWISE_AGAIN.values())
LEFT_EARLY: Final = 24

LEVELS: Final = ("T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1")
FUSED: Final = (("L4", "L5"), ("L5", "S1"), ("L3", "L5"), ("L4", "S1"), ("L3", "S1"), ("L2", "S1"), ("T10", "S1"))
HOW_OFTEN_FUSED: Final = (34, 20, 17, 13, 9, 5, 2)
DIAGNOSES: Final = (HERNIATION, STENOSIS, BOTH, SCOLIOSIS, SLIP, "other")
HOW_OFTEN: Final = (22, 28, 23, 7, 17, 3)
GRADE_3 = 3


# --- The paper's hospital --------------------------------------------------------------------------------------------


def paper_hospital(wards: Sequence[str] = WARDS, seed: int = SEED) -> list[Row]:
    """Its rows in the order of the operations: `OPERATIONS` that count, and `LEFT_EARLY` more."""
    rng = Random(seed)
    rows = [_case(told, rng) for told in CASES]
    rows += [_ameliorated(rng) for _ in range(AMELIORATED)]
    rows += [_below_severe(rng) for _ in range(BELOW_SEVERE)]
    rows += [_again(why, rng) for why, n in OTHERWISE_AGAIN.items() for _ in range(n)]
    rows += [_left_early(rng) for _ in range(LEFT_EARLY)]
    rows += [_ordinary(rng) for _ in range(OPERATIONS - len(CASES) - NO_CASES)]
    rng.shuffle(rows)
    days = sorted([SINCE, UNTIL, *(_weekday(rng) for _ in rows[2:])])
    return [_placed(row, number, day, wards, rng) for number, (row, day) in enumerate(zip(rows, days, strict=True), 1)]


def _weekday(rng: Random) -> date:
    """Hardly anybody has a spine fused at the weekend."""
    day = SINCE + timedelta(days=rng.randrange((UNTIL - SINCE).days + 1))
    return day if day.weekday() < 5 or rng.random() < 0.05 else _weekday(rng)


def _placed(row: Row, number: int, day: date, wards: Sequence[str], rng: Random) -> Row:
    return {
        **dict.fromkeys(HEAD, ""),
        **row,
        "case_key": f"{day.year}-{number:06}",
        "ward": rng.choice(wards),
        "operated_on": day.isoformat(),
    }


def _operation(rng: Random) -> Row:
    """Somebody's index fusion."""
    upper, lower = rng.choices(FUSED, HOW_OFTEN_FUSED)[0]
    diagnosis = SCOLIOSIS if upper == "T10" else rng.choices(DIAGNOSES, HOW_OFTEN)[0]
    return {
        "sex": rng.choice("FFFMM"),
        "age": str(min(91, max(17, round(rng.gauss(59, 13))))),
        "diagnosis": diagnosis,
        "procedure": rng.choices(("PLF", "PLIF", "TLIF"), (25, 40, 35))[0],
        "level_upper": upper,
        "level_lower": lower,
        "segments": str(_fused(upper, lower)),
        "symptomatic_side": rng.choice(("left", "right", "both", "none")),
        "coagulopathy": "yes" if rng.random() < 0.015 else "no",
        "deformity_correction": "yes" if diagnosis == SCOLIOSIS else "no",
        "departure": "home" if rng.random() < 0.94 else "other_hospital",
        "departure_days": str(rng.randrange(9, 20)),
        "deficit": "none",
        "reoperation": "none",
    }


def _fused(upper: str, lower: str) -> int:
    """Below S1 nothing moves."""
    return LEVELS.index("S1" if lower == "ilium" else lower) - LEVELS.index(upper)


def _ordinary(rng: Random) -> Row:
    """All went well."""
    return _operation(rng)


def _case(told: Told, rng: Random) -> Row:
    """Operated again within a day, and at home three weeks later."""
    hours = round(rng.uniform(4, 20), 1)
    side = rng.choice(("left", "right")) if told.finding == OTHER_SIDE else None
    return _operation(rng) | {
        "sex": told.sex,
        "age": str(told.age),
        "diagnosis": told.diagnosis,
        "procedure": told.procedure,
        "level_upper": told.upper,
        "level_lower": told.lower,
        "segments": str(_fused(told.upper, told.lower)),
        "symptomatic_side": side or rng.choice(("left", "right", "both")),
        "coagulopathy": "yes" if told.coagulopathy else "no",
        "deformity_correction": "yes" if told.diagnosis == SCOLIOSIS else "no",
        "departure": "home",
        "departure_days": str(told.day + rng.randrange(12, 24)),
        "deficit": "severe",
        "onset_days": str(told.day),
        "ended": "explored",
        "reoperation": "deficit",
        "reoperation_days": f"{told.day + hours / 24:.2f}",
        "finding": told.finding,
        "grade_at_deficit": str(told.before),
        "grade_day3": str(told.day3),
        "grade_day7": str(told.day7),
        "relief": "yes" if told.day3 >= GRADE_3 else "no",
        "good_to_decompression_hours": f"{hours + rng.uniform(1, 6):.1f}",
        "minutes_to_imaging": str(rng.randrange(20, 55)),
        "minutes_to_theatre": f"{(hours - rng.uniform(1.5, 3)) * 60:.0f}",
    }


def _ameliorated(rng: Random) -> Row:
    """As severe as a case, and better by mannitol and methylprednisolone."""
    return _operation(rng) | {
        "deficit": "severe",
        "onset_days": str(rng.randrange(1, 7)),
        "ended": "ameliorated",
        "grade_at_deficit": str(rng.randrange(1, 3)),
    }


def _below_severe(rng: Random) -> Row:
    return _operation(rng) | {
        "deficit": "below_severe",
        "onset_days": str(rng.randrange(1, 8)),
        "ended": rng.choice(("ameliorated", "other")),
        "grade_at_deficit": str(rng.randrange(3, 5)),
    }


def _again(why: str, rng: Random) -> Row:
    return _operation(rng) | {"reoperation": why, "reoperation_days": str(rng.randrange(3, 30))}


def _left_early(rng: Random) -> Row:
    """Gone before the ninth day, and nobody knows how they fared; a few died."""
    departure = "died" if rng.random() < 0.15 else "other_hospital"
    return _operation(rng) | {"departure": departure, "departure_days": str(rng.randrange(1, 9))}


# --- A hospital of any size ------------------------------------------------------------------------------------------


def large_hospital(rows: int, wards: Sequence[str] = WARDS, seed: int = SEED) -> Iterator[Row]:
    """So many rows at the paper's rates, one by one, in no order; every column has something in some of them."""
    rng = Random(seed)
    kinds = ("case", "ameliorated", "below", "left", "exudation", "infection", "foreign_body", "other", "ordinary")
    rates = [len(CASES), AMELIORATED, BELOW_SEVERE, LEFT_EARLY, *OTHERWISE_AGAIN.values()]
    rates.append(OPERATIONS + LEFT_EARLY - sum(rates))
    for number in range(1, rows + 1):
        row = _of_kind(rng.choices(kinds, rates)[0], rng)
        done = rng.randrange(20, 45)
        row |= {"checks_done": str(done), "checks_late": str(min(done, rng.randrange(6)))}
        yield _placed(row, number, _weekday(rng), wards, rng)


def _of_kind(kind: str, rng: Random) -> Row:
    if kind == "case":
        alert = rng.randrange(1, 20)
        answers = {"minutes_to_alert": str(alert), "minutes_to_acknowledged": str(alert + rng.randrange(1, 15))}
        return _case(rng.choice(CASES), rng) | {"age": str(rng.randrange(30, 86))} | answers
    others = {"ameliorated": _ameliorated, "below": _below_severe, "left": _left_early, "ordinary": _ordinary}
    return others[kind](rng) if kind in others else _again(kind, rng)


# --- The file --------------------------------------------------------------------------------------------------------


def write(rows: Iterable[Row], out: TextIO) -> None:
    """As comma-separated values, with the names of the columns first."""
    writer = csv.DictWriter(out, HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="A made-up hospital for the registry's import, as CSV.")
    parser.add_argument("--rows", type=int, help="so many at the paper's rates, instead of the paper's hospital")
    parser.add_argument("--ward", action="append", help="the code of a ward; may be given several times")
    asked = parser.parse_args()
    wards = asked.ward or list(WARDS)
    write(paper_hospital(wards) if asked.rows is None else large_hospital(asked.rows, wards), sys.stdout)


if __name__ == "__main__":
    main()

"""The protocol's words: muscles and grades, flags, levels, rules, actions and reasons (protocol §1, §4, §6)."""

from enum import IntEnum, StrEnum
from typing import Literal, TypeAlias

Grade: TypeAlias = int
"""An MRC grade, 0 to 5. Grade 0 is paralysis: test for a missing grade with `is None`, never by truth."""

GradeEntry: TypeAlias = int | Literal["NT", "NA"]
"""What a check says of a muscle: a grade, NT (not testable now) or NA (never testable)."""

FlagStatus: TypeAlias = Literal["present", "absent", "not_assessed"]
Side: TypeAlias = Literal["left", "right"]
SymptomaticSide: TypeAlias = Literal["left", "right", "both", "none"]
OperationKind: TypeAlias = Literal["index", "secondary"]
TreatmentAction: TypeAlias = Literal["started", "stopped"]

MYOTOMES = ("L2", "L3", "L4", "L5", "S1")
SIDES: tuple[Side, Side] = ("left", "right")
FLAGS = ("saddle_anaesthesia", "bladder_bowel")
NORMAL_GRADE = 5


class Muscle(StrEnum):
    """A key myotome and side, the patient's own (protocol §1); sorts L2…S1, left before right."""

    L2_LEFT = "L2 left"
    L2_RIGHT = "L2 right"
    L3_LEFT = "L3 left"
    L3_RIGHT = "L3 right"
    L4_LEFT = "L4 left"
    L4_RIGHT = "L4 right"
    L5_LEFT = "L5 left"
    L5_RIGHT = "L5 right"
    S1_LEFT = "S1 left"
    S1_RIGHT = "S1 right"

    @classmethod
    def parse(cls, name: str) -> "Muscle":
        """The muscle of that name, such as "L4 left". Raises ValueError if there is none."""
        return cls(name)

    @property
    def myotome(self) -> str:
        return self.value[:2]

    @property
    def side(self) -> Side:
        return "left" if self.value.endswith("left") else "right"


MUSCLES = tuple(Muscle)


class Level(IntEnum):
    """How bad it is: `stable` < `watch` < `concern` < `critical` (protocol §4)."""

    STABLE = 0
    WATCH = 1
    CONCERN = 2
    CRITICAL = 3

    @classmethod
    def parse(cls, label: str) -> "Level":
        """The level of that label. Raises ValueError if there is none."""
        return cls(LEVELS.index(label))

    @property
    def label(self) -> str:
        return self.name.lower()


LEVELS = tuple(level.label for level in Level)


class Rule(StrEnum):
    """The findings, in the order of protocol §4."""

    FALL_TO_0_1 = "fall_to_0_1"
    MAJOR_DROP = "major_drop"
    WIDESPREAD_DROP = "widespread_drop"
    RED_FLAG = "red_flag"
    MODERATE_DROP = "moderate_drop"
    MULTIPLE_DROPS = "multiple_drops"
    CONTRALATERAL_DROP = "contralateral_drop"
    MINOR_DROP = "minor_drop"
    PERSISTENT_DEFICIT = "persistent_deficit"
    UNTESTED = "untested"

    @property
    def level(self) -> Level:
        return LEVEL_OF_RULE[self]


LEVEL_OF_RULE = {
    Rule.FALL_TO_0_1: Level.CRITICAL,
    Rule.MAJOR_DROP: Level.CRITICAL,
    Rule.WIDESPREAD_DROP: Level.CRITICAL,
    Rule.RED_FLAG: Level.CRITICAL,
    Rule.MODERATE_DROP: Level.CONCERN,
    Rule.MULTIPLE_DROPS: Level.CONCERN,
    Rule.CONTRALATERAL_DROP: Level.CONCERN,
    Rule.MINOR_DROP: Level.WATCH,
    Rule.PERSISTENT_DEFICIT: Level.WATCH,
    Rule.UNTESTED: Level.WATCH,
}

SEVERE_RULES = frozenset({Rule.FALL_TO_0_1, Rule.MAJOR_DROP})
CRITICAL_RULES = frozenset(rule for rule in Rule if rule.level is Level.CRITICAL)


class Action(StrEnum):
    """What to do (protocol §6), from the weakest to the strongest."""

    RECHECK = "recheck"
    REVIEW = "review"
    TREAT_AND_RECHECK = "treat_and_recheck"
    URGENT_IMAGING = "urgent_imaging"
    IMAGE_AND_EXPLORE = "image_and_explore"


class Reason(StrEnum):
    """Why to image and explore, in the order of protocol §6."""

    FALL = "fall"
    DROP = "drop"
    STILL_THERE = "still_there"
    WORSE = "worse"
    NO_IMPROVEMENT = "no_improvement"

"""What the history says of one muscle: its latest grade, its reference and the drop between them (protocol §3)."""

from dataclasses import dataclass
from datetime import datetime

from monitoring.protocol.vocabulary import NORMAL_GRADE, Grade, Muscle


@dataclass(slots=True)
class MuscleRecord:
    """One muscle's history, folded event by event. `reference` means something only after an operation."""

    muscle: Muscle
    graded: Grade | None = None
    """Its most recent grade from any check."""
    carried: Grade | None = None
    """Its most recent grade, checked or accepted: what the next operation anchors."""
    accepted: bool = False
    """Whether a reference was ever accepted for it."""
    never_testable: bool = False
    """Whether a check gave it NA."""
    baseline: Grade | None = None
    """Its last grade before the first operation."""
    best: Grade | None = None
    """The highest of `baseline` and all its grades after the first operation."""

    latest: Grade | None = None
    """Protocol §3: "its most recent grade after the operation"."""
    latest_at: datetime | None = None
    reference: Grade = NORMAL_GRADE
    assumed: bool = True
    reached_at: tuple[datetime, ...] = ()
    """For each grade 0…5, when a check after the operation last gave it at least that, "or else the end of the
    operation" (protocol §7)."""

    @property
    def drop(self) -> int:
        """Protocol §3: "reference − latest"; 0 where there is no latest grade to compare."""
        return 0 if self.latest is None else self.reference - self.latest

    @property
    def shortfall(self) -> int:
        """How far the latest grade is below the best one known; 0 where there is no latest grade to compare."""
        return 0 if self.latest is None or self.best is None else self.best - self.latest

    @property
    def watched(self) -> bool:
        """Protocol §3: a muscle "never graded by any check" that "has an NA in one has no finding at all"."""
        return self.graded is not None or not self.never_testable

    def grade(self, grade: Grade, at: datetime, operated: bool) -> None:
        """A check gives it a grade; NT is no test, and never clears anything (protocol §1)."""
        self.graded = self.carried = grade
        if operated:
            self._grade_after_operation(grade, at)

    def _grade_after_operation(self, grade: Grade, at: datetime) -> None:
        """Protocol §3: the reference is the highest of the anchor's grade "and all grades after the anchor"."""
        self.latest, self.latest_at = grade, at
        self.reference = max(self.reference, grade)
        self.best = grade if self.best is None else max(self.best, grade)
        self.reached_at = (at,) * (grade + 1) + self.reached_at[grade + 1 :]

    def accept(self, grade: Grade) -> None:
        """Protocol §3: its grade is "the higher of the accepted one and the muscle's latest just before it"."""
        self.accepted, self.carried = True, grade
        self.reference = grade if self.latest is None else max(grade, self.latest)
        self.assumed = False

    def operate(self, at: datetime, first: bool) -> None:
        """The operation ended: what was latest and good before it is history."""
        if first:
            self.baseline = self.best = self.graded
        self.latest = self.latest_at = None
        self.reached_at = (at,) * (NORMAL_GRADE + 1)
        self._anchor_to_operation()

    def _anchor_to_operation(self) -> None:
        """Protocol §3: the anchor's grade is "the most recent grade before it, checked or accepted"; but with "no grade
        checked before the *first* operation and none accepted before the anchor" it is 5, assumed."""
        known = None if self.baseline is None and not self.accepted else self.carried
        self.assumed = known is None
        self.reference = NORMAL_GRADE if known is None else known

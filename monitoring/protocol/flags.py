"""What the history says of one red flag, and whether it is old or accepted (protocol §4)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class FlagRecord:
    """One red flag's history, folded event by event."""

    flag: str
    present: bool = False
    """Whether the most recent check that assessed it found it present."""
    present_since_first_operation: bool = False
    """The same, of the checks after the first operation."""
    present_since_operation: bool = False
    """The same, of the checks after the operation."""
    assessed_at: datetime | None = None
    absent_at: datetime | None = None
    """When a check after the first operation last found it absent, "or else the end of the first operation" (§7)."""
    old: bool = False
    accepted: bool = False

    @property
    def raised(self) -> bool:
        """Protocol §4, finding 4: present after the operation, and "neither *old* nor *accepted*"."""
        return self.present_since_operation and not self.old and not self.accepted

    def assess(self, present: bool, at: datetime, operated: bool) -> None:
        """A check assesses it: it "found it present or absent" (protocol §4)."""
        self.present = present
        self.assessed_at = at
        if not present:
            self.old = self.accepted = False
        if operated:
            self.present_since_operation = self.present_since_first_operation = present
            self.absent_at = self.absent_at if present else at

    def accept(self) -> None:
        """Protocol §4: accepted if the last check that assessed it "after the first operation" found it present."""
        self.accepted = self.present_since_first_operation

    def operate(self, at: datetime, first: bool) -> None:
        """Protocol §4: old "if it was present in the last check before the first operation that assessed it"."""
        if first:
            self.old, self.absent_at = self.present, at
        self.present_since_operation = False

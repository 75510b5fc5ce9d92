"""Going along the chain, seal by seal: is each seal sound, does it follow the one before, are its rows as sealed?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from monitoring.seals.canonical import Leaf, form_of, leaves_between, leaves_in
from monitoring.seals.chain import START, digest_of, header
from monitoring.seals.findings import Finding, What
from monitoring.seals.keys import UnknownKey, is_signed, known_keys
from monitoring.seals.models import MOST, Log, Seal

SEALS_AT_A_TIME = 50
MOST_KEPT = 500  # differences and findings that are named; more are counted
Kind = Seal.Kind


@dataclass(slots=True)
class Difference:
    """A row that is not as sealed: the transaction and the digest of its content (hexadecimal) in the seal; empty where
    it stands among that seal's rows and was not sealed."""

    log: str
    row_id: int
    seal: int
    xact: int = 0
    sealed: str = ""


@dataclass(slots=True)
class Progress:
    """How far a verification is. `rows` were held against their seals; `removed` by retention; `more` were not kept."""

    next_number: int = 1
    seals: int = 0
    rows: int = 0
    removed: int = 0
    more: int = 0
    differences: dict[tuple[str, int], Difference] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def note(self, finding: Finding) -> None:
        if len(self.findings) < MOST_KEPT:
            self.findings.append(finding)
        else:
            self.more += 1

    def differ(self, log: str, row_id: int, seal: int) -> Difference:
        """The difference of this row, to be filled in; one that is not kept where there are too many."""
        found = self.differences.get((log, row_id))
        if found is None:
            found = Difference(log, row_id, seal)
            if len(self.differences) < MOST_KEPT:
                self.differences[log, row_id] = found
            else:
                self.more += 1
        return found

    def differences_to_json(self) -> list[dict[str, Any]]:
        return [asdict(difference) for difference in self.differences.values()]


class Before(NamedTuple):
    """The seal before the next: its number and hash, and whether it was sound (or there was none)."""

    number: int
    hash: str
    is_sound: bool = True


class Walk:
    """One piece of a verification, from `progress.next_number` on."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.known = known_keys()
        self.removed = removed_by_retention(self.known)
        self.epochs = {log: _beginnings(log) for log in Log}
        self.before = _seal_before(progress.next_number)
        self.ends: dict[str, tuple[int, int, int] | None] = {log: _end_before(log, progress.next_number) for log in Log}

    def go_on(self, seconds: float | None = None) -> bool:
        """Go to the end of the chain, or for so long and at least a few seals; whether the end was reached."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            later = Seal.objects.filter(number__gte=self.progress.next_number).order_by("number")
            seals = list(later[:SEALS_AT_A_TIME])
            for seal in seals:
                self._look_at(seal)
            if len(seals) < SEALS_AT_A_TIME:
                return True
            if until is not None and time.monotonic() >= until:
                return False

    def _look_at(self, seal: Seal) -> None:
        faults = list(self._faults_of(seal))
        for fault in faults:
            self.progress.note(Finding(fault, seal=seal.number))
        is_sound = not faults
        if seal.kind != Kind.PRUNED:
            self.ends[seal.log] = (seal.upto_xact, seal.upto_id, seal.ids_from) if is_sound else None
        if seal.kind == Kind.ROWS and is_sound:
            self._hold_rows_against(seal)
        self.before = Before(seal.number, seal.hash, is_sound)
        self.progress.next_number = seal.number + 1
        self.progress.seals += 1

    def _faults_of(self, seal: Seal) -> Iterator[What]:
        """At most one of the seal itself, and one of where it stands, unless the seal before is to blame."""
        missing = seal.number - self.before.number - 1
        if missing:
            self.progress.note(Finding(What.SEAL_MISSING, seal=self.before.number + 1, upto=seal.number - 1))
            self.ends = dict.fromkeys(self.ends)
        fault = fault_of(seal, self.known)
        if fault is not None:
            yield fault
        elif not missing and self.before.is_sound and not self._follows(seal):
            yield What.SEAL_OUT_OF_CHAIN

    def _follows(self, seal: Seal) -> bool:
        """Whether it names the seal before it, and its log goes on where it ended."""
        if seal.previous != self.before.hash:
            return False
        end = self.ends[seal.log]
        return seal.kind != Kind.ROWS or end is None or end == (seal.from_xact, seal.from_id, seal.ids_from)

    def _hold_rows_against(self, seal: Seal) -> None:
        start, end = (seal.from_xact, seal.from_id), (seal.upto_xact, seal.upto_id)
        ids_to = min((first - 1 for first in self.epochs[Log(seal.log)] if first > seal.ids_from), default=MOST)
        present = leaves_between(form_of(seal.log, seal.format), start, end, seal.ids_from, ids_to)
        is_removed = seal.number in self.removed
        sealed = b"" if is_removed else bytes(seal.leaves)
        self.progress.rows += 0 if is_removed else seal.count
        self.progress.removed += seal.count if is_removed else 0
        if present != sealed:
            self._note_differences(seal, _by_id(sealed), _by_id(present))

    def _note_differences(self, seal: Seal, sealed: Mapping[int, Leaf], present: Mapping[int, Leaf]) -> None:
        for row_id in sorted(sealed.keys() | present.keys()):
            was, now = sealed.get(row_id), present.get(row_id)
            if was == now:
                continue
            difference = self.progress.differ(seal.log, row_id, seal.number)
            if was is not None:
                difference.seal, difference.xact, difference.sealed = seal.number, was.xact, was.digest.hex()


def fault_of(seal: Seal, known: Mapping[str, bytes]) -> What | None:
    """What is wrong with a seal by itself, its rows and its place apart."""
    digest = digest_of(header(seal))
    if digest.hex() != seal.hash:
        return What.SEAL_CHANGED
    try:
        if not is_signed(digest, key=seal.key, signature=seal.signature, known=known):
            return What.SEAL_NOT_SIGNED
        form_of(seal.log, seal.format)
    except UnknownKey:
        return What.SEAL_UNKNOWN_KEY
    except (KeyError, ValueError):
        return What.SEAL_UNKNOWN_FORMAT
    return None


def removed_by_retention(known: Mapping[str, bytes]) -> frozenset[int]:
    """The numbers of the seals whose rows may be gone, because a sound seal says so."""
    pruned = Seal.objects.filter(kind=Kind.PRUNED).order_by("number")
    sound = [seal for seal in pruned if fault_of(seal, known) is None]
    return frozenset(number for seal in sound for number in seal.note["seals"])


def _by_id(packed: bytes) -> dict[int, Leaf]:
    return {leaf.row_id: leaf for leaf in leaves_in(packed)}


def _beginnings(log: str) -> list[int]:
    return list(Seal.objects.filter(kind=Kind.EPOCH, log=log).values_list("ids_from", flat=True))


def _seal_before(number: int) -> Before:
    found = Seal.objects.filter(number__lt=number).order_by("-number").values_list("number", "hash").first()
    return Before(0, START) if found is None else Before(*found)


def _end_before(log: str, number: int) -> tuple[int, int, int] | None:
    """Where this log ended before that seal; None where that is not known: it was not sealed yet."""
    ends = Seal.objects.filter(log=log, number__lt=number).exclude(kind=Kind.PRUNED).order_by("-number")
    return ends.values_list("upto_xact", "upto_id", "ids_from").first()

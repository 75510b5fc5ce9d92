"""What the pages about the protocol show: a ward's versions, and what a replay has found, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from monitoring.desks.admin.protocol_words import Changed, Row, changes_between, rows_of
from monitoring.desks.common import presentation as say
from monitoring.proposals.comparing import How, Signal, Tally, Totals
from monitoring.proposals.models import Difference, Draft, Proposal, Replay
from monitoring.proposals.queries import versions_of
from monitoring.protocol import Settings
from wards.models import Staff, Stay, Ward

SIGNAL_WORDS = {
    Signal.CRITICAL: lazy("Critical"),
    Signal.CONCERN: lazy("Concern or worse"),
    Signal.WATCH: lazy("Watch or worse"),
    Signal.IMAGE_AND_EXPLORE: lazy("Image and explore"),
    Signal.OVERDUE: lazy("Check overdue"),
    Signal.UNTESTED: lazy("Not tested for too long (on the board alone)"),
}
HOW_WORDS = {
    How.MORE: lazy("under the proposed version alone"),
    How.FEWER: lazy("under the version in force alone"),
}
LEVEL_OF = {Signal.CRITICAL: "critical", Signal.CONCERN: "concern", Signal.WATCH: "watch"}


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a ward's protocol: number 0 is the published one. `until`: when the next came in force.

    `changed`: against the version before it. `adopter`: who approved it, or put it in force by hand.
    """

    number: int
    label: str
    settings: Settings
    rows: Sequence[Row]
    changed: Sequence[Changed]
    until: datetime | None
    since: datetime | None = None
    adopter: Staff | None = None
    reason: str = ""
    proposal: Proposal | None = None
    authors: Sequence[Staff] = ()


def versions_shown(ward: Ward) -> list[Version]:
    """The versions of a ward, the one in force first, the published protocol last. Two queries."""
    stored = versions_of(ward)[::-1]
    authors = authors_of(ward) if stored else {}
    ends = [row.recorded_at for row in stored] + [None]
    shown = [_version(0, "default", Settings(), Settings(), until=ends[0])]
    for row, until in zip(stored, ends[1:], strict=True):
        proposal: Proposal | None = getattr(row, "proposal", None)
        version = _version(row.number, str(row), Settings.from_json(row.settings), shown[-1].settings, until=until)
        shown.append(
            replace(
                version,
                since=row.recorded_at,
                adopter=row.recorded_by,
                reason=row.reason,
                proposal=proposal,
                authors=authors.get(proposal.pk, []) if proposal else [],
            )
        )
    return shown[::-1]


def _version(number: int, label: str, settings: Settings, before: Settings, *, until: datetime | None) -> Version:
    changed = changes_between(before, settings)
    return Version(number, label, settings, rows_of(settings), changed, until)


def authors_of(ward: Ward) -> dict[int, list[Staff]]:
    """Who wrote each proposal of a ward, each person once, the first first."""
    drafts = Draft.objects.filter(proposal__ward=ward).select_related("written_by").order_by("proposal_id", "number")
    grouped = groupby(drafts, key=lambda draft: draft.proposal_id)
    return {proposal: list(dict.fromkeys(draft.written_by for draft in written)) for proposal, written in grouped}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of what a replay found: how often under each version, and the difference in words."""

    words: str
    level: str
    before: int
    after: int
    difference: str
    differs: bool


@dataclass(frozen=True, slots=True)
class StayLine:
    """A stay that differs, and in what, each a sentence's parts. `calls`: each time that somebody would be called
    otherwise; `others`: what else, as sentences."""

    stay: Stay
    calls: Sequence[Mapping[str, Any]]
    others: Sequence[str]


def lines_of(totals: Totals) -> list[Line]:
    return [
        Line(
            words=str(words),
            level=LEVEL_OF.get(signal, ""),
            before=totals.tallies[signal].before,
            after=totals.tallies[signal].after,
            difference=difference_words(totals.tallies[signal]),
            differs=_differs(totals.tallies[signal]),
        )
        for signal, words in SIGNAL_WORDS.items()
    ]


def _differs(tally: Tally) -> bool:
    return bool(tally.more or tally.fewer or tally.earlier or tally.later)


def difference_words(tally: Tally) -> str:
    """ "3 more, 0 fewer; 2 earlier"; "the same" where nothing differs."""
    if not _differs(tally):
        return _("the same")
    said = _("%(more)d more, %(fewer)d fewer") % {"more": tally.more, "fewer": tally.fewer}
    parts = [said] if tally.more or tally.fewer else []
    parts += [_("%(n)d earlier") % {"n": tally.earlier}] if tally.earlier else []
    parts += [_("%(n)d later") % {"n": tally.later}] if tally.later else []
    return "; ".join(parts)


def headline(totals: Totals) -> str:
    """What a replay comes to, in one sentence: of the gravest first."""
    tally = totals.tallies[Signal.CRITICAL]
    said = {"more": tally.more, "fewer": tally.fewer, "stays": totals.stays}
    return (
        ngettext(
            "Critical alerts: %(more)d more, %(fewer)d fewer, on %(stays)d recorded stay.",
            "Critical alerts: %(more)d more, %(fewer)d fewer, on %(stays)d recorded stays.",
            totals.stays,
        )
        % said
    )


def checks_words(before: float, after: float, days: float) -> str:
    """How many checks a patient a day each version asks for."""
    if not days:
        return _("No check is asked for: no operation is recorded.")
    one, other = _a_day(before, days), _a_day(after, days)
    said = {"before": f"{one:.1f}", "after": f"{other:.1f}", "by": f"{abs(other - one):.1f}"}
    if one == other:
        return _("Either version asks for %(before)s checks per patient and day.") % said
    if other > one:
        return _("Checks per patient and day: %(before)s in force, %(after)s proposed, %(by)s more.") % said
    return _("Checks per patient and day: %(before)s in force, %(after)s proposed, %(by)s less.") % said


def _a_day(checks: float, days: float) -> float:
    """As precisely as it is shown."""
    return round(checks / days, 1)


def stay_lines(replay: Replay, differences: Sequence[Difference]) -> list[StayLine]:
    return [
        StayLine(
            stay=row.stay,
            calls=[_call(change, replay) for change in row.found["changes"]],
            others=_others(row.found),
        )
        for row in differences
    ]


def _call(change: Mapping[str, Any], replay: Replay) -> dict[str, Any]:
    """One time at which somebody would be called otherwise: what, when, how, by which rules or for which reasons."""
    signal, how = Signal(change["signal"]), How(change["how"])
    before, after = (parse_datetime(change[name] or "") for name in ("before", "after"))
    told_by = replay.in_force_settings if how is How.FEWER else replay.draft.settings
    return {
        "level": LEVEL_OF.get(signal, ""),
        "words": str(SIGNAL_WORDS[signal]),
        "at": after or before,
        "how": _how_words(how, before, after),
        "why": _why_words(signal, change["why"], told_by),
    }


def _how_words(how: How, before: datetime | None, after: datetime | None) -> str:
    if before is None or after is None:
        return str(HOW_WORDS[how])
    words = _("%(span)s earlier") if after < before else _("%(span)s later")
    return words % {"span": say.span_words(abs(after - before))}


def _why_words(signal: Signal, codes: Sequence[str], settings: Mapping[str, Any]) -> list[str]:
    """The rules of a level, as the version that told it reads them; the reasons of an action."""
    if signal in LEVEL_OF:
        return [say.rule_words(rule, settings) for rule in codes]
    return [say.reason_words([reason]) for reason in codes]


def _others(found: Mapping[str, Any]) -> list[str]:
    said = []
    for signal in (Signal.OVERDUE, Signal.UNTESTED):
        before, after = found["counts"][signal.value]
        if before != after:
            words = {"what": SIGNAL_WORDS[signal], "before": before, "after": after}
            said.append(_("%(what)s: %(before)d times in force, %(after)d proposed") % words)
    (before, after), days = found["asked"], found["days"]
    if days and _a_day(before, days) != _a_day(after, days):
        said.append(checks_words(before, after, days))
    return said

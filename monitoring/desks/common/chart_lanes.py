"""The lanes above the strips: operations, alerts, treatment, red flags, absences, attempts, on the same time axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.alerts.models import Alert
from monitoring.checks.models import Acceptance, Attempt, Check, Flag
from monitoring.checks.queries import HistoryRow
from monitoring.desks.common import presentation as say
from monitoring.desks.common.chart_scale import WIDTH, Scale, percent
from monitoring.desks.common.history import Spell
from monitoring.protocol import FLAGS
from wards.models import Absence, Operation

LETTER: Final = 11  # the width of a letter on a wide screen
ON_A_PHONE: Final = 3  # times as wide on a narrow one
NARROW: Final = 6  # what passed in a minute is seen all the same
SHAPES: Final = {"critical": "▲", "concern": "◆", "watch": "●"}


@dataclass(frozen=True, slots=True)
class Label:
    """Words beside the start of a span or at a mark; to the left of it where the right edge is near.

    `crowded`: on a narrow screen they would run into the words before them.
    """

    x: int
    words: str
    crowded: bool = False

    @property
    def left(self) -> str:
        return percent(self.x)

    @property
    def anchor(self) -> str:
        return "end" if self.x > WIDTH * 0.7 else "start"


@dataclass(frozen=True, slots=True)
class Span:
    """`kind` is its class: a level, `treatment`, `away`."""

    x: int
    width: int
    kind: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of marks and spans. `says` is all of it in words. The paths are those of a red flag's answers."""

    name: str
    says: str
    spans: Sequence[Span] = ()
    labels: Sequence[Label] = ()
    marks: str = ""
    present: str = ""
    absent: str = ""
    unknown: str = ""


@dataclass
class _Drawn:
    """A lane of spans as it is being drawn: in the order of time, and only what the window shows."""

    scale: Scale
    spans: list[Span] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def span(self, start: datetime, end: datetime | None, kind: str, words: str) -> None:
        left, right = self.scale.within(start), self.scale.within(end or self.scale.until)
        if right > 0:
            self.said.append(words)
            self.spans.append(Span(left, max(right - left, NARROW), kind))
            self.label(right if kind == "operation" else left, words)

    def label(self, x: int, words: str) -> None:
        """Words at a place, unless they would run into the words before them; `says` has them all."""
        last = self.labels[-1] if self.labels else None
        needed = 0 if last is None else LETTER * (len(last.words) + 2)
        if last is None or x - last.x >= needed:
            self.labels.append(Label(x, words, crowded=last is not None and x - last.x < ON_A_PHONE * needed))

    def lane(self, name: str) -> Lane:
        return Lane(name, "; ".join(self.said), self.spans, self.labels)


def lanes_of(
    rows: Sequence[HistoryRow],
    treatment: Sequence[Spell],
    alerts: Sequence[Alert],
    absences: Sequence[Absence],
    scale: Scale,
) -> list[Lane]:
    """The lanes from top to bottom. Operation, alert and red flags are always there; the others where they hold
    anything that the axis shows."""
    entries = [row.entry for row in reversed(rows) if row.struck is None]
    checks = [entry for entry in entries if isinstance(entry, Check) and scale.x(entry.at) >= 0]
    found = [
        _operations([entry for entry in entries if isinstance(entry, Operation)], scale),
        *_alerts(sorted(alerts, key=lambda alert: alert.began_at), scale),
        *_treatments(treatment, scale),
        *(_flag(flag, checks, scale) for flag in FLAGS),
        _catheter(checks, scale),
        _absences(absences, scale),
        _ticks(_("Not done"), [entry.at for entry in entries if isinstance(entry, Attempt)], scale),
        _ticks(_("Accepted"), [entry.at for entry in entries if isinstance(entry, Acceptance)], scale),
    ]
    return [lane for lane in found if lane is not None]


def _operations(operations: Iterable[Operation], scale: Scale) -> Lane:
    drawn = _Drawn(scale)
    for operation in operations:
        said = {"levels": operation.levels_label, "procedure": operation.procedure_label}
        words = _("%(levels)s %(procedure)s") % said
        if operation.kind == Operation.Kind.SECONDARY:
            words = _("re-operation %(levels)s") % said
        drawn.span(operation.started_at, operation.ended_at, "operation", words)
    return drawn.lane(_("Operation"))


def _alerts(alerts: Sequence[Alert], scale: Scale) -> Iterable[Lane]:
    """A lane for each kind that there was; that of the deficits always, so that its emptiness is seen."""
    names = {
        Alert.Kind.DEFICIT: _("Alert"),
        Alert.Kind.OVERDUE: _("Overdue"),
        Alert.Kind.NOT_DONE: _("Could not be done"),
    }
    for kind, name in names.items():
        drawn = _Drawn(scale)
        for alert in (alert for alert in alerts if alert.kind == kind):
            drawn.span(alert.began_at, alert.closed_at, *_alert_words(alert))
        if drawn.said or kind == Alert.Kind.DEFICIT:
            yield drawn.lane(name)


def _alert_words(alert: Alert) -> tuple[str, str]:
    """The class and the words of an alert's span: a deficit by its level, its shape and its word."""
    if alert.kind == Alert.Kind.DEFICIT:
        return f"level-{alert.level}", f"{SHAPES.get(alert.level, '')} {say.level_words(alert.level)}".strip()
    return "level-overdue", "◷ " + (_("open") if alert.closed_at is None else _("closed"))


def _treatments(treatment: Sequence[Spell], scale: Scale) -> Iterable[Lane]:
    """A lane for each kind of treatment that was given."""
    lanes: dict[str, _Drawn] = {}
    for spell in treatment:
        name = str(spell.treatment.get_kind_display())
        name = name[:1].upper() + name[1:]
        words = spell.treatment.dose or (_("runs") if spell.ended_at is None else _("given"))
        drawn = lanes.setdefault(name, _Drawn(scale))
        drawn.span(spell.treatment.at, spell.ended_at, "treatment", words)
    return [drawn.lane(name) for name, drawn in lanes.items() if drawn.said]


def _flag(flag: str, checks: Sequence[Check], scale: Scale) -> Lane:
    """A red flag's answers: present a bar, absent a dot, not asked hollow."""
    answers = {status: [check for check in checks if getattr(check, flag) == status] for status in Flag}
    count, present = len(checks), len(answers[Flag.PRESENT])
    said = {"present": present, "count": count}
    words = ngettext("yes in %(present)d of %(count)d check", "yes in %(present)d of %(count)d checks", count) % said
    return Lane(
        name={"saddle_anaesthesia": _("Saddle numb"), "bladder_bowel": _("Bladder, bowel")}[flag],
        says=words,
        present="".join(f"M{scale.x(check.at)} 2V18" for check in answers[Flag.PRESENT]),
        absent=_dots([check.at for check in answers[Flag.ABSENT]], scale),
        unknown=_dots([check.at for check in answers[Flag.NOT_ASSESSED]], scale),
        labels=[Label(scale.within(check.at), _("yes")) for check in answers[Flag.PRESENT][-1:]],
    )


def _catheter(checks: Iterable[Check], scale: Scale) -> Lane | None:
    """The checks with a catheter in place, under which retention cannot show."""
    return _ticks(_("Catheter"), [check.at for check in checks if check.catheter], scale)


def _absences(absences: Iterable[Absence], scale: Scale) -> Lane | None:
    drawn = _Drawn(scale)
    for absence in absences:
        drawn.span(absence.left_at, absence.back_at, "away", str(absence.get_place_display()))
    return drawn.lane(_("Away")) if drawn.said else None


def _ticks(name: str, instants: Sequence[datetime], scale: Scale) -> Lane | None:
    """A lane of upright ticks; none where nothing happened."""
    places = [x for x in map(scale.x, instants) if x >= 0]
    if not places:
        return None
    words = ngettext("%(count)d time", "%(count)d times", len(places)) % {"count": len(places)}
    return Lane(name, words, marks="".join(f"M{x} 4V16" for x in places))


def _dots(instants: Iterable[datetime], scale: Scale) -> str:
    return "".join(f"M{scale.x(at)} 10h0" for at in instants)

"""The downtime packs: what a ward needs on paper when nothing answers any more, one HTML file per ward.

A file stands by itself (no script, nothing from outside), is replaced in one step, and can be read by this system's
user alone: a hospital says in DOWNTIME_DIR where it goes, and shares that folder with whom it wants.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override, pgettext, pgettext_lazy

from monitoring.alerts.models import Alert
from monitoring.audit.actions import record
from monitoring.audit.models import AuditEntry
from monitoring.checks.models import Check
from monitoring.due.clock import now
from monitoring.escalation.messages import LOUD
from monitoring.escalation.models import Contact
from monitoring.protocol import MUSCLES, Muscle
from wards.models import Operation, Post, Stay, Ward
from wards.rota_queries import on_duty

PREFIX = "spinewatch-"
WRITTEN = "downtime_pack.written"
LAST_CHECKS = 3
BLANK_COLUMNS = range(6)
FOLDER_MODE, FILE_MODE = 0o700, 0o600
LEVEL_WORDS = {
    "critical": lazy("critical"),
    "concern": lazy("concern"),
    "watch": pgettext_lazy("level", "watch"),
    "stable": lazy("stable"),
}
ACTION_WORDS = {
    "image_and_explore": lazy("image and explore"),
    "urgent_imaging": lazy("urgent imaging"),
    "treat_and_recheck": lazy("treat and recheck"),
    "review": lazy("review"),
    "recheck": lazy("recheck"),
}


@dataclass(frozen=True)
class Row:
    """One muscle: its reference, and the grades of the last checks, the newest last. Empty: not looked at."""

    muscle: Muscle
    reference: str
    grades: list[str]

    @property
    def name(self) -> str:
        """As the pages call it: "L4 left", the patient's left."""
        name = _("%(myotome)s left") if self.muscle.side == "left" else _("%(myotome)s right")
        return name % {"myotome": self.muscle.myotome}


@dataclass(frozen=True)
class Told:
    """An open alert, and what the protocol says is to be done, in words."""

    alert: Alert

    @property
    def level(self) -> str:
        return str(LOUD[self.alert.level])

    @property
    def todo(self) -> str:
        return pgettext("between names", ", ").join(str(ACTION_WORDS[action]) for action in self.alert.actions)


@dataclass(frozen=True)
class Sheet:
    """One patient on paper."""

    stay: Stay
    operation: Operation | None
    day: int | None
    checks: list[Check]
    alerts: list[Told]
    at: datetime

    @property
    def level(self) -> str:
        """As it was last assessed; nothing is better than what a check not yet assessed may say."""
        watch = self.stay.watch
        is_old = watch.assessment is None or watch.changed_since is not None
        return _("not assessed yet") if is_old else str(LEVEL_WORDS[watch.level])

    @property
    def not_watched(self) -> bool:
        assessment = self.stay.watch.assessment or {}
        return not (assessment.get("has_operation") and assessment.get("has_baseline"))

    @property
    def is_late(self) -> bool:
        due = self.stay.watch.check_due_at
        return due is not None and due < self.at

    @property
    def rows(self) -> Iterator[Row]:
        references: dict[str, Any] = (self.stay.watch.assessment or {}).get("references", {})
        for muscle in MUSCLES:
            known = references.get(muscle.value)
            grades = [check.grade(muscle) for check in self.checks]
            yield Row(muscle, _reference_words(known), ["" if grade is None else str(grade) for grade in grades])


def _reference_words(known: dict[str, Any] | None) -> str:
    if known is None:
        return ""
    return _("%(grade)s (assumed)") % {"grade": known["reference"]} if known["assumed"] else str(known["reference"])


def write_packs() -> int:
    """Write the pack of every ward, and take away those of wards that are no more; how many were written.

    Raises OSError where the folder cannot be written.
    """
    folder = Path(settings.DOWNTIME_DIR)
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    written = set()
    for ward in Ward.objects.filter(pk__gt=0):
        path = folder / f"{PREFIX}{ward.code}.html"
        note_who_is_in_it(ward)
        replace_file(path, pack_of(ward, now()))
        written.add(path)
    for path in set(folder.glob(f"{PREFIX}*.html")) - written:
        path.unlink()
    return len(written)


@transaction.atomic
def note_who_is_in_it(ward: Ward) -> None:
    """Whose record lies in the file from now on is in the audit log, whenever that is somebody else than before."""
    stays = sorted(Stay.objects.filter(ward=ward, discharged_at=None).values_list("pk", flat=True))
    before = AuditEntry.objects.filter(ward=ward, action=WRITTEN).order_by("-at", "-id").first()
    if before is None or before.data["stays"] != stays:
        record(WRITTEN, by=None, about=ward, data={"stays": stays})


def pack_of(ward: Ward, at: datetime) -> str:
    """The pack as HTML, in the language of the house: nobody is signed in to paper."""
    with override(settings.LANGUAGE_CODE):
        return render_to_string("watchdog/downtime.html", _pack(ward, at))


def _pack(ward: Ward, at: datetime) -> dict[str, Any]:
    posts = [(post.label, on_duty(ward.pk, post, at)) for post in Post]
    return {
        "ward": ward,
        "at": at,
        "zone": ZoneInfo(ward.time_zone),
        "sheets": list(_sheets(ward, at)),
        "posts": posts,
        "numbers": Contact.objects.filter(ward=ward, removed_at=None),
        "blank": BLANK_COLUMNS,
    }


def _sheets(ward: Ward, at: datetime) -> Iterator[Sheet]:
    """By bed. The queries are few per patient: a ward has some dozens, every five minutes."""
    stays = Stay.objects.filter(ward=ward, discharged_at=None).select_related(
        "patient", "bed", "watch", "responsible_surgeon"
    )
    today = at.astimezone(ZoneInfo(ward.time_zone)).date()
    for stay in stays.order_by("bed__label"):
        operation = Operation.objects.standing().filter(episode=stay.episode_id).order_by("-ended_at").first()
        ended = None if operation is None else operation.ended_at.astimezone(ZoneInfo(ward.time_zone)).date()
        newest = Check.objects.standing().filter(episode=stay.episode_id).order_by("-examined_at", "-place")
        open_alerts = Alert.objects.filter(stay=stay, closed_at=None)
        yield Sheet(
            stay=stay,
            operation=operation,
            day=None if ended is None else (today - ended).days,
            checks=list(newest[:LAST_CHECKS])[::-1],
            alerts=[Told(alert) for alert in open_alerts.select_related("accepted_by").order_by("opened_at")],
            at=at,
        )


def replace_file(path: Path, text: str) -> None:
    """Write the whole file beside it, then put it in place: whoever opens it sees the old one or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made readable by its owner alone
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, FILE_MODE)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

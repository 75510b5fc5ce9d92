"""The names of tables and of their columns, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.checks.models import column
from monitoring.desks.admin.column_names import CLINICAL, PEOPLE
from monitoring.desks.admin.column_names_registry import REGISTRY
from monitoring.desks.admin.column_names_work import WORK
from monitoring.desks.common.presentation import muscle_words
from monitoring.protocol import MUSCLES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

NAMES = PEOPLE | CLINICAL | WORK | REGISTRY
OF_ONE: dict[str, StrPromise] = {
    "absence.place": lazy("where to"),
    "breakglass.at": lazy("opened at"),
    "breakglass.note": lazy("what the review found"),
    "breakglass.until": lazy("open until"),
    "climb.step": lazy("rounds of messages so far"),
    "exploration.text": lazy("what was found"),
    "import.source": lazy("where the operations come from"),
    "milestone.at": lazy("done at"),
    "replay.at": lazy("as of"),
    "signedin.name": lazy("session"),
    "signedin.why": lazy("why it ended"),
    "spokenreport.at": lazy("told at"),
    "treatment.kind": lazy("treatment"),
}
"""Where a column is called otherwise than its namesakes: by the names of the model and the field."""

TABLES: dict[str, StrPromise] = {
    "absence": lazy("absence"),
    "acceptance": lazy("accepted reference"),
    "alert": lazy("alert"),
    "alertevent": lazy("line of an alert"),
    "allocation": lazy("allocation of a patient"),
    "attempt": lazy("check that could not be done"),
    "bed": lazy("bed"),
    "breakglass": lazy("record opened by break-glass"),
    "check": lazy("strength check"),
    "claimedrole": lazy("role from the hospital’s sign-in"),
    "climb": lazy("climb of an alert"),
    "contact": lazy("way of reaching somebody"),
    "delivery": lazy("message"),
    "difference": lazy("difference found by a replay"),
    "display": lazy("display"),
    "draft": lazy("draft of a protocol"),
    "drainentry": lazy("drain"),
    "duty": lazy("duty"),
    "enrolmentcode": lazy("code for a second factor"),
    "episode": lazy("surgical episode"),
    "exploration": lazy("findings of a re-operation"),
    "factor": lazy("second factor"),
    "group": lazy("group"),
    "import": lazy("import of past operations"),
    "line": lazy("line of the registry"),
    "group_members": lazy("member of a group"),
    "handover": lazy("hand-over of an alert"),
    "held": lazy("check that is held"),
    "imaging": lazy("imaging"),
    "ladderversion": lazy("version of a ladder"),
    "link": lazy("account at the hospital’s sign-in"),
    "membership": lazy("role on a ward"),
    "mending": lazy("mending of records"),
    "milestone": lazy("step of an alert"),
    "move": lazy("move to another bed"),
    "operation": lazy("operation"),
    "patient": lazy("patient"),
    "proposal": lazy("proposed protocol"),
    "protocolversion": lazy("version of the protocol"),
    "recoverycode": lazy("recovery code"),
    "replay": lazy("replay of a protocol"),
    "signedin": lazy("session"),
    "spokenreport": lazy("report by word of mouth"),
    "staff": lazy("person"),
    "staff_groups": lazy("group (Django, unused)"),
    "staff_user_permissions": lazy("permission (Django, unused)"),
    "stay": lazy("stay"),
    "theatreplan": lazy("planned re-operation"),
    "treatment": lazy("treatment"),
    "ward": lazy("ward"),
    "watch": lazy("state of the watch"),
}
"""What a row is, by the model's name."""


def table_words(model: type[Model]) -> str:
    """A row of the model, in words; as Django calls it, where we have none."""
    name = model._meta.model_name or ""
    return str(TABLES.get(name) or model._meta.verbose_name)


def column_words(field: Field[Any, Any]) -> str:
    """A column in words; as Django calls it, where we have none."""
    name = field.name
    if name in GRADES:
        return muscle_words(GRADES[name])
    if (graded := name.removesuffix("_untested")) in GRADES:
        return _("%(muscle)s: why without a grade") % {"muscle": muscle_words(GRADES[graded])}
    own = OF_ONE.get(f"{field.model._meta.model_name}.{name}") or NAMES.get(name)
    return str(own or field.verbose_name)


GRADES = {column(muscle): str(muscle) for muscle in MUSCLES}
"""Muscles by the columns of their grades."""

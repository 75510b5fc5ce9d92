"""Words for what the audit log tells of settings, staff, rota and this installation; see `audit_words`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.admin.audit_kinds import Group

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

SETTINGS_WORDS: dict[Group, dict[str, StrPromise]] = {
    Group.ROTA: {
        "duty.recorded": lazy("put somebody on the rota"),
        "duty.cancelled": lazy("took a line off the rota"),
        "allocation.recorded": lazy("gave a nurse the patient"),
        "allocation.cancelled": lazy("took the patient from a nurse"),
        "calendar.imported": lazy("read a calendar file into the rota"),
    },
    Group.CALLING: {
        "ladder.saved": lazy("saved a ladder"),
        "group.saved": lazy("saved a group"),
        "contact.added": lazy("added a way to reach somebody"),
        "contact.removed": lazy("removed a way to reach somebody"),
        "contact.tested": lazy("sent a test message"),
        "staff.phone_set": lazy("set a phone number"),
        "staff.phone_removed": lazy("removed a phone number"),
        "ward.phones_set": lazy("set the ward’s phone numbers"),
    },
    Group.WARDS: {
        "ward.limits_set": lazy("set the ward’s limits"),
        "ward.names_hidden": lazy("hid the patients’ names on the ward’s displays"),
        "ward.names_shown": lazy("showed the patients’ names on the ward’s displays"),
        "display.made": lazy("made a screen the ward’s display"),
        "display.ended": lazy("ended a display"),
        "ward.made": lazy("made a ward"),
        "ward.changed": lazy("changed a ward’s name, zone or phone"),
        "bed.added": lazy("added a bed"),
        "bed.renamed": lazy("renamed a bed"),
        "bed.closed": lazy("took a bed out of use"),
        "bed.reopened": lazy("took a bed into use again"),
    },
    Group.STAFF: {
        "language.chosen": lazy("chose a language"),
        "staff.added": lazy("added a member of staff"),
        "staff.changed": lazy("changed a member of staff"),
        "staff.closed": lazy("closed an account"),
        "staff.reopened": lazy("opened an account again"),
        "staff.ended": lazy("ended an account on its last day"),
        "role.given": lazy("gave a role"),
        "role.taken": lazy("took a role away"),
    },
    Group.PROTOCOL: {
        "protocol.adopted": lazy("put a version of the protocol in force"),
        "protocol.proposed": lazy("proposed a version of the protocol"),
        "protocol.revised": lazy("revised a proposal of the protocol"),
        "protocol.replay_asked": lazy("asked for a proposal to be replayed"),
        "protocol.replayed": lazy("replayed a proposal on the recorded stays"),
        "protocol.approved": lazy("approved a proposal of the protocol"),
        "protocol.refused": lazy("refused a proposal of the protocol"),
        "protocol.withdrawn": lazy("withdrew a proposal of the protocol"),
        "protocol.lapsed": lazy("let a proposal of the protocol lapse"),
    },
    Group.SEALS: {
        "audit.verification_requested": lazy("asked for the audit log to be verified"),
        "audit.verified": lazy("verified the audit log"),
        "audit.pruned": lazy("deleted entries of the audit log past their time"),
    },
    Group.HOUSE: {"demo.loaded": lazy("loaded the demo")},
}

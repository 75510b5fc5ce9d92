"""The history of the rows that were there before it: in one place, because every room's tables come before this."""

from django.db import migrations

from monitoring.audit.triggers import track_rows

OF_AN_ALERT = ("alert_id", "alerts_alert", "stay_id")
OF_A_GROUP = ("group_id", "wards_group", "ward_id")

TRACKED = [
    "wards_ward", "wards_bed", "wards_membership", "wards_protocolversion", "wards_display",
    "wards_patient", "wards_episode", "wards_stay", "wards_move", "wards_absence", "wards_operation",
    "wards_duty", "wards_allocation", "wards_group",
    "checks_check", "checks_attempt", "checks_treatment", "checks_acceptance",
    "alerts_alert",
    "pathway_imaging", "pathway_theatreplan", "pathway_exploration", "pathway_drainentry",
    "escalation_ladderversion", "escalation_contact",
    "offline_held",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_row_history"),
        ("due", "0001_initial"),
        ("wards", "0007_limits"),
        ("checks", "0005_signed_attempts"),
        ("alerts", "0008_moves"),
        ("pathway", "0002_signed_rows"),
        ("escalation", "0002_bedside"),
        ("offline", "0002_undeletable"),
    ]
    operations = [
        *(track_rows(table) for table in TRACKED),
        track_rows("wards_staff", hide=["password", "pin", "pin_failures", "last_login"]),
        track_rows("wards_staff_groups"),
        track_rows("wards_staff_user_permissions"),
        track_rows("wards_group_members", of=OF_A_GROUP),
        *(
            track_rows(f"alerts_{name}", of=OF_AN_ALERT)
            for name in ("alertevent", "milestone", "spokenreport", "handover")
        ),
        track_rows("due_watch", machinery=True),
        track_rows("escalation_climb", of=OF_AN_ALERT, machinery=True),
        track_rows("escalation_delivery", of=OF_AN_ALERT, machinery=True),
    ]

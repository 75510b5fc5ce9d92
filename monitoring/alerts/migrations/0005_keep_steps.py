"""Milestones are only ever added, offers never go; alerts that were open before there were ladders are to be climbed."""

from django.db import migrations

from monitoring.audit.triggers import append_only, let_synthetic_go, undeletable

CLIMB_OPEN_ALERTS = "UPDATE alerts_alert SET next_step_at = now() WHERE closed_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_synthetic_rows")]
    operations = [
        append_only("alerts_milestone"),
        let_synthetic_go("alerts_milestone", kept="append_only", stay="alert_id", through="alerts_alert"),
        undeletable("alerts_handover"),
        let_synthetic_go("alerts_handover", kept="undeletable", stay="alert_id", through="alerts_alert"),
        migrations.RunSQL(CLIMB_OPEN_ALERTS, migrations.RunSQL.noop),
    ]

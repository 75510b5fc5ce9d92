from django.db import migrations

from monitoring.audit.triggers import let_synthetic_go


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_escalation"), ("audit", "0003_synthetic_rows_may_go")]
    operations = [
        let_synthetic_go("alerts_alertevent", kept="append_only", stay="alert_id", through="alerts_alert"),
        let_synthetic_go("alerts_alert", kept="undeletable", stay="stay_id"),
    ]

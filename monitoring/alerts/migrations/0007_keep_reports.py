from django.db import migrations

from monitoring.audit.triggers import append_only, let_synthetic_go


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_bedside")]
    operations = [
        append_only("alerts_spokenreport"),
        let_synthetic_go("alerts_spokenreport", kept="append_only", stay="alert_id", through="alerts_alert"),
    ]

from django.db import migrations

from monitoring.audit.triggers import REFUSE_CHANGE, append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION spinewatch_refuse_change()"),
        append_only("audit_auditentry"),
    ]

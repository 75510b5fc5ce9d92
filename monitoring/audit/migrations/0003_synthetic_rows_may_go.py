from django.db import migrations

from monitoring.audit.triggers import KEEP_REAL


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunSQL(KEEP_REAL, "DROP FUNCTION spinewatch_keep_real()")]

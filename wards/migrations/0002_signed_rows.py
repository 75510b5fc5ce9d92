from django.db import migrations

from monitoring.audit.triggers import append_only, undeletable
from wards.triggers import KEEP_SIGNED, keep_signed


class Migration(migrations.Migration):
    dependencies = [("wards", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(KEEP_SIGNED, "DROP FUNCTION spinewatch_keep_signed()"),
        keep_signed("wards_operation"),
        append_only("wards_move"),
        undeletable("wards_stay"),
        undeletable("wards_patient"),
    ]

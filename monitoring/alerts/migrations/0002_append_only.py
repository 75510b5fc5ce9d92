from django.db import migrations

from monitoring.audit.triggers import append_only, undeletable


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only("alerts_alertevent"), undeletable("alerts_alert")]

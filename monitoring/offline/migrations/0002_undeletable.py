from django.db import migrations

from monitoring.audit.triggers import undeletable


class Migration(migrations.Migration):
    dependencies = [("offline", "0001_initial")]
    operations = [undeletable("offline_held")]

from django.db import migrations

from monitoring.audit.triggers import track_rows, undeletable


class Migration(migrations.Migration):
    dependencies = [("breakglass", "0001_initial"), ("audit", "0005_row_history")]
    operations = [undeletable("breakglass_breakglass"), track_rows("breakglass_breakglass")]

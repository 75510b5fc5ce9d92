from django.db import migrations

from monitoring.audit.triggers import track_rows, undeletable
from monitoring.registry.triggers import EVERYBODY, KEEP_IMPORTED, tell_the_registry


class Migration(migrations.Migration):
    """Lines are put together again whenever an entry of their episode changes; what was imported stays as it came."""

    dependencies = [
        ("registry", "0001_lines"),
        ("audit", "0007_past_the_application"),
        ("wards", "0013_registry_lead"),
        ("checks", "0006_mending"),
        ("alerts", "0009_mending"),
        ("pathway", "0002_signed_rows"),
    ]
    operations = [
        *tell_the_registry(),
        EVERYBODY,
        KEEP_IMPORTED,
        undeletable("registry_import"),
        undeletable("registry_line"),
        track_rows("registry_import"),
        track_rows("registry_line", machinery=True),
    ]

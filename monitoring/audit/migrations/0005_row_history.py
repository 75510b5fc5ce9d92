from django.db import migrations

from monitoring.audit.triggers import ROW_CHANGED, append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_governance")]
    operations = [
        append_only("audit_rowchange"),
        migrations.RunSQL(ROW_CHANGED, "DROP FUNCTION spinewatch_row_changed()"),
        # Or anybody could put it on a table of their own, and so write what history they like.
        migrations.RunSQL("REVOKE EXECUTE ON FUNCTION spinewatch_row_changed() FROM PUBLIC", migrations.RunSQL.noop),
    ]

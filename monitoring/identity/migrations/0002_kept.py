"""Sessions, factors, codes and links are never deleted, and their history is kept by trigger, without what is secret."""

from django.db import migrations

from monitoring.audit.triggers import track_rows, undeletable

SECRETS = {
    "identity_factor": ["secret", "last_step", "credential", "signatures"],
    "identity_recoverycode": ["digest"],
    "identity_signedin": [],
    "identity_link": [],
}


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
        ("audit", "0005_row_history"),
    ]

    operations = [
        *(undeletable(table) for table in SECRETS),
        *(track_rows(table, hide=hidden) for table, hidden in SECRETS.items()),
        track_rows("identity_claimedrole"),
    ]

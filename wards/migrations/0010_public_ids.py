import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wards", "0009_finding_patients"),
    ]

    operations = [
        migrations.AddField(  # everybody who is there already gets a name of their own, made by PostgreSQL
            model_name="staff",
            name="public_id",
            field=models.UUIDField(db_default=RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name="staff",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]

import uuid

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("wards", "0010_public_ids"),
    ]

    operations = [
        migrations.AddField(  # each bed that is there already gets a name of its own, made by PostgreSQL
            model_name="bed",
            name="public_id",
            field=models.UUIDField(db_default=RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name="bed",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name="bed",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="bed",
            name="closed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="bed",
            constraint=models.CheckConstraint(
                condition=Q(("closed_at__isnull", True), ("closed_by__isnull", True))
                | Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                name="bed_is_closed_by_somebody",
            ),
        ),
    ]

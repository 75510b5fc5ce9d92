from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("wards", "0006_bedside"),
    ]

    operations = [
        migrations.AddField(
            model_name="ward",
            name="drain_limit_ml",
            field=models.PositiveSmallIntegerField(default=50),
        ),
        migrations.AddField(
            model_name="ward",
            name="drain_days",
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddConstraint(
            model_name="ward",
            constraint=models.CheckConstraint(
                condition=Q(("drain_limit_ml__gte", 1), ("drain_limit_ml__lte", 500)),
                name="ward_drain_limit_is_1_to_500_ml",
            ),
        ),
        migrations.AddConstraint(
            model_name="ward",
            constraint=models.CheckConstraint(
                condition=Q(("drain_days__gte", 1), ("drain_days__lte", 14)),
                name="ward_drain_days_are_1_to_14",
            ),
        ),
    ]

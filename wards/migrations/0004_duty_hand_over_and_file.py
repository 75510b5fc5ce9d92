import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wards", "0003_escalation"),
    ]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="in_file",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="duty",
            name="handed_over_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="wards.duty"
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("in_file", True)),
                fields=("ward", "post", "source_uid"),
                name="one_duty_per_event_of_the_file",
            ),
        ),
    ]

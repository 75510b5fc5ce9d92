from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wards", "0007_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="ends_on",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="staff",
            index=models.Index(
                condition=models.Q(("ends_on__isnull", False), ("is_active", True)),
                fields=["ends_on"],
                name="accounts_to_end",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """Since when an episode's line cannot be put together; few rows ever have it."""

    dependencies = [("registry", "0002_stale")]
    operations = [
        migrations.AddField("stale", "failing_since", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "stale",
            models.Index(
                fields=["failing_since"],
                name="stale_failing",
                condition=models.Q(failing_since__isnull=False),
            ),
        ),
    ]

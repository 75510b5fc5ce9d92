from django.db import migrations

from wards.triggers import keep_signed

TABLES = ("imaging", "theatreplan", "exploration", "drainentry")


class Migration(migrations.Migration):
    dependencies = [("pathway", "0001_initial"), ("wards", "0006_bedside")]
    operations = [keep_signed(f"pathway_{table}") for table in TABLES]

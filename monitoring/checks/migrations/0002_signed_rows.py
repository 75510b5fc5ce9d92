from django.db import migrations

from wards.triggers import keep_signed


class Migration(migrations.Migration):
    dependencies = [("checks", "0001_initial"), ("wards", "0002_signed_rows")]
    operations = [
        keep_signed("checks_check"),
        keep_signed("checks_treatment"),
        keep_signed("checks_acceptance"),
    ]

from django.db import migrations

from wards.triggers import keep_signed


class Migration(migrations.Migration):
    dependencies = [("checks", "0004_bedside"), ("wards", "0006_bedside")]
    operations = [keep_signed("checks_attempt")]

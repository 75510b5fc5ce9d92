"""Codes for a first second factor, handed over by an administrator; sessions that a passkey alone began, or that a
changed password ended."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from monitoring.audit.triggers import track_rows, undeletable


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_kept"),
        ("audit", "0005_row_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="signedin",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("signed_out", "signed out"),
                    ("replaced", "signed in anew"),
                    ("by_hand", "ended from another session"),
                    ("hours", "its hours were over"),
                    ("wrong_answers", "too many wrong answers"),
                    ("account", "the account has ended"),
                    ("reset", "second factors were reset"),
                    ("password", "the password was reset"),
                    ("new_password", "the password was changed"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="signedin",
            name="how",
            field=models.CharField(
                choices=[("password", "password"), ("provider", "the hospital’s sign-in"), ("passkey", "passkey")],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="EnrolmentCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("until", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None), ("used_at", None)),
                        fields=("staff",),
                        name="one_enrolment_code_at_a_time",
                    )
                ],
            },
        ),
        undeletable("identity_enrolmentcode"),
        track_rows("identity_enrolmentcode", hide=["digest"]),
    ]

import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import wards.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        # Before the tables: `place` of every signed entry takes its default from it.
        migrations.RunSQL("CREATE SEQUENCE wards_entry_place", "DROP SEQUENCE wards_entry_place"),
        migrations.CreateModel(
            name="Bed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=16)),
            ],
            options={
                "ordering": ["ward_id", "label"],
            },
        ),
        migrations.CreateModel(
            name="Ward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=16, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("phone", models.CharField(blank=True, max_length=32)),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Patient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("record_number", models.CharField(max_length=32, unique=True)),
                ("family_name", models.CharField(max_length=80)),
                ("given_name", models.CharField(max_length=80)),
                ("date_of_birth", models.DateField()),
                (
                    "sex",
                    models.CharField(
                        choices=[("F", "female"), ("M", "male"), ("X", "other or not known")], max_length=1
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("record_number", ""), _negated=True), name="patient_has_a_record_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("family_name", ""), _negated=True), name="patient_has_a_family_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Episode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="episodes", to="wards.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("idempotency_key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("admitted_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("discharged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "departure",
                    models.CharField(
                        blank=True,
                        choices=[("home", "home"), ("other_hospital", "other hospital or unit"), ("died", "died")],
                        max_length=16,
                    ),
                ),
                (
                    "bed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="wards.bed"
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="wards.episode"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="wards.patient"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "responsible_surgeon",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stays", to="wards.ward"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moved_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "from_bed",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wards.bed"),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_bed",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wards.bed"),
                ),
                (
                    "stay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="wards.stay"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProtocolVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("settings", models.JSONField(default=dict)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("reason", models.TextField(blank=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="protocol_versions", to="wards.ward"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("nurse", "nurse"),
                            ("charge_nurse", "charge nurse"),
                            ("surgeon", "surgeon"),
                            ("administrator", "administrator"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="wards.ward"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="bed",
            name="ward",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="beds", to="wards.ward"),
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("idempotency_key", models.UUIDField(unique=True)),
                ("place", models.BigIntegerField(db_default=wards.models.NextPlace())),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("correction_reason", models.TextField(blank=True)),
                ("retracted_at", models.DateTimeField(blank=True, null=True)),
                ("retraction_reason", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(choices=[("index", "index fusion"), ("secondary", "re-operation")], max_length=10),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                (
                    "procedure",
                    models.CharField(
                        choices=[
                            ("PLF", "PLF: posterolateral fusion"),
                            ("PLIF", "PLIF: posterior lumbar interbody fusion"),
                            ("TLIF", "TLIF: transforaminal lumbar interbody fusion"),
                            ("other", "other (re-operation)"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "level_upper",
                    models.CharField(
                        choices=[
                            ("T10", "T10"),
                            ("T11", "T11"),
                            ("T12", "T12"),
                            ("L1", "L1"),
                            ("L2", "L2"),
                            ("L3", "L3"),
                            ("L4", "L4"),
                            ("L5", "L5"),
                            ("S1", "S1"),
                            ("S2", "S2"),
                            ("ilium", "Ilium"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "level_lower",
                    models.CharField(
                        choices=[
                            ("T10", "T10"),
                            ("T11", "T11"),
                            ("T12", "T12"),
                            ("L1", "L1"),
                            ("L2", "L2"),
                            ("L3", "L3"),
                            ("L4", "L4"),
                            ("L5", "L5"),
                            ("S1", "S1"),
                            ("S2", "S2"),
                            ("ilium", "Ilium"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "diagnosis",
                    models.CharField(
                        choices=[
                            ("herniation", "lumbar disc herniation"),
                            ("stenosis", "stenosis"),
                            ("herniation_and_stenosis", "disc herniation and stenosis"),
                            ("scoliosis", "scoliosis"),
                            ("spondylolisthesis", "spondylolisthesis"),
                            ("other", "other"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "symptomatic_side",
                    models.CharField(
                        choices=[("left", "left"), ("right", "right"), ("both", "both"), ("none", "none")], max_length=5
                    ),
                ),
                ("coagulopathy", models.BooleanField()),
                ("deformity_correction", models.BooleanField()),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="wards.episode"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "retracted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="wards.operation",
                    ),
                ),
                (
                    "stay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="wards.stay"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["episode", "ended_at"], name="operations_of_an_episode")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("correction_reason", ""), ("supersedes__isnull", True)),
                            models.Q(("supersedes__isnull", False), models.Q(("correction_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="operation_correction_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("retracted_at__isnull", True),
                                ("retracted_by__isnull", True),
                                ("retraction_reason", ""),
                            ),
                            models.Q(
                                ("retracted_at__isnull", False),
                                ("retracted_by__isnull", False),
                                models.Q(("retraction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="operation_retraction_is_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__gt", models.F("started_at"))),
                        name="operation_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["index", "secondary"])),
                        name="operation_kind_is_index_or_secondary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "secondary"), models.Q(("procedure", "other"), _negated=True), _connector="OR"
                        ),
                        name="index_operation_names_its_fusion",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(
                condition=models.Q(("discharged_at__isnull", True)), fields=["ward"], name="open_stays_of_a_ward"
            ),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("discharged_at__isnull", True)), fields=("bed",), name="one_open_stay_per_bed"
            ),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("discharged_at__isnull", True)),
                fields=("patient",),
                name="one_open_stay_per_patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discharged_at__isnull", True), ("discharged_at__gte", models.F("admitted_at")), _connector="OR"
                ),
                name="discharge_follows_admission",
            ),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("departure", ""), ("discharged_at__isnull", True)),
                    models.Q(("discharged_at__isnull", False), models.Q(("departure", ""), _negated=True)),
                    _connector="OR",
                ),
                name="discharge_says_where_to",
            ),
        ),
        migrations.AddConstraint(
            model_name="protocolversion",
            constraint=models.UniqueConstraint(fields=("ward", "number"), name="one_protocol_version_per_number"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("staff", "ward", "role"), name="one_membership_per_role"),
        ),
        migrations.AddConstraint(
            model_name="bed",
            constraint=models.UniqueConstraint(fields=("ward", "label"), name="one_bed_per_label"),
        ),
    ]

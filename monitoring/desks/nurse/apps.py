from django.apps import AppConfig


class NurseDeskConfig(AppConfig):
    """Board, check form, result, ward's alerts, admission."""

    name = "monitoring.desks.nurse"
    label = "nurse_desk"
    verbose_name = "Nurse's desk"

from django.apps import AppConfig


class WardsConfig(AppConfig):
    """Wards, beds, staff, patients, stays and operations."""

    name = "wards"
    label = "wards"
    verbose_name = "Wards"

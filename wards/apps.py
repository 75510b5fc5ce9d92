from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WardsConfig(AppConfig):
    """Wards, beds, staff, patients, stays and operations."""

    name = "wards"
    label = "wards"
    verbose_name = "Wards"

    def ready(self) -> None:
        """Let every room register its reasons to reach a patient: calls go up, imports do not."""
        autodiscover_modules("reasons")

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DueConfig(AppConfig):
    """Pending work as rows with a due time."""

    name = "monitoring.due"
    label = "due"
    verbose_name = "Due"

    def ready(self) -> None:
        """Let every room register its sweeps: calls go up, imports do not."""
        autodiscover_modules("sweeps")

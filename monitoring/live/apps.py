from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Transport of changes to open pages."""

    name = "monitoring.live"
    label = "live"
    verbose_name = "Live"

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    """Strength checks, conservative treatment, accepted references."""

    name = "monitoring.checks"
    label = "checks"
    verbose_name = "Checks"

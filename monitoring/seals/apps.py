from django.apps import AppConfig


class SealsConfig(AppConfig):
    """The audit log sealed into a chain, and verified."""

    name = "monitoring.seals"
    label = "seals"
    verbose_name = "Seals"

from importlib import import_module

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only record of who did what."""

    name = "monitoring.audit"
    label = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        """Let `manage.py check` know what is looked at."""
        import_module("monitoring.audit.checks")

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only record of who did what."""

    name = "monitoring.audit"
    label = "audit"
    verbose_name = "Audit"

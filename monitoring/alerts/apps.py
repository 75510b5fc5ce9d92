from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Detection, and the alert and its life."""

    name = "monitoring.alerts"
    label = "alerts"
    verbose_name = "Alerts"

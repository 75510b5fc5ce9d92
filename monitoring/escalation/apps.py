from django.apps import AppConfig


class EscalationConfig(AppConfig):
    """Who is called about an alert, when, by which channel, and whether it arrived."""

    name = "monitoring.escalation"
    label = "escalation"
    verbose_name = "Escalation"

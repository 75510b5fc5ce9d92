from django.apps import AppConfig


class BreakGlassConfig(AppConfig):
    """Finding patients, and opening one out of reach for a reason."""

    name = "monitoring.breakglass"
    label = "breakglass"
    verbose_name = "Break-glass"

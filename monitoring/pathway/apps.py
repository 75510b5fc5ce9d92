from django.apps import AppConfig


class PathwayConfig(AppConfig):
    """Imaging, re-exploration, drains, and whether strength came back."""

    name = "monitoring.pathway"
    label = "pathway"
    verbose_name = "Pathway"

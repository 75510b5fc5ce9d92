from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A ward to try Spinewatch on."""

    name = "monitoring.demo"
    label = "demo"
    verbose_name = "Demo"

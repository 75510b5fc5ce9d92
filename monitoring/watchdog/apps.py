from django.apps import AppConfig


class WatchdogConfig(AppConfig):
    """Is the monitor itself alive?"""

    name = "monitoring.watchdog"
    label = "watchdog"
    verbose_name = "Watchdog"

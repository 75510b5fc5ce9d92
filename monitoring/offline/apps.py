from django.apps import AppConfig


class OfflineConfig(AppConfig):
    name = "monitoring.offline"
    label = "offline"

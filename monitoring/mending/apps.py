from django.apps import AppConfig


class MendingConfig(AppConfig):
    """Records that were mixed up are put right: by an administrator, with a second person."""

    name = "monitoring.mending"
    label = "mending"
    verbose_name = "Mending"

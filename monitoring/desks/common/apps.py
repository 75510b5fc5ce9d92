from django.apps import AppConfig


class CommonDeskConfig(AppConfig):
    """What the desks share: base page, patient banner, the stay's page."""

    name = "monitoring.desks.common"
    label = "common_desk"
    verbose_name = "Shared pages"

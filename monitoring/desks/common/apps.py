from django.apps import AppConfig

import monitoring.deploy_checks  # noqa: F401 (it registers what `manage.py check` looks at)


class CommonDeskConfig(AppConfig):
    """What the desks share: base page, patient banner, the stay's page."""

    name = "monitoring.desks.common"
    label = "common_desk"
    verbose_name = "Shared pages"

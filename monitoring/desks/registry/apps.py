from django.apps import AppConfig


class RegistryDeskConfig(AppConfig):
    """The registry's pages."""

    name = "monitoring.desks.registry"
    label = "registry_desk"
    verbose_name = "Registry's desk"

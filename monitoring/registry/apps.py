from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The paper's study on one's own wards: a line for each index fusion, recorded here or imported."""

    name = "monitoring.registry"
    label = "registry"
    verbose_name = "Registry"

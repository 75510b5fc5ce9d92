from django.apps import AppConfig


class SurgeonDeskConfig(AppConfig):
    """The inbox."""

    name = "monitoring.desks.surgeon"
    label = "surgeon_desk"
    verbose_name = "Surgeon's desk"

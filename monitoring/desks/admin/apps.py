from django.apps import AppConfig


class AdminDeskConfig(AppConfig):
    """Audit, response times, protocol versions, staff and wards."""

    name = "monitoring.desks.admin"
    label = "admin_desk"
    verbose_name = "Administrator's desk"

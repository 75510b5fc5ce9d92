from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Signing in: passwords, second factors, the hospital's identity provider, sessions."""

    name = "monitoring.identity"
    label = "identity"
    verbose_name = "Identity"

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """New protocol settings: proposed, replayed, approved by a second person."""

    name = "monitoring.proposals"
    label = "proposals"
    verbose_name = "Proposals"

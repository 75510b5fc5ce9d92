"""Who may be signed in at all: asked at signing in and, without another statement, at each request."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser

from monitoring.identity.days import has_ended
from wards.models import Staff


class Accounts(ModelBackend):
    """Name and password of an account that is open and whose last day has not passed. No permissions."""

    def user_can_authenticate(self, user: Staff | AnonymousUser | None) -> bool:
        return isinstance(user, Staff) and user.is_active and not has_ended(user)

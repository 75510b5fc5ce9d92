"""The ground the other tests stand on."""

from django.conf import settings
from django.db import connection


def test_the_database_is_a_real_postgresql_18(db: None) -> None:
    assert connection.vendor == "postgresql"
    assert connection.cursor().connection.server_version >= 180000


def test_a_worker_has_a_redis_database_of_its_own() -> None:
    assert settings.LIVE_CHANNEL_PREFIX.startswith("test")

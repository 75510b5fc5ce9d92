"""Django's PostgreSQL, which is told with every write whose request it is (settings: DATABASES)."""

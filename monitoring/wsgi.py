"""The WSGI application: every page. Also what `asgi` serves pages with."""

import os

from django.core.wsgi import get_wsgi_application

from monitoring.celery import app

__all__ = ["app", "application"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")

application = get_wsgi_application()

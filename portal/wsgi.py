"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in `portal.celery`
application = get_wsgi_application()

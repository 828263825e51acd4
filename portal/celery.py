"""The Celery app: queues and delivery defaults.

Postgres holds the work (marks, job rows); a message is a hint. The settings below make a hint that
was lost with its worker come back within seconds, and a task that kills its worker give up.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("SEEDBED_POOL", "0")  # a pool's threads do not survive the fork into workers
os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # processes are many already; threads would wait for each other

from celery import Celery

app = Celery("seedbed")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""Work of the foundation that workers do: files, events between apps, and what is kept no longer."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from celery import shared_task

from merchants.background import Task, wake
from merchants.models import Merchant
from merchants.operations import outbox, retention, uploads
from merchants.queries.outbox import merchants_with_events

# A large file takes minutes, longer than a message may stay unacknowledged, so these tasks acknowledge at
# once: the row, its lease and the sweep below bring a lost one back.
SPELL_SECONDS = 15  # a task that acknowledges late hands on before its time limit
LONG = {"acks_late": False, "soft_time_limit": 1_740, "time_limit": 1_800}


@shared_task(base=Task, name="merchants.check_upload", **LONG)
def check_upload(*, merchant_id: int, upload_id: int) -> None:
    for merchant in Merchant.objects.filter(pk=merchant_id):  # none: it was deleted meanwhile
        uploads.check(merchant, upload_id)


@shared_task(base=Task, name="merchants.apply_upload", **LONG)
def apply_upload(*, merchant_id: int, upload_id: int) -> None:
    for merchant in Merchant.objects.filter(pk=merchant_id):
        uploads.apply(merchant, upload_id)


@shared_task(base=Task, name="merchants.resume_uploads")
def resume_uploads() -> None:
    """Wakes workers for files whose worker, or whose message, was lost."""
    for merchant_id, upload_id, state in uploads.unfinished():
        task = "merchants.apply_upload" if state == uploads.State.APPLYING else "merchants.check_upload"
        wake(task, merchant_id=merchant_id, upload_id=upload_id)


@shared_task(base=Task, name="merchants.purge_deliveries", **LONG)
def purge_deliveries() -> None:
    """Deletes what is kept no longer, merchant by merchant."""
    now = datetime.now(UTC)
    for merchant in Merchant.objects.order_by("pk").iterator():
        retention.purge(merchant, now=now)


@shared_task(base=Task, name="merchants.hand_out_events")
def hand_out_events(*, merchant_id: int) -> None:
    """Hands a merchant's events to their handlers, for a while, then hands on to the next task."""
    until = time.monotonic() + SPELL_SECONDS
    for merchant in Merchant.objects.filter(pk=merchant_id):
        while outbox.hand_out_one(merchant):
            if time.monotonic() >= until:
                wake("merchants.hand_out_events", merchant_id=merchant_id)
                return


@shared_task(base=Task, name="merchants.sweep_events")
def sweep_events() -> None:
    """Finds events whose hint was lost, or that wait for another attempt."""
    for merchant_id in merchants_with_events():
        wake("merchants.hand_out_events", merchant_id=merchant_id)

"""Work of the foundation that workers do: files, and what is kept no longer."""

from __future__ import annotations

from datetime import UTC, datetime

from celery import shared_task

from merchants.background import Task, wake
from merchants.models import Merchant
from merchants.operations import retention, uploads

# A large file takes minutes, longer than a message may stay unacknowledged, so these tasks acknowledge at
# once: the row, its lease and the sweep below bring a lost one back.
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

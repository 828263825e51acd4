"""Work of the foundation that workers do: files, events between apps, and what is kept no longer."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from celery import shared_task

from merchants import expiry_letters
from merchants.background import RESTING, Task, wake
from merchants.models import Merchant
from merchants.operations import expiry, outbox, papers, retention, uploads, webhooks
from merchants.operations.supervision import archives, deletion
from merchants.queries.expiry import merchants_with_cases
from merchants.queries.outbox import endpoints_with_messages, merchants_with_events

# A large file takes minutes, longer than a message may stay unacknowledged, so these tasks acknowledge at
# once: the row, its lease and the sweep below bring a lost one back.
SPELL_SECONDS = 15  # a task that acknowledges late hands on before its time limit
CALLS_SECONDS = 5  # a call begun then ends within 12 s more, finding the name aside; the soft limit is 30
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


@shared_task(base=Task, name="merchants.write_archive", **LONG)
def write_archive(*, merchant_id: int, archive_id: int) -> None:
    for merchant in Merchant.objects.filter(pk=merchant_id):
        archives.write(merchant, archive_id)


@shared_task(base=Task, name="merchants.resume_archives")
def resume_archives() -> None:
    """Wakes workers for files of everything whose worker, or whose message, was lost."""
    for merchant_id, archive_id in archives.unfinished(datetime.now(UTC)):
        wake("merchants.write_archive", merchant_id=merchant_id, archive_id=archive_id)


@shared_task(base=Task, name="merchants.delete_merchants", **LONG)
def delete_merchants() -> None:
    """Deletes the merchants whose time has come."""
    now = datetime.now(UTC)
    for row in deletion.due(now):
        deletion.carry_out(row, now=now)


@shared_task(base=Task, name="merchants.hand_out_events", **RESTING)
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


@shared_task(base=Task, name="merchants.send_webhooks", **RESTING)
def send_webhooks(*, merchant_id: int, endpoint_id: int) -> None:
    """Sends what waits for an endpoint, for a while. One that fails ends it: whoever does not answer holds a worker
    for one call each time, and keeps no other endpoint waiting."""
    until = time.monotonic() + CALLS_SECONDS
    for merchant in Merchant.objects.filter(pk=merchant_id):
        while webhooks.send_one(merchant, endpoint_id):
            if time.monotonic() >= until:
                wake("merchants.send_webhooks", merchant_id=merchant_id, endpoint_id=endpoint_id)
                return


@shared_task(base=Task, name="merchants.sweep_webhooks")
def sweep_webhooks() -> None:
    """Finds messages whose hint was lost, or that are to be tried again."""
    for merchant_id, endpoint_id in endpoints_with_messages():
        wake("merchants.send_webhooks", merchant_id=merchant_id, endpoint_id=endpoint_id)


@shared_task(base=Task, name="merchants.watch_expiry", **RESTING)
def watch_expiry(*, merchant_id: int) -> None:
    """Writes a merchant's reminders of papers running out and sends them, for a while; what is left goes with the
    next watch."""
    until = time.monotonic() + SPELL_SECONDS
    for merchant in Merchant.objects.filter(pk=merchant_id):
        expiry.write_due(merchant, now=datetime.now(UTC))
        while expiry_letters.post_one(merchant) and time.monotonic() < until:
            pass


@shared_task(base=Task, name="merchants.sweep_expiry")
def sweep_expiry() -> None:
    """Every merchant that came in by an application."""
    for merchant_id in merchants_with_cases():
        wake("merchants.watch_expiry", merchant_id=merchant_id)


@shared_task(base=Task, name="merchants.sweep_papers", **LONG)
def sweep_papers() -> None:
    """Deletes files of papers that no row knows of: a worker was killed between the two."""
    papers.sweep(now=datetime.now(UTC))

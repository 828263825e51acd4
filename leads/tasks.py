"""Tasks of the desk: each loads ids and makes one call."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from celery import shared_task

from leads import letters
from leads.operations import assignment, consents, deliveries, exports, pulling, sending, telling, timers
from leads.operations import letters as letter_rows
from leads.queries import arrival, outgoing
from merchants.background import RESTING, Task, wake
from merchants.models import Merchant

SHORT_SPELL_SECONDS = 2
SPELL_SECONDS = 12  # a call may take 8 s more, two of them 16; the soft limit is 30
# A long list takes minutes: the row, its lease and the sweep bring a lost export back, so nothing is acknowledged late.
LONG = {"acks_late": False, "soft_time_limit": 1_740, "time_limit": 1_800}


@shared_task(base=Task, name="leads.assign", **RESTING)
def assign(*, merchant_id: int) -> None:
    """Gives waiting consultations away."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        assignment.assign_waiting(merchant)


@shared_task(base=Task, name="leads.tend", **RESTING)
def tend(*, merchant_id: int) -> None:
    """Looks at a merchant's clocks."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        timers.tend(merchant)


@shared_task(base=Task, name="leads.sweep_desks")
def sweep_desks() -> None:
    """The clocks of every service merchant; one that nobody asks costs a few indexed looks."""
    for merchant_id in Merchant.objects.filter(kind=Merchant.Kind.SERVICE).values_list("pk", flat=True):
        wake("leads.tend", merchant_id=merchant_id)


@shared_task(base=Task, name="leads.take_deliveries")
def take_deliveries(*, merchant_id: int) -> None:
    """Reads a merchant's new deliveries, for a while, then hands on to the next task: a burst at one merchant
    neither fills the queue nor keeps the others waiting."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        step = partial(deliveries.take_next, merchant)
        _for_a_spell(step, "leads.take_deliveries", seconds=SHORT_SPELL_SECONDS, merchant_id=merchant_id)


@shared_task(base=Task, name="leads.take_delivery")
def take_delivery(*, merchant_id: int, delivery_id: int) -> None:
    """Reads one stored delivery again."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        deliveries.take(merchant, delivery_id)


@shared_task(base=Task, name="leads.sweep_deliveries")
def sweep_deliveries() -> None:
    """Finds deliveries whose hint was lost, or whose worker was."""
    for merchant_id in arrival.merchants_with_deliveries():
        wake("leads.take_deliveries", merchant_id=merchant_id)
    for merchant_id, delivery_id in arrival.deliveries_to_take():
        wake("leads.take_delivery", merchant_id=merchant_id, delivery_id=delivery_id)


@shared_task(base=Task, name="leads.send_replies", **RESTING)
def send_replies(*, merchant_id: int) -> None:
    """Sends a merchant's replies, for a while, then hands on to the next task."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        _for_a_spell(partial(sending.send_one, merchant), "leads.send_replies", merchant_id=merchant_id)


@shared_task(base=Task, name="leads.report_back", **RESTING)
def report_back(*, merchant_id: int) -> None:
    """Tells a merchant's sources what waits to be told, for a while, then hands on to the next task."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        _for_a_spell(partial(telling.tell_one, merchant), "leads.report_back", merchant_id=merchant_id)


@shared_task(base=Task, name="leads.pull", **RESTING)
def pull(*, merchant_id: int, source_id: int) -> None:
    """Asks a source for leads, page by page, for a while, then hands on to the next task."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        step = partial(pulling.pull_some, merchant, source_id)
        _for_a_spell(step, "leads.pull", merchant_id=merchant_id, source_id=source_id)


@shared_task(base=Task, name="leads.write_export", **LONG)
def write_export(*, merchant_id: int, export_id: int) -> None:
    """Writes a file that a person asked for."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        exports.write(merchant, export_id)


@shared_task(base=Task, name="leads.resume_exports")
def resume_exports() -> None:
    """Finds exports whose hint was lost, or whose worker was."""
    for merchant_id, export_id in exports.unfinished(datetime.now(UTC)):
        wake("leads.write_export", merchant_id=merchant_id, export_id=export_id)


@shared_task(base=Task, name="leads.purge_exports", **LONG)
def purge_exports() -> None:
    """Deletes files whose time is over, merchant by merchant."""
    now = datetime.now(UTC)
    for merchant in Merchant.objects.order_by("pk").iterator():
        exports.purge(merchant, now=now)


@shared_task(base=Task, name="leads.write_letters", **RESTING)
def write_letters(*, merchant_id: int) -> None:
    """Writes the letter of the day before, if it is time, to who leads the shift."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        letter_rows.write_due(merchant, now=datetime.now(UTC))


@shared_task(base=Task, name="leads.sweep_shifts")
def sweep_shifts() -> None:
    """Every service merchant's letter of the day before."""
    for merchant_id in Merchant.objects.filter(kind=Merchant.Kind.SERVICE).values_list("pk", flat=True):
        wake("leads.write_letters", merchant_id=merchant_id)


@shared_task(base=Task, name="leads.send_letters", **RESTING)
def send_letters(*, merchant_id: int) -> None:
    """Sends a letter, which may take as long as a mail server is waited for; the next one is another task's."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        if letters.post_one(merchant):
            wake("leads.send_letters", merchant_id=merchant_id)


@shared_task(base=Task, name="leads.sweep_outgoing")
def sweep_outgoing() -> None:
    """Finds what is to go out whose hint was lost or that waits for another attempt, and whom to ask."""
    now = datetime.now(UTC)
    for merchant_id in outgoing.merchants_with_messages(now):
        wake("leads.send_replies", merchant_id=merchant_id)
    for merchant_id in outgoing.merchants_with_feedback(now):
        wake("leads.report_back", merchant_id=merchant_id)
    for merchant_id in outgoing.merchants_with_letters(now):
        wake("leads.send_letters", merchant_id=merchant_id)
    for merchant_id, source_id in outgoing.sources_to_ask(now):
        wake("leads.pull", merchant_id=merchant_id, source_id=source_id)


@shared_task(base=Task, name="leads.forget_words", **LONG)
def forget_words() -> None:
    """Deletes words of sensitive chats that are kept no longer, merchant by merchant."""
    now = datetime.now(UTC)
    for merchant in Merchant.objects.order_by("pk").iterator():
        consents.forget(merchant, now=now)


def _for_a_spell(
    step: Callable[[], bool], task: str, *, seconds: float = SPELL_SECONDS, **arguments: int
) -> None:
    """Steps until nothing is left; after ``seconds`` the rest goes to another task."""
    until = time.monotonic() + seconds
    while step():
        if time.monotonic() >= until:
            wake(task, **arguments)
            return

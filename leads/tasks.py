"""Tasks of the desk: each loads ids and makes one call."""

from __future__ import annotations

from celery import shared_task

from leads.operations import assignment, deliveries, timers
from leads.queries import arrival
from merchants.background import Task, wake
from merchants.models import Merchant


@shared_task(base=Task, name="leads.assign")
def assign(*, merchant_id: int) -> None:
    """Gives waiting consultations away."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        assignment.assign_waiting(merchant)


@shared_task(base=Task, name="leads.tend")
def tend(*, merchant_id: int) -> None:
    """Looks at a merchant's clocks."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        timers.tend(merchant)


@shared_task(base=Task, name="leads.sweep_desks")
def sweep_desks() -> None:
    """The clocks of every service merchant; one that nobody asks costs a few indexed looks."""
    for merchant_id in Merchant.objects.filter(kind=Merchant.Kind.SERVICE).values_list("pk", flat=True):
        wake("leads.tend", merchant_id=merchant_id)


@shared_task(base=Task, name="leads.take_delivery")
def take_delivery(*, merchant_id: int, delivery_id: int) -> None:
    """Reads one stored delivery."""
    for merchant in Merchant.objects.filter(pk=merchant_id):
        deliveries.take(merchant, delivery_id)


@shared_task(base=Task, name="leads.sweep_deliveries")
def sweep_deliveries() -> None:
    """Finds deliveries whose hint was lost, or whose worker was."""
    for merchant_id, delivery_id in arrival.deliveries_to_take():
        wake("leads.take_delivery", merchant_id=merchant_id, delivery_id=delivery_id)

"""While a merchant is suspended nothing goes out and nobody is set to work; what arrives is kept for afterwards."""

from __future__ import annotations

from typing import Any

import celery
import pytest

from leads.models import Lead
from leads.operations import assignment
from leads.tasks import assign, take_deliveries, tend
from merchants import background, events, tenancy
from merchants.models import Event, Merchant, RawDelivery
from merchants.operations.supervision import standing
from merchants.tasks import hand_out_events
from portal.celery import app
from tests.leads.arriving import pages, push
from tests.leads.channels import wire
from tests.leads.desks import MINUTE, NOON, Desk

pytestmark = pytest.mark.django_db
BY = "user:1"
RESTS = {
    "merchants.hand_out_events", "merchants.send_webhooks", "merchants.watch_expiry",
    "leads.assign", "leads.tend", "leads.send_replies", "leads.report_back", "leads.pull",
    "leads.write_letters", "leads.send_letters", "measurement.write_letters", "measurement.send_mailing",
}  # fmt: skip


def test_what_reaches_somebody_outside_rests_and_nothing_else() -> None:
    app.loader.import_default_modules()
    resting = {name for name, task in app.tasks.items() if getattr(task, "rests", False)}
    assert {name for name in resting if not name.startswith("tests.")} == RESTS


@pytest.fixture
def task() -> Any:
    ran = []

    @celery.shared_task(base=background.Task, name="tests.resting", **background.RESTING)
    def resting(*, merchant_id: int) -> None:
        ran.append(merchant_id)

    resting.ran = ran
    return resting


def test_a_task_rests_while_its_merchant_is_suspended_or_has_left(merchant: Merchant, task: Any) -> None:
    task(merchant_id=merchant.pk)
    standing.suspend(merchant, reason="complaints", by=BY)
    task(merchant_id=merchant.pk)
    standing.resume(merchant, reason="settled", by=BY)
    task(merchant_id=merchant.pk)
    standing.offboard(merchant, reason="closed", by=BY)
    task(merchant_id=merchant.pk)
    assert task.ran == [merchant.pk, merchant.pk]


def test_events_wait_for_the_merchant_to_come_back(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(events, "_HANDLERS", {"tests.resting": [lambda *told: heard.append(told)]})
    standing.suspend(merchant, reason="complaints", by=BY)
    with tenancy.acting_for(merchant):
        events.tell(merchant, "tests.resting", {"n": 1})
    hand_out_events(merchant_id=merchant.pk)
    with tenancy.acting_for(merchant):
        assert (heard, Event.objects.filter(kind="tests.resting", handled_at=None).count()) == ([], 1)
    standing.resume(merchant, reason="settled", by=BY)
    hand_out_events(merchant_id=merchant.pk)
    assert [told[1] for told in heard] == [{"n": 1}]


def test_a_push_to_a_suspended_desk_is_kept_and_read_and_who_asks_waits_for_it(merchant: Merchant) -> None:
    desk = Desk(merchant)
    desk.agent("mei")
    source = pages(merchant)
    standing.suspend(merchant, reason="complaints", by=BY)
    assert push(source, wire.form("L-1")) == 200
    take_deliveries(merchant_id=merchant.pk)
    with tenancy.acting_for(merchant):
        assert RawDelivery.objects.get().state == RawDelivery.State.APPLIED
        assert Lead.objects.get().external_id == "L-1"
    waiting = desk.say("ann")
    assign(merchant_id=merchant.pk)
    tend(merchant_id=merchant.pk)
    assert desk.fresh(waiting).agent is None
    standing.resume(merchant, reason="settled", by=BY)
    assert assignment.assign_waiting(merchant, now=NOON + MINUTE) == 1
    assert desk.fresh(waiting).agent is not None

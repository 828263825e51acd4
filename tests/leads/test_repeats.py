"""One lead stated again and again: one lead, its history exact, every push listed, and no repeat dearer.

A tenth of the statements travel the whole way, over HTTP and through three workers at once; the others are taken in by
the operation that every delivery of a lead ends in. SEEDBED_REPEATS=10000 makes ten thousand of the two thousand; the
last repeat costs as many statements as the second, so the smaller number stands for the larger.
"""

from __future__ import annotations

import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.channels import xiaohongshu_form
from leads.channels.facts import Delivery, Secrets
from leads.models import Contact, ContactDetail, Lead, LeadChange, Sighting, Source, StageMove
from leads.operations import deliveries, facts, sources
from merchants import tenancy
from merchants.models import RawDelivery
from tests.conftest import make_member, make_merchant
from tests.leads.channels import wire

STATED = int(os.environ.get("SEEDBED_REPEATS", "2000"))
PUSHED, WORKERS = STATED // 10, 3
SENT, LATER = 1772331631500, 30_000  # ms
OTHER_CAMPAIGN, OTHER_NAME = STATED // 4, STATED // 2  # from these on, in the order of sending


@pytest.fixture
def source(committed: None) -> Source:
    merchant = make_merchant("studio", kind="service")
    return sources.open_source(
        merchant, channel="xiaohongshu_form", name="Page", tokens=(wire.TOKEN,), by="user:1"
    )


def body(number: int) -> bytes:
    """The number-th statement of the lead."""
    told = wire.form(
        "L-1",
        [
            {"label": "姓名", "value": "甲" if number < OTHER_NAME else "乙"},
            {"label": "电话", "value": "138 0013 8000"},
        ],
        sent=SENT + number * LATER,
        campaign_id=2000001 if number < OTHER_CAMPAIGN else 2000002,
    )
    return json.dumps(told, ensure_ascii=False).encode()


def push(source: Source, number: int) -> int:
    told = body(number)
    answer = Client().post(
        f"/in/{source.address}/", data=told, content_type="application/json", headers=wire.red(told)
    )
    return answer.status_code


def waiting(source: Source) -> list[int]:
    with tenancy.acting_for(source.merchant):
        rows = RawDelivery.objects.filter(state=RawDelivery.State.RECEIVED).order_by("pk")
        return list(rows.values_list("pk", flat=True))


def read(source: Source, ids: list[int]) -> None:
    """What one worker does."""
    try:
        for pk in ids:
            deliveries.take(source.merchant, pk)
    finally:
        connections.close_all()


def state(source: Source, number: int) -> None:
    """The same statement where every delivery ends."""
    said = xiaohongshu_form.told(Delivery(body(number)), Secrets())
    facts.take(source.merchant, source, said, received_at=datetime.now(UTC), pushed=True)


def statements_of_a_repeat(source: Source, number: int) -> int:
    assert push(source, number) == 200
    [pk] = waiting(source)
    with CaptureQueriesContext(connection) as captured:
        deliveries.take(source.merchant, pk)
    return len(captured)


def test_thousands_of_statements_of_one_lead_are_one_lead(source: Source) -> None:
    assert push(source, 0) == 200
    read(source, waiting(source))
    at_first = statements_of_a_repeat(source, 1)
    numbers = list(range(2, STATED - 1))
    random.Random(20261126).shuffle(numbers)

    assert {push(source, number) for number in numbers[: PUSHED - 3]} == {200}
    ids = waiting(source)
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda place: read(source, ids[place::WORKERS]), range(WORKERS)))
    for number in numbers[PUSHED - 3 :]:
        state(source, number)
    assert statements_of_a_repeat(source, STATED - 1) == at_first

    with tenancy.acting_for(source.merchant):
        lead = Lead.objects.get()
        assert (lead.external_id, lead.contact.name, lead.campaign_id) == ("L-1", "乙", "2000002")
        assert (Contact.objects.count(), ContactDetail.objects.count(), Sighting.objects.count()) == (1, 1, 1)
        assert StageMove.objects.count() == 1
        changes = {row.kind: (row.before, row.after) for row in LeadChange.objects.all()}
        assert LeadChange.objects.count() == len(changes) == 2
        assert changes["origin"] == ({"campaign_id": "2000001"}, {"campaign_id": "2000002"})
        assert (changes["content"][0]["name"], changes["content"][1]["name"]) == ("甲", "乙")
        rows = RawDelivery.objects.values_list("state", "rows", "attempts")
        assert list(rows) == [(RawDelivery.State.APPLIED, 1, 1)] * PUSHED
    assert listed(source) == PUSHED


def listed(source: Source) -> int:
    """How many deliveries the page of the source says there are."""
    browser = Client()
    browser.force_login(make_member(source.merchant, "owner"))
    page = reverse("lead_sources:source", args=[source.merchant.code, source.pk])
    return int(browser.get(page).context["page"].paginator.count)

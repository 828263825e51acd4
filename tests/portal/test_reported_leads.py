"""Leads of each day beside the ad system's own count, where a source cannot be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Source
from leads.operations import arrivals, sources
from leads.operations.arrivals import Stated
from measurement.models import Spend
from merchants.models import Merchant, User
from merchants.periods import day_of, start_of

TODAY = day_of(datetime.now(UTC))
DAY = timedelta(days=1)


@pytest.fixture
def source(merchant: Merchant) -> Source:
    return sources.open_source(merchant, channel="xiaohongshu_form", name="Page", by="user:1")


@pytest.fixture
def client(owner: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    return browser


def lead(merchant: Merchant, name: str, days_ago: int, *, campaign: str = "c1", phone: bool = True) -> None:
    at = start_of(TODAY - days_ago * DAY) + timedelta(hours=10)
    details = (("phone", "13800138000"),) if phone else ()
    origin = {"campaign_id": campaign} if campaign else {}
    arrivals.take_lead(
        merchant,
        Stated("xiaohongshu_form", name, submitted_at=at, stated_at=at, details=details, origin=origin),
    )


def told(merchant: Merchant, days_ago: int, level: str, **metrics: object) -> None:
    Spend.objects.create(
        merchant=merchant, source="juguang", natural_key=f"{days_ago} {level}", level=level, kind="ads",
        day=TODAY - days_ago * DAY, fen=100, metrics=metrics, stated_at=datetime.now(UTC),
    )  # fmt: skip


def test_each_day_says_what_we_have_what_is_reported_and_what_we_lack(
    client: Client, merchant: Merchant, source: Source
) -> None:
    lead(merchant, "a", 1)
    lead(merchant, "b", 1)
    lead(merchant, "not by an ad", 1, campaign="")
    lead(merchant, "without a contact", 1, phone=False)
    lead(merchant, "c", 3)
    for level in ("campaign", "creative"):  # two views of one thing
        told(merchant, 1, level, leads=3, msg_leads_num=9)
    told(merchant, 2, "campaign", leads="-")
    told(merchant, 3, "campaign", leads=1)
    answer = client.get(reverse("portal:reported-leads", args=["glow", source.pk]))
    rows = {row["day"]: (row["ours"], row["theirs"], row["lacks"]) for row in answer.context["rows"]}
    assert len(rows) == 14
    assert [rows[TODAY - n * DAY] for n in (1, 2, 3, 4)] == [
        (2, 3, 1),
        (0, None, None),
        (1, 1, 0),
        (0, None, None),
    ]
    assert "2 of 14 days are reported: 3 of ours beside 4." in answer.content.decode()


def test_without_a_report_nothing_is_compared(client: Client, source: Source) -> None:
    shown = client.get(reverse("portal:reported-leads", args=["glow", source.pk])).content.decode()
    assert "nothing can be compared" in shown


def test_a_source_that_is_asked_has_no_such_report(client: Client, merchant: Merchant) -> None:
    asked = sources.open_source(merchant, channel="feiyu", name="Feiyu", by="user:1")
    assert client.get(reverse("portal:reported-leads", args=["glow", asked.pk])).status_code == 404

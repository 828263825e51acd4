"""What the operator sees of one lead: when it was delivered and how to reach it, masked; no word of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.channels.facts import Delivery
from leads.models import Lead
from leads.operations import deliveries, sources
from merchants import tenancy
from merchants.models import AuditEvent, RawDelivery, User
from tests.conftest import make_merchant
from tests.leads.desks import BY

pytestmark = pytest.mark.xdist_group("committed")


def test_a_lead_is_shown_with_its_deliveries_and_without_its_words(committed: Any, client: Client) -> None:
    client.force_login(User.objects.create_superuser("operator", "o@example.com", "correct horse battery"))
    client.cookies["django_language"] = "en"
    merchant = make_merchant("glow")
    with tenancy.acting_for(merchant):
        source = sources.open_source(merchant, channel="xiaohongshu_form", name="Page", by=BY)
        answers = [{"label": "电话", "value": "13812345678"}, {"label": "留言", "value": "周末想拍海边"}]
        for number in ("L-1", "L-2"):
            told = {"data": {"leads_id": number, "data": answers}}
            deliveries.receive(source, Delivery(json.dumps(told).encode()), now=timezone.now())
            assert deliveries.take_next(merchant)
        lead = Lead.objects.get(external_id="L-1")
        first, second = RawDelivery.objects.for_merchant(merchant).order_by("pk")
    page = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "周末想拍海边" not in page
    assert reverse("admin:merchants_rawdelivery_change", args=[first.pk]) in page
    assert reverse("admin:merchants_rawdelivery_change", args=[second.pk]) not in page
    with tenancy.acting_for(merchant):
        assert AuditEvent.objects.filter(act="merchants.support.viewed", object_id=str(lead.pk)).exists()

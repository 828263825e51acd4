"""The landing page of the demo's studio shows every fate of a push, and is planted once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from leads.models import ContactPair, Lead, LeadChange, Source
from merchants.models import Merchant, RawDelivery, Store
from portal.demo import lead_pushes

UNTIL = datetime(2026, 11, 26, 10, tzinfo=UTC)


def test_forms_of_two_weeks_become_leads_and_the_page_lists_what_went_wrong(merchant: Merchant) -> None:
    store = Store.objects.create(merchant=merchant, code="sanya", name="Sanya")
    for _ in range(2):
        lead_pushes.put(merchant, UNTIL)
    source = Source.objects.get()
    assert source.wrong_signatures == 1
    fates = Counter(RawDelivery.objects.values_list("state", "error"))
    assert fates == {("applied", ""): 16, ("applied", "test"): 1, ("refused", "not_json"): 1}
    leads = Lead.objects.all()
    assert {lead.store for lead in leads} == {store}
    assert sorted(lead.external_id for lead in leads) == [f"YT-{n:04}" for n in range(lead_pushes.FORMS)]
    assert [change.after["answers"] for change in LeadChange.objects.all()] == [
        [["想拍什么", "海边日落，可改期"]]
    ]
    assert ContactPair.objects.filter(why="detail").count() == 1

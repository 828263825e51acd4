"""The portable record of a blogger: with whom, when, and what each merchant consented to show."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from merchants import tenancy
from merchants.models import AuditEvent, Merchant
from merchants.operations import agreements
from portal.queries.blogger_record import Entry, record
from tests.conftest import make_member
from tests.merchants.agreements.parties import BLOGGER_ID, BY, Parties, gather
from tests.portal.shops import BUYERS, PRICE, Shop, open_shop

TOLD = ["delivery", "return", "record"]


@pytest.fixture
def parties(db: None) -> Parties:
    return gather()


@pytest.fixture
def shop(parties: Parties, settings: Any) -> Shop:
    settings.PRIVACY_THRESHOLD = 20
    return open_shop(parties)


def told(parties: Parties) -> list[Entry]:
    return record(parties.blogger, now=timezone.now())


def test_a_cooperation_stands_with_its_days_notes_and_consented_figures(parties: Parties, shop: Shop) -> None:
    parties.cooperating(parties.blogger, figures=TOLD)
    (one,) = told(parties)
    assert (one.merchant, one.agency, one.starts_on, one.last, one.state) == (
        "Glow", "", parties.ago(60), None, "holds",
    )  # fmt: skip
    assert (one.notes, one.few) == (2, 1)
    assert one.figures == {
        "impressions": 2000, "clicks": 60, "engagement": 14, "cost": None, "credited": BUYERS * PRICE,
    }  # fmt: skip


def test_what_a_merchant_did_not_let_into_the_record_is_not_in_it(parties: Parties, shop: Shop) -> None:
    parties.cooperating(parties.blogger, figures=["delivery", "return", "cost"])
    assert told(parties) == []


def test_a_revoked_cooperation_keeps_its_days_and_no_figure(parties: Parties, shop: Shop) -> None:
    row = parties.cooperating(parties.blogger, figures=TOLD)
    agreements.end(parties.brand, row.pk, by=BY)
    (one,) = told(parties)
    assert (one.state, one.starts_on, one.last) == ("revoked", parties.ago(60), parties.ago(1))
    assert (one.notes, set(one.figures.values())) == (None, {None})


def test_through_an_agency_stands_where_the_blogger_has_notes(parties: Parties, shop: Shop) -> None:
    binding = parties.bound(starts_on=parties.ago(30))
    parties.cooperating(figures=TOLD)
    (one,) = told(parties)
    assert (one.merchant, one.agency, one.starts_on, one.notes) == ("Glow", "Lamp", parties.ago(30), 2)
    agreements.end(parties.blogger, binding.pk, by=BY)
    assert told(parties) == []
    parties.bound(starts_on=parties.today)  # no note since
    assert told(parties) == []


def test_an_agencys_cooperation_outside_records_stays_outside(parties: Parties, shop: Shop) -> None:
    parties.bound()
    parties.cooperating(figures=["delivery", "return"])
    assert told(parties) == []


def as_member(merchant: Merchant, role: str = "owner") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_member(merchant, role))
    return client


def test_the_blogger_takes_the_record_away_as_csv_and_json(parties: Parties, shop: Shop) -> None:
    parties.cooperating(parties.blogger, figures=TOLD)
    client = as_member(parties.blogger)
    assert "¥2,079" in client.get("/m/xiaoman/record/").content.decode()

    answer = client.get("/m/xiaoman/record.csv")
    lines = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="xiaoman-record.csv"'
    assert lines[1][:3] == ["Glow", "", f"{parties.ago(60)}"]
    assert dict(zip(lines[0], lines[1], strict=True))["Attributed return"] == "2079.00"

    body = json.loads(client.get("/m/xiaoman/record.json").content)
    assert body["blogger"] == {"name": "小满护肤日记", "id_on_the_platform": BLOGGER_ID}
    assert body["cooperations"] == [
        {
            "merchant": "Glow", "agency": None, "from": f"{parties.ago(60)}", "to": None, "state": "holds",
            "consented": ["delivery", "return", "record"], "currency": "CNY",
            "notes": 2, "notes_whose_return_is_not_told": 1,
            "figures": {
                "impressions": 2000, "clicks": 60, "engagement": 14, "cost_fen": None,
                "credited_fen": BUYERS * PRICE,
            },
        }
    ]  # fmt: skip
    with tenancy.acting_for(parties.blogger):
        taken = AuditEvent.objects.filter(act="merchants.record.exported").order_by("id")
        assert [row.data for row in taken] == [{"form": "csv", "rows": 1}, {"form": "json", "rows": 1}]


def test_only_a_blogger_has_a_record(parties: Parties) -> None:
    for merchant in (parties.brand, parties.agency):
        client = as_member(merchant)
        for path in ("record/", "record.csv", "record.json"):
            assert client.get(f"/m/{merchant.code}/{path}").status_code == 404

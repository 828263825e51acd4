"""Products as files and for programs: what the page shows, all rows of it."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from measurement.models import ItemMapping, OrderLine
from merchants.models import Merchant
from merchants.operations import tokens
from tests.conftest import make_member
from tests.measurement.world import World


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Two products, one with a margin and an item; 30 items of orders that are none yet."""
    made = World(merchant)
    cream = made.spu("cream", margin_bp=6225)
    made.spu("=serum")
    ItemMapping.objects.create(merchant=merchant, platform="taobao", item_id="610", sku_id="2", spu=cream)
    for number in range(30):
        line = made.order(f"T{number}", "2026-11-02", 100 + number, mapped=False)
        OrderLine.objects.filter(pk=line.pk).update(item_id=f"item {number:02}", title="Mask")
    return made


@pytest.fixture
def get(client, merchant):
    client.force_login(make_member(merchant, "analyst"))
    client.cookies["django_language"] = "en"

    def get(form: str, **query: str) -> Any:
        return client.get(reverse("measurement:export", args=[merchant.code, "products", form]), query)

    return get


def test_the_file_has_the_shelf_the_margins_and_every_item_without_a_product(world, get):
    lines = list(csv.reader(io.StringIO(b"".join(get("csv").streaming_content).decode("utf-8-sig"))))
    assert lines[0] == ["Product", "Code", "Category", "Decision cycle, days", "Margin", "Items"]
    assert lines[1] == ["'=serum", "'=serum", "Facial essence", "29", "", ""]
    assert lines[2] == ["cream", "cream", "Facial essence", "29", "0.6225", "Taobao / Tmall 610/2"]
    told = lines[lines.index(["Told so far"]) + 2]
    assert told == ["cream", "cream", "2020-01-01", "0.6225"]
    items = lines[lines.index(["Items of orders that are no product yet"]) + 2 :][:30]
    assert (items[0], items[-1][0]) == (
        ["item 29", "Mask", "Taobao / Tmall", "0", "1", "1.29", str(date(2026, 11, 2))],
        "item 00",
    )


def test_the_workbook_has_a_sheet_for_each_and_keeps_to_what_is_searched_for(world, get):
    book = openpyxl.load_workbook(io.BytesIO(b"".join(get("xlsx", q="crea").streaming_content)))
    assert book.sheetnames[:3] == ["Read me", "Products", "Told so far"]
    assert [cell.value for cell in book["Products"]["A"]] == ["Product", "cream"]
    assert dict(book["Read me"].iter_rows(max_col=2, values_only=True))["Name or code"] == "crea"


def test_a_program_reads_the_same(world, client, merchant, owner):
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
    told = client.get("/api/v1/pages/products", {"query": "q=cream"}, headers=headers).json()
    assert told["query"] == {"q": "cream"}
    assert told["takeaway"].startswith("30 items of your orders are no product yet")
    [row] = told["table"]["rows"]
    assert (row["code"], row["cycle"], row["margin"]) == ("cream", 29, "0.6225")
    assert len(told["further"][1]["rows"]) == 30


def test_the_page_offers_its_file(world, client, merchant):
    client.force_login(make_member(merchant, "owner"))
    page = client.get(reverse("measurement:products", args=[merchant.code]), {"q": "cream"}).content.decode()
    assert reverse("measurement:export", args=[merchant.code, "products", "xlsx"]) + "?q=cream" in page


def test_where_nothing_is_known_the_file_has_its_heads(merchant, get):
    lines = list(csv.reader(io.StringIO(b"".join(get("csv").streaming_content).decode("utf-8-sig"))))
    assert lines[0][0] == "Product"
    assert lines[1] == []

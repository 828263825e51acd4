"""The page of the process: who may see it, what it says, that files and the API equal the screen."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.models import ProcessSetting
from measurement.operations import tallies
from measurement.process.questions import Group, Row
from merchants.models import AuditEvent, Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())
AD = {"impression": 20000, "click": 600, "like": 30, "collect": 20, "comment": 10, "ti_user_num": 200}


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant) -> World:
    made = World(merchant)
    made.spend(ago(5), 12000, creative_of="Winter repair", campaign="Feed", level="creative", metrics=AD)
    made.spend(ago(5), 9000, creative_of="Morning care", campaign="Feed", level="creative", metrics=AD)
    made.touch("ann", ago(5), "Winter repair", blogger="Lin")
    tallies.rebuild(merchant)
    tallies.drain(merchant)
    return made


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str, *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), query)

    return get


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("show", list(Group))
def test_every_group_opens_with_and_without_data(world, stranger, client, show, language):
    client.cookies["django_language"] = language
    for merchant in (world.merchant, stranger):
        client.force_login(make_member(merchant, "viewer", f"{language}-{merchant.code}"))
        answer = client.get(reverse("measurement:process", args=[merchant.code]), {"show": show})
        assert answer.status_code == 200
        assert ("Winter repair" in text(answer)) is (merchant == world.merchant)


@pytest.mark.parametrize("by", list(Row))
def test_it_opens_by_every_kind_of_row(page, world, by):
    assert page("measurement:process", by=by, show="all").status_code == 200


def test_it_says_the_figures_the_best_price_and_the_definition(page, world):
    said = text(page("measurement:process", show="seeding"))
    for words in ("“Morning care” paid least for a new TI: ¥0.45", "¥0.60", "¥210.00",
                  "Engagement = likes + saves + comments", "likes ≥ 1000", "default definition"):  # fmt: skip
        assert words in said


def test_what_makes_no_sense_is_said(page, world):
    assert "is not a value of" in text(page("measurement:process", by="planet"))


def test_a_file_equals_the_screen(page, world):
    lines = b"".join(page("measurement:export", "process", "csv", show="seeding")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(lines)))
    assert [row["Note"] for row in rows] == ["Winter repair", "Morning care", "Total"]
    assert [row["CPTI (CNY)"] for row in rows] == ["0.60", "0.45", "0.52"]
    assert [row["Shop visits"] for row in rows] == ["", "", ""]
    kept = AuditEvent.objects.filter(act="measurement.report.exported").get()
    assert kept.data["report"] == "process"
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(page("measurement:export", "process", "xlsx", show="seeding")))
    )
    assert book.sheetnames == ["Read me", "Seeding"]
    assert book["Seeding"].cell(2, 1).value == "Winter repair"
    assert "likes + saves + comments" in str([cell.value for cell in book["Read me"]["B"]])


def test_an_owner_defines_engagement_and_a_viewer_cannot(page, client, world, merchant):
    page("measurement:process")
    address = reverse("measurement:define_engagement", args=[merchant.code])
    asked = {"parts": ["like", "share"], "hit_likes": "500", "hit_total": "800"}
    assert client.post(address, asked, follow=True).status_code == 200
    assert "Engagement = likes + shares" in text(page("measurement:process"))
    assert AuditEvent.objects.filter(act="measurement.engagement.set").count() == 1
    for wrong in ({**asked, "parts": []}, {**asked, "hit_likes": "0"}, {**asked, "parts": ["clap"]}):
        client.post(address, wrong)
    assert ProcessSetting.objects.for_merchant(merchant).count() == 1
    client.force_login(make_member(merchant, "viewer"))
    assert client.post(address, asked).status_code == 403


@pytest.mark.parametrize("name", ["measurement:process", "measurement:export"])
def test_a_stranger_finds_nothing(client, merchant, stranger, name):
    client.force_login(make_member(stranger, "owner"))
    more = ["process", "csv"] if name.endswith("export") else []
    assert client.get(reverse(name, args=[merchant.code, *more])).status_code == 404


def test_a_viewer_may_not_export(client, merchant):
    client.force_login(make_member(merchant, "viewer"))
    assert (
        client.get(reverse("measurement:export", args=[merchant.code, "process", "csv"])).status_code == 403
    )


def test_a_program_reads_the_same_figures(client, world, merchant, owner):
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]
    headers = {"authorization": f"Bearer {secret}"}
    answer = client.get(
        "/api/v1/reports/process", {"period": "28d", "sort": "reported_cpti"}, headers=headers
    )
    told = answer.json()
    assert answer.status_code == 200
    assert [row["name"] for row in told["rows"]] == ["Morning care", "Winter repair"]
    figures = told["rows"][1]["figures"]
    assert (figures["reported_cpti"], figures["reads"], figures["shop_visits"]) == ("60.000000", 1, None)
    assert told["engagement"]["parts"] == ["like", "save", "comment"]
    refused = client.get("/api/v1/reports/process", {"by": "planet"}, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_parameter")
    blind = tokens.issue(merchant, name="till", scopes=["work:read"], user=owner)[1]
    assert (
        client.get("/api/v1/reports/process", headers={"authorization": f"Bearer {blind}"}).status_code == 403
    )

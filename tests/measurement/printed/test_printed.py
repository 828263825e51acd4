"""Report pages without a screen: each can be taken away as a file, goes out by e-mail, and its chart is a picture."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from measurement import letters, pictures, printed
from measurement.charts import annotated
from measurement.choices import Rhythm
from measurement.models import SavedView
from measurement.operations import crowd_flows, crowd_spells, saved, schedules
from measurement.printed import Asking
from merchants.models import AuditEvent, Merchant
from merchants.periods import day_of
from portal.nav import REPORTS
from tests.conftest import make_member
from tests.measurement.world import World

NOW = timezone.now()
TODAY = day_of(NOW)
QUIET = {"crowds", "flow"}  # without a person in a layer they wait


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant) -> World:
    made = World(merchant)
    made.touch("ann", ago(20), "=Winter repair", blogger="Lin")
    made.order("T1", ago(17), 10001, person="ann", refunded=1000)
    made.spend(ago(20), 2000, note="=Winter repair")
    made.spend(ago(18), 500, campaign="Autumn", metrics={"impression": 50})
    made.compute()
    return made


@pytest.fixture
def get(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(page: str, form: str, **query: str):
        return client.get(reverse("measurement:export", args=[merchant.code, page, form]), query)

    return get


def asking(merchant: Merchant, **given: str) -> Asking:
    return Asking(merchant, given, NOW, make_member(merchant, "owner", f"asks-{len(given)}").pk)


def test_every_page_that_can_be_saved_can_be_taken_away_and_sent():
    there = {f"measurement:{page}" for page in printed.PAGES}
    assert there == REPORTS == letters.COMPOSED


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", sorted(set(printed.PAGES) - QUIET))
def test_a_page_is_a_file_with_one_row_below_its_heads_for_each_of_its_rows(world, merchant, page, language):
    with translation.override(language):
        found = printed.PAGES[page](asking(merchant))
        text = printed.content(found, "csv").decode("utf-8-sig")
        book = openpyxl.load_workbook(io.BytesIO(printed.content(found, "xlsx")))
    table = found.sheet.table
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == [head.name for head in table.heads]
    assert len({head.code for head in table.heads}) == len(table.heads)
    assert [line[0].lstrip("'") for line in lines[1 : 1 + len(table.rows)]] == [
        "" if row.get(table.heads[0].code) is None else str(row[table.heads[0].code]) for row in table.rows
    ]
    assert len(book.worksheets) == 1 + len(found.sheet.tables)
    assert book.worksheets[1].max_row == 1 + len(table.rows)
    known = {head.code for head in table.heads}
    assert set(found.listed) <= known


@pytest.mark.parametrize("page", sorted(printed.PAGES))
def test_a_letter_of_every_page_carries_its_file_or_says_why_not(world, merchant, page):
    owner = make_member(merchant, "owner")
    view: SavedView = saved.save_view(
        merchant,
        owner=owner,
        name="Mine",
        page=f"measurement:{page}",
        query="period=90d",
        shared=False,
        by="u",
    )
    schedule = schedules.schedule(
        merchant, view=view, owner=owner, rhythm=Rhythm.DAILY, day=1, hour=7, form="csv", language="en",
        recipients=[owner.pk], now=NOW, by="u",
    )  # fmt: skip
    letter = letters.compose(merchant, schedule, now=NOW)
    assert letter.subject.startswith("Mine · Glow")
    kinds = [attached.kind for attached in letter.attached]
    if page in QUIET:
        assert kinds == []
        assert "being worked out" in letter.html
    elif kinds == ["text/csv"]:
        assert "This report has no picture" in letter.html
    else:
        assert kinds == ["text/csv", "image/png"]


def test_the_results_letter_says_its_figures_as_the_screen_does(world, merchant):
    owner = make_member(merchant, "owner")
    view = saved.save_view(
        merchant,
        owner=owner,
        name="Notes",
        page="measurement:results",
        query="period=90d",
        shared=False,
        by="u",
    )
    schedule = schedules.schedule(
        merchant, view=view, owner=owner, rhythm=Rhythm.DAILY, day=1, hour=7, form="xlsx", language="en",
        recipients=[owner.pk], now=NOW, by="u",
    )  # fmt: skip
    letter = letters.compose(merchant, schedule, now=NOW)
    assert "=Winter repair / ¥90.01 / ¥20.00" in letter.text
    assert "ROI (T+x): 3.60" in letter.text


def test_a_crowd_of_few_is_an_empty_cell_of_the_file(world, merchant):
    crowd_spells.compute(merchant)
    crowd_flows.prepare(merchant)
    crowd_flows.compute_asked(merchant)
    found = printed.PAGES["crowds"](asking(merchant))
    assert [row["end"] for row in found.sheet.table.rows] == [None] * 5


def test_a_picture_of_the_chart_can_be_taken_and_is_in_the_trail(world, merchant, get):
    answer = get("results", "png", period="90d")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG\r\n")
    kept = AuditEvent.objects.for_merchant(merchant).get(act="measurement.report.exported")
    assert (kept.data["form"], kept.data["report"], kept.data["query"]) == (
        "png",
        "results",
        {"period": "90d"},
    )


def test_where_there_is_no_picture_one_is_led_back_to_the_page_and_told(world, merchant, get, client):
    answer = get("audiences", "png")
    assert answer.status_code == 302
    assert answer.url == reverse("measurement:audiences", args=[merchant.code])
    assert "There is no picture of this" in client.get(answer.url).content.decode()
    assert not AuditEvent.objects.for_merchant(merchant).filter(act="measurement.report.exported").exists()


@pytest.mark.parametrize("page", sorted(printed.PAGES))
def test_no_page_is_taken_away_by_a_stranger_or_a_viewer(merchant, stranger, client, page):
    address = reverse("measurement:export", args=[merchant.code, page, "csv"])
    client.force_login(make_member(stranger, "owner"))
    assert client.get(address).status_code == 404
    client.force_login(make_member(merchant, "viewer"))
    assert client.get(address).status_code == 403


# -- notes on days


@pytest.mark.parametrize(
    ("page", "given"),
    [("results", {"by": "day"}), ("process", {"by": "day"})],
)
def test_what_was_written_on_a_day_stands_on_the_chart_and_in_the_file(world, merchant, page, given):
    day = TODAY - timedelta(days=19)
    saved.annotate(merchant, first_day=day, last_day=day, text="Live night", by="u")
    found = printed.PAGES[page](asking(merchant, **given))
    marks = [one["markLine"]["data"] for one in found.chart["series"] if "markLine" in one]
    at = (day - found.period.start).days
    assert marks == [[{"xAxis": at, "label": {"formatter": "Live night"}}]]
    book = openpyxl.load_workbook(io.BytesIO(printed.content(found, "xlsx")))
    assert "Live night" in [cell.value for cell in book.worksheets[0]["B"]]
    plain = {
        **found.chart,
        "series": [{k: v for k, v in s.items() if k != "markLine"} for s in found.chart["series"]],
    }
    assert pictures.png(found.chart, "t") != pictures.png(plain, "t")


def test_a_note_is_at_the_week_it_falls_in_and_one_that_is_over_is_left_out():
    weeks = [TODAY - timedelta(days=21), TODAY - timedelta(days=14), TODAY - timedelta(days=7)]
    notes = [
        (weeks[0] - timedelta(days=9), weeks[0] - timedelta(days=8), "over"),
        (weeks[0] - timedelta(days=9), weeks[0] + timedelta(days=1), "goes on"),
        (weeks[1] + timedelta(days=6), weeks[1] + timedelta(days=6), "in the 2nd"),
    ]
    option = annotated({"series": [{"type": "bar"}, {"type": "line"}]}, notes, weeks)
    assert [(one["xAxis"], one["label"]["formatter"]) for one in option["series"][1]["markLine"]["data"]] == [
        (0, "goes on"), (1, "in the 2nd"),
    ]  # fmt: skip
    assert "markLine" not in option["series"][0]


# -- pictures


def test_a_band_is_drawn_between_its_ends_and_a_stack_upon_what_lies_below():
    band = {"type": "line", "stack": "band", "data": [1, 2]}
    option = {
        "xAxis": {"type": "category", "data": ["a", "b"]},
        "yAxis": {"type": "value"},
        "series": [
            {**band, "name": "low", "lineStyle": {"opacity": 0}},
            {**band, "name": "to high", "areaStyle": {"color": "compare"}},
            {"name": "x", "type": "line", "data": [2, 3]},
        ],
    }
    with_band = pictures.png(option, "t")
    without = pictures.png({**option, "series": option["series"][2:]}, "t")
    assert with_band.startswith(b"\x89PNG\r\n")
    assert with_band != without

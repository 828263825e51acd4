"""The pages of results: who may see them, what they say, and that files equal the screen."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.models import CategoryCycle, MerchantCycle
from merchants import tenancy
from merchants.models import AuditEvent, Connection, Merchant
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant) -> World:
    made = World(merchant)
    made.touch("ann", ago(20), "Winter repair", blogger="Lin")
    made.touch("ann", ago(18), "Morning care", blogger="Mei")
    made.order("T1", ago(17), 10001, person="ann", refunded=1000, postage=600)
    made.order("J1", ago(12), 7000, platform="jd")
    made.spend(ago(20), 2000, note="Winter repair")
    made.compute()
    return made


@pytest.fixture
def page(client, merchant):
    """Gets a page of the merchant by name, logged in as its owner."""
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str, *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), query)

    return get


def text(answer) -> str:
    return answer.content.decode()


PAGES = [
    "portal:home",
    "measurement:results",
    "measurement:models",
    "measurement:orders",
    "measurement:cycles",
]


@pytest.mark.parametrize("name", [*PAGES, "measurement:dictionary"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_with_and_without_data(world, stranger, client, name, language):
    client.cookies["django_language"] = language
    for merchant in (world.merchant, stranger):
        client.force_login(make_member(merchant, "viewer", f"{language}-{merchant.code}"))
        answer = client.get(reverse(name, args=[merchant.code]))
        assert answer.status_code == 200
        assert "invalid" not in text(answer).lower()


@pytest.mark.parametrize("by", ["note", "blogger", "campaign", "keyword", "spu", "platform", "day", "kind"])
def test_results_open_by_every_dimension_in_full_and_sideways(world, page, by):
    for part in ("", "side"):
        answer = page("measurement:results", by=by, part=part)
        assert answer.status_code == 200
        assert ("<html" in text(answer)) is (part == "")


def test_results_say_names_figures_and_that_they_add_up(world, page):
    said = text(page("measurement:results"))
    for words in (
        "Winter repair",
        "Lin",
        "¥45",
        "¥20",
        "2.25",
        "paid less refunded, 2 orders",
        "¥166.01",
        "¥70.00",
    ):
        assert words in said


def test_a_value_that_makes_no_sense_is_said_and_replaced(world, page):
    answer = page("measurement:results", model="<b>markov</b>")
    assert "“&lt;b&gt;markov&lt;/b&gt;” is not a value of “model”" in text(answer)


def test_a_stranger_meets_nothing_and_a_viewer_may_not_open_evidence(world, client, stranger):
    client.force_login(make_member(stranger, "owner"))
    for name in PAGES:
        assert client.get(reverse(name, args=[world.merchant.code])).status_code == 404
    client.force_login(make_member(world.merchant, "viewer"))
    assert client.get(reverse("measurement:evidence", args=[world.merchant.code, 1])).status_code == 403
    assert (
        client.get(reverse("measurement:export", args=[world.merchant.code, "results", "csv"])).status_code
        == 403
    )
    assert client.post(reverse("measurement:set_cycle", args=[world.merchant.code])).status_code == 403


def test_another_merchants_notes_are_on_no_page(world, stranger, page):
    with tenancy.acting_for(stranger):
        other = World(stranger)
        other.touch("zoe", ago(5), "Secret of the stranger")
        other.order("X1", ago(4), 99999, person="zoe")
        other.compute()
    for name in PAGES:
        assert "Secret of the stranger" not in text(page(name))


def line_of(world):
    return world.merchant and world.order("E1", ago(3), 500, person="ann")


def test_evidence_is_off_until_the_source_has_a_legal_basis(world, page):
    line = line_of(world)
    answer = page("measurement:evidence", line.pk)
    assert answer.status_code == 403
    assert "The source has no recorded legal basis" in text(answer)
    assert not AuditEvent.objects.for_merchant(world.merchant).exists()


def test_evidence_shows_the_journey_and_every_view_is_in_the_trail(world, page):
    Connection.objects.create(
        merchant=world.merchant, source="taobao", name="Taobao", legal_basis="member terms"
    )
    world.spu()
    line = line_of(world)
    world.compute()
    answer = page("measurement:evidence", line.pk)
    assert answer.status_code == 200
    for words in (
        "Winter repair",
        "Morning care",
        "A · same person",
        "¥2.50",
        "¥5.00",
        "member terms",
        "29 days",
    ):
        assert words in text(answer)
    trail = AuditEvent.objects.for_merchant(world.merchant).get(act="measurement.evidence.viewed")
    assert (trail.object_id, trail.object_kind) == (str(line.pk), "orderline")


def test_evidence_of_a_sensitive_trade_is_off_for_everyone(world, page):
    Connection.objects.create(
        merchant=world.merchant, source="taobao", name="Taobao", legal_basis="member terms"
    )
    Merchant.objects.filter(pk=world.merchant.pk).update(sensitive_trade=True)
    answer = page("measurement:evidence", line_of(world).pk)
    assert answer.status_code == 403
    assert "switched off for this trade" in text(answer)


def test_the_order_of_somebody_else_is_not_found(world, stranger, page):
    with tenancy.acting_for(stranger):
        foreign = World(stranger).order("X1", ago(4), 99999)
    assert page("measurement:evidence", foreign.pk).status_code == 404


def table_of_csv(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_csv_holds_the_rows_of_the_screen_and_its_total(world, page):
    table = table_of_csv(page("measurement:export", "results", "csv"))
    assert table[0][:4] == ["Note", "Belongs to", "Cost (CNY)", "Attributed return (CNY)"]
    rows = {line[0]: line[2:6] for line in table[1:]}
    assert rows == {
        "Winter repair": ["20.00", "45.01", "45.01", "0.00"],
        "Morning care": ["", "45.00", "45.00", "0.00"],
        "Total": ["20.00", "90.01", "90.01", "0.00"],
    }


def test_the_workbook_begins_with_what_was_asked_and_equals_the_csv(world, page):
    answer = page("measurement:export", "results", "xlsx", by="blogger", sort="credited")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    read_me, sheet = book.worksheets
    facts = {row[0].value: row[1].value for row in reversed(list(read_me.iter_rows())) if row[0].value}
    assert (facts["Report"], facts["Model"], facts["Unjoined"], facts["Paid less refunded"]) == (
        "Blogger", "Linear", "70.00", "166.01",
    )  # fmt: skip
    assert facts["ROI (T+x)"].startswith("Attributed return of a cohort")
    written = [[cell.value for cell in row] for row in sheet.iter_rows()]
    table = table_of_csv(page("measurement:export", "results", "csv", by="blogger", sort="credited"))
    assert [row[0] for row in written] == [row[0] for row in table] == ["Blogger", "Mei", "Lin", "Total"]
    assert [row[3] for row in written[1:]] == [float(row[3]) for row in table[1:]]


def test_an_export_holds_all_rows_where_the_screen_shows_a_page(world, page):
    for number in range(60):
        world.spend(ago(5), 100, note=f"Note {number:02}")
    assert text(page("measurement:results")).count("Note 0") < len(
        table_of_csv(page("measurement:export", "results", "csv"))
    )
    assert len(table_of_csv(page("measurement:export", "results", "csv"))) == 1 + 62 + 1


def test_an_export_is_in_the_trail_with_its_question(world, page):
    page("measurement:export", "results", "csv", by="blogger")
    trail = AuditEvent.objects.for_merchant(world.merchant).get(act="measurement.report.exported")
    assert trail.data == {"form": "csv", "report": "results", "rows": 2, "query": {"by": "blogger"}}


def test_a_name_that_a_spreadsheet_would_compute_is_quoted(world, page):
    world.spend(ago(5), 100, note="=1+1")
    assert "'=1+1" in [line[0] for line in table_of_csv(page("measurement:export", "results", "csv"))]


def test_setting_a_cycle_keeps_the_former_one_readable(world, client, page):
    answer = client.post(
        reverse("measurement:set_cycle", args=[world.merchant.code]),
        {"category": "facial-essence", "days": "21", "source": "our own orders of 2026"},
    )
    assert answer.status_code == 302
    row = MerchantCycle.objects.for_merchant(world.merchant).get()
    assert (row.days, row.source, row.basis) == (21, "our own orders of 2026", "hand")
    said = text(page("measurement:cycles"))
    assert "our own orders of 2026" in said
    assert "29 (published)" in said
    assert CategoryCycle.objects.get(category=row.category).days == 29


def test_a_cycle_of_three_years_is_refused_with_its_reason(world, client, page):
    answer = client.post(
        reverse("measurement:set_cycle", args=[world.merchant.code]),
        {"category": "facial-essence", "days": "1095", "source": "a guess"},
    )
    assert answer.status_code == 422
    assert "The cycle was not changed" in text(answer)
    assert not MerchantCycle.objects.for_merchant(world.merchant).exists()


def test_models_put_the_largest_disagreement_first_and_say_why(world, page):
    world.touch("ben", ago(10), "Night care")
    world.order("N1", ago(9), 100, person="ben")
    world.compute()
    said = text(page("measurement:models"))
    assert "Opens journeys" in said
    assert "Closes journeys" in said
    assert "All models agree within 10 %." in said
    assert max(said.index("Winter repair"), said.index("Morning care")) < said.rindex("Night care")


def test_home_says_what_needs_a_person(world, page):
    Connection.objects.create(merchant=world.merchant, source="jd", name="JD shop")
    world.order("U1", ago(2), 100, mapped=False)
    said = text(page("portal:home"))
    for words in (
        "JD shop: no data yet",
        "1 item is not mapped to an SPU",
        "2 notes without product",
        "still being computed",
    ):
        assert words in said


def test_a_merchant_without_data_is_led_to_the_first_files(merchant, page):
    said = text(page("portal:home"))
    assert "A cost file and an order file give a first honest result" in said


def test_a_merchant_with_orders_and_costs_only_gets_a_useful_page(merchant, page):
    made = World(merchant)
    made.order("T1", ago(9), 10000)
    made.spend(ago(9), 3000, campaign="Autumn", metrics={"rgmv_fen": 777700, "impression": 5})
    made.compute()
    home, results = text(page("portal:home")), text(page("measurement:results", by="campaign"))
    assert "¥100" in home
    assert "Platform-reported" in home
    assert "¥7,777" in home
    assert "Autumn" in results
    assert "¥7,777" in results


@pytest.mark.parametrize(
    ("name", "queries"), [("portal:home", 41), ("measurement:results", 19), ("measurement:models", 23)]
)
def test_pages_take_the_same_queries_however_many_rows(world, page, name, queries, django_assert_num_queries):
    page(name)  # what a process remembers after its first page
    for notes in (1, 3):
        for number in range(notes):
            world.touch(f"q{notes}{number}", ago(9), f"Note {notes}{number}", blogger=f"B{notes}{number}")
            world.order(f"Q{notes}{number}", ago(8), 100, person=f"q{notes}{number}")
        world.compute()
        with django_assert_num_queries(queries):
            assert page(name).status_code == 200

"""Costs per lead on a planted desk with its ad reports: by hand, to the fen."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.models import Contact, Deal, Lead, Stage
from leads.operations import contacts, deals, replies, stages
from leads.queries import sold
from measurement.models import Campaign, Creative, Note, Spend
from merchants import tenancy
from merchants.models import AuditEvent, Merchant, Store
from merchants.operations import tokens
from merchants.periods import day_of, start_of
from portal.queries.lead_costs import learned_cycle, share_in
from tests.conftest import make_member
from tests.leads.desks import BY, DAY, HOUR, MINUTE, Desk

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = day_of(timezone.now())


def ago(days: int) -> datetime:
    return start_of(TODAY - timedelta(days=days), ZONE) + 10 * HOUR


def spend(merchant: Merchant, days: int, fen: int, *, level: str = "campaign", **of: Any) -> None:
    stated = {"source": "juguang", "kind": "ads", "stated_at": timezone.now()}
    Spend.objects.create(
        merchant=merchant, natural_key=f"{days} {level} {fen} {of}", level=level,
        day=TODAY - timedelta(days=days), fen=fen, **(stated | of),
    )  # fmt: skip


def come(desk: Desk, who: str, days: int, *, far: str = "lead", **fields: Any) -> None:
    session = desk.say(who, at=ago(days), nickname=who, **fields)
    if far == "enquiry":
        return
    agent = desk.lead_of(session)
    replies.take_contact(
        desk.merchant, session, kind="wechat", text=f"wx{who}2", by=BY, now=ago(days) + MINUTE
    )
    if far == "valid":
        stages.move(desk.merchant, agent, to="qualified", by=BY, now=ago(days) + HOUR)


def buy(desk: Desk, who: str, days: int, *, fen: int, paid: int) -> None:
    """A deal so many days ago of the lead that the person has."""
    with tenancy.acting_for(desk.merchant):
        lead = Contact.objects.get(name=who).leads.select_related("stage").get()
    deal = deals.close(desk.merchant, lead, fen=fen, closed_at=ago(days), order_number="1", by=BY)
    if paid:
        deals.post(desk.merchant, deal, kind="deposit", fen=paid, reference="d", by=BY, posted_at=ago(days))


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    """Two campaigns of 60 days, each yuan reported at two levels; a note fee without a campaign."""
    made = Desk(merchant)
    hill = Store.objects.create(merchant=merchant, code="hill", name="Hill studio")
    notes = [
        Note.objects.create(merchant=merchant, external_id=f"n{n}", title=f"Note {n}") for n in (1, 2, 3)
    ]
    for number, name in ((1, "Autumn"), (2, "Winter")):
        campaign = Campaign.objects.create(merchant=merchant, external_id=f"c{number}", name=name)
        creative = Creative.objects.create(
            merchant=merchant, external_id=f"x{number}", campaign=campaign, note=notes[number - 1]
        )
        for days, fen in ((40, 100_000 * number), (10, 30_001)):
            spend(merchant, days, fen, campaign=campaign)
            spend(merchant, days, fen, level="creative", creative=creative)
    spend(merchant, 10, 5_000, level="note", note=notes[2], source="pugongying", kind="note_fee")
    first, second = ({"note_id": f"n{n}", "campaign_id": f"c{n}"} for n in (1, 2))
    come(made, "ann", 40, origin=first, store=made.store, far="valid")
    come(made, "ben", 40, origin=first, store=hill, far="valid")
    come(made, "cleo", 10, origin=first, store=hill)
    come(made, "dora", 40, origin=second, store=made.store, far="enquiry")
    come(made, "emil", 10, store=made.store)  # nobody knows what brought this one
    buy(made, "ann", 35, fen=899_900, paid=150_000)
    buy(made, "ben", 1, fen=499_900, paid=499_900)  # 39 days later: not within 30
    return made


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    client.force_login(make_member(desk.merchant, "owner"))
    client.cookies["django_language"] = "en"
    return client


def shown(browser: Client, **query: str) -> Any:
    answer = browser.get("/m/glow/lead-costs/", {"days": "90", **query})
    assert answer.status_code == 200
    return answer.context


def told(line: dict[str, Any]) -> tuple[Any, ...]:
    row = line["row"]
    return (row.cost, row.counts, [cell["cost"] for cell in line["cells"]], row.received, row.agreed)


def test_a_campaign_costs_what_one_level_of_its_report_says(browser: Client) -> None:
    page = shown(browser, by="campaign")
    lines = {line["name"]: told(line) for line in (*page["rows"], *page["foot"], page["total"])}
    assert lines == {
        "Autumn": (130_001, (3, 3, 3, 2, 0, 2), [43_334, 43_334, 43_334, 65_000, None, 65_000], 649_900, 1_399_800),
        "Winter": (230_001, (1, 1, 0, 0, 0, 0), [230_001, 230_001, None, None, None, None], 0, 0),
        "Campaign not known": (None, (1, 1, 1, 0, 0, 0), [None] * 6, 0, 0),
        "Cost that names no campaign": (5_000, None, [None] * 6, 0, 0),
        "Total": (365_002, (5, 5, 4, 2, 0, 2), [73_000, 73_000, 91_250, 182_501, None, 182_501], 649_900, 1_399_800),
    }  # fmt: skip
    assert (page["table"].known_share, page["table"].joined_share) == (
        Decimal("0.8"),
        Decimal(360_002) / 365_002,
    )


def test_a_note_bears_its_creatives_and_its_own_fee(browser: Client) -> None:
    page = shown(browser, by="note")
    assert {line["name"]: line["row"].cost for line in (*page["rows"], *page["foot"])} == {
        "Note 1": 130_001,
        "Note 2": 230_001,
        "Note 3": 5_000,  # brought nobody
        "Note not known": None,
    }


def test_a_store_bears_the_parts_of_the_campaigns_that_its_enquiries_came_from(browser: Client) -> None:
    page = shown(browser, by="store")
    lines = {line["name"]: line["row"].cost for line in (*page["rows"], *page["foot"], page["total"])}
    # Autumn over three: 43 334, 43 334, 43 333 (the latest enquiry first); Winter whole to the one it brought
    assert lines == {
        "Sea studio": 43_333 + 230_001,
        "Hill studio": 43_334 + 43_334,
        "Cost that brought nobody, or names no campaign": 5_000,
        "Total": 365_002,
    }


def test_roi_takes_both_sides_of_the_days_that_are_old_enough(browser: Client) -> None:
    page = shown(browser, by="campaign", x="30")
    rows = {line["name"]: line["row"] for line in page["rows"]}
    assert (rows["Autumn"].within, rows["Autumn"].ripe_cost, rows["Autumn"].sales) == (150_000, 100_000, 1)
    assert rows["Autumn"].roi == Decimal("1.5")
    assert rows["Winter"].roi == 0
    assert page["total"]["row"].roi == Decimal(150_000) / 300_000
    longer = {line["name"]: line["row"] for line in shown(browser, by="campaign", x="60")["rows"]}
    assert longer["Autumn"].roi is None  # no day that cost anything is 60 days old
    quick = {line["name"]: line["row"] for line in shown(browser, by="campaign", x="7")["rows"]}
    assert quick["Autumn"].roi == Decimal(150_000) / 130_001


@pytest.mark.parametrize("by", ["campaign", "note", "store"])
def test_every_count_opens_to_its_rows(browser: Client, by: str) -> None:
    answer = browser.get("/m/glow/lead-costs/", {"days": "90", "by": by})
    page, told = answer.context, answer.content.decode()
    for line in (*page["rows"], *page["foot"], page["total"]):
        row = "" if line is page["total"] else f"&{line['key']}"
        for cell in line["cells"]:
            link = f"/m/glow/funnel/rows/?{page['asking']}&of={cell['code']}{row}"
            assert (f'"{escape(link)}&amp;back=' in told) == bool(cell["count"])
            if cell["count"]:
                assert browser.get(link).context["count"] == cell["count"], link


def test_a_file_holds_what_the_page_shows_and_is_in_the_trail(browser: Client) -> None:
    answer = browser.get("/m/glow/lead-costs.csv", {"days": "90", "by": "campaign"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = list(csv.reader(io.StringIO(text)))
    by_name = {line[0]: dict(zip(lines[0], line, strict=True)) for line in lines[1:6]}
    assert by_name["Autumn"]["Leads"] == "3"
    assert by_name["Autumn"]["Cost each: Leads (CNY)"] == "433.34"
    assert by_name["Autumn"]["ROI(T+30)"] == "1.5000"
    assert by_name["not known"]["Cost each: Leads (CNY)"] == ""
    assert by_name["Total"]["Received (CNY)"] == "6499.00"
    book = browser.get("/m/glow/lead-costs.xlsx", {"days": "90", "by": "campaign"})
    sheets = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).worksheets  # type: ignore[attr-defined]
    assert [cell.value for cell in sheets[1][2]][:3] == ["Autumn", 1300.01, 3]
    assert (
        AuditEvent.objects.filter(act="measurement.report.exported", data__report="lead-costs").count() == 2
    )


def test_a_program_reads_the_same_figures(desk: Desk, client: Client) -> None:
    user = make_member(desk.merchant, "owner")
    _token, plain = tokens.issue(desk.merchant, name="bi", scopes=["reports:read"], user=user)
    answer = client.get(
        "/api/v1/reports/lead-costs?days=90&by=campaign&x=30", headers={"authorization": f"Bearer {plain}"}
    )
    told = answer.json()
    autumn = next(row for row in told["rows"] if row["name"] == "Autumn")
    assert (autumn["key"], autumn["cost_fen"], autumn["roi"], autumn["deals"]) == (
        "c1",
        130_001,
        "1.500000",
        1,
    )
    assert autumn["steps"]["lead"] == {"count": 3, "cost_each_fen": "43333.666667"}
    assert (told["unknown"]["cost_fen"], told["left_cost_fen"], told["cycle_days"]) == (None, 5_000, None)
    assert sum(row["cost_fen"] for row in told["rows"]) + told["left_cost_fen"] == told["total"]["cost_fen"]
    wrong = client.get("/api/v1/reports/lead-costs?x=31", headers={"authorization": f"Bearer {plain}"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "bad_parameter")


def test_who_sees_no_results_sees_no_cost_and_who_sees_no_desk_sees_no_names(
    desk: Desk, client: Client
) -> None:
    client.force_login(make_member(desk.merchant, "agent"))
    assert client.get("/m/glow/lead-costs/").status_code == 403
    client.force_login(make_member(desk.merchant, "viewer"))
    answer = client.get("/m/glow/lead-costs/?days=90")
    assert answer.status_code == 200
    assert "/funnel/rows/" not in answer.content.decode()
    assert client.get("/m/glow/lead-costs.csv").status_code == 403


def test_the_page_takes_the_same_queries_for_one_enquiry_and_for_many(desk: Desk, browser: Client) -> None:
    counts = []
    for _round in range(2):
        shown(browser)
        with CaptureQueriesContext(connection) as queries:
            shown(browser)
        counts.append(len(queries))
        for number in range(4):
            come(desk, f"more{number}", 5, origin={"campaign_id": f"new{number}"})
    assert counts[0] == counts[1]


def test_durations_run_from_the_first_enquiry_to_the_first_deal_that_stands(desk: Desk) -> None:
    until = ago(0)
    # ann 5 days, ben 39; open: dora 40, cleo and emil 10
    assert sold.durations(desk.merchant, until) == {5.0: (1, 0), 39.0: (1, 0), 40.0: (0, 1), 10.0: (0, 2)}
    with tenancy.acting_for(desk.merchant):
        deal = Contact.objects.get(name="ann").leads.get().deals.get()
    deals.post(desk.merchant, deal, kind="cancel", fen=0, reference="c", by=BY)
    assert sold.durations(desk.merchant, until) == {39.0: (1, 0), 40.0: (0, 2), 10.0: (0, 2)}


def test_a_deal_after_the_day_of_the_data_is_still_open(desk: Desk) -> None:
    assert sold.durations(desk.merchant, ago(20)) == {5.0: (1, 0), 20.0: (0, 2)}


def test_a_household_that_was_joined_is_one_from_its_first_enquiry(desk: Desk) -> None:
    with tenancy.acting_for(desk.merchant):
        ben, dora = (Contact.objects.get(name=name) for name in ("ben", "dora"))
    contacts.merge(desk.merchant, survivor=ben, absorbed=dora, by=BY)
    assert sold.durations(desk.merchant, ago(0)) == {5.0: (1, 0), 39.0: (1, 0), 10.0: (0, 2)}


def test_a_cycle_is_refused_with_the_reason_until_there_are_enough_people(browser: Client) -> None:
    page = shown(browser)
    assert (page["cycle"], page["table"].total.expected_in) == (None, None)
    assert page["unlearned"] == "5 people asked; at least 200 are needed to learn a cycle."


def ask_long_ago(merchant: Merchant, people: int, *, deal_after: int | None) -> None:
    """So many people who asked 60 days ago, all with a deal so many days later, or none of them."""
    stage = Stage.objects.for_merchant(merchant).get(code="won" if deal_after else "new")
    began = start_of(TODAY - timedelta(days=60), ZONE)
    whos = Contact.objects.bulk_create(Contact(merchant=merchant) for _person in range(people))
    leads = Lead.objects.bulk_create(
        Lead(
            merchant=merchant, source="file", external_id=f"{deal_after} {who.pk}", contact=who, stage=stage,
            staged_at=began, began_at=began,
        )
        for who in whos
    )  # fmt: skip
    if deal_after is not None:
        at = began + deal_after * DAY
        Deal.objects.bulk_create(
            Deal(merchant=merchant, lead=lead, fen=1, closed_at=at, order_number="1", recorded_by=BY)
            for lead in leads
        )


def test_a_learned_cycle_is_shown_with_its_interval_and_tells_how_much_is_in(
    merchant: Merchant, client: Client
) -> None:
    Desk(merchant)
    for people, after in ((30, 2), (30, 10), (240, None)):
        ask_long_ago(merchant, people, deal_after=after)
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"
    page = shown(client)
    days = [(one["name"], one["days"], one["naive"]) for one in page["quantiles"]]
    assert days == [("P50", 2, 2), ("P80", 10, 10), ("P95", 10, 10)]
    cycle = learned_cycle(merchant, TODAY - DAY, ZONE)
    assert (cycle.n, cycle.buyers, cycle.refusal) == (300, 60, None)
    assert [round(share_in(cycle, age), 6) for age in (0, 1, 2, 9, 10, 400)] == [0, 0, 0.5, 0.5, 1, 1]
    assert page["table"].total.expected_in == 1  # all of them are 59 days old
    assert page["chart"]["xAxis"]["name"] == "days after the enquiry"

"""The funnel in a planted world: every number on it opens to exactly the rows it counts."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Agent, Lead
from leads.operations import arrivals, assignment, deals, replies, setup, stages
from leads.operations.arrivals import Stated
from measurement.models import Blogger, Campaign, Note
from merchants import tenancy
from merchants.models import Merchant, Store
from merchants.periods import day_of, start_of
from tests.conftest import make_member
from tests.leads.desks import BY, DAY, HOUR, MINUTE, SECOND, Desk

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = start_of(day_of(timezone.now()), ZONE)
LINK = re.compile(
    r'<a (?:class="[^"]*" )?href="(/m/glow/funnel/rows/\?[^"]+)"(?: title="(\d+) of (\d+)[^"]*")?>(?:<[^>]+>)*([\d,%]+)'
)
CUTS = ("store", "agent", "note", "blogger", "campaign", "source")


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    """Nine enquiries of two stores, three agents, three notes of two bloggers, two campaigns and two sources."""
    made = Desk(merchant)
    setup.set_hours(
        merchant, weekdays={str(day): [["09:00", "23:00"]] for day in range(7)}, exceptions={}, by=BY
    )
    ann, ben = made.agent("ann"), made.agent("ben")
    hill = Store.objects.create(merchant=merchant, code="hill", name="Hill studio")
    author = Blogger.objects.create(merchant=merchant, external_id="b1", name="Ada")
    Note.objects.create(merchant=merchant, external_id="n1", title="By the sea", blogger=author)
    Note.objects.create(merchant=merchant, external_id="n2", title="On the hill", blogger=author)
    Campaign.objects.create(merchant=merchant, external_id="c1", name="Autumn")
    seaside = {"note_id": "n1", "note_title": "as the source calls it", "campaign_id": "c1"}
    hillside = {"note_id": "n2", "campaign_id": "c2"}
    elsewhere = {"note_id": "n3", "blogger_id": "b9"}
    told = [
        # who, days ago, hour, store, origin, agent, seconds to the reply, how far
        ("p1", 3, 10, made.store, seaside, ann, 100, "won"),
        ("p2", 3, 10, hill, seaside, ben, 170, "qualified"),
        ("p3", 3, 10, made.store, seaside, ann, 400, "lead"),
        ("p4", 2, 10, hill, hillside, ben, 181, "lead"),
        ("p5", 2, 23, made.store, hillside, None, None, ""),
        ("p6", 2, 8, made.store, elsewhere, ann, 3_700, ""),  # 100 s of service
        ("p7", 2, 22, None, {}, ben, 30, "qualified"),
        ("p8", 10, 10, made.store, seaside, ann, 20, "lead"),
    ]
    for who, ago, hour, store, origin, agent, took, far in told:
        _come(made, who, TODAY - ago * DAY + hour * HOUR, store, origin, agent, took, far)
    at = TODAY - 2 * DAY + 15 * HOUR
    arrivals.take_lead(
        merchant,
        Stated("xiaohongshu_form", "f1", submitted_at=at, stated_at=at, details=(("phone", "13800138000"),),
               origin={"note_id": "n1"}),
    )  # fmt: skip
    return made


def _come(desk: Desk, who: str, at: datetime, store, origin, agent, took, far) -> None:  # type: ignore[no-untyped-def]
    session = desk.say(who, at=at, store=store, origin=origin, nickname=who)
    if agent is None:
        return
    assignment.take(desk.merchant, session, agent, by=BY, now=at + SECOND)
    replies.reply(desk.merchant, session, agent, text="hi", by=BY, now=at + took * SECOND)
    if not far:
        return
    replies.take_contact(
        desk.merchant, session, kind="wechat", text=f"wx{who}22", by=BY, now=at + 90 * MINUTE
    )
    lead = desk.lead_of(session)
    if far in ("qualified", "won"):
        Lead.objects.filter(pk=lead.pk).update(store=store or desk.store)  # asked for before a lead is valid
        stages.move(desk.merchant, lead, to="qualified", by=BY, now=at + 2 * HOUR)
        Lead.objects.filter(pk=lead.pk).update(store=store)  # some leads are older than that question
    if far == "won":
        deals.close(desk.merchant, lead, fen=500_000, closed_at=at + DAY, order_number="1", by=BY)


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    client.force_login(make_member(desk.merchant, "owner"))
    client.cookies["django_language"] = "en"
    return client


def rows_of(browser: Client, **query: str) -> dict[str, tuple[int, ...]]:
    answer = browser.get("/m/glow/funnel/", query)
    return {row["name"]: tuple(cell["count"] for cell in row["cells"]) for row in answer.context["rows"]}


def test_each_cut_counts_the_same_enquiries_by_something_else(browser: Client) -> None:
    week = {"days": "7"}
    assert rows_of(browser, by="store", **week) == {
        "Sea studio": (4, 4, 2, 1, 0, 1),
        "Hill studio": (2, 2, 2, 1, 0, 0),
        "unknown": (2, 2, 2, 1, 0, 0),
    }
    assert rows_of(browser, by="note", **week) == {
        "By the sea": (4, 4, 4, 2, 0, 1),
        "On the hill": (2, 2, 1, 0, 0, 0),
        "n3": (1, 1, 0, 0, 0, 0),
        "unknown": (1, 1, 1, 1, 0, 0),
    }
    assert rows_of(browser, by="blogger", **week) == {
        "Ada": (6, 6, 5, 2, 0, 1),
        "b9": (1, 1, 0, 0, 0, 0),
        "unknown": (1, 1, 1, 1, 0, 0),
    }
    assert rows_of(browser, by="campaign", **week) == {
        "Autumn": (3, 3, 3, 2, 0, 1),
        "c2": (2, 2, 1, 0, 0, 0),
        "unknown": (3, 3, 2, 1, 0, 0),
    }
    assert rows_of(browser, by="agent", **week) == {
        "ann": (3, 3, 2, 1, 0, 1),
        "ben": (3, 3, 3, 2, 0, 0),
        "unknown": (2, 2, 1, 0, 0, 0),
    }
    assert rows_of(browser, by="source", **week) == {
        "Xiaohongshu private messages": (7, 7, 5, 3, 0, 1),
        "Xiaohongshu landing page": (1, 1, 1, 0, 0, 0),
    }


def test_the_share_within_three_minutes_is_said_by_service_hours_and_by_the_platforms_day(
    browser: Client,
) -> None:
    speed = browser.get("/m/glow/funnel/?days=7").context["speed"]
    assert (speed.sessions, speed.answered) == (7, 6)
    assert (speed.three_minutes.hits, speed.three_minutes.size) == (4, 7)  # p1, p2, p6 in service time, p7
    assert (speed.in_platform_hours.hits, speed.in_platform_hours.size) == (
        3,
        5,
    )  # p1, p2, p7; not 08:00, 23:00
    assert (speed.p50, speed.p90) == (100, 400)


@pytest.mark.parametrize("days", ["7", "28"])
@pytest.mark.parametrize("by", CUTS)
def test_every_number_opens_to_exactly_its_rows_and_knows_the_way_back(
    browser: Client, by: str, days: str
) -> None:
    address = f"/m/glow/funnel/?days={days}&by={by}"
    told = browser.get(address).content.decode()
    found = LINK.findall(told)
    assert len(found) == told.count("/funnel/rows/?")
    assert len(found) > 20
    for link, _hits, size, shown in found:
        answer = browser.get(unescape(link))
        number = int(size or shown.replace(",", ""))
        assert answer.context["count"] == number, link
        assert answer.context["pages"].paginator.count == number
        listed = answer.context.get("leads") or answer.context["sessions"]
        assert len(listed) == number
        assert answer.context["way_back"]["url"] == address


def test_the_rows_behind_a_number_are_the_leads_themselves(browser: Client, desk: Desk) -> None:
    answer = browser.get("/m/glow/funnel/rows/", {"days": "7", "by": "blogger", "of": "valid", "row": "b1"})
    assert [item["lead"].contact.name for item in answer.context["leads"]] == ["p2", "p1"]
    assert "Valid leads · Blogger: Ada" in answer.content.decode()
    unknown = browser.get("/m/glow/funnel/rows/", {"days": "7", "by": "blogger", "of": "lead", "row": ""})
    assert [item["lead"].contact.name for item in unknown.context["leads"]] == ["p7"]
    assert "wxp1" not in answer.content.decode()
    with tenancy.acting_for(desk.merchant):
        assert Lead.objects.count() == 9


def test_an_hour_opens_to_its_consultations(browser: Client) -> None:
    day = (TODAY - 3 * DAY).astimezone(ZONE).weekday()
    answer = browser.get("/m/glow/funnel/rows/", {"days": "7", "of": "in_time", "at": f"{day}-10"})
    assert [item["talk"].contact.name for item in answer.context["sessions"]] == ["p2", "p1"]


def test_reply_times_of_one_agent_are_those_of_their_consultations(browser: Client, desk: Desk) -> None:
    with tenancy.acting_for(desk.merchant):
        ann = Agent.objects.get(name="ann")
    found = browser.get(f"/m/glow/funnel/?days=7&agent={ann.pk}")
    speed = found.context["speed"]
    assert (speed.sessions, speed.answered, speed.p90) == (3, 3, 400)  # p1, p3, p6
    told = found.content.decode()
    links = [link for link, *_ in LINK.findall(told) if "&amp;agent=" in link]
    assert links
    for link in links:
        listed = browser.get(unescape(link)).context["sessions"]
        assert {item["talk"].contact.name for item in listed} <= {"p1", "p3", "p6"}
    heat = [int(size) for link, _, size, _ in LINK.findall(told) if "at=" in link]
    assert sum(heat) == 3
    assert found.context["steps"][0]["count"] == 8  # the way from enquiry to deal is everybody's


def test_an_agent_of_nobodys_desk_is_not_found(browser: Client) -> None:
    assert browser.get("/m/glow/funnel/?agent=999999").status_code == 404
    assert browser.get("/m/glow/funnel/?agent=x").status_code == 404


@pytest.mark.parametrize("query", ["of=nothing", "", "of=sessions&at=9-9", "of=sessions&at=x"])
def test_what_no_number_counts_has_no_rows(browser: Client, query: str) -> None:
    assert browser.get(f"/m/glow/funnel/rows/?{query}").status_code == 404


def test_a_viewer_does_not_come_in_and_a_stranger_finds_nothing(
    desk: Desk, client: Client, stranger: Merchant
) -> None:
    client.force_login(make_member(desk.merchant, "viewer"))
    assert client.get("/m/glow/funnel/rows/?of=lead").status_code == 403
    client.force_login(make_member(stranger, "owner"))
    assert client.get("/m/glow/funnel/rows/?of=lead").status_code == 404


def test_the_list_takes_the_same_queries_for_one_row_and_for_many(browser: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for query in ({"of": "deal"}, {"of": "enquiry"}):
        browser.get("/m/glow/funnel/rows/", {"days": "7", **query})
        with CaptureQueriesContext(connection) as queries:
            browser.get("/m/glow/funnel/rows/", {"days": "7", **query})
        counts.append(len(queries))
    assert counts[0] == counts[1]

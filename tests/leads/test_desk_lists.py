"""Snippets, stages and reasons are set on a page; so are a source's place and token, shifts, and who follows up."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Agent, Reason, Snippet, Source, Stage
from leads.operations import replies, sources
from merchants import tenancy
from merchants.models import AuditEvent, Merchant
from tests.conftest import make_member
from tests.leads.desks import BY, Desk

PAGE = "/m/glow/desk/lists/"


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    client.force_login(make_member(desk.merchant, "manager", "manager@desk"))
    client.cookies["django_language"] = "en"
    return client


def acts(merchant: Merchant) -> list[str]:
    with tenancy.acting_for(merchant):
        return list(AuditEvent.objects.order_by("pk").values_list("act", flat=True))


def test_a_snippet_is_written_changed_and_taken_away(browser: Client, merchant: Merchant) -> None:
    hello = {"shortcut": "hi", "title": "Hello", "text": "{name|Hello}, this is {agent}.", "position": 1}
    assert browser.post(f"{PAGE}snippets/", hello).status_code == 302
    row = Snippet.objects.get()
    assert (row.shortcut, row.text) == ("hi", "{name|Hello}, this is {agent}.")
    twice = browser.post(f"{PAGE}snippets/", hello)
    assert twice.status_code == 422
    assert "Another snippet has this shortcut." in twice.content.decode()
    browser.post(f"{PAGE}snippets/{row.pk}/", hello | {"title": "Good day"})
    row.refresh_from_db()
    assert row.title == "Good day"
    browser.post(f"{PAGE}snippets/{row.pk}/", {"act": "drop"})
    assert not Snippet.objects.exists()
    assert acts(merchant) == ["leads.snippet.set", "leads.snippet.set", "leads.snippet.dropped"]


def test_a_stage_of_ones_own_is_added_and_a_usual_one_renamed(browser: Client, merchant: Merchant) -> None:
    browser.post(f"{PAGE}stages/", {"label": "选片", "type": "ongoing", "position": 6})
    own = Stage.objects.get(code="own-1")
    assert (own.label, own.type, own.position) == ("选片", "ongoing", 6)
    usual = Stage.objects.get(code="visited")
    browser.post(f"{PAGE}stages/{usual.pk}/", {"label": "Came in", "position": 5, "type": "lost"})
    usual.refresh_from_db()
    assert (usual.label, usual.type) == ("Came in", "ongoing")
    assert "Came in" in browser.get("/m/glow/leads/").content.decode()


def test_a_reason_that_is_put_away_is_not_offered_any_more(desk: Desk, browser: Client) -> None:
    browser.post(f"{PAGE}reasons/", {"label": "Moved abroad", "kind": "lost"})
    own = Reason.objects.get(code="own-1")
    lead = f"/m/glow/leads/{desk.lead_of(desk.say('ann')).pk}/"
    assert "Moved abroad" in browser.get(lead).content.decode()
    browser.post(f"{PAGE}reasons/{own.pk}/", {"label": "Moved abroad", "archived": "on"})
    assert "Moved abroad" not in browser.get(lead).content.decode()
    assert browser.get(PAGE).content.decode().count("put away") == 1


def test_shifts_of_an_agent_are_set_with_the_agent(desk: Desk, browser: Client, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    told = {"user": lin.user_id, "name": "Lin", "capacity": 5, "day_0": "09:00-12:00, 13:30-18:00"}
    assert browser.post(f"/m/glow/desk/agents/{lin.pk}/", told).status_code == 302
    lin.refresh_from_db()
    assert lin.shifts == {"0": [["09:00", "12:00"], ["13:30", "18:00"]]}
    assert "09:00-12:00, 13:30-18:00" in browser.get("/m/glow/desk/").content.decode()
    assert browser.post(f"/m/glow/desk/agents/{lin.pk}/", told | {"day_1": "early"}).status_code == 422


# -- sources


@pytest.fixture
def source(merchant: Merchant) -> Source:
    return sources.open_source(merchant, channel="xiaohongshu_form", name="Page", tokens=("old",), by=BY)


def test_a_source_is_given_its_store_service_and_labels(
    desk: Desk, browser: Client, source: Source, merchant: Merchant
) -> None:
    told = {"store": desk.store.pk, "skill": "wedding", "labels": "怎么联系您＝phone\n\n您的大名 = name"}
    assert browser.post(f"/m/glow/lead-sources/{source.pk}/change/", told).status_code == 302
    source.refresh_from_db()
    assert (source.store, source.skill) == (desk.store, "wedding")
    assert source.labels == {"怎么联系您": "phone", "您的大名": "name"}
    bad = browser.post(f"/m/glow/lead-sources/{source.pk}/change/", told | {"labels": "您的电话 = fax"})
    assert bad.status_code == 422
    assert "is not understood" in bad.content.decode()
    assert acts(merchant)[-1] == "leads.source.changed"


def test_a_new_token_stands_beside_the_last_one(browser: Client, source: Source, merchant: Merchant) -> None:
    for token in ("new", "newer"):
        assert browser.post(f"/m/glow/lead-sources/{source.pk}/token/", {"token": token}).status_code == 302
    source.refresh_from_db()
    assert sources.secrets_of(source).tokens == ("newer", "new")
    assert "newer" not in browser.get(f"/m/glow/lead-sources/{source.pk}/").content.decode()


# -- handing over


@pytest.fixture
def mo(desk: Desk) -> Agent:
    return desk.agent("mo")


def test_a_consultation_and_its_lead_are_handed_to_a_colleague(desk: Desk, client: Client, mo: Agent) -> None:
    lin = desk.agent("lin")
    session = desk.say("ann", at=timezone.now())
    replies.reply(desk.merchant, session, lin, text="hi", by=BY)
    client.force_login(lin.user)
    assert "mo" in client.get(f"/m/glow/inbox/{session.pk}/").content.decode()
    client.post(f"/m/glow/inbox/{session.pk}/hand/", {"to": mo.pk})
    assert (desk.fresh(session).agent, desk.lead_of(session).agent) == (mo, mo)
    client.post(f"/m/glow/leads/{desk.lead_of(session).pk}/hand/", {"to": lin.pk})
    assert (desk.fresh(session).agent, desk.lead_of(session).agent) == (lin, lin)


def test_nothing_is_handed_to_a_strangers_agent(desk: Desk, client: Client, stranger: Merchant) -> None:
    lin = desk.agent("lin")
    session = desk.say("ann", at=timezone.now())
    eve = Desk(stranger).agent("eve")
    client.force_login(lin.user)
    client.post(f"/m/glow/inbox/{session.pk}/hand/", {"to": eve.pk})
    assert desk.fresh(session).agent is None


@pytest.mark.parametrize("page", ["desk/", "desk/lists/", "lead-sources/{source}/", "leads/{lead}/"])
def test_no_two_fields_of_a_page_have_one_id(
    desk: Desk, browser: Client, source: Source, mo: Agent, page: str
) -> None:
    lead = desk.lead_of(desk.say("ann", at=timezone.now()))
    told = browser.get("/m/glow/" + page.format(source=source.pk, lead=lead.pk)).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', told)
    assert [one for one, many in Counter(ids).items() if many > 1] == []

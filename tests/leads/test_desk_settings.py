"""How the desk is run is set on its page: versions that later clocks go by, agents who come and leave."""

from __future__ import annotations

import pytest
from django.test import Client

from leads.models import Agent, ClockPolicy, Contact, ContactPair, Lead, ServiceSchedule
from leads.operations import contacts, replies
from merchants import tenancy
from merchants.models import AuditEvent, Merchant, Store
from tests.conftest import make_member
from tests.leads.desks import BY, Desk


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    """Logged in as the shop manager, in English."""
    client.force_login(make_member(desk.merchant, "manager", "manager@desk"))
    client.cookies["django_language"] = "en"
    return client


WEEK = {f"day_{n}": "09:00-12:00, 13:30-18:00" for n in range(5)} | {"day_5": "10:00-16:00", "day_6": ""}


def test_hours_of_a_store_are_a_new_version_that_only_later_clocks_go_by(desk: Desk, browser: Client) -> None:
    running = desk.say("ann", store=desk.store)
    answer = browser.post(
        "/m/glow/desk/hours/", {**WEEK, "store": desk.store.pk, "exceptions": "2026-12-24 closed"}
    )
    assert answer["Location"] == f"/m/glow/desk/?store={desk.store.pk}"
    with tenancy.acting_for(desk.merchant):
        made = ServiceSchedule.objects.get(store=desk.store)
    assert (made.version, made.weekdays["0"], made.weekdays["6"]) == (
        1,
        [["09:00", "12:00"], ["13:30", "18:00"]],
        [],
    )
    assert made.exceptions == {"2026-12-24": []}
    assert desk.fresh(running).schedule.store_id is None
    assert desk.say("ben", store=desk.store).schedule == made
    told = browser.get(f"/m/glow/desk/?store={desk.store.pk}").content.decode()
    assert "09:00-12:00, 13:30-18:00" in told
    assert "2026-12-24 closed" in told


def test_hours_that_make_no_sense_are_named_and_nothing_is_written(desk: Desk, browser: Client) -> None:
    answer = browser.post("/m/glow/desk/hours/", {**WEEK, "day_2": "from nine", "exceptions": "soon closed"})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "“from nine” is not understood" in told
    assert "The line “soon closed” is not understood" in told
    with tenancy.acting_for(desk.merchant):
        assert ServiceSchedule.objects.count() == 1


def test_chinas_holidays_come_with_one_press_and_keep_what_was_written(desk: Desk, browser: Client) -> None:
    browser.post("/m/glow/desk/hours/", {**WEEK, "exceptions": "2026-10-01 10:00-12:00", "holidays": "2026"})
    with tenancy.acting_for(desk.merchant):
        days = ServiceSchedule.objects.latest("version").exceptions
    assert days["2026-10-01"] == [["10:00", "12:00"]]
    assert days["2026-10-02"] == []
    assert days["2026-10-10"] == [["09:00", "12:00"], ["13:30", "18:00"]]  # a Saturday that is worked
    answer = browser.post("/m/glow/desk/hours/", {**WEEK, "exceptions": "", "holidays": "2031"}, follow=True)
    assert "The holidays of 2031 are not known yet." in answer.content.decode()


def test_targets_are_a_new_version_too(desk: Desk, browser: Client) -> None:
    told = {"reply_seconds": 120, "warn_seconds": 30, "return_seconds": 45, "idle_hours": 12} | {
        "lead_seconds": 900, "lead_hours": 12,
    }  # fmt: skip
    assert browser.post("/m/glow/desk/targets/", told).status_code == 302
    with tenancy.acting_for(desk.merchant):
        latest = ClockPolicy.objects.latest("version")
    assert (latest.version, latest.reply_seconds, latest.idle_hours) == (2, 120, 12)
    assert browser.post("/m/glow/desk/targets/", {**told, "reply_seconds": 0}).status_code == 422


def test_a_member_becomes_an_agent_and_hands_all_over_when_leaving(desk: Desk, browser: Client) -> None:
    member = make_member(desk.merchant, "agent", "lin@desk")
    made = {
        "user": member.pk,
        "name": "Lin",
        "stores": [desk.store.pk],
        "skills": "wedding，kids",
        "capacity": 3,
    }
    assert browser.post("/m/glow/desk/agents/", made).status_code == 302
    with tenancy.acting_for(desk.merchant):
        lin = Agent.objects.get(name="Lin")
    assert (lin.stores, lin.skills, lin.capacity) == ([desk.store.pk], ["wedding", "kids"], 3)
    mo = desk.agent("mo")
    session = desk.say("ann")
    replies.reply(desk.merchant, session, lin, text="hi", by=BY)
    answer = browser.post(f"/m/glow/desk/agents/{lin.pk}/leave/", {"to": mo.pk}, follow=True)
    assert "Lin has left; 1 open consultation was handed over." in answer.content.decode()
    assert desk.fresh(session).agent == mo
    with tenancy.acting_for(desk.merchant):
        assert Lead.objects.get().agent == mo
        assert AuditEvent.objects.filter(act="leads.agent.left").count() == 1
    assert browser.post(f"/m/glow/desk/agents/{lin.pk}/leave/", {}).status_code == 404


def test_who_may_not_answer_cannot_be_made_an_agent(desk: Desk, browser: Client) -> None:
    viewer = make_member(desk.merchant, "viewer", "viewer@desk")
    made = {"user": viewer.pk, "name": "V", "capacity": 3}
    assert browser.post("/m/glow/desk/agents/", made).status_code == 422
    with tenancy.acting_for(desk.merchant):
        assert not Agent.objects.exists()


def test_an_agent_does_not_run_the_desk(desk: Desk, client: Client) -> None:
    client.force_login(desk.agent("lin").user)
    for path in ("desk/", "duplicates/"):
        assert client.get(f"/m/glow/{path}").status_code == 403


def test_a_pair_is_merged_and_taken_back_or_kept_apart(desk: Desk, browser: Client) -> None:
    for who in ("ann", "anna"):
        session = desk.say(who, nickname=who)
        replies.take_contact(desk.merchant, session, kind="phone", text="13812345678", by=BY)
    told = browser.get("/m/glow/duplicates/").content.decode()
    assert "the same phone, WeChat id or address" in told
    assert "138****5678" in told
    with tenancy.acting_for(desk.merchant):
        pair = ContactPair.objects.get()
    side_by_side = browser.get(f"/m/glow/duplicates/{pair.pk}/").content.decode()
    assert side_by_side.index("ann") < side_by_side.index("anna")
    assert side_by_side.count('name="survivor"') == 2
    stays = {"survivor": pair.second_id, "name": pair.first_id}
    answer = browser.post(f"/m/glow/duplicates/{pair.pk}/", {"act": "merge", **stays}, follow=True)
    with tenancy.acting_for(desk.merchant):
        assert Contact.objects.get(pk=pair.second_id).name == "ann"
    assert "They are one contact now." in answer.content.decode()
    with tenancy.acting_for(desk.merchant):
        assert Lead.objects.values_list("contact", flat=True).distinct().count() == 1
    merge = answer.content.decode().split("duplicates/merges/")[1].split("/")[0]
    answer = browser.post(f"/m/glow/duplicates/merges/{merge}/undo/", follow=True)
    assert "They are two contacts again." in answer.content.decode()
    with tenancy.acting_for(desk.merchant):
        assert Lead.objects.values_list("contact", flat=True).distinct().count() == 2
    assert browser.post(f"/m/glow/duplicates/{pair.pk}/", {"act": "merge"}).status_code == 404


def test_two_who_are_kept_apart_are_not_suggested_again(desk: Desk, browser: Client) -> None:
    for who in ("ann", "anna"):
        session = desk.say(who)
        replies.take_contact(desk.merchant, session, kind="phone", text="13812345678", by=BY)
    with tenancy.acting_for(desk.merchant):
        pair = ContactPair.objects.get()
    browser.post(f"/m/glow/duplicates/{pair.pk}/", {"act": "apart"})
    with tenancy.acting_for(desk.merchant):
        first = pair.first
    contacts.put_detail(desk.merchant, first, kind="wechat", text="x")
    assert "No pair waits" in browser.get("/m/glow/duplicates/").content.decode()


def test_a_store_of_somebody_else_is_not_shown(desk: Desk, browser: Client) -> None:
    other = Merchant.objects.create(code="other", name="Other")
    with tenancy.acting_for(other):
        store = Store.objects.create(merchant=other, code="x", name="Hidden studio")
    told = browser.get(f"/m/glow/desk/?store={store.pk}").content.decode()
    assert "Hidden studio" not in told

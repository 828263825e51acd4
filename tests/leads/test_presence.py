"""An agent is there while a page of the desk looks; who leads the shift sees what nobody can take."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Agent, Decision
from leads.operations import assignment, presence
from merchants.models import Merchant
from tests.leads.desks import MINUTE, NOON, SECOND, Desk


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


def test_a_closed_laptop_gets_nothing_until_it_looks_again(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    presence.looked(merchant, lin, now=NOON)
    session = desk.say("ann")
    later = NOON + 3 * MINUTE
    assert not assignment.assign(merchant, session.pk, now=later + SECOND)
    assert [one["fails"] for one in Decision.objects.get().candidates] == ["presence"]
    presence.looked(merchant, lin, now=later + 2 * SECOND)
    assert assignment.assign(merchant, session.pk, now=later + 2 * SECOND)


def test_a_look_is_written_down_every_twenty_seconds(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    seen = []
    for seconds in (0, 19, 21):
        presence.looked(merchant, lin, now=NOON + seconds * SECOND)
        lin.refresh_from_db()
        seen.append(lin.seen_at)
    assert seen == [NOON, NOON, NOON + 21 * SECOND]


@pytest.mark.parametrize("path", ["inbox/", "inbox/queue/"])
def test_an_open_inbox_is_a_look(desk: Desk, client: Client, path: str) -> None:
    lin = desk.agent("lin")
    client.force_login(lin.user)
    client.get(f"/m/glow/{path}")
    lin.refresh_from_db()
    assert timezone.now() - lin.seen_at < MINUTE


def test_who_leads_the_shift_sees_what_nobody_can_take_and_others_only_the_row(
    desk: Desk, client: Client, merchant: Merchant
) -> None:
    lead = desk.agent("lin", presence="away", leads_shift=True)
    other = desk.agent("mo", presence="away")
    desk.say("ann", at=timezone.now() - SECOND)
    assignment.assign_waiting(merchant)
    told = {}
    for agent in (lead, other):
        client.force_login(agent.user)
        client.cookies["django_language"] = "en"
        told[agent.name] = client.get("/m/glow/inbox/").content.decode()
    assert "Nobody can take 1 of them" in told["lin"]
    assert "Nobody can take 1 of them" not in told["mo"]
    assert all("nobody can take it" in page and "data-nobody" in page for page in told.values())


def test_the_desk_says_since_when_an_agent_was_not_seen(
    desk: Desk, client: Client, merchant: Merchant
) -> None:
    lin = desk.agent("lin")
    Agent.objects.filter(pk=lin.pk).update(seen_at=timezone.now() - 10 * MINUTE)
    boss = desk.agent("boss", presence="off")
    boss.user.memberships.update(role="manager")
    client.force_login(boss.user)
    client.cookies["django_language"] = "en"
    assert client.get("/m/glow/desk/").content.decode().count("not seen since") == 1

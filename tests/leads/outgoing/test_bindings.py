"""An account of the shop lets us answer its messages until it ends that; then the reason is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Agent, Consultation, Message, Source
from leads.operations import replies, sending
from merchants.models import Merchant, User
from tests.leads import arriving
from tests.leads.channels import wire
from tests.leads.desks import BY, Desk

ACCOUNT = {"user_id": "brand", "nick_name": "初夏", "app_id": 1}


@pytest.fixture
def source(merchant: Merchant) -> Source:
    row = arriving.chats(merchant, app_id="a", third_account_id="third-1")
    arriving.said(row, "u1", at=arriving.NOON)
    return row


@pytest.fixture
def lin(merchant: Merchant) -> Agent:
    return Desk(merchant).agent("lin")


def event(source: Source, which: str, told: dict[str, Any], *, hidden: bool = True) -> None:
    body = {"content": wire.enciphered(told)} if hidden else {"data": told}
    arriving.brought(source, body, below=f"api/open/im/{which}")


def replied(merchant: Merchant, lin: Agent) -> str:
    session = Consultation.objects.get()
    now = session.opened_at + timedelta(minutes=1 + Message.objects.count())
    return replies.reply(merchant, session, lin, text="您好", by=BY, now=now).delivery


def test_who_ends_the_binding_is_not_sent_for_until_it_is_bound_again(
    merchant: Merchant, source: Source, lin: Agent
) -> None:
    assert replied(merchant, lin) == "queued"
    event(source, "third/unbind_account", ACCOUNT)
    assert replied(merchant, lin) == "copied"
    assert sending.send_one(merchant)
    waited = Message.objects.filter(author="agent").earliest("pk")
    assert (waited.delivery, waited.error) == ("failed", "unbound")
    event(source, "third/bind_account", ACCOUNT)
    assert replied(merchant, lin) == "queued"


@pytest.mark.parametrize(
    ("which", "told", "delivery"),
    [
        ("auth/bind_user/event", {"user_id": "x", "kos_user_id": "brand", "auth_status": 4}, "copied"),
        ("auth/bind_user/event", {"user_id": "x", "kos_user_id": "brand", "auth_status": 2}, "queued"),
        ("auth/bind_user/event", {"user_id": "x", "kos_user_id": "brand", "auth_status": 3}, "queued"),
        ("third/unbind_account", {"user_id": "another", "app_id": 1}, "queued"),
        ("intent/comment", ACCOUNT, "queued"),
    ],
)
def test_only_the_end_of_this_very_account_stops_its_sender(
    merchant: Merchant, source: Source, lin: Agent, which: str, told: dict[str, Any], delivery: str
) -> None:
    event(source, which, told)
    assert replied(merchant, lin) == delivery


def test_an_end_that_nobody_enciphered_stops_nothing(merchant: Merchant, source: Source, lin: Agent) -> None:
    event(source, "third/unbind_account", ACCOUNT, hidden=False)
    assert replied(merchant, lin) == "queued"


def test_the_conversation_says_why(merchant: Merchant, source: Source, lin: Agent) -> None:
    event(source, "third/unbind_account", ACCOUNT)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(lin.user)
    talk = browser.get(reverse("leads:conversation", args=[merchant.code, Consultation.objects.get().pk]))
    assert "The account ended its binding with us at" in talk.content.decode()


def test_the_page_of_the_source_names_the_account(merchant: Merchant, source: Source, owner: User) -> None:
    event(source, "third/unbind_account", ACCOUNT)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    page = browser.get(reverse("lead_sources:source", args=[merchant.code, source.pk])).content.decode()
    assert "初夏 at" in page

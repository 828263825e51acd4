"""Beside a conversation: how to reach the person as soon as it is known, and what they asked elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Consultation
from leads.operations import contacts
from merchants.models import Merchant, User
from tests.leads import arriving
from tests.leads.channels import wire


@pytest.fixture
def client(owner: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    return browser


def asked(client: Client, name: str, session: Consultation, **query: str) -> Any:
    return client.get(reverse(f"leads:{name}", args=[session.merchant.code, session.pk]), query)


def test_a_contact_that_the_platform_tells_of_appears_without_loading_the_page_again(
    merchant: Merchant, client: Client
) -> None:
    source = arriving.chats(merchant)
    arriving.said(source, "u1", at=arriving.NOON)
    session = Consultation.objects.get()
    seen = asked(client, "conversation", session).context["said_tag"]
    assert asked(client, "lines", session, seen=seen).status_code == 204
    left = {"name": "李女士", "phone": "13800138000", "user_id": "u1", "note_id": "n1"}
    body = {"content": wire.enciphered(left), "timestamp": arriving.NOON + arriving.MINUTE}
    arriving.brought(source, body, below="api/open/im/third/data")
    answer = asked(client, "lines", session, seen=seen)
    told = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="person-facts" hx-swap-oob="true"' in told
    assert "138****8000" in told
    assert answer.context["origin"]["note"] == "n1"
    again = answer.context["said_tag"]
    arriving.brought(source, body, below="api/open/im/third/data")
    assert asked(client, "lines", session, seen=again).status_code == 204


def test_what_the_same_person_asked_on_another_platform_stands_beside_the_talk(
    merchant: Merchant, client: Client
) -> None:
    arriving.said(arriving.chats(merchant), "u1", at=arriving.NOON)
    told = {"id": "m1", "user_id": "ann", "text": "在吗", "sent_at": "2026-02-01T12:00:00+08:00"}
    arriving.brought(arriving.own(merchant), {"type": "message", "data": told})
    here = Consultation.objects.get(conversation__source="xiaohongshu_im")
    there = Consultation.objects.get(conversation__source="own")
    assert asked(client, "conversation", here).context["others"] == []
    contacts.merge(merchant, survivor=here.contact, absorbed=there.contact, by="user:1")
    page = asked(client, "conversation", here)
    assert [(one["session"], one["source"]) for one in page.context["others"]] == [
        (there, "Own signed address")
    ]
    assert reverse("leads:conversation", args=[merchant.code, there.pk]) in page.content.decode()

"""The page of webhooks: add with a test, a secret shown once, pause, replay; and what no address may do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import AuditEvent, Merchant, User, WebhookAttempt, WebhookEndpoint, WebhookMessage
from merchants.operations import webhooks
from merchants.roles import ROLES
from tests.conftest import make_member
from tests.merchants.webhooks.receiver import Receiver, answer
from tests.merchants.webhooks.test_webhooks import NOW, send

KINDS = ["tea.served", "upload.finished"]


def to(name: str, *args: object) -> str:
    return reverse(f"merchants:{name}", args=["glow", *args])


@pytest.fixture
def as_owner(owner: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner)
    return client


@pytest.fixture
def endpoint(merchant: Merchant, receiver: Receiver) -> WebhookEndpoint:
    return webhooks.add(merchant, url=f"{receiver.origin}/in", kinds=KINDS, by="user:1")[0]


def shown(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# -- adding


def test_an_address_is_added_with_a_test_and_its_secret_is_shown_once(
    as_owner: Client, receiver: Receiver, merchant: Merchant
) -> None:
    told = {"url": f"{receiver.origin}/in", "kinds": KINDS, "description": "till"}
    page = shown(as_owner.post(to("add_webhook"), told))
    secret = page.split('id="secret" class="wrap">')[1].split("<")[0]
    assert secret.startswith("whsec_")
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.url, endpoint.kinds, endpoint.description) == (told["url"], KINDS, "till")
    assert secret.encode() not in bytes(endpoint.sealed)
    assert send(merchant, endpoint)
    assert [path for path, _, _ in receiver.came] == ["/in"]
    for address in (to("webhooks"), to("webhook", endpoint.pk)):
        page = as_owner.get(address)
        assert secret not in page.content.decode()
        assert told["url"] in page.content.decode()
    assert "Delivered" in shown(as_owner.get(to("webhook", endpoint.pk)))
    assert "accepted" in shown(as_owner.get(to("webhooks")))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://127.0.0.1/in", "inside a network"),
        ("https://localhost/in", "inside a network"),
        ("https://[::1]/", "inside a network"),
        ("https://169.254.169.254/latest/meta-data", "inside a network"),
        ("https://[fe80::1]/", "inside a network"),
        ("https://10.1.2.3/", "inside a network"),
        ("https://2130706433/", "inside a network"),
        ("https://１２７.0.0.1/", "inside a network"),
        ("http://example.com/", "begin with https://"),
        ("ftp://example.com/", "begin with https://"),
        ("https://me:secret@example.com/", "Leave name and password out"),
        ("https://", "This is no address"),
        ("https://exa mple.com", "This is no address"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_in_words_and_nothing_is_added(
    as_owner: Client, merchant: Merchant, url: str, words: str
) -> None:
    page = as_owner.post(to("add_webhook"), {"url": url, "kinds": KINDS})
    assert page.status_code == 422
    assert words in shown(page)
    assert "Nothing was added" in shown(page)
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookMessage.objects.exists()
    assert not AuditEvent.objects.filter(act__startswith="merchants.webhook").exists()


def test_without_an_event_or_with_an_unknown_one_nothing_is_added(
    as_owner: Client, merchant: Merchant
) -> None:
    for kinds in ([], ["leads.consultation.opened"], ["nobody.knows"]):
        page = as_owner.post(to("add_webhook"), {"url": "https://8.8.8.8/", "kinds": kinds})
        assert page.status_code == 422
        assert "Choose at least one event" in shown(page)
    assert not WebhookEndpoint.objects.exists()


def test_a_redirect_inside_is_not_followed_and_the_attempt_says_what_to_do(
    as_owner: Client, endpoint: WebhookEndpoint, receiver: Receiver, merchant: Merchant
) -> None:
    receiver.answers = [answer(302, f"Location: {receiver.origin}/admin")]
    as_owner.post(to("test_webhook", endpoint.pk))
    assert not send(merchant, endpoint)
    assert [path for path, _, _ in receiver.came] == ["/in"]
    message = WebhookMessage.objects.get()
    page = shown(as_owner.get(to("webhook_message", message.pk)))
    assert "answered with a redirect, which is not followed: put in the final address" in page
    assert "HTTP 302" in page


def test_what_was_signed_stands_beside_the_attempt(
    as_owner: Client, endpoint: WebhookEndpoint, receiver: Receiver, merchant: Merchant
) -> None:
    message = webhooks.send_test(merchant, endpoint, by="user:1")
    send(merchant, endpoint)
    (_, headers, body) = receiver.came[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    page = as_owner.get(to("webhook_message", message.pk)).content.decode().replace("&quot;", '"')
    assert signed in page
    assert headers["webhook-signature"] in page.replace("&#x2B;", "+")


# -- what is done with one


def test_a_new_secret_is_shown_once_and_the_former_signs_for_a_day(
    as_owner: Client, endpoint: WebhookEndpoint, receiver: Receiver, merchant: Merchant
) -> None:
    page = shown(as_owner.post(to("rotate_webhook", endpoint.pk)))
    secret = page.split('id="secret" class="wrap">')[1].split("<")[0]
    assert "the former secret signs beside it" in page
    assert secret not in as_owner.get(to("webhook", endpoint.pk)).content.decode()
    webhooks.send_test(merchant, endpoint, by="user:1")
    send(merchant, endpoint, datetime.now(UTC))
    assert len(receiver.came[0][1]["webhook-signature"].split()) == 2


def test_a_pause_holds_what_happens_and_resuming_sends_it(
    as_owner: Client, endpoint: WebhookEndpoint, receiver: Receiver, merchant: Merchant
) -> None:
    as_owner.post(to("switch_webhook", endpoint.pk))
    as_owner.post(to("test_webhook", endpoint.pk))
    assert not send(merchant, endpoint)
    assert "Held while paused" in shown(as_owner.get(to("webhook", endpoint.pk)))
    as_owner.post(to("switch_webhook", endpoint.pk))
    assert send(merchant, endpoint)
    assert len(receiver.came) == 1


def test_a_message_is_sent_again_under_its_id(
    as_owner: Client, endpoint: WebhookEndpoint, receiver: Receiver, merchant: Merchant
) -> None:
    message = webhooks.send_test(merchant, endpoint, by="user:1")
    send(merchant, endpoint)
    as_owner.post(to("replay_webhook", message.pk))
    assert send(merchant, endpoint)
    assert {headers["webhook-id"] for _, headers, _ in receiver.came} == {message.webhook_id}
    assert WebhookAttempt.objects.count() == len(receiver.came) == 2
    assert AuditEvent.objects.filter(act="merchants.webhook.replayed").count() == 1


def test_a_removed_address_is_gone_with_its_messages(
    as_owner: Client, endpoint: WebhookEndpoint, merchant: Merchant
) -> None:
    webhooks.send_test(merchant, endpoint, by="user:1")
    assert as_owner.post(to("remove_webhook", endpoint.pk)).status_code == 302
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookMessage.objects.exists()
    assert as_owner.get(to("webhook", endpoint.pk)).status_code == 404


# -- a stop that nobody asked for is told


def test_an_address_stopped_for_failing_is_told_on_the_first_page_and_in_the_settings(
    as_owner: Client, endpoint: WebhookEndpoint, receiver: Receiver, merchant: Merchant
) -> None:
    receiver.answers = [answer(500)]
    webhooks.send_test(merchant, endpoint, by="user:1")
    for number in range(11):
        WebhookMessage.objects.update(state="waiting", tries=0, next_at=NOW)
        send(merchant, endpoint, NOW + number * timedelta(hours=3))
    endpoint.refresh_from_db()
    assert endpoint.paused == "failing"
    for address in ("/m/glow/", to("settings"), to("webhooks")):
        page = shown(as_owner.get(address))
        assert "A webhook was stopped" in page, address
        assert to("webhook", endpoint.pk) in page
    as_owner.post(to("switch_webhook", endpoint.pk))
    assert "A webhook was stopped" not in shown(as_owner.get("/m/glow/"))


def test_one_that_says_it_is_gone_is_told_too(
    as_owner: Client, endpoint: WebhookEndpoint, receiver: Receiver, merchant: Merchant
) -> None:
    receiver.answers = [answer(410)]
    webhooks.send_test(merchant, endpoint, by="user:1")
    send(merchant, endpoint)
    assert "answered that it is gone" in shown(as_owner.get("/m/glow/"))


def test_a_person_paused_it_is_no_alarm(as_owner: Client, endpoint: WebhookEndpoint) -> None:
    as_owner.post(to("switch_webhook", endpoint.pk))
    assert "A webhook was stopped" not in shown(as_owner.get(to("settings")))


@pytest.mark.parametrize("role", [role.code for role in ROLES if role.code != "owner"])
def test_only_an_owner_sees_webhooks(
    client: Client, endpoint: WebhookEndpoint, merchant: Merchant, role: str
) -> None:
    WebhookEndpoint.objects.update(paused="gone")
    client.force_login(make_member(merchant, role))
    assert client.get(to("webhooks")).status_code == 403
    assert client.post(to("rotate_webhook", endpoint.pk)).status_code == 403
    assert endpoint.url not in client.get("/m/glow/").content.decode()

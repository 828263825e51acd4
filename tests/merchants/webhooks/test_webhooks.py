"""Endpoints and messages: told once each, tried for a day, left alone when nobody listens, sent again by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from leads.channels import own
from leads.channels.facts import Delivery, Secrets
from merchants import events
from merchants.models import AuditEvent, Event, Merchant, WebhookAttempt, WebhookEndpoint, WebhookMessage
from merchants.operations import outbox, retention, webhooks
from merchants.queries.outbox import endpoints_with_messages
from merchants.webhooks import targets
from tests.merchants.webhooks.receiver import Receiver, answer

NOW = datetime.now(UTC) + timedelta(hours=1)  # after everything that the tests write
DAY = timedelta(days=1)


def listening(merchant: Merchant, url: str) -> tuple[WebhookEndpoint, str]:
    return webhooks.add(merchant, url=url, kinds=["tea.served"], by="user:1")


def told(merchant: Merchant, **payload: object) -> WebhookMessage:
    events.announce(merchant, "tea.served", payload)
    outbox.drain(merchant)
    message: WebhookMessage = WebhookMessage.objects.for_merchant(merchant).latest("pk")
    return message


def send(merchant: Merchant, endpoint: WebhookEndpoint, at: datetime = NOW, chance: float = 0.5) -> bool:
    """As a worker does at that time."""
    return webhooks.send_one(merchant, endpoint.pk, now=at + timedelta(seconds=1), chance=lambda: chance)


def test_an_event_reaches_its_endpoint_signed_so_that_a_receiver_can_check_it(
    merchant: Merchant, receiver: Receiver
) -> None:
    endpoint, secret = listening(merchant, receiver.origin + "/in")
    message = told(merchant, cup=1)
    assert send(merchant, endpoint, datetime.now(UTC))
    assert not send(merchant, endpoint, datetime.now(UTC))
    ((_, headers, body),) = receiver.came
    assert headers["webhook-id"] == message.webhook_id
    data = json.loads(body)
    assert (data["type"], data["data"]) == ("tea.served", {"cup": 1})
    verdict = own._unsigned(Delivery(body, headers=headers), Secrets(tokens=(secret,)), datetime.now(UTC))
    assert verdict == ""
    message.refresh_from_db()
    attempt = WebhookAttempt.objects.get(message=message)
    assert (message.state, attempt.status, attempt.error) == ("sent", 204, "")
    assert attempt.signatures == headers["webhook-signature"]


def test_where_nobody_listens_nothing_is_written(merchant: Merchant, receiver: Receiver) -> None:
    events.announce(merchant, "tea.served", {"cup": 1})
    webhooks.add(merchant, url=receiver.origin, kinds=["upload.finished"], by="user:1")
    events.announce(merchant, "tea.served", {"cup": 1})
    assert (Event.objects.count(), WebhookMessage.objects.count()) == (0, 0)


def test_an_event_handed_out_twice_is_one_message(merchant: Merchant, receiver: Receiver) -> None:
    listening(merchant, receiver.origin)
    told(merchant, cup=1)
    webhooks.write(merchant, Event.objects.get())
    assert WebhookMessage.objects.count() == 1


def test_both_secrets_sign_for_a_day_after_a_renewal(merchant: Merchant, receiver: Receiver) -> None:
    endpoint, old = listening(merchant, receiver.origin)
    new = webhooks.rotate(merchant, endpoint, by="user:1", now=NOW)
    assert old != new
    for _ in range(2):
        told(merchant)
    send(merchant, endpoint)
    send(merchant, endpoint, NOW + DAY)

    def refused(place: int, secret: str, at: datetime) -> str:
        _, headers, body = receiver.came[place]
        return own._unsigned(Delivery(body, headers=headers), Secrets(tokens=(secret,)), at)

    assert [refused(0, secret, NOW) for secret in (old, new)] == ["", ""]
    assert refused(1, new, NOW + DAY) == ""
    assert refused(1, old, NOW + DAY) != ""


def test_a_failure_is_tried_again_under_the_same_id_until_it_is_taken(
    merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answers = [answer(500, body="sorry\0"), answer(302, "Location: /x"), answer(200)]
    endpoint, _ = listening(merchant, receiver.origin)
    message = told(merchant, cup=1)
    assert not send(merchant, endpoint)
    assert not send(merchant, endpoint, NOW + timedelta(seconds=4))
    assert not send(merchant, endpoint, NOW + timedelta(seconds=6))
    assert send(merchant, endpoint, NOW + timedelta(seconds=60))
    assert len({(headers["webhook-id"], body) for _, headers, body in receiver.came}) == 1
    attempts = WebhookAttempt.objects.order_by("pk").values_list("status", "error")
    assert list(attempts) == [(500, "status"), (302, "redirect"), (200, "")]
    assert WebhookAttempt.objects.order_by("pk")[0].head.endswith("sorry�")
    message.refresh_from_db()
    endpoint.refresh_from_db()
    assert (message.state, message.tries, endpoint.failures, endpoint.failing_since) == ("sent", 3, 0, None)


def test_a_message_is_given_up_after_a_day_and_its_endpoint_left_alone_with_a_reason(
    merchant: Merchant, receiver: Receiver
) -> None:
    receiver.answers = [answer(503)]
    endpoint, _ = listening(merchant, receiver.origin)
    message, moment = told(merchant), NOW
    while message.state == "waiting":
        send(merchant, endpoint, moment)
        message.refresh_from_db()
        moment = message.next_at
    endpoint.refresh_from_db()
    assert (message.state, message.tries, endpoint.failures, endpoint.paused) == ("failed", 10, 10, "")
    late = told(merchant)
    send(merchant, endpoint, NOW + DAY + timedelta(hours=1))
    endpoint.refresh_from_db()
    late.refresh_from_db()
    assert (endpoint.paused, late.state) == ("failing", "held")
    held = told(merchant)
    assert held.state == "held"
    assert AuditEvent.objects.filter(act="merchants.webhook.paused").get().data == {"reason": "failing"}
    receiver.answers = [answer(200)]
    webhooks.resume(merchant, endpoint, by="user:1")
    soon = datetime.now(UTC)
    assert [send(merchant, endpoint, soon) for _ in range(3)] == [True, True, False]


def test_an_endpoint_that_is_gone_is_told_nothing_more(merchant: Merchant, receiver: Receiver) -> None:
    receiver.answers = [answer(410)]
    endpoint, _ = listening(merchant, receiver.origin)
    first, second = told(merchant), told(merchant)
    send(merchant, endpoint)
    for row in (first, second, endpoint):
        row.refresh_from_db()
    assert (endpoint.paused, first.state, second.state) == ("gone", "failed", "failed")
    events.announce(merchant, "tea.served", {})
    assert Event.objects.count() == 2


def test_what_is_paused_by_a_person_is_held_and_leaves_when_resumed(
    merchant: Merchant, receiver: Receiver
) -> None:
    endpoint, _ = listening(merchant, receiver.origin)
    before = told(merchant)
    webhooks.pause(merchant, endpoint, by="user:1")
    webhooks.pause(merchant, endpoint, by="user:1")
    after = told(merchant)
    before.refresh_from_db()
    assert (before.state, after.state) == ("held", "held")
    assert not send(merchant, endpoint, datetime.now(UTC))
    webhooks.resume(merchant, endpoint, by="user:1")
    assert send(merchant, endpoint, datetime.now(UTC))
    assert send(merchant, endpoint, datetime.now(UTC))
    acts = AuditEvent.objects.order_by("pk").values_list("act", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["added", "paused", "resumed"]


def test_a_replay_sends_the_same_message_again(merchant: Merchant, receiver: Receiver) -> None:
    endpoint, _ = listening(merchant, receiver.origin)
    message = told(merchant, cup=1)
    send(merchant, endpoint, datetime.now(UTC))
    webhooks.replay(merchant, message, by="user:1")
    assert send(merchant, endpoint, datetime.now(UTC))
    first, second = receiver.came
    assert (first[2], first[1]["webhook-id"]) == (second[2], second[1]["webhook-id"])
    assert WebhookAttempt.objects.count() == 2


def test_a_worker_lost_in_the_call_has_it_made_again(merchant: Merchant, receiver: Receiver) -> None:
    endpoint, _ = listening(merchant, receiver.origin)
    told(merchant)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        webhooks.send_one(merchant, endpoint.pk, now=NOW + timedelta(seconds=1), post=killed)
    assert not send(merchant, endpoint, NOW + timedelta(seconds=59))
    assert send(merchant, endpoint, NOW + timedelta(seconds=61))


def test_an_address_inside_is_refused_when_it_is_added_and_when_it_is_called(
    merchant: Merchant, receiver: Receiver, settings: object
) -> None:
    with pytest.raises(targets.Refused):
        listening(merchant, "https://169.254.169.254/latest/meta-data")
    endpoint, _ = listening(merchant, receiver.origin)
    told(merchant)
    settings.WEBHOOK_ORIGINS = []  # type: ignore[attr-defined]
    assert not send(merchant, endpoint)
    assert WebhookAttempt.objects.get().error == "scheme"
    assert receiver.came == []


@pytest.mark.parametrize("kinds", [[], ["no.such"], ["tea.served", "leads.deal.changed"]])
def test_only_published_events_can_be_listened_to(merchant: Merchant, kinds: list[str]) -> None:
    with pytest.raises(ValueError, match="known events"):
        webhooks.add(merchant, url="https://hooks.example.com/", kinds=kinds, by="user:1")


def test_messages_are_kept_for_a_month(merchant: Merchant, receiver: Receiver) -> None:
    endpoint, _ = listening(merchant, receiver.origin)
    told(merchant)
    send(merchant, endpoint)
    retention.purge(merchant, now=NOW + 29 * DAY)
    assert WebhookAttempt.objects.count() == 1
    retention.purge(merchant, now=NOW + 31 * DAY)
    assert (WebhookMessage.objects.count(), WebhookAttempt.objects.count()) == (0, 0)


@pytest.mark.usefixtures("committed")
def test_the_sweep_finds_what_is_due_and_sees_no_content() -> None:
    from tests.conftest import make_merchant

    merchant = make_merchant("swept")
    endpoint, _ = webhooks.add(merchant, url="https://hooks.example.com/", kinds=["tea.served"], by="user:1")
    assert endpoints_with_messages() == []
    webhooks.send_test(merchant, endpoint, by="user:1")
    assert endpoints_with_messages() == [(merchant.pk, endpoint.pk)]
    webhooks.pause(merchant, endpoint, by="user:1")
    assert endpoints_with_messages() == []

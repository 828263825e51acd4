"""The pages about sources of leads: what came, why it was refused, what was signed, and reading it again."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Lead, Sighting, Source
from leads.operations import deliveries, sources
from merchants.models import AuditEvent, Merchant, RawDelivery, User
from tests.conftest import make_member
from tests.leads.channels import wire


@pytest.fixture
def source(merchant: Merchant) -> Source:
    return sources.open_source(
        merchant, channel="xiaohongshu_form", name="Spring page", tokens=(wire.TOKEN,), by="user:1"
    )


@pytest.fixture
def client(owner: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    return browser


def push(source: Source, body: str) -> RawDelivery:
    Client().post(
        f"/in/{source.address}/", data=body, content_type="application/json", headers=wire.red(body)
    )
    row: RawDelivery = RawDelivery.objects.latest("pk")
    return row


def page(client: Client, name: str, *of: object) -> str:
    answer = client.get(reverse(f"lead_sources:{name}", args=["glow", *of]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_source_is_opened_with_an_address_and_its_token_is_shown_nowhere(
    client: Client, merchant: Merchant
) -> None:
    told = {"channel": "xiaohongshu_form", "name": "Summer page", "token": "very-secret"}
    answer = client.post(reverse("lead_sources:open", args=["glow"]), told, follow=True)
    [row] = Source.objects.all()
    assert f"/in/{row.address}/" in answer.content.decode()
    assert "very-secret" not in answer.content.decode()
    assert b"very-secret" not in bytes(row.sealed)
    assert "Summer page" in page(client, "sources")


@pytest.mark.parametrize(
    ("channel", "lacks"), [("meta", "token"), ("own", "token"), ("xiaohongshu_im", "key_hex")]
)
def test_a_source_without_what_it_needs_is_not_opened(client: Client, channel: str, lacks: str) -> None:
    answer = client.post(reverse("lead_sources:open", args=["glow"]), {"channel": channel, "name": "x"})
    assert answer.context["form"].has_error(lacks)
    assert Source.objects.count() == 0


def test_the_page_of_a_source_says_what_came_and_why_it_was_refused(client: Client, source: Source) -> None:
    push(source, json.dumps(wire.form()))
    push(source, "{")
    shown = page(client, "source", source.pk)
    assert "The body is no JSON object." in shown
    refused = client.get(reverse("lead_sources:source", args=["glow", source.pk]), {"state": "refused"})
    assert [one["why"] for one in refused.context["pushes"]] == ["The body is no JSON object."]


def test_the_exact_text_that_was_signed_is_shown_and_the_look_is_in_the_trail(
    client: Client, source: Source
) -> None:
    body = json.dumps(wire.form(), ensure_ascii=False)
    row = push(source, body)
    answer = client.get(reverse("lead_sources:push", args=["glow", row.pk]))
    assert answer.context["signed"] == body
    assert AuditEvent.objects.filter(act="leads.delivery.looked_at", object_id=str(row.pk)).count() == 1


def test_a_dead_letter_is_read_again_and_one_still_wrong_says_so(
    client: Client, source: Source, merchant: Merchant
) -> None:
    row = push(source, json.dumps(wire.form()))
    RawDelivery.objects.filter(pk=row.pk).update(state=RawDelivery.State.FAILED)
    client.post(reverse("lead_sources:again", args=["glow", row.pk]))
    deliveries.take(merchant, row.pk)
    assert Lead.objects.count() == 1
    wrong = push(source, "[]")
    answer = client.post(reverse("lead_sources:again", args=["glow", wrong.pk]), follow=True)
    assert [str(one) for one in answer.context["messages"]][-1] == "The body is no JSON object."


def test_leads_that_only_a_pull_has_seen_are_gaps(client: Client, source: Source, merchant: Merchant) -> None:
    for external_id, pushed in (("L-both", True), ("L-missed", False)):
        Sighting.objects.create(
            merchant=merchant, source=source, external_id=external_id,
            pulled_at="2026-03-01T00:00:00Z", pushed_at="2026-03-01T00:00:00Z" if pushed else None,
        )  # fmt: skip
    shown = page(client, "source", source.pk)
    assert "L-missed" in shown
    assert "L-both" not in shown


def test_a_source_is_switched_off_and_on(client: Client, source: Source) -> None:
    for active in (False, True):
        client.post(reverse("lead_sources:switch", args=["glow", source.pk]))
        source.refresh_from_db()
        assert source.active is active


def test_an_agent_does_not_run_sources(merchant: Merchant, source: Source) -> None:
    agent = Client()
    agent.force_login(make_member(merchant, "agent"))
    assert agent.get(reverse("lead_sources:sources", args=["glow"])).status_code == 403

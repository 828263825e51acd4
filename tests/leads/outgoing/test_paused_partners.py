"""A partner that the operator has paused is asked, sent and told nothing, for any merchant, until it is resumed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from leads.models import Feedback, Message, Source
from leads.operations import pulling, replies, sending, sources, stages, telling
from merchants import tenancy
from merchants.models import Merchant, OperatorAct, PausedPartner, User
from merchants.operations.supervision import partners
from merchants.operations.supervision.noting import NoReason, NotNow
from portal.demo.partners import feiyu_desk, xiaohongshu_desk
from tests.conftest import make_merchant
from tests.leads.channels import wire
from tests.leads.desks import BY, Desk
from tests.leads.outgoing.test_sending import GIVEN, NOW, asks, send_all

pytestmark = [pytest.mark.xdist_group("committed"), pytest.mark.usefixtures("committed")]


@pytest.fixture
def glow() -> Merchant:
    return make_merchant("glow")


def test_a_reply_says_at_once_that_it_did_not_go_out_and_goes_when_it_is_sent_again(
    glow: Merchant, red: xiaohongshu_desk.Desk, serve: Any
) -> None:
    given = {**GIVEN, "base": serve(red)}
    sources.open_source(
        glow, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, given=given, by=BY
    )
    with tenancy.acting_for(glow):
        desk = Desk(glow)
        replies.reply(glow, asks(desk), desk.agent("lin"), text="您好", by=BY)
    partners.pause("xiaohongshu", reason="leaks", by=BY)
    send_all(glow, datetime.now(UTC))
    with tenancy.acting_for(glow):
        row = Message.objects.get(author="agent")
    assert (row.delivery, row.error) == ("failed", "paused")
    partners.resume("xiaohongshu", reason="mended", by=BY)
    sending.again(glow, row, by=BY)
    send_all(glow, datetime.now(UTC))
    with tenancy.acting_for(glow):
        row.refresh_from_db()
    assert row.delivery == "sent"


def test_a_source_is_asked_again_when_its_partner_is_resumed(
    glow: Merchant, feiyu: feiyu_desk.Desk, serve: Any
) -> None:
    given = {"access_token": "feiyu-token", "signature_key": "demo-key", "base": serve(feiyu)}
    source = sources.open_source(glow, channel="feiyu", name="Feiyu", given=given, by=BY)
    partners.pause("feiyu", reason="leaks", by=BY)
    assert pulled(glow, source) == "paused"
    partners.resume("feiyu", reason="mended", by=BY)
    assert pulled(glow, source) == ""


def pulled(merchant: Merchant, source: Source) -> str:
    """Asks once; the error that stands then."""
    with tenancy.acting_for(merchant):
        Source.objects.update(pull_at=NOW)
    pulling.pull_some(merchant, source.pk, now=NOW)
    with tenancy.acting_for(merchant):
        source.refresh_from_db()
    return source.pull_error


def test_what_a_source_is_to_be_told_waits_and_costs_no_attempt(glow: Merchant) -> None:
    given = {"access_token": "a", "signature_key": "b", "base": "http://127.0.0.1:1"}
    with tenancy.acting_for(glow):
        desk = Desk(glow)
        lead = desk.lead_of(desk.say("ann", source="feiyu"))
        sources.open_source(glow, channel="feiyu", name="Feiyu", given=given, by=BY)
        stages.move(glow, lead, to="invalid", reason="spam", by=BY)
    partners.pause("feiyu", reason="leaks", by=BY)
    telling.tell_one(glow, now=datetime.now(UTC))
    with tenancy.acting_for(glow):
        told = Feedback.objects.values_list("state", "attempts", "error").first()
    assert told == ("queued", 0, "paused")


def test_pausing_has_a_reason_and_is_kept(glow: Merchant) -> None:
    with pytest.raises(NoReason):
        partners.pause("feiyu", reason=" ", by=BY)
    with pytest.raises(KeyError):
        partners.pause("nobody", reason="leaks", by=BY)
    partners.pause("feiyu", reason="leaks", by=BY)
    with pytest.raises(NotNow):
        partners.pause("feiyu", reason="leaks", by=BY)
    partners.resume("feiyu", reason="mended", by=BY)
    with pytest.raises(NotNow):
        partners.resume("feiyu", reason="mended", by=BY)
    acts = OperatorAct.objects.using("operator").order_by("id")
    assert [(row.act, row.reason, row.data) for row in acts] == [
        ("merchants.partner.paused", "leaks", {"partner": "feiyu"}),
        ("merchants.partner.resumed", "mended", {"partner": "feiyu"}),
    ]


def test_the_page_pauses_and_resumes_for_superusers(glow: Merchant, client: Client) -> None:
    page = "/admin/merchants/pausedpartner/"
    client.force_login(User.objects.create_superuser("operator", password="correct horse battery"))
    client.post(page, {"partner": "meta", "act": "pause", "reason": ""})
    assert not PausedPartner.objects.exists()
    client.post(page, {"partner": "meta", "act": "pause", "reason": "leaks"})
    assert "leaks" in client.get(page).content.decode()
    client.post(page, {"partner": "meta", "act": "resume", "reason": "mended"})
    assert not PausedPartner.objects.exists()
    User.objects.update(is_superuser=False)
    assert client.post(page, {"partner": "meta", "act": "pause", "reason": "leaks"}).status_code == 403

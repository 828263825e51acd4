"""A push is judged, stored and answered; then it becomes exactly one lead, whatever comes again."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.test import Client

from leads import sealing
from leads.models import Contact, ContactDetail, Lead, LeadChange, Message, Sighting, Source
from leads.operations import deliveries, sources, stages
from leads.queries import arrival
from merchants.models import AuditEvent, Merchant, RawDelivery
from tests.leads.channels import wire

State = RawDelivery.State


@pytest.fixture
def form_source(merchant: Merchant) -> Source:
    return sources.open_source(
        merchant, channel="xiaohongshu_form", name="Page", tokens=(wire.TOKEN,), by="user:1"
    )


@pytest.fixture
def im_source(merchant: Merchant) -> Source:
    return sources.open_source(
        merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, by="user:1"
    )


def push(source: Source, told: Any, *, below: str = "", token: str = wire.TOKEN, **headers: str) -> Any:
    body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    return Client().post(
        f"/in/{source.address}/{below}",
        data=body,
        content_type=headers.pop("content_type", "application/json"),
        headers={**wire.red(body, token), **headers},
    )


def take_all(merchant: Merchant) -> None:
    for pk in RawDelivery.objects.filter(state=State.RECEIVED).order_by("pk").values_list("pk", flat=True):
        deliveries.take(merchant, pk)


def brought(source: Source, *told: Any) -> None:
    for one in told:
        assert push(source, one).status_code == 200
    take_all(source.merchant)


def test_a_form_is_stored_sealed_answered_and_read_into_a_lead(form_source: Source) -> None:
    answer = push(form_source, wire.form("L-1", campaign_id=2000001, note_id="n1"))
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "success"})
    [row] = RawDelivery.objects.all()
    assert (row.state, row.kind) == (State.RECEIVED, "lead")
    assert b"13800138000" not in bytes(row.body)
    assert Lead.objects.count() == 0
    deliveries.take(form_source.merchant, row.pk)
    row.refresh_from_db()
    assert (row.state, row.rows, row.error, row.attempts) == (State.APPLIED, 1, "", 1)
    [lead] = Lead.objects.all()
    assert (lead.source, lead.external_id, lead.campaign_id, lead.note_id) == (
        "xiaohongshu_form",
        "L-1",
        "2000001",
        "n1",
    )
    assert lead.began_at == datetime(2026, 3, 1, 2, 20, 30, tzinfo=UTC)
    assert lead.contact.name == "甲"
    [detail] = ContactDetail.objects.all()
    assert sealing.unseal(form_source.merchant, "phone", detail.sealed) == "13800138000"


def test_a_wrong_signature_keeps_a_count_and_nothing_else(form_source: Source) -> None:
    assert [push(form_source, wire.form(), token="guess").status_code for _ in range(3)] == [401] * 3
    assert push(form_source, b"{", token="guess").status_code == 401
    assert RawDelivery.objects.count() == 0
    form_source.refresh_from_db()
    assert form_source.wrong_signatures == 4
    assert form_source.wrong_at is not None


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"data": 7}', b"\xff\xfe", b'{"data": {"data": [}}'])
def test_rubbish_correctly_signed_is_listed_with_its_reason(form_source: Source, body: bytes) -> None:
    assert push(form_source, body).status_code == 400
    [row] = arrival.deliveries(form_source.merchant, form_source)
    assert row.state == State.REFUSED
    assert row.error in {"not_json", "no_data"}
    assert deliveries.signed_text(form_source, row) == body
    form_source.refresh_from_db()
    assert form_source.wrong_signatures == 0


def test_five_megabytes_are_413_and_listed_without_content(form_source: Source) -> None:
    assert push(form_source, wire.form(keyword="x" * 5_000_000)).status_code == 413
    [row] = RawDelivery.objects.all()
    assert (row.state, row.error, bytes(row.body)) == (State.REFUSED, "too_large", b"")
    assert row.size > 5_000_000


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_the_type_that_a_signed_body_claims_to_have_loses_no_lead(form_source: Source, kind: str) -> None:
    assert push(form_source, wire.form(), content_type=kind).status_code == 200
    take_all(form_source.merchant)
    assert Lead.objects.count() == 1


def test_an_address_that_is_nobodys_or_switched_off_is_not_there(
    form_source: Source, merchant: Merchant
) -> None:
    sources.switch(merchant, form_source, active=False, by="user:1")
    wrong = ["x", "0" * 64, form_source.address[:-1] + "g", form_source.address[:32] + "0" * 32]
    assert [Client().post(f"/in/{one}/").status_code for one in (*wrong, form_source.address)] == [404] * 5
    assert Client().put(f"/in/{form_source.address}/").status_code == 405


def test_a_source_from_outside_the_country_begins_switched_off(merchant: Merchant) -> None:
    opened = {
        name: sources.open_source(merchant, channel=name, name=name, by="user:1").active
        for name in ("xiaohongshu_form", "xiaohongshu_im", "feiyu", "meta", "own")
    }
    assert opened == {
        "xiaohongshu_form": True, "xiaohongshu_im": True, "feiyu": True, "meta": False, "own": True,
    }  # fmt: skip


def test_a_wrong_verify_token_is_403(merchant: Merchant) -> None:
    source = sources.open_source(
        merchant, channel="meta", name="Page", tokens=("app",), verify_token="v", by="user:1"
    )
    sources.switch(merchant, source, active=True, by="user:1")
    asked = {"hub.mode": "subscribe", "hub.challenge": "42"}
    good, wrong = (
        Client().get(f"/in/{source.address}/", asked | {"hub.verify_token": t}) for t in ("v", "w")
    )
    assert (good.status_code, good.content, wrong.status_code) == (200, b"42", 403)
    assert RawDelivery.objects.count() == 0


def test_ten_repeats_of_a_lead_with_other_times_of_sending_are_one_lead(form_source: Source) -> None:
    brought(form_source, *(wire.form(sent=1772331631500 + n * 30_000) for n in range(10)))
    assert (Lead.objects.count(), Contact.objects.count(), LeadChange.objects.count()) == (1, 1, 0)
    assert Sighting.objects.count() == 1


def test_a_delivery_read_twice_changes_nothing(form_source: Source, merchant: Merchant) -> None:
    brought(form_source, wire.form())
    [row] = RawDelivery.objects.all()
    before = [list(model.objects.order_by("pk").values()) for model in (Lead, Contact, LeadChange, Sighting)]
    deliveries.take(merchant, row.pk)
    deliveries.again(merchant, row, by="user:1")
    take_all(merchant)
    assert [
        list(model.objects.order_by("pk").values()) for model in (Lead, Contact, LeadChange, Sighting)
    ] == before
    assert AuditEvent.objects.filter(act="leads.delivery.replayed").count() == 1


FIRST = wire.form(sent=1772331631500)
CONTENT = wire.form(
    answers=[{"label": "姓名", "value": "乙"}, {"label": "电话", "value": "13900139000"}], sent=1772331661500
)
ORIGIN = wire.form(answers=[], campaign_id=2000001, sent=1772331691500)


def test_changed_content_and_attribution_are_updates_with_history(form_source: Source) -> None:
    brought(form_source, FIRST, CONTENT, ORIGIN)
    [lead] = Lead.objects.all()
    assert (lead.contact.name, lead.campaign_id) == ("乙", "2000001")
    [content, origin] = LeadChange.objects.order_by("pk")
    assert (content.kind, content.before["name"], content.after["name"]) == ("content", "甲", "乙")
    assert (origin.kind, origin.before, origin.after) == (
        "origin",
        {"campaign_id": None},
        {"campaign_id": "2000001"},
    )
    assert "13900139000" not in json.dumps([content.before, content.after])


@pytest.mark.parametrize("order", list(permutations([FIRST, CONTENT, ORIGIN])))
def test_updates_in_any_order_end_the_same(form_source: Source, order: tuple[Any, ...]) -> None:
    brought(form_source, *order)
    [lead] = Lead.objects.all()
    assert (lead.contact.name, lead.campaign_id, lead.answers) == ("乙", "2000001", [])
    assert lead.began_at == datetime(2026, 3, 1, 2, 20, 30, tzinfo=UTC)


def test_a_time_in_the_future_is_ours_and_blocks_no_later_update(form_source: Source) -> None:
    far = wire.form(sent=4102444800000, submitted_time="2100-01-01 00:00:00")
    assert push(form_source, far).status_code == 200
    take_all(form_source.merchant)
    [row] = RawDelivery.objects.all()
    [lead] = Lead.objects.all()
    assert row.error == "future_time"
    assert lead.began_at == row.received_at
    now = int((datetime.now(UTC) + timedelta(seconds=1)).timestamp() * 1000)
    brought(form_source, wire.form(answers=[{"label": "姓名", "value": "乙"}], sent=now))
    lead.contact.refresh_from_db()
    assert lead.contact.name == "乙"


def test_a_console_test_makes_nobody_a_customer(form_source: Source) -> None:
    brought(form_source, wire.form("test"))
    [row] = RawDelivery.objects.all()
    assert (row.state, row.error, row.rows) == (State.APPLIED, "test", 1)
    assert (Lead.objects.count(), Contact.objects.count()) == (0, 0)


def test_odd_names_are_kept_as_they_are(form_source: Source) -> None:
    name = "👩‍👧\u200b小\ud83d\x00示例" + "长" * 90
    brought(form_source, json.loads(json.dumps(wire.form(answers=[{"label": "姓名", "value": name}]))) and
            json.dumps(wire.form(answers=[{"label": "姓名", "value": name}])).encode())  # fmt: skip
    [contact] = Contact.objects.all()
    assert contact.name == ("👩‍👧\u200b小?示例" + "长" * 90)[:80]


def test_a_message_is_deciphered_in_the_request_and_opens_a_consultation_once(im_source: Source) -> None:
    for told in (
        wire.message("m1"),
        wire.message("m1"),
        wire.message("m2", "多少钱", timestamp=1772334060000),
    ):
        answer = push(im_source, told, below="api/open/im/send")
        assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "", "success": True})
    take_all(im_source.merchant)
    found = list(Message.objects.order_by("sent_at"))
    assert [sealing.unseal(im_source.merchant, "message", one.sealed) for one in found] == ["你好", "多少钱"]
    assert {one.conversation.external_id for one in found} == {"brand:u1"}


LEFT = {"name": "李女士", "phone": "13800138000", "user_id": "u1", "source": "私信"}
CALLS = {
    "message": (wire.message("m1", timestamp=1772334000000), "api/open/im/send"),
    "lead": ({"content": wire.enciphered(LEFT), "timestamp": 1772334060000}, "api/open/im/third/data"),
}


@pytest.mark.parametrize("order", [("message", "lead"), ("lead", "message"), ("lead", "message", "lead")])
def test_what_somebody_leaves_in_a_conversation_belongs_to_the_lead_of_the_conversation(
    im_source: Source, order: tuple[str, ...]
) -> None:
    for name in order:
        told, below = CALLS[name]
        assert push(im_source, told, below=below).status_code == 200
        take_all(im_source.merchant)
    [lead] = Lead.objects.select_related("contact", "session")
    assert lead.conversation.external_id == "brand:u1"
    assert lead.session.number == 1
    assert lead.contact.details.get().masked == "138****8000"
    assert lead.left_at is not None


def test_a_lead_told_again_after_its_end_is_still_that_lead(im_source: Source) -> None:
    for name in ("message", "lead"):
        told, below = CALLS[name]
        push(im_source, told, below=below)
        take_all(im_source.merchant)
    stages.move(im_source.merchant, Lead.objects.get(), to="lost", reason="price", by="user:1")
    told, below = CALLS["lead"]
    push(im_source, {**told, "timestamp": 1772334090000}, below=below)
    take_all(im_source.merchant)
    assert Lead.objects.count() == 1
    assert LeadChange.objects.filter(kind="content").count() == 1


def test_no_hash_of_a_contact_can_be_guessed_without_the_key(form_source: Source, im_source: Source) -> None:
    """Whoever holds the database may try every phone number: none of these is a plain hash of what came."""
    brought(form_source, wire.form("", submitted_time="2026-03-01 11:00:00"))
    told, below = CALLS["lead"]
    push(im_source, told, below=below)
    take_all(im_source.merchant)
    bodies = [deliveries.kept(row) for row in RawDelivery.objects.all()]
    plain = {hashlib.sha256(one.body).hexdigest() for one in bodies if one}
    assert plain.isdisjoint(RawDelivery.objects.values_list("content_hash", flat=True))
    for lead in Lead.objects.all():
        assert re.fullmatch(r"h-[0-9a-f]{32}", lead.external_id)
        assert len(lead.content_hash) == 32
    first, second = Lead.objects.order_by("pk")
    assert sealing.fingerprint(form_source.merchant, "content", b"x") != hashlib.sha256(b"x").hexdigest()[:32]
    assert first.external_id != second.external_id


def test_one_that_cannot_be_read_keeps_none_of_the_others_waiting(form_source: Source) -> None:
    for key in ("L-1", "L-2", "L-3"):
        push(form_source, wire.form(key))
    bad, *_ = RawDelivery.objects.order_by("pk")
    RawDelivery.objects.filter(pk=bad.pk).update(body=b"damaged")
    assert [deliveries.take_next(form_source.merchant) for _ in range(4)] == [True, True, True, False]
    assert set(Lead.objects.values_list("external_id", flat=True)) == {"L-2", "L-3"}
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.error) == (State.RECEIVED, 1, "ValueError")


def test_one_that_fails_in_a_way_nobody_foresaw_is_given_up_and_can_be_read_again(
    form_source: Source, merchant: Merchant
) -> None:
    assert push(form_source, wire.form()).status_code == 200
    [row] = RawDelivery.objects.all()
    RawDelivery.objects.update(attempts=deliveries.ATTEMPTS)
    deliveries.take(merchant, row.pk)
    row.refresh_from_db()
    assert (row.state, row.error) == (State.FAILED, "worker lost")
    deliveries.again(merchant, row, by="user:1")
    take_all(merchant)
    assert Lead.objects.count() == 1


def test_two_tokens_hold_while_one_is_replaced(form_source: Source, merchant: Merchant) -> None:
    sources.replace_token(merchant, form_source, token="second", by="user:1")
    assert [push(form_source, wire.form(), token=one).status_code for one in (wire.TOKEN, "second")] == [
        200,
        200,
    ]
    sources.replace_token(merchant, form_source, token="third", by="user:1")
    assert [push(form_source, wire.form(), token=one).status_code for one in (wire.TOKEN, "third")] == [
        401,
        200,
    ]


def test_labels_of_the_merchants_own_are_read_and_a_refused_delivery_is_not_replayed_blindly(
    form_source: Source, merchant: Merchant
) -> None:
    Source.objects.update(labels={"怎么称呼您": "name"})
    brought(form_source, wire.form(answers=[{"label": "怎么称呼您", "value": "丙"}]))
    assert Contact.objects.get().name == "丙"
    push(form_source, b"{")
    [row] = RawDelivery.objects.filter(state=State.REFUSED)
    with pytest.raises(ValueError, match="not_json"):
        deliveries.again(merchant, row, by="user:1")

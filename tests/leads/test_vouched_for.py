"""Nothing is taken for a source's word without its signature or cipher, and nothing that may be its word is lost."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Lead, Message, Source
from leads.operations import deliveries, sources
from merchants.models import Merchant, RawDelivery, User
from tests.leads import arriving
from tests.leads.channels import wire

State = RawDelivery.State
BELOW = "api/open/im/send"


@pytest.fixture
def client(owner: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    return browser


def test_a_source_that_is_asked_has_no_address(merchant: Merchant, client: Client) -> None:
    source = sources.open_source(merchant, channel="feiyu", name="Feiyu", by="user:1")
    assert arriving.push(source, {"id": "7300000000000000001", "telphone": "13800138000"}) == 404
    assert RawDelivery.objects.count() == 0
    page = reverse("lead_sources:source", args=[merchant.code, source.pk])
    assert source.address not in client.get(page).content.decode()


@pytest.mark.parametrize("content", [None, "", {"text": "你好"}])
def test_a_message_that_nobody_enciphered_is_refused(merchant: Merchant, content: Any) -> None:
    source = arriving.chats(merchant)
    told = wire.message("m1", content=content, data={"text": "你好"})
    assert arriving.push(source, told, below=BELOW) == 400
    assert RawDelivery.objects.get().error == "not_decrypted"
    assert Message.objects.count() == 0


RIGHT = "ffeeddccbbaa99887766554433221100"


def enciphered(number: str) -> dict[str, Any]:
    return wire.message(number, content=wire.enciphered({"text": "在吗"}, RIGHT))


def test_what_a_wrong_key_did_not_open_is_read_once_the_key_is_put_right(
    merchant: Merchant, client: Client
) -> None:
    source = arriving.chats(merchant)
    for number in ("m1", "m2"):
        assert arriving.push(source, enciphered(number), below=BELOW) == 400
    rows = RawDelivery.objects.order_by("pk")
    assert [(row.state, row.error) for row in rows] == [(State.REFUSED, "not_decrypted")] * 2
    assert all(row.body and b"m1" not in bytes(row.body) for row in rows)
    page = reverse("lead_sources:give", args=[merchant.code, source.pk])
    assert client.post(page, {"key_hex": "short"}).status_code == 422
    told = client.post(page, {"key_hex": RIGHT}, follow=True)
    assert "2 deliveries open now and are read." in [str(one) for one in told.context["messages"]]
    assert RIGHT not in told.content.decode()
    arriving.read(merchant)
    assert sorted(Message.objects.values_list("external_id", flat=True)) == ["m1", "m2"]
    arriving.brought(source, enciphered("m3"), below=BELOW)
    assert Message.objects.count() == 3


def test_of_what_nobody_vouches_for_a_source_keeps_so_many_and_none_large(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = arriving.chats(merchant)
    monkeypatch.setattr(deliveries, "UNVOUCHED", 2)
    arriving.push(source, enciphered("m0") | {"user_info": ["x" * 70_000]}, below=BELOW)
    for number in ("m1", "m2", "m3"):
        arriving.push(source, enciphered(number), below=BELOW)
    arriving.push(source, b"{", below=BELOW)
    rows = RawDelivery.objects.order_by("pk")
    assert [bool(row.body) for row in rows] == [False, True, True, False, False]
    assert [row.error for row in rows] == ["not_decrypted"] * 4 + ["not_json"]


def in_pieces(source: Source, body: bytes, **environ: Any) -> int:
    """A push that comes in chunks, as a server hands it on: without a length."""
    asked = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/in/{source.address}/",
        "CONTENT_TYPE": "application/json",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "HTTP_X_RED_SIGNATURE": wire.red(body)["X-Red-Signature"],
        "wsgi.input": BytesIO(body),
    }
    return Client().request(**asked, **environ).status_code


def test_a_push_in_pieces_is_read_to_its_end(merchant: Merchant) -> None:
    source = arriving.pages(merchant)
    body = json.dumps(wire.form(), ensure_ascii=False).encode()
    assert in_pieces(source, body, **{"wsgi.input_terminated": True}) == 200
    arriving.read(merchant)
    assert Lead.objects.count() == 1
    large = json.dumps(wire.form(keyword="x" * 1_100_000)).encode()
    assert in_pieces(source, large, **{"wsgi.input_terminated": True}) == 413
    source.refresh_from_db()
    assert source.wrong_signatures == 0


def test_a_push_whose_end_the_server_does_not_tell_is_411_and_listed(merchant: Merchant) -> None:
    source = arriving.pages(merchant)
    assert in_pieces(source, json.dumps(wire.form()).encode()) == 411
    row = RawDelivery.objects.get()
    assert (row.state, row.error, bytes(row.body)) == (State.REFUSED, "no_length", b"")
    source.refresh_from_db()
    assert source.wrong_signatures == 0

"""What sources send is judged and read as the sheet of the platform says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.channels import CHANNELS, channel, meta, own
from leads.channels.facts import Delivery, Secrets
from leads.channels.recording import replay
from leads.channels.words import phones
from tests.leads.channels import wire

SHARED = Path(__file__).resolve().parents[4] / "shared" / "platforms" / "examples"
ABOUT_THE_FILE = {"payload", "about", "derived_from"}
EXAMPLES = sorted(SHARED.glob("xiaohongshu_leads_*.expected.json"))


def test_every_shared_example_replays_as_expected() -> None:
    for path in EXAMPLES:
        expected = json.loads(path.read_text(encoding="utf-8"))
        found = replay(json.loads((path.parent / expected["payload"]).read_text(encoding="utf-8")))
        for name in expected.keys() - ABOUT_THE_FILE:
            if name in {"leads", "messages"}:
                shown = [
                    {key: one[key] for key in wanted}
                    for one, wanted in zip(found[name], expected[name], strict=True)
                ]
                assert shown == expected[name], path.name
            else:
                assert found[name] == expected[name], path.name


def leads(*deliveries: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    return replay(wire.recording(*deliveries, **fields))["leads"]


def statuses(*deliveries: dict[str, Any], **fields: Any) -> list[int]:
    return replay(wire.recording(*deliveries, **fields))["http_status"]


def test_a_lead_that_comes_again_with_another_time_of_sending_is_one_lead() -> None:
    again = [wire.pushed(wire.form(sent=1772331631500 + 30_000 * n)) for n in range(4)]
    found = replay(wire.recording(*again))
    assert found["http_status"] == [200] * 4
    assert [lead["external_id"] for lead in found["leads"]] == ["L1"]


def test_the_latest_statement_stands_whatever_its_order_and_what_it_leaves_out_stays_known() -> None:
    first = wire.pushed(wire.form(sent=1000_000_000_000))
    content = wire.pushed(wire.form(answers=[{"label": "姓名", "value": "乙"}], sent=1000_000_060_000))
    origin = wire.pushed(wire.form(answers=[], campaign_id=2000001, sent=1000_000_120_000))
    for order in permutations([first, content, origin]):
        [lead] = leads(*order)
        assert (lead["name"], lead["campaign_id"], lead["phone"]) == ("乙", "2000001", "13800138000")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Red-Signature": ""},
        wire.red("another body"),
        wire.red(json.dumps(wire.form(), ensure_ascii=False), "another token"),
        {"X-Red-Signature": hashlib.sha1((wire.TOKEN + "{}").encode()).hexdigest()},
        {"X-Red-Signature": "sha1=签名"},
    ],
    ids=["none", "empty", "other body", "other token", "sha1 of token and body", "not ascii"],
)
def test_a_wrong_signature_is_401_and_says_nothing_of_the_content(headers: dict[str, str]) -> None:
    body = json.dumps(wire.form(), ensure_ascii=False)
    found = replay(wire.recording({"headers": headers, "raw_body": body}))
    assert found == {"leads": [], "messages": [], "http_status": [401]}


def test_hmac_sha256_of_the_body_is_not_taken_for_the_signature() -> None:
    body = json.dumps(wire.form())
    told = hmac.new(wire.TOKEN.encode(), body.encode(), hashlib.sha256).hexdigest()
    for text in (f"sha256={told}", f"sha1={told}", told):
        assert statuses({"headers": {"x-red-signature": text}, "raw_body": body}) == [401]


def test_the_signature_is_judged_before_the_shape() -> None:
    assert statuses({"headers": {}, "raw_body": "{"}, wire.pushed("{")) == [401, 400]


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "7", '"x"', "{}", '{"data": null}', '{"data": []}', '{"data": "x"}', '{"data": NaN}',
     "[" * 100_000, '{"data": ' + "9" * 5000 + "}"],
)  # fmt: skip
def test_rubbish_that_is_correctly_signed_is_400(body: str) -> None:
    assert statuses(wire.pushed(body)) == [400]


def test_a_body_above_the_limit_is_413_even_signed() -> None:
    assert statuses(wire.pushed(wire.form(keyword="x" * 5_000_000))) == [413]


@pytest.mark.parametrize("answers", [[], None, {}, "", [None], [{}], [{"label": "电话", "value": ""}], [7]])
def test_empty_answers_are_a_lead_without_contact(answers: Any) -> None:
    told = wire.form(answers=[])
    told["data"]["data"] = answers
    [lead] = leads(wire.pushed(told))
    assert (lead["external_id"], lead["name"], lead["phone"], lead["wechat"]) == ("L1", None, None, None)


def test_a_console_test_is_answered_200_and_listed_as_a_test() -> None:
    found = replay(wire.recording(wire.pushed(wire.form("test")), wire.pushed(wire.form("L2"))))
    assert found["http_status"] == [200, 200]
    assert [(lead["external_id"], lead["is_test"]) for lead in found["leads"]] == [
        ("test", True),
        ("L2", False),
    ]


@pytest.mark.parametrize("unknown", [0, "", None, "0"])
def test_organic_leads_have_no_ad(unknown: Any) -> None:
    names = ("campaign_id", "unit_id", "creative_id", "account_id")
    [lead] = leads(wire.pushed(wire.form(**dict.fromkeys(names, unknown))))
    assert [lead[name] for name in names] == [None] * 4


def test_ids_keep_all_their_digits() -> None:
    [lead] = leads(wire.pushed(wire.form(9007199254740993123, campaign_id=18446744073709551617)))
    assert (lead["external_id"], lead["campaign_id"]) == ("9007199254740993123", "18446744073709551617")


def test_without_an_id_the_same_form_is_one_lead_and_another_form_is_another() -> None:
    same = [
        wire.pushed(wire.form(missing, sent=n)) for n, missing in enumerate((None, "", 0), 1_772_331_631_500)
    ]
    other = wire.pushed(wire.form(None, answers=[{"label": "姓名", "value": "丙"}]))
    assert [lead["name"] for lead in leads(*same, other)] == ["甲", "丙"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13800138000", ["13800138000"]),
        (13800138000, ["13800138000"]),
        ("+86 138-0013-8000", ["13800138000"]),
        ("0086 13800138000", ["13800138000"]),
        ("(86)138 0013 8000", ["13800138000"]),
        ("１３８００１３８０００", ["13800138000"]),
        ("138\u200b0013\u200b8000", ["13800138000"]),
        ("١٣٨٠٠١٣٨٠٠٠", ["13800138000"]),
        ("010-8888 8888", ["01088888888"]),
        ("13800138000 / 13900139000", ["13800138000", "13900139000"]),
        ("13800138000或13900139000", ["13800138000", "13900139000"]),
        ("138,0013,8000", ["13800138000"]),
        ("无", []),
        ("", []),
        (None, []),
    ],
)
def test_phones_of_every_spelling(written: Any, read: list[str]) -> None:
    assert phones(written) == read


def test_what_is_no_phone_and_what_people_write_stays_an_answer() -> None:
    answers = [
        {"label": "您的姓名：", "value": "👩‍👧 小\u200b示例"},
        {"label": "联系电话", "value": "微信联系"},
        {"label": "微信号", "value": " Wx_001 "},
        {"label": "邮箱", "value": "a@example.com"},
        {"label": "意向课程", "value": ["口语", "写作"]},
        {"label": "预算", "value": 3000},
    ]
    [lead] = leads(wire.pushed(wire.form(answers=answers)))
    assert (lead["name"], lead["phone"], lead["wechat"]) == ("👩‍👧 小\u200b示例", None, "Wx_001")
    assert lead["email"] == "a@example.com"
    assert lead["answers"] == {"联系电话": "微信联系", "意向课程": "口语,写作", "预算": "3000"}


def test_a_name_of_nothing_to_see_is_no_name() -> None:
    [lead] = leads(wire.pushed(wire.form(answers=[{"label": "姓名", "value": "\u200b\ufeff "}])))
    assert lead["name"] is None


def test_messages_are_read_from_either_side_once() -> None:
    deliveries = [
        {"raw_body": json.dumps(told, ensure_ascii=False)}
        for told in (
            wire.message("m1"),
            wire.message("m1"),
            wire.message("m2", "你好呀", message_source=2, from_user_id="brand", to_user_id="u1"),
            wire.message("m3", message_type="IMAGE", content=wire.enciphered({"link": "https://x.example"})),
        )
    ]
    found = replay({"api": "/api/open/im/send", "secret_hex": wire.KEY_HEX, "deliveries": deliveries})
    assert found["http_status"] == [200] * 4
    assert [
        (m["message_id"], m["direction"], m["user_id"], m["nickname"], m["text"]) for m in found["messages"]
    ] == [
        ("m1", "from_user", "u1", "小🍓", "你好"),
        ("m2", "to_user", "u1", "小🍓", "你好呀"),
        ("m3", "from_user", "u1", "小🍓", ""),
    ]


@pytest.mark.parametrize(
    "content",
    ["", "x", "~split~", "MDEyMzQ1Njc4OWFiY2RlZg==~split~AAAA", wire.enciphered({"text": "a"}, "ff" * 16),
     wire.enciphered(b"\xff\xfe"), wire.enciphered([1]), 7, ["x"]],
)  # fmt: skip
def test_what_cannot_be_deciphered_is_400(content: Any) -> None:
    told = wire.message(content=content) if content != "" else wire.message(message_id="")
    delivery = {"path": "/api/open/im/send", "raw_body": json.dumps(told)}
    assert replay({"secret_hex": wire.KEY_HEX, "deliveries": [delivery]})["http_status"] == [400]


@pytest.mark.parametrize("hidden", [True, False])
def test_a_lead_of_a_conversation_comes_enciphered_or_plain(hidden: bool) -> None:
    told = {"lead_id": 71, "name": "甲", "phone": "+8613800138000", "wechat": "wx1", "user_id": "u1",
            "note_id": "n1", "live_room_id": "r1", "source": "私信", "unheard_of": {"a": [1]}}  # fmt: skip
    body = {"content": wire.enciphered(told)} if hidden else {"data": told}
    delivery = {
        "path": "/api/open/im/third/data",
        "raw_body": json.dumps(body | {"timestamp": 1772334000000}),
    }
    found = replay({"secret_hex": wire.KEY_HEX, "deliveries": [delivery, delivery]})
    [lead] = found["leads"]
    assert found["http_status"] == [200, 200]
    assert lead["platform"] == "xiaohongshu_im"
    assert (lead["external_id"], lead["phone"], lead["wechat"]) == ("71", "13800138000", "wx1")
    assert (lead["platform_user_id"], lead["note_id"], lead["live_room_id"]) == ("u1", "n1", "r1")
    assert (lead["submitted_at"], lead["source_channel"]) == ("2026-03-01T03:00:00Z", "私信")


def test_events_of_an_account_are_answered_and_state_nothing() -> None:
    content = wire.enciphered({"user_id": "brand", "app_id": 1, "token": "t"})
    paths = (
        "/api/open/im/third/bind_account",
        "/api/open/im/third/unbind_account",
        "/api/open/im/auth/bind_user/event",
    )
    deliveries = [{"path": path, "raw_body": json.dumps({"content": content})} for path in paths]
    found = replay({"secret_hex": wire.KEY_HEX, "deliveries": deliveries})
    assert (found["http_status"], found["leads"], found["messages"]) == ([200] * 3, [], [])


def test_feiyu_pulls_are_signed_as_the_sheet_computes_and_read() -> None:
    key = "NDJiYzdkMzA0NmVhNjIxY2I3NzllZDE5ZjlhNjdhODU1MWM0ZjAyMjgzNGRjMjg5MDY4ZDc2OWMyNTkyNzQzYg=="
    row = {"id": "7300000000000000001", "adv_id": "1", "name": "甲", "telphone": "13800138000", "weixin": "",
           "city_name": "上海", "create_time": "1772331630", "site_id": "9", "promotion_id": "0", "ad_id": "5",
           "remark_dict": '{"预算": "3000"}'}  # fmt: skip
    exchange = {
        "request": {
            "url": "https://feiyu.oceanengine.com/crm/v2/openapi/pull-clues/?start_time=2026-01-01&end_time=2026-01-02&page=1",
            "headers": {"Timestamp": "1767225600", "Signature": "?"},
        },
        "response": {"count": 2, "data": [row, row]},
    }
    found = replay(
        {"api": "feiyu pull", "secret": "demo-key", "exchanges": [exchange, {"response": {"count": 0}}]}
    )
    assert found["signatures"] == {"1767225600": key}
    [lead] = found["leads"]
    assert (lead["external_id"], lead["unit_id"], lead["submitted_at"]) == (
        row["id"],
        "5",
        "2026-03-01T02:20:30Z",
    )
    assert (lead["platform"], lead["answers"], lead["wechat"]) == ("feiyu", {"预算": "3000"}, None)


def test_meta_checks_its_address_and_pushes_ids() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "v", "hub.challenge": "1158201444"}
    asked = Delivery(b"", method="GET", query=query)
    assert meta.judge(asked, Secrets(verify_token="v")).reply == "1158201444"
    assert [meta.judge(asked, Secrets(verify_token=token)).status for token in ("v", "w", "")] == [
        200,
        403,
        403,
    ]
    value = {"leadgen_id": 9, "page_id": 1, "form_id": 3, "created_time": 1772331630}
    body = json.dumps({"object": "page", "entry": [{"id": "1", "changes": [{"field": "leadgen", "value": value},
                       {"field": "feed", "value": {}}]}] * 2})  # fmt: skip
    signature = "sha256=" + hmac.new(b"app", body.encode(), hashlib.sha256).hexdigest()
    delivery = {"headers": {"x-hub-signature-256": signature}, "raw_body": body}
    found = replay({"api": "meta", "secret": "app", "deliveries": [delivery, delivery | {"headers": {}}]})
    assert found["http_status"] == [200, 401]
    assert [(lead["external_id"], lead["account_id"], lead["creative_id"]) for lead in found["leads"]] == [
        ("9", "1", None)
    ]


NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
WHSEC = "whsec_" + base64.b64encode(b"k" * 24).decode()


def standard(body: str, *, at: datetime = NOW, secret: bytes = b"k" * 24) -> Delivery:
    stamp = str(int(at.timestamp()))
    mac = base64.b64encode(
        hmac.new(secret, f"msg_1.{stamp}.{body}".encode(), hashlib.sha256).digest()
    ).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1a,x v1,{mac}"}
    return Delivery(body.encode(), headers)


def test_our_own_address_takes_standard_webhooks_of_five_minutes() -> None:
    body = json.dumps({"type": "lead", "data": {"id": "L9", "phone": "13800138000", "answers": {"a": "b"}}})
    secrets = Secrets((WHSEC,))
    ages = [timedelta(seconds=n) for n in (-301, -300, 0, 300, 301)]
    assert [own.judge(standard(body, at=NOW - age), secrets, NOW).status for age in ages] == [
        401,
        200,
        200,
        200,
        401,
    ]
    assert own.judge(standard(body, secret=b"x" * 24), secrets, NOW).why == "signature"
    assert (
        own.judge(
            standard(body, secret=b"x" * 24),
            Secrets((WHSEC, "whsec_" + base64.b64encode(b"x" * 24).decode())),
            NOW,
        ).status
        == 200
    )
    [lead] = own.told(standard(body), secrets).leads
    assert (lead.external_id, lead.details, lead.answers) == (
        "L9",
        (("phone", "13800138000"),),
        (("a", "b"),),
    )


FEIYU_TEXT = "/crm/v2/openapi/pull-clues/?start_time=2026-01-01&end_time=2026-01-02 1767225600"
FEIYU_KEY = (
    "NDJiYzdkMzA0NmVhNjIxY2I3NzllZDE5ZjlhNjdhODU1MWM0ZjAyMjgzNGRjMjg5MDY4ZDc2OWMyNTkyNzQzYg=="  # of the sheet
)


def test_vectors_answer_signatures_and_plaintexts_by_name() -> None:
    vectors = [
        {"name": "feiyu", "secret": "demo-key", "string_before_secret": FEIYU_TEXT},
        {"name": "clear", "key_hex": wire.KEY_HEX, "content": wire.enciphered({"text": "你好"})},
        {"name": "garbled", "key_hex": "ff" * 16, "content": wire.enciphered({"text": "你好"})},
    ]  # fmt: skip
    assert replay({"vectors": vectors}) == {
        "signatures": {"feiyu": FEIYU_KEY},
        "plaintexts": {"clear": '{"text": "你好"}', "garbled": None},
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "data",
    "leads_id",
    "message_id",
    "content",
    "entry",
    "object",
    "type",
    "user_info",
    "timestamp",
    "id",
)


@pytest.mark.parametrize("name", CHANNELS)
@given(
    told=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), json_values, max_size=8),
    raw=st.binary(),
)
def test_no_body_breaks_a_channel(name: str, told: dict[str, Any], raw: bytes) -> None:
    secrets = Secrets(key_hex=wire.KEY_HEX)
    for body in (
        raw,
        json.dumps(told).encode(),
        json.dumps({"type": "lead", "object": "page", "data": told, "entry": [told]}).encode(),
    ):
        delivery = Delivery(body)
        if channel(name).judge(delivery, secrets).kept:
            for lead in channel(name).told(delivery, secrets).leads:
                assert len(lead.key) > 0
                json.dumps(lead.origin, ensure_ascii=False).encode()

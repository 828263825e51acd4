"""A reply as the platform takes it: the same contract for its fake and over a socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from leads.channels import access, signatures
from leads.channels.calls import Answer, Call, Outcome, Took
from leads.channels.sending import Outgoing, send
from portal.demo.partners import xiaohongshu_desk
from tests.leads.channels import wire
from tests.leads.outgoing.conftest import Line

To = Callable[[Any], Line]
IV = b"0123456789abcdef"
HELLO = Outgoing("r-1", "brand", "u1", "您好🍓", datetime(2026, 3, 1, 3, 0, tzinfo=UTC))


def sent(line: Line, message: Outgoing = HELLO, key_hex: str = wire.KEY_HEX, **given: str) -> Outcome:
    told = {"base": line.origin, "app_id": "a", "third_account_id": "third-1", **given}
    return send(line.ask, message, access.known("xiaohongshu_im", told), key_hex, IV)


def test_a_reply_travels_enciphered_in_the_fields_of_the_sheet() -> None:
    seen: list[Call] = []

    def looks_on(call: Call) -> Answer:
        seen.append(call)
        return Answer(200, b'{"code":0,"msg":"","success":true}')

    assert sent(Line(looks_on, "https://adapi.xiaohongshu.com")) == Outcome(Took.ACCEPTED)
    [call] = seen
    assert (call.method, call.url) == ("POST", "https://adapi.xiaohongshu.com/api/open/im/third/send")
    told = json.loads(call.body)
    assert told.pop("content") == wire.enciphered('{"text":"您好🍓"}'.encode())
    assert told == {
        "user_id": "brand",
        "request_id": "r-1",
        "message_type": "TEXT",
        "from_user_id": "brand",
        "to_user_id": "u1",
        "third_account_id": "third-1",
        "timestamp": 1772334000000,
    }


def test_the_content_can_be_read_with_the_key_and_by_nobody_else() -> None:
    content = signatures.encipher('{"text":"您好"}'.encode(), wire.KEY_HEX, IV)
    assert json.loads(signatures.decipher(content, wire.KEY_HEX)) == {"text": "您好"}
    with pytest.raises(signatures.Undecipherable):
        signatures.decipher(content, "ff" * 16)


def test_the_same_number_is_one_message_however_often_it_is_sent(
    line: To, red: xiaohongshu_desk.Desk
) -> None:
    there = line(red)
    assert {sent(there).took for _ in range(3)} == {Took.ACCEPTED}
    assert red.sent == {"r-1": "您好🍓"}


@pytest.mark.parametrize(
    ("changed", "given", "outcome"),
    [
        ({"text": "加微信 abc"}, {}, Outcome(Took.REJECTED, "消息包含站外联系方式，请使用名片")),
        ({}, {"third_account_id": "another"}, Outcome(Took.REJECTED, "三方账号未绑定")),
        ({}, {"third_account_id": ""}, Outcome(Took.WAITS, "no_access")),
        ({"brand_id": ""}, {}, Outcome(Took.REJECTED, "no_address")),
        ({"user_id": ""}, {}, Outcome(Took.REJECTED, "no_address")),
    ],
)
def test_what_is_not_taken_says_why(
    line: To, red: xiaohongshu_desk.Desk, changed: dict[str, str], given: dict[str, str], outcome: Outcome
) -> None:
    assert sent(line(red), replace(HELLO, **changed), **given) == outcome
    assert red.sent == {}


def test_another_key_is_refused_and_a_busy_platform_is_tried_again(
    line: To, red: xiaohongshu_desk.Desk
) -> None:
    there = line(red)
    assert sent(there, key_hex="ff" * 16) == Outcome(Took.REJECTED, "消息内容解密失败")
    red.busy = 1
    assert sent(there).took is Took.AGAIN

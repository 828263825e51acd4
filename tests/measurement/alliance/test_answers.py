from __future__ import annotations

from typing import Any

import pytest

from measurement.alliance.answers import body_of, class_of_words
from measurement.alliance.facts import ErrorClass, Refusal


@pytest.mark.parametrize(
    ("exchange", "error_class"),
    [
        ({"http_status": 404, "response_text": "<html>"}, ErrorClass.BAD_REQUEST),
        ({"http_status": 404, "response": {"code": 27}}, ErrorClass.BAD_REQUEST),
        ({"status": 502, "response_text": "<html>Bad Gateway</html>"}, ErrorClass.TRANSIENT),
        ({"http_status": "503", "response": {"ok": True}}, ErrorClass.TRANSIENT),
        ({"response_text": "<html>"}, ErrorClass.TRANSIENT),
        ({"response_text": ""}, ErrorClass.TRANSIENT),
        ({"response": None}, ErrorClass.TRANSIENT),
        ({"response": []}, ErrorClass.TRANSIENT),
        ({}, ErrorClass.TRANSIENT),
    ],
)
def test_what_is_no_answer_is_refused_by_its_http_status(
    exchange: dict[str, Any], error_class: ErrorClass
) -> None:
    refusal = body_of(exchange)
    assert isinstance(refusal, Refusal)
    assert (refusal.error_class, refusal.platform_code) == (error_class, None)


def test_an_answer_is_read_as_object_or_as_text() -> None:
    assert body_of({"response": {"a": 1}}) == {"a": 1}
    assert body_of({"response_text": '{"a": 1}', "http_status": 200}) == {"a": 1}
    assert body_of({"response": None, "response_text": '{"a": 1}'}) == {"a": 1}


@pytest.mark.parametrize(
    ("words", "error_class"),
    [
        ("Invalid signature", ErrorClass.SIGNATURE),
        ("签名错误, access_token", ErrorClass.SIGNATURE),
        ("Invalid timestamp", ErrorClass.SIGNATURE),
        ("App Call Limited", ErrorClass.THROTTLE),
        ("调用次数超过限制", ErrorClass.THROTTLE),
        ("请求过于频繁", ErrorClass.THROTTLE),
        ("Insufficient isv permissions isv.permission-api-package-limit", ErrorClass.PERMISSION),
        ("IP不在白名单", ErrorClass.PERMISSION),
        ("vipapis.ip-in-blackList", ErrorClass.PERMISSION),
        ("access token expired", ErrorClass.AUTH),
        ("Invalid session", ErrorClass.AUTH),
        ("token已过期，请重新授权", ErrorClass.AUTH),
        ("Service currently unavailable", ErrorClass.TRANSIENT),
        ("系统繁忙，请稍后再试", ErrorClass.TRANSIENT),
        ("isp.remote-service-timeout", ErrorClass.TRANSIENT),
        ("缺少必要参数", ErrorClass.BAD_REQUEST),
        ("时间间隔不能超过1天", ErrorClass.BAD_REQUEST),
        ("Missing required arguments", ErrorClass.BAD_REQUEST),
    ],
)
def test_a_refusals_words_tell_its_class(words: str, error_class: ErrorClass) -> None:
    assert class_of_words(words) is error_class


def test_words_that_say_nothing_known_tell_no_class() -> None:
    assert class_of_words("", None, "哦") is None

"""What we tell sources is what they take: the same contract for the fakes and over a socket."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leads.channels import access, calls, report_back
from leads.channels.calls import Answer, Outcome, Took, Unreachable
from leads.channels.report_back import Statement
from leads.operations.asking import ask
from portal.demo.partners import feiyu_desk, meta_desk, xiaohongshu_desk
from tests.leads.outgoing.conftest import Line

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
MS = 1_764_043_200_000 + 31_536_000_000  # NOW in milliseconds
AD: dict[str, str] = {"campaign_id": "c1", "unit_id": "u1", "creative_id": "k1"}
To = Callable[[Any], Line]


def said(code: int | None = 102, **fields: Any) -> Statement:
    told = {
        "verb": "send",
        "stage": "",
        "number": "n1",
        "happened_at": NOW,
        "began_at": NOW,
        "lead": "L-1",
        "origin": AD,
    }
    return Statement(code=code, **(told | fields))


def tell(channel: str, line: Line, statement: Statement, **given: str) -> Outcome:
    told = access.known(channel, {"base": line.origin, "site": line.origin, **given})
    return report_back.tell(channel, line.ask, statement, told, NOW)


def test_the_moment_of_these_tests_is_what_it_says() -> None:
    assert int(NOW.timestamp() * 1000) == MS


# -- Xiaohongshu


def test_a_valid_landing_page_lead_is_marked_by_its_ids(line: To, red: xiaohongshu_desk.Desk) -> None:
    assert tell("xiaohongshu_form", line(red), said()) == Outcome(Took.ACCEPTED)
    assert (red.returned, red.events) == ({"L-1"}, {})


@pytest.mark.parametrize("code", [141, 200])
def test_other_news_are_told_of_the_click_once_however_often(
    line: To, red: xiaohongshu_desk.Desk, code: int
) -> None:
    there = line(red)
    statement = said(code, origin={"page_url": "https://page.example.com/a?click_id=abc"})
    for _ in range(2):
        assert tell("xiaohongshu_form", there, statement, advertiser_id="5001") == Outcome(Took.ACCEPTED)
    assert red.events == {("abc", str(code)): MS}


def test_what_xiaohongshu_does_not_take_is_rejected_with_its_reason(
    line: To, red: xiaohongshu_desk.Desk
) -> None:
    there, click = line(red), {"click_id": "abc"}
    assert tell("xiaohongshu_form", there, said(200), advertiser_id="5001") == Outcome(
        Took.REJECTED, "no_click"
    )
    assert tell("xiaohongshu_im", there, said(), advertiser_id="5001") == Outcome(Took.REJECTED, "no_click")
    assert tell("xiaohongshu_form", there, said(verb="retract")) == Outcome(Took.REJECTED, "no_retract")
    assert tell("xiaohongshu_form", there, said(123, origin=click), advertiser_id="5001") == Outcome(
        Took.REJECTED, "event_type错误"
    )
    assert tell("xiaohongshu_form", there, said(141, origin=click)) == Outcome(Took.WAITS, "no_access")
    assert tell("xiaohongshu_form", there, said(141, origin=click), advertiser_id="9") == Outcome(
        Took.WAITS, "签名错误"
    )
    assert red.events == {}


def test_a_call_of_the_common_way_is_signed_over_names_and_values() -> None:
    text = "advertiser_id5001&methodaurora.leads&timestamp1764043200000&version1.0"
    signed = report_back.aurora_sign("5001", "aurora.leads", "1764043200000")
    assert signed == hashlib.md5(text.encode()).hexdigest().upper()


def test_a_lead_without_an_id_of_the_platform_is_told_of_its_click(
    line: To, red: xiaohongshu_desk.Desk
) -> None:
    statement = said(lead="h-00", origin={**AD, "click_id": "abc"})
    assert tell("xiaohongshu_form", line(red), statement, advertiser_id="5001").took is Took.ACCEPTED
    assert (red.returned, red.events) == (set(), {("abc", "102"): MS})


# -- Feiyu

KEYS = {"access_token": "feiyu-token", "signature_key": "demo-key"}


def test_feiyu_is_told_the_number_that_the_merchant_gave_and_keeps_the_last(
    line: To, feiyu: feiyu_desk.Desk
) -> None:
    there, numbers = line(feiyu), {"state_101": "0", "state_102": "2", "state_200": "4"}
    for statement in (said(102), said(200), said(102, verb="restate")):
        assert tell("feiyu", there, statement, **KEYS, **numbers) == Outcome(Took.ACCEPTED)
    assert feiyu.states == {"L-1": 2}
    assert tell("feiyu", there, said(102, verb="retract"), **KEYS, **numbers) == Outcome(Took.ACCEPTED)
    assert feiyu.states == {"L-1": 0}


def test_a_state_without_a_number_is_never_guessed(line: To, feiyu: feiyu_desk.Desk) -> None:
    there = line(feiyu)
    assert tell("feiyu", there, said(141), **KEYS, state_102="2") == Outcome(Took.WAITS, "not_mapped")
    assert tell("feiyu", there, said(102)) == Outcome(Took.WAITS, "no_access")
    assert tell("feiyu", there, said(102, lead="h-1"), **KEYS, state_102="2").why == "no_lead_id"
    assert feiyu.states == {}


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"state_102": "99"}, Outcome(Took.REJECTED, "clue_convert_state error")),
        ({"state_102": "2", "access_token": "old"}, Outcome(Took.WAITS, "access token error")),
        ({"state_102": "2", "signature_key": "old"}, Outcome(Took.WAITS, "signature error")),
    ],
)
def test_feiyu_says_why_it_refuses(
    line: To, feiyu: feiyu_desk.Desk, given: dict[str, str], outcome: Outcome
) -> None:
    assert tell("feiyu", line(feiyu), said(102), **(KEYS | given)) == outcome


# -- Meta

TO_META = {"access_token": "meta-token", "dataset_id": "777"}
LEAD = "123456789012345"


def test_meta_is_told_stages_by_name_each_once(line: To, meta: meta_desk.Desk) -> None:
    there = line(meta)
    for number, stage in (("1", "new"), ("2", "qualified"), ("2", "qualified")):
        statement = said(None, stage=stage, number=number, lead=LEAD)
        assert tell("meta", there, statement, **TO_META) == Outcome(Took.SENT)
    assert [event["event_name"] for event in meta.events.values()] == ["new", "qualified"]
    assert meta.events["1"] == {
        "event_name": "new",
        "event_time": MS // 1000,
        "event_id": "1",
        "action_source": "system_generated",
        "user_data": {"lead_id": 123456789012345},
        "custom_data": {"event_source": "crm", "lead_event_source": "Seedbed"},
    }


def test_what_meta_would_drop_is_not_sent(line: To, meta: meta_desk.Desk) -> None:
    there = line(meta)
    early = said(None, stage="new", lead=LEAD, happened_at=NOW - timedelta(seconds=1))
    assert tell("meta", there, early, **TO_META).why == "before_lead"
    assert tell("meta", there, said(None, stage="new", lead="12"), **TO_META).why == "no_lead_id"
    assert tell("meta", there, said(None, stage="new", lead=LEAD)) == Outcome(Took.WAITS, "no_access")
    assert meta.events == {}


def test_an_old_token_waits_and_too_many_calls_are_tried_again(line: To, meta: meta_desk.Desk) -> None:
    there, statement = line(meta), said(None, stage="new", lead=LEAD)
    refused = tell("meta", there, statement, **(TO_META | {"access_token": "old"}))
    assert refused == Outcome(Took.WAITS, "Error validating access token")
    meta.busy = 1
    assert tell("meta", there, statement, **TO_META).took is Took.AGAIN
    assert tell("meta", there, statement, **TO_META).took is Took.SENT


# -- all of them


def test_a_busy_source_is_asked_again(line: To, red: xiaohongshu_desk.Desk, feiyu: feiyu_desk.Desk) -> None:
    red.busy = feiyu.busy = 1
    assert tell("xiaohongshu_form", line(red), said()).took is Took.AGAIN
    assert tell("feiyu", line(feiyu), said(102), **KEYS, state_102="2").took is Took.AGAIN


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"code": "0"', b'{"code": 7}'])
@pytest.mark.parametrize("channel", ["xiaohongshu_form", "feiyu", "meta"])
def test_an_answer_that_does_not_say_good_is_none(channel: str, body: bytes) -> None:
    line = Line(lambda _: Answer(200, body), "https://adapi.xiaohongshu.com")
    statement = said(lead=LEAD, stage="qualified")
    told = tell(channel, line, statement, **(KEYS | TO_META), state_102="2")
    assert told.took is Took.REJECTED


def test_nobody_is_asked_at_an_address_that_is_not_the_platforms_own(settings: Any) -> None:
    settings.PARTNER_ORIGINS = []
    for url in (
        "http://127.0.0.1:1/x",
        "https://127.0.0.1/x",
        "http://adapi.xiaohongshu.com/x",
        "https://xiaohongshu.com.example.com/x",
        "https://user@adapi.xiaohongshu.com/x",
        "https://adapi.xiaohongshu.com:8443/x",
        "https://[/x",
    ):
        with pytest.raises(Unreachable, match="address"):
            ask(calls.Call("GET", url))
    assert access.may_ask("https://adapi.xiaohongshu.com/api/open/common")


def test_a_server_that_is_gone_and_one_that_sends_elsewhere_are_told_apart(serve: Any, settings: Any) -> None:
    settings.PARTNER_ORIGINS = ["http://127.0.0.1:1"]
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        ask(calls.Call("GET", "http://127.0.0.1:1/x"))
    origin = serve(lambda _: Answer(302, b"{}"))
    assert ask(calls.Call("GET", f"{origin}/x")).status == 302

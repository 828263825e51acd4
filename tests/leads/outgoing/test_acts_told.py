"""Sources also hear what is no stage: that somebody was reached, came in, or that the lead has just arrived."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from leads.models import Feedback, Lead
from leads.operations import appointments, arrivals, reaching, sources, stages, telling
from leads.operations.arrivals import Stated
from merchants.models import Merchant
from portal.demo.partners import feiyu_desk
from tests.leads.desks import BY, HOUR, MINUTE, NOON, Desk

NUMBERS = {
    "state_101": "0", "state_102": "2", "state_104": "1", "state_visited": "4", "state_141": "3",
}  # fmt: skip


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


def lead_of(merchant: Merchant, channel: str, **access: str) -> Lead:
    sources.open_source(merchant, channel=channel, name="Page", given=access, by=BY)
    told = Stated(
        source=channel,
        external_id="L-1",
        submitted_at=NOON,
        stated_at=NOON,
        details=(("phone", "13800138000"),),
    )
    return arrivals.take_lead(merchant, told, now=NOON)[0]


def codes() -> list[tuple[str, int | None, str]]:
    return list(Feedback.objects.order_by("pk").values_list("verb", "code", "stage"))


def tell_all(merchant: Merchant) -> None:
    while telling.tell_one(merchant, now=NOON + HOUR):
        pass


@pytest.fixture
def clue(merchant: Merchant, feiyu: feiyu_desk.Desk, serve: Any) -> Lead:
    keys = {"access_token": "feiyu-token", "signature_key": "demo-key", "base": serve(feiyu)}
    return lead_of(merchant, "feiyu", **keys, **NUMBERS)


def test_feiyu_hears_the_first_state_and_each_later_one(
    merchant: Merchant, desk: Desk, clue: Lead, feiyu: feiyu_desk.Desk
) -> None:
    tell_all(merchant)
    states = [feiyu.states["L-1"]]
    reaching.tried(merchant, clue, desk.agent("lin"), how="phone", by=BY, now=NOON + MINUTE)
    tell_all(merchant)
    states.append(feiyu.states["L-1"])
    for to in ("qualified", "visited"):
        if to == "visited":
            appointments.visit_by_hand(
                merchant, clue, evidence="signed", nonce=uuid.uuid4(), by=BY, at=NOON + 3 * MINUTE
            )
        else:
            stages.move(merchant, clue, to=to, by=BY, now=NOON + 2 * MINUTE)
        tell_all(merchant)
        states.append(feiyu.states["L-1"])
    assert states == [0, 1, 2, 4]
    assert codes() == [("send", 101, ""), ("send", 104, ""), ("send", 102, ""), ("send", None, "visited")]


def test_a_later_state_is_not_replaced_by_a_call(merchant: Merchant, desk: Desk, clue: Lead) -> None:
    stages.move(merchant, clue, to="qualified", by=BY, now=NOON + MINUTE)
    reaching.tried(merchant, clue, desk.agent("lin"), how="phone", by=BY, now=NOON + 2 * MINUTE)
    assert codes() == [("send", 102, "")]


def test_a_state_that_waits_for_its_number_holds_no_later_one_up(
    merchant: Merchant, feiyu: feiyu_desk.Desk, serve: Any
) -> None:
    lead = lead_of(
        merchant,
        "feiyu",
        access_token="feiyu-token",
        signature_key="demo-key",
        base=serve(feiyu),
        state_102="2",
    )
    tell_all(merchant)
    assert feiyu.states == {}
    stages.move(merchant, lead, to="qualified", by=BY, now=NOON + MINUTE)
    tell_all(merchant)
    assert feiyu.states == {"L-1": 2}


def test_the_platform_hears_of_calls_and_of_wechat_once_and_meta_of_stages_alone(
    merchant: Merchant, desk: Desk
) -> None:
    lin = desk.agent("lin")
    lead = lead_of(merchant, "xiaohongshu_form")
    for how in ("unreached", "phone", "phone", "wechat"):
        reaching.tried(merchant, lead, lin, how=how, by=BY, now=NOON + MINUTE)
    assert codes() == [("send", 104, ""), ("send", 122, "")]
    Feedback.objects.all().delete()
    reaching.tried(merchant, lead_of(merchant, "meta"), lin, how="phone", by=BY, now=NOON + MINUTE)
    assert codes() == [("send", None, "new"), ("send", None, "replied")]

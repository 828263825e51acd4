"""Partners to speak to: asked directly, and over a socket by the product's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from leads.channels.calls import Answer, Ask, Call
from leads.operations.asking import ask
from portal.demo.partners import feiyu_desk, meta_desk, xiaohongshu_desk
from tests.leads.channels import wire
from tests.leads.outgoing.served import served

Serve = Callable[[Callable[[Call], Answer]], str]


@dataclass(frozen=True, slots=True)
class Line:
    """How a partner is reached: by whom and at which origin."""

    ask: Ask
    origin: str


@pytest.fixture
def serve(settings: Any) -> Iterator[Serve]:
    """Puts a partner behind a socket and lets the product ask there; its origin."""
    with ExitStack() as stack:

        def put(partner: Callable[[Call], Answer]) -> str:
            origin = stack.enter_context(served(partner))
            settings.PARTNER_ORIGINS = [*settings.PARTNER_ORIGINS, origin]
            return origin

        yield put


@pytest.fixture(params=["directly", "over a socket"])
def line(request: pytest.FixtureRequest, serve: Serve) -> Callable[[Callable[[Call], Answer]], Line]:
    """Reaches a partner in both ways, one after the other."""

    def to(partner: Callable[[Call], Answer]) -> Line:
        if request.param == "directly":
            return Line(partner, "https://adapi.xiaohongshu.com")
        return Line(ask, serve(partner))

    return to


@pytest.fixture
def red() -> xiaohongshu_desk.Desk:
    return xiaohongshu_desk.Desk(wire.KEY_HEX, third_account_id="third-1", advertiser_id="5001")


@pytest.fixture
def feiyu() -> feiyu_desk.Desk:
    return feiyu_desk.Desk(token="feiyu-token", key="demo-key")


@pytest.fixture
def meta() -> meta_desk.Desk:
    return meta_desk.Desk(token="meta-token", dataset_id="777")

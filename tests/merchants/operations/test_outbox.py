"""What one app tells another arrives, at least once, and a handler that fails keeps nobody else waiting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from merchants import events
from merchants.models import Event, Merchant, Store
from merchants.operations import outbox

Heard = list[tuple[str, dict[str, Any], int]]


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers of this test only."""
    monkeypatch.setattr(events, "_HANDLERS", type(events._HANDLERS)(list))


@pytest.fixture
def heard(handlers: None) -> Heard:
    """What the handler of ``tea`` was told."""
    found: Heard = []

    def hear(merchant: Merchant, payload: Mapping[str, Any], version: int) -> None:
        found.append((merchant.code, dict(payload), version))

    events.register("tea", hear)
    events.register("tea", hear)
    return found


def test_every_event_reaches_its_handler_once_in_order(merchant: Merchant, heard: Heard) -> None:
    events.tell(merchant, "tea", {"cup": 1})
    events.tell(merchant, "coffee", {"cup": 2})
    events.tell(merchant, "tea", {"cup": 3}, version=2)
    assert outbox.drain(merchant) == 3
    assert outbox.drain(merchant) == 0
    assert heard == [("glow", {"cup": 1}, 1), ("glow", {"cup": 3}, 2)]
    [waiting] = Event.objects.filter(handled_at=None)
    assert (waiting.kind, waiting.attempts, waiting.error) == ("coffee", 0, "nobody is registered for it")


def test_an_event_that_nobody_listens_for_waits_until_somebody_does(merchant: Merchant, heard: Heard) -> None:
    events.tell(merchant, "coffee", {"cup": 2})
    now = datetime.now(UTC)
    assert outbox.drain(merchant) == 1
    assert not outbox.hand_out_one(merchant, now=now + timedelta(minutes=59))
    events.register(
        "coffee", lambda merchant, payload, version: heard.append(("late", dict(payload), version))
    )
    assert outbox.hand_out_one(merchant, now=now + timedelta(minutes=61))
    assert heard == [("late", {"cup": 2}, 1)]
    assert Event.objects.filter(handled_at=None).count() == 0


def test_a_handler_that_fails_writes_nothing_and_is_asked_again_later(
    merchant: Merchant, heard: Heard
) -> None:
    def spill(merchant: Merchant, payload: Mapping[str, Any], version: int) -> None:
        Store.objects.create(merchant=merchant, code="spilt", name="Spilt")
        if len(heard) < 3:
            raise ValueError("no cup")

    events.register("tea", spill)
    events.tell(merchant, "tea", {"cup": 1})
    events.tell(merchant, "coffee", {"cup": 2})
    now = datetime.now(UTC)
    assert outbox.drain(merchant) == 2
    waiting = Event.objects.get(handled_at=None, kind="tea")
    assert (waiting.kind, waiting.attempts, waiting.error) == ("tea", 1, "ValueError: no cup")
    assert waiting.next_at > now + timedelta(seconds=1)
    assert not Store.objects.filter(code="spilt").exists()
    for minutes in (1, 2):
        assert outbox.hand_out_one(merchant, now=now + timedelta(minutes=minutes))
    assert Event.objects.filter(handled_at=None, kind="tea").count() == 0
    assert Store.objects.filter(code="spilt").count() == 1
    assert len(heard) == 3


def test_pauses_grow_to_an_hour_and_no_further(merchant: Merchant, handlers: None) -> None:
    def refuse(merchant: Merchant, payload: Mapping[str, Any], version: int) -> None:
        raise RuntimeError

    events.register("tea", refuse)
    events.tell(merchant, "tea", {})
    now, pauses = datetime.now(UTC) + timedelta(seconds=1), []
    for _ in range(14):
        outbox.hand_out_one(merchant, now=now)
        due = Event.objects.get().next_at
        pauses.append((due - now).total_seconds())
        now = due
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]

"""A receiver that the installation lets webhooks go to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from merchants import events
from tests.merchants.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as one:
        settings.WEBHOOK_ORIGINS = [one.origin]
        yield one


@pytest.fixture(autouse=True)
def tea(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of this test only that programs may listen to."""
    monkeypatch.setattr(events, "_PUBLISHED", {**events.published(), "tea.served": "tea was served"})

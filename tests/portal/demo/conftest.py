"""Small worlds, built once; they are pure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.demo.cast.hexiaoshao import HEXIAOSHAO
from portal.demo.cast.luya import LUYA
from portal.demo.world import World, build

UNTIL = datetime(2026, 5, 20, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def luya() -> World:
    return build(LUYA, seed=7, until=UNTIL, scale=0.12)


@pytest.fixture(scope="session")
def hexiaoshao() -> World:
    return build(HEXIAOSHAO, seed=7, until=UNTIL, scale=0.12)

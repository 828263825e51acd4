"""The small world of experiments."""

from __future__ import annotations

import numpy as np
import pytest

from measurement.models import Experiment
from measurement.operations import experiments
from tests.measurement.experiments.trials import BY, NOW, buy, draft, looked, people
from tests.measurement.world import World, key


@pytest.fixture
def world(merchant) -> World:
    return World(merchant)


@pytest.fixture
def listed(world) -> Experiment:
    """400 listed people, of whom each bought in October; a draft that is computed."""
    chance = np.random.default_rng(3)
    buy(world, [(p, "2026-10-05", int(chance.integers(5_000, 15_000))) for p in people(400)])
    buy(world, [(p, "2026-10-25", int(chance.integers(5_000, 15_000))) for p in people(400)])
    row = experiments.plan(
        world.merchant, draft(population="listed", spu=world.spu()), by=BY, now=NOW, seed="5eed"
    )
    experiments.enrol(world.merchant, row, [key(p) for p in people(400)], by=BY)
    return looked(row, NOW)

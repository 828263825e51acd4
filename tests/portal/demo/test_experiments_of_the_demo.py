"""The planted experiments: the ended one finds what was planted, the others stand where they should."""

from __future__ import annotations

from uuid import UUID

import pytest

from measurement.models import Experiment
from merchants import tenancy
from merchants.models import Merchant
from portal.demo import accounts, experiments, plant
from portal.demo.cast.luya import LUYA
from portal.demo.world import World

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.xdist_group("committed")]


def test_the_ended_test_covers_its_planted_truth_and_the_others_run_or_warn(
    committed, luya: World, settings
) -> None:
    settings.PEPPER = "the same keys, and so the same arms, each time"
    merchant = accounts.merchant_of(LUYA, code="tested")
    Merchant.objects.filter(pk=merchant.pk).update(public_id=UUID(int=7))
    merchant.refresh_from_db()
    world = experiments.with_lift(merchant, luya)
    assert 0 < len(world.unplaced) < len(luya.sales) / 20
    assert len(world.sales) + len(world.unplaced) == len(luya.sales)
    plant.plant(merchant, lambda: world, lambda _text: None)
    with tenancy.acting_for(merchant):
        ended, running, weak = Experiment.objects.for_merchant(merchant).order_by("id")
    result = ended.result
    part = result["relative"] / result["incremental_response"]
    low, high = (end * part for end in result["ci"])
    assert (ended.state, result["n_control"] > 500) == ("ended", True)
    assert low <= experiments.LIFT <= high
    assert result["health"]["sample_ratio_p"] > 0.001
    assert (running.state, "incremental_response" in running.result) == ("running", False)
    assert running.result["health"]["lacking"] == 0
    assert (weak.state, weak.plan["power"] < 0.8) == ("draft", True)
    experiments.plant(merchant, world)
    with tenancy.acting_for(merchant):
        assert Experiment.objects.for_merchant(merchant).count() == 3

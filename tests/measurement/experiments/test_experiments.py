"""Experiments from plan to read-out: on real rows, with the worker's own call in the place of the worker."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from measurement.lift.assignment import arm_of
from measurement.lift.plan import ExperimentKind
from measurement.models import Experiment, ExperimentUnit, Exposure, GeoDay, IdentityLink, OrderLine
from measurement.operations import experiment_rows, experiments, identities
from measurement.operations.experiments import NotPossible
from measurement.queries import experiments as reading
from merchants.models import AuditEvent
from tests.measurement.experiments.trials import (
    AFTER,
    BY,
    DURING,
    END,
    NOW,
    START,
    acts,
    buy,
    draft,
    looked,
    people,
    run,
)
from tests.measurement.world import World, at, key

# -- planning


def test_a_draft_knows_how_likely_it_is_to_see_its_lift(listed):
    plan = listed.plan
    assert (listed.state, listed.asked_at, listed.failure) == ("draft", None, "")
    assert (plan["per_arm"], plan["baseline"] > 9_000) == (200, True)
    assert plan["power"] > 0.99
    assert [chance for _lift, chance in plan["curve"]] == sorted(chance for _lift, chance in plan["curve"])
    assert not experiments.is_weak(listed)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_on": START - timedelta(days=1)}, "reversed"),
        ({"ends_on": START + timedelta(days=200)}, "too_long"),
        ({"hoped_lift": 0.0}, "no_lift"),
        ({"kind": ExperimentKind.PAUSE}, "pause_needs_product"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_written(world, change, code):
    with pytest.raises(NotPossible) as refused:
        experiments.plan(world.merchant, draft(**change), by=BY)
    assert refused.value.code == code
    assert not Experiment.objects.for_merchant(world.merchant).exists()


def test_too_few_people_are_said_and_keep_it_from_starting(world):
    row = looked(experiments.plan(world.merchant, draft(population="listed"), by=BY, now=NOW), NOW)
    assert row.failure == "few_people"
    with pytest.raises(NotPossible, match="cannot_start"):
        experiments.register(world.merchant, row, by=BY, now=NOW)


def test_low_power_needs_a_reason_that_stays_with_it(world, listed):
    row = experiments.plan(
        world.merchant,
        draft(population="listed", spu=world.spu(), hoped_lift=0.01),
        by=BY,
        experiment=listed,
        now=NOW,
    )
    with pytest.raises(NotPossible, match="not_computed"):
        experiments.register(world.merchant, row, by=BY, now=NOW)
    row = looked(row, NOW)
    assert row.plan["power"] < 0.3
    for reason in ("", "because"):
        with pytest.raises(NotPossible, match="needs_reason"):
            experiments.register(world.merchant, row, by=BY, reason=reason, now=NOW)
    row = experiments.register(world.merchant, row, by=BY, reason="It is cheap to try", now=NOW)
    assert (row.state, row.reason) == ("registered", "It is cheap to try")
    trail = AuditEvent.objects.for_merchant(world.merchant).get(act="measurement.experiment.registered")
    assert (trail.data["reason"], trail.data["hash"]) == ("It is cheap to try", row.design_hash)


def test_a_registered_design_is_fixed(world, listed):
    row = experiments.register(world.merchant, listed, by=BY, now=NOW)
    with pytest.raises(NotPossible, match="fixed"):
        experiments.plan(world.merchant, draft(hoped_lift=0.5), by=BY, experiment=row)
    with pytest.raises(NotPossible, match="fixed"):
        experiments.register(world.merchant, row, by=BY, now=NOW)


def test_a_test_whose_first_day_has_passed_cannot_be_registered(world, listed):
    with pytest.raises(NotPossible, match="begun"):
        experiments.register(world.merchant, listed, by=BY, now=DURING)


# -- running and reading out


def test_the_arm_of_a_person_is_the_keyed_coin_and_is_kept_once(world, listed):
    coin = experiments.enrol(world.merchant, listed, [key("p1"), key("p1"), key("new")], by=BY)
    assert coin[str(key("p1"))] == arm_of(listed.design["seed"], str(key("p1")))
    assert ExperimentUnit.objects.for_merchant(world.merchant).filter(experiment=listed).count() == 401


def test_a_holdout_is_read_out_at_its_end_and_finds_what_was_put_in(world, listed):
    row = looked(run(world, listed), AFTER)
    result = row.result
    assert (row.state, result["method"], result["unit"]) == ("ended", "cuped", "fen")
    treated = result["n_treatment"]
    assert result["ci"][0] <= 6_000 * treated <= result["ci"][1]
    assert result["p"] < 0.001
    assert result["each"]["plain"]["effect"] == pytest.approx(6_000, abs=1_000)
    assert acts(row) == ["planned", "enrolled", "registered", "ended", "read_out"]


def test_before_the_end_only_health_is_computed(world, listed):
    row = looked(run(world, listed), DURING)
    assert row.state == "running"
    assert set(row.result) == {"health", "history", "read_at"}
    assert row.result["health"]["control"] + row.result["health"]["treatment"] == 400
    assert row.result["health"]["sample_ratio_p"] > 0.01


def test_a_registered_look_uses_the_interval_that_is_valid_at_every_look(world, listed):
    row = experiments.plan(
        world.merchant,
        draft(population="listed", spu=world.spu(), sequential=True),
        by=BY,
        experiment=listed,
        now=NOW,
    )
    row = looked(run(world, looked(row, NOW)), DURING)
    plain = row.result["each"]["cuped"]["ci"]
    wide = [end / row.result["n_treatment"] for end in row.result["ci"]]
    assert row.result["through"] == "2026-11-09"
    assert wide[1] - wide[0] > 1.2 * (plain[1] - plain[0])


def test_refunds_that_come_later_change_the_read_out_and_the_former_one_stays(world, listed):
    row = looked(run(world, listed), AFTER)
    first = row.result["incremental_response"]
    OrderLine.objects.for_merchant(world.merchant).filter(
        paid_at=at("2026-11-08"), person_key=key("p3")
    ).update(net_fen=0)
    row = looked(row, AFTER + timedelta(days=1))
    assert row.result["incremental_response"] != first
    assert [one["incremental_response"] for one in row.result["history"]] == [first]


def test_two_keys_of_one_person_in_both_arms_are_left_out(world, listed):
    arms = dict(reading.participants(world.merchant, listed))
    one = next(p for p in people(400) if arms[str(key(p))] == 0)
    other = next(p for p in people(400) if arms[str(key(p))] == 1)
    identities.link(
        world.merchant, [identities.LinkRow(key(one), key(other), "member id")], source="test", by=BY
    )
    assert IdentityLink.objects.for_merchant(world.merchant).count() == 1
    found = reading.health(world.merchant, listed)
    assert (found.control + found.treatment, found.merged) == (398, 1)


def test_exposures_are_logged_once_and_told_by_arm(world, listed):
    row = experiments.register(world.merchant, listed, by=BY, now=NOW)
    arms = dict(reading.participants(world.merchant, row))
    shown = [p for p in people(400) if arms[str(key(p))] == 1][:50] + [
        p for p in people(400) if arms[str(key(p))] == 0
    ][:2]
    rows = [experiment_rows.ExposureRow(row.pk, key(p), DURING) for p in shown]
    assert experiment_rows.put_exposures(world.merchant, rows, by=BY).added == 52
    again = experiment_rows.put_exposures(world.merchant, rows, by=BY)
    assert (again.added, again.repeated) == (0, 52)
    found = reading.health(world.merchant, row)
    assert (found.exposed_treatment, found.exposed_control) == (50, 2)
    assert Exposure.objects.for_merchant(world.merchant).count() == 52


def test_a_stopped_test_is_never_read_out(world, listed):
    row = run(world, listed)
    with pytest.raises(NotPossible, match="needs_reason"):
        experiments.stop(world.merchant, row, reason="", by=BY)
    experiments.stop(world.merchant, row, reason="The shop was closed for a week", by=BY)
    row = looked(row, AFTER)
    assert (row.state, row.result) == ("stopped", {})


def test_everybody_reached_takes_part_once_registered(world, merchant):
    for person in people(120):
        world.touch(person, "2026-10-01", "Winter repair")
    buy(world, [(p, "2026-10-25", 10_000 + 100 * n) for n, p in enumerate(people(120))])
    row = looked(experiments.plan(merchant, draft(spu=world.spu(), hoped_lift=0.5), by=BY, now=NOW), NOW)
    assert row.plan["per_arm"] == 60
    row = looked(experiments.register(merchant, row, by=BY, reason="A first try of it", now=NOW), NOW)
    arms = dict(reading.participants(merchant, row))
    assert arms == {str(key(p)): arm_of(row.design["seed"], str(key(p))) for p in people(120)}
    world.touch("late", "2026-11-09", "Winter repair")
    assert len(dict(reading.participants(merchant, looked(row, DURING)))) == 120


# -- places


def places(
    world: World, row: Experiment, first: date, last: date, *, lift: float = 0.0, skip: str = ""
) -> None:
    """Sixteen cities of unequal size; the treated ones sell more from the first day of the test on."""
    chance = np.random.default_rng(5)
    groups = row.design.get("groups", {})
    rows = []
    for number in range(16):
        geo, size = f"city-{number:02}", 200 + 40 * number
        for day in range((last - first).days + 1):
            at_day = first + timedelta(days=day)
            sold = size * (1 + 0.1 * np.sin(day / 5) + chance.normal(0, 0.03))
            if at_day >= row.starts_on and groups.get(geo) == "treatment":
                sold *= 1 + lift
            if geo != skip or day:
                rows.append(experiment_rows.GeoRow(row.pk, at_day, geo, Decimal(f"{sold:.2f}"), 500))
    experiment_rows.put_geo_days(world.merchant, rows, by=BY)


@pytest.fixture
def geo(world) -> Experiment:
    row = experiments.plan(world.merchant, draft(ExperimentKind.GEO), by=BY, now=NOW, seed="5eed")
    places(world, row, date(2026, 8, 1), date(2026, 10, 31))
    return looked(row, NOW)


def test_places_are_paired_and_their_history_tells_the_power(geo):
    plan = geo.plan
    assert (len(plan["pairs"]), len(plan["groups"]), plan["left_out"], plan["history_days"]) == (
        8,
        16,
        [],
        92,
    )
    assert plan["power"] > 0.8
    assert plan["placebo_false_alarm_rate"] < 0.2


def test_a_geo_test_is_read_out_once_its_places_are_there_to_the_end(world, geo):
    row = experiments.register(world.merchant, geo, by=BY, now=NOW)
    assert row.design["groups"] == geo.plan["groups"]
    row = looked(row, AFTER)
    assert (row.state, row.failure) == ("ended", "panel_too_short")
    places(world, row, date(2026, 8, 1), END, lift=0.2)
    row = looked(row, AFTER)
    assert (row.failure, row.result["method"], row.result["unit"]) == ("", "tbr", "value")
    treated = [geo for geo, group in row.design["groups"].items() if group == "treatment"]
    sold = GeoDay.objects.for_merchant(world.merchant).filter(experiment=row, geo__in=treated, day__gte=START)
    added = float(sum(day.value for day in sold)) * (1 - 1 / 1.2)
    assert row.result["ci"][0] <= added <= row.result["ci"][1]
    assert row.result["relative"] == pytest.approx(0.2, abs=0.05)
    assert len(row.result["series"]) == 108


def test_a_place_that_lacks_a_day_is_said(world):
    row = experiments.plan(world.merchant, draft(ExperimentKind.GEO), by=BY, now=NOW)
    places(world, row, date(2026, 8, 1), date(2026, 10, 31), skip="city-03")
    assert looked(row, NOW).failure == "holes"
    assert reading.panel_days(world.merchant, row).lacking == 1


def test_a_geo_test_without_places_says_what_it_needs(world):
    assert (
        looked(experiments.plan(world.merchant, draft(ExperimentKind.GEO), by=BY, now=NOW), NOW).failure
        == "no_panel"
    )


# -- a pause


def test_a_pause_is_read_against_the_products_that_went_on(world):
    """The paused one sells a quarter less from the first day on; what seeding had brought is what is missing."""
    chance = np.random.default_rng(6)
    sales = []
    for number in range(120):
        day = (date(2026, 7, 20) + timedelta(days=number)).isoformat()
        common = 1 + 0.1 * np.sin(number / 6)
        for name, size in (("essence", 80_000), ("cream", 120_000), ("cleanser", 60_000)):
            less = 0.75 if name == "essence" and day >= START.isoformat() else 1.0
            sales.append((name, day, int(size * common * less * (1 + chance.normal(0, 0.02)))))
    for name in ("essence", "cream", "cleanser"):
        spu = world.spu(name)
        before = set(OrderLine.objects.for_merchant(world.merchant).values_list("pk", flat=True))
        buy(world, [(name, day, fen) for of, day, fen in sales if of == name])
        OrderLine.objects.for_merchant(world.merchant).exclude(pk__in=before).update(spu=spu)
    row = experiments.plan(
        world.merchant, draft(ExperimentKind.PAUSE, spu=world.spu(), hoped_lift=0.3), by=BY, now=NOW
    )
    row = looked(row, NOW)
    assert row.plan["power"] is not None
    row = experiments.register(world.merchant, row, by=BY, reason="Nothing else is possible", now=NOW)
    row = looked(row, AFTER)
    assert row.result["incremental_response"] > 0
    assert row.result["relative"] == pytest.approx(1 / 0.75 - 1, abs=0.08)
    assert row.result["ci"][0] > 0

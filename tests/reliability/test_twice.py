"""Every task may run twice: a message is delivered at least once, and beat looks again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import celery
import pytest
from django.utils import timezone

from merchants import tenancy, walls
from merchants.models import Merchant, RawDelivery, Upload
from merchants.operations import uploads
from portal.celery import app
from tests.reliability import facts
from tests.worlds import World

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]
FILE = "order_id,platform,paid_at,paid_amount,item_id\nA1,taobao,2026-02-20 12:00:00,12.00,700\n"

# What says when something was done last; a second time may say so.
CLOCKS = {"touched_at", "applied_at", "last_received_at", "attempts"}


@pytest.fixture
def world() -> World:
    made = World.plant("twice")
    for call in facts.calls(made, orders=4, seen=6):
        call()
    return made


@pytest.fixture
def handed_in(world: World, tmp_path: Any, settings: Any) -> Upload:
    settings.STATE = tmp_path
    accepted = uploads.accept(
        world.merchant, kind="orders", filename="orders.csv", chunks=[FILE.encode()], by="user:1"
    )
    return accepted.upload


def everything(merchant: Merchant) -> dict[str, list[dict[str, Any]]]:
    """Every row of every tenant table, but for the clocks."""
    told = {}
    with tenancy.acting_for(merchant):
        for model in walls.tenant_models():
            fields = [field.attname for field in model._meta.concrete_fields if field.name not in CLOCKS]
            told[model.__name__] = sorted(model.objects.for_merchant(merchant).values(*fields), key=str)
    return told


def _wait_long(upload: Upload) -> None:
    """As if the worker that has the file had died a while ago."""
    with tenancy.acting_for(upload.merchant):
        Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now() - timedelta(hours=1))


def _check(world: World, upload: Upload) -> dict[str, int]:
    return {"merchant_id": world.merchant.pk, "upload_id": upload.pk}


def _apply(world: World, upload: Upload) -> dict[str, int]:
    uploads.check(world.merchant, upload.pk)
    with tenancy.acting_for(world.merchant):
        uploads.confirm(world.merchant, Upload.objects.get(pk=upload.pk), by="user:1")
    return _check(world, upload)


def _delivery(world: World, upload: Upload) -> dict[str, int]:
    row = facts.receive(world, facts.exchanges(9)[-1])
    return {"merchant_id": world.merchant.pk, "delivery_id": row.pk}


def _expired(world: World, upload: Upload) -> dict[str, int]:
    with tenancy.acting_for(world.merchant):
        RawDelivery.objects.update(expires_at=timezone.now() - timedelta(days=1))
    return {}


# How to give each task something to do.
GIVEN: dict[str, Callable[[World, Upload], dict[str, int]]] = {
    "measurement.work": lambda world, upload: {"merchant_id": world.merchant.pk},
    "measurement.apply_delivery": _delivery,
    "measurement.sweep": lambda world, upload: {},
    "merchants.check_upload": _check,
    "merchants.apply_upload": _apply,
    "merchants.resume_uploads": lambda world, upload: {},
    "merchants.purge_deliveries": _expired,
}


@pytest.fixture(scope="module")
def tasks() -> dict[str, celery.Task]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith(("celery.", "tests."))}


def test_every_task_is_tried_twice_below(tasks: dict[str, celery.Task]) -> None:
    assert set(tasks) == set(GIVEN)


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_a_second_run_of_a_task_changes_nothing(
    name: str, tasks: dict[str, celery.Task], world: World, handed_in: Upload
) -> None:
    task = tasks[name]
    arguments = GIVEN[name](world, handed_in)
    before = everything(world.merchant)
    task(**arguments)
    once = everything(world.merchant)
    if name not in {"measurement.sweep", "merchants.resume_uploads"}:  # these only wake others
        assert once != before
    _wait_long(handed_in)
    task(**arguments)
    assert everything(world.merchant) == once

"""Every task may run twice: a message is delivered at least once, and beat looks again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import celery
import pytest
from django.test import override_settings
from django.utils import timezone

from leads.channels.facts import Delivery
from leads.models import Export
from leads.operations import alarms, exports, letters, replies, sources, stages
from leads.operations import deliveries as leads_deliveries
from leads.queries.asked import Asked
from measurement.models import Comment, Experiment, Note, Schedule
from measurement.operations import cycle_learning, cycle_previews, response, schedules, touches
from merchants import events, tenancy, walls
from merchants.models import Merchant, RawDelivery, Upload, User
from merchants.operations import supervision, uploads, webhooks
from portal.celery import app
from tests.conftest import make_member
from tests.leads.channels import wire
from tests.leads.desks import Desk
from tests.merchants.onboarding.doors import let_in
from tests.reliability import endings, facts
from tests.worlds import World

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]
FILE = "order_id,platform,paid_at,paid_amount,item_id\nA1,taobao,2026-02-20 12:00:00,12.00,700\n"

# What says when something was done last; a second time may say so.
CLOCKS = {"touched_at", "applied_at", "last_received_at", "attempts", "computed_at", "judged_at", "took_ms"}
# What is put in place of what stood, so that it gets a number of its own each time.
REPLACED = {"JudgedRow", "SpendFlag", "RipeningRow", "SignalRelation"}


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
            hidden = CLOCKS | {"id"} if model.__name__ in REPLACED else CLOCKS
            fields = [field.attname for field in model._meta.concrete_fields if field.name not in hidden]
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


def _mine(world: World, upload: Upload) -> dict[str, int]:
    return {"merchant_id": world.merchant.pk}


def _settled(world: World, upload: Upload) -> dict[str, int]:
    """Credit stands; what follows from it is still to be done."""
    facts.settle(world.merchant)
    return _mine(world, upload)


def _nothing(world: World, upload: Upload) -> dict[str, int]:
    return {}


def _learning(world: World, upload: Upload) -> dict[str, int]:
    facts.settle(world.merchant)
    cycle_learning.begin(world.merchant, by="user:1")
    return _mine(world, upload)


def _preview(world: World, upload: Upload) -> dict[str, int]:
    facts.settle(world.merchant)
    with tenancy.acting_for(world.merchant):
        category = world.spus[0].category
    cycle_previews.begin(world.merchant, of=category, days=3, source="x", by="user:1")
    return _mine(world, upload)


def _old_comment(world: World, upload: Upload) -> dict[str, int]:
    _comment(world, days=10_000)
    return {}


def _old_touches(world: World, upload: Upload) -> dict[str, int]:
    old = world.touch("old", "ann", timedelta(days=3_000))
    touches.put(world.merchant, [old], source="feed", by="system:test")
    return _mine(world, upload)


def _new_comment(world: World, upload: Upload) -> dict[str, int]:
    _comment(world, days=1)
    return _mine(world, upload)


def _comment(world: World, *, days: int) -> None:
    now = timezone.now()
    with tenancy.acting_for(world.merchant):
        note = Note.objects.for_merchant(world.merchant).order_by("pk")[0]
        Comment.objects.create(
            merchant=world.merchant, note=note, external_id="c1", text="真的好用",
            posted_at=now - timedelta(days=days), stated_at=now,
        )  # fmt: skip


def _due_letter(world: World, upload: Upload) -> dict[str, int]:
    with tenancy.acting_for(world.merchant):
        Schedule.objects.create(
            merchant=world.merchant, owner=User.objects.create(username="reader"), rhythm="daily",
            form="csv", next_at=timezone.now() - timedelta(minutes=5),
        )  # fmt: skip
    return _mine(world, upload)


def _waiting_letter(world: World, upload: Upload) -> dict[str, int]:
    _due_letter(world, upload)
    (mailing,) = schedules.write_due(world.merchant, now=timezone.now())
    return {"merchant_id": world.merchant.pk, "mailing_id": mailing}


def _event(world: World, upload: Upload) -> dict[str, int]:
    with tenancy.acting_for(world.merchant):
        events.tell(world.merchant, "nobody.listens", {})
    return _mine(world, upload)


def _webhook(world: World, upload: Upload) -> dict[str, int]:
    """A test for an endpoint whose address may be called no more."""
    with override_settings(WEBHOOK_ORIGINS=["http://127.0.0.1:1"]):
        endpoint, _ = webhooks.add(
            world.merchant, url="http://127.0.0.1:1/", kinds=["upload.finished"], by="user:1"
        )
    webhooks.send_test(world.merchant, endpoint, by="user:1")
    return {**_mine(world, upload), "endpoint_id": endpoint.pk}


def _asked(world: World, upload: Upload) -> dict[str, int]:
    """Somebody has asked, an agent is there, and time has passed."""
    with tenancy.acting_for(world.merchant):
        desk = Desk(world.merchant)
        desk.agent("lin")
        desk.say("ann", at=timezone.now() - timedelta(minutes=1))
    return _mine(world, upload)


def _pushed(world: World, upload: Upload) -> dict[str, int]:
    """A form that was answered and not yet read."""
    body = json.dumps(wire.form()).encode()
    source = sources.open_source(world.merchant, channel="xiaohongshu_form", name="Page", by="user:1")
    with tenancy.acting_for(world.merchant):
        leads_deliveries.receive(source, Delivery(body), now=timezone.now())
        row = RawDelivery.objects.for_merchant(world.merchant).get(kind=RawDelivery.LEAD)
    return {**_mine(world, upload), "delivery_id": row.pk}


def _pushed_anew(world: World, upload: Upload) -> dict[str, int]:
    _pushed(world, upload)
    return _mine(world, upload)


def _replied(world: World, upload: Upload) -> dict[str, int]:
    """A reply whose conversation names no account to write from: it cannot be sent."""
    given = {"app_id": "a", "third_account_id": "b"}
    sources.open_source(
        world.merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, given=given, by="user:1"
    )
    with tenancy.acting_for(world.merchant):
        desk = Desk(world.merchant)
        session = desk.say("ann", at=timezone.now() - timedelta(minutes=1))
        replies.reply(world.merchant, session, desk.agent("lin"), text="您好", by="user:1")
    return _mine(world, upload)


def _old_words(world: World, upload: Upload) -> dict[str, int]:
    """A clinic's chat of long ago, to whose keeping nobody has consented."""
    supervision.set_sensitive(world.merchant, sensitive=True, by="user:1")
    with tenancy.acting_for(world.merchant):
        Desk(world.merchant).say("ann", at=timezone.now() - timedelta(days=400))
    return {}


def _to_ask(world: World, upload: Upload) -> dict[str, int]:
    """A source whose address is none that may be asked."""
    given = {"access_token": "a", "signature_key": "b", "base": "http://127.0.0.1:1"}
    source = sources.open_source(world.merchant, channel="feiyu", name="Feiyu", given=given, by="user:1")
    return {**_mine(world, upload), "source_id": source.pk}


def _file_asked(world: World, upload: Upload) -> dict[str, int]:
    """A list of the desk that is to be written as a file."""
    _asked(world, upload)
    owner = make_member(world.merchant)
    row = exports.ask(world.merchant, owner, kind="messages", form="xlsx", asked=Asked(), language="en")
    return {**_mine(world, upload), "export_id": row.pk}


def _file_over(world: World, upload: Upload) -> dict[str, int]:
    """A file whose time is over."""
    asked = _file_asked(world, upload)
    exports.write(world.merchant, asked["export_id"])
    with tenancy.acting_for(world.merchant):
        Export.objects.update(expires_at=timezone.now() - timedelta(days=1))
    return {}


def _shift_led(world: World, upload: Upload) -> dict[str, int]:
    """Somebody leads the shift, and it is past the hour of the letter."""
    with tenancy.acting_for(world.merchant):
        lin = Desk(world.merchant).agent("lin", leads_shift=True)
        User.objects.filter(pk=lin.user_id).update(email="lin@example.com")
        rule = {"reveals_an_hour": 9, "reveals_a_day": 9, "rows_a_day": 9}
        alarms.set_oversight(world.merchant, letter_hour=0, by="user:1", **rule)
    return _mine(world, upload)


def _letter_waits(world: World, upload: Upload) -> dict[str, int]:
    """A letter of the desk that is to be sent."""
    _shift_led(world, upload)
    letters.write_due(world.merchant, now=timezone.now())
    return _mine(world, upload)


def _moved(world: World, upload: Upload) -> dict[str, int]:
    """A lead that became invalid, whose source was not set up to hear of it."""
    with tenancy.acting_for(world.merchant):
        desk = Desk(world.merchant)
        lead = desk.lead_of(desk.say("ann", at=timezone.now() - timedelta(minutes=1)))
        stages.move(world.merchant, lead, to="invalid", reason="spam", by="user:1")
    return _mine(world, upload)


def _whole(world: World, upload: Upload) -> dict[str, int]:
    facts.settle(world.merchant)
    response.ask(world.merchant, by="user:1")
    return _mine(world, upload)


def _experiment(world: World, upload: Upload) -> dict[str, int]:
    today = timezone.now().date()
    with tenancy.acting_for(world.merchant):
        made = Experiment.objects.create(
            merchant=world.merchant, name="Held back", kind="holdout", starts_on=today, ends_on=today
        )
    return {"merchant_id": world.merchant.pk, "experiment_id": made.pk}


def _running_out(world: World, upload: Upload) -> dict[str, int]:
    let_in(world.merchant, until=timezone.now().date() + timedelta(days=3))
    return _mine(world, upload)


WAKE_OTHERS = {
    "merchants.sweep_expiry",
    "merchants.resume_archives",
    "merchants.sweep_webhooks",
    "leads.sweep_deliveries",
    "measurement.sweep",
    "merchants.resume_uploads",
    "measurement.sweep_judging",
    "measurement.sweep_crowds",
    "measurement.crowds_of_the_day",
    "measurement.sweep_tallies",
    "measurement.resume_cycles",
    "measurement.sweep_letters",
    "measurement.sweep_wholes",
    "measurement.sweep_experiments",
    "measurement.sweep_sales",
    "measurement.sweep_journeys",
    "measurement.journeys_of_the_day",
    "measurement.sweep_comments",
    "measurement.sweep_old",
    "merchants.sweep_events",
    "leads.sweep_desks",
    "leads.sweep_outgoing",
    "leads.sweep_shifts",
    "leads.resume_exports",
}
# a draft; no data for a week; files only
NOTHING_DUE = {"measurement.experiment", "measurement.learn_due_cycles", "merchants.sweep_papers"}

# How to give each task something to do.
GIVEN: dict[str, Callable[[World, Upload], dict[str, int]]] = {
    "measurement.work": lambda world, upload: {"merchant_id": world.merchant.pk},
    "measurement.apply_delivery": _delivery,
    "measurement.sweep": lambda world, upload: {},
    "merchants.check_upload": _check,
    "merchants.apply_upload": _apply,
    "merchants.resume_uploads": lambda world, upload: {},
    "merchants.purge_deliveries": _expired,
    "merchants.write_archive": lambda world, upload: endings.archive(world.merchant),
    "merchants.delete_merchants": lambda world, upload: endings.to_delete(world.merchant),
    "merchants.hand_out_events": _event,
    "leads.assign": _asked,
    "leads.tend": _asked,
    "leads.take_delivery": _pushed,
    "leads.take_deliveries": _pushed_anew,
    "leads.report_back": _moved,
    "leads.send_replies": _replied,
    "leads.pull": _to_ask,
    "merchants.send_webhooks": _webhook,
    "merchants.watch_expiry": _running_out,
    "merchants.sweep_papers": _nothing,
    "leads.forget_words": _old_words,
    "leads.write_export": _file_asked,
    "leads.purge_exports": _file_over,
    "leads.write_letters": _shift_led,
    "leads.send_letters": _letter_waits,
    "measurement.judge": _settled,
    "measurement.crowds": _settled,
    "measurement.tally": _mine,
    "measurement.count_sales": _settled,
    "measurement.count_journeys": _settled,
    "measurement.learn_cycles": _learning,
    "measurement.preview_cycle": _preview,
    "measurement.purge_comments": _old_comment,
    "measurement.delete_old": _old_touches,
    "measurement.label_comments": _new_comment,
    "measurement.write_letters": _due_letter,
    "measurement.send_mailing": _waiting_letter,
    "measurement.estimate_whole": _whole,
    "measurement.experiment": _experiment,
    "measurement.learn_due_cycles": _nothing,
    "measurement.wholes_of_the_day": _nothing,
    **dict.fromkeys(WAKE_OTHERS - {"measurement.sweep", "merchants.resume_uploads"}, _nothing),
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
    if name not in WAKE_OTHERS | NOTHING_DUE:
        assert once != before
    _wait_long(handed_in)
    task(**arguments)
    assert everything(world.merchant) == once

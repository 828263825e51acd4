"""What programs are told of: applications, papers, runs and credited orders, beside leads and files."""

from __future__ import annotations

from typing import Any

import pytest

from measurement.models import Credit, Run
from measurement.operations import marks, recompute
from merchants import events, tenancy
from merchants.models import Application, ApplicationItem, Event, Merchant, User
from merchants.onboarding.standing import State
from merchants.operations import applications, papers, reviews, webhooks
from merchants.operations.applications import Business
from merchants.queries import onboarding
from tests.conftest import make_member
from tests.merchants.documents.papers import picture
from tests.worlds import World, deliver, trade

pytestmark = pytest.mark.django_db


def listen(merchant: Merchant, *kinds: str) -> None:
    webhooks.add(merchant, url="https://8.8.8.8/in", kinds=kinds, by="user:0")


def told(merchant: Merchant) -> list[tuple[str, Any]]:
    with tenancy.acting_for(merchant):
        rows = Event.objects.for_merchant(merchant).filter(kind__in=events.published())
        return list(rows.order_by("pk").values_list("kind", "payload"))


def test_every_kind_of_the_issue_is_published() -> None:
    assert {
        "application.moved", "document.received", "document.decided", "order.credited", "run.finished",
        "lead.created", "lead.moved", "upload.finished",
    } <= set(events.published())  # fmt: skip


def test_a_run_and_the_orders_it_credited_are_told() -> None:
    world = World.plant("glow")
    merchant = world.merchant
    listen(merchant, "order.credited", "run.finished")
    deliver(merchant, trade("1", [("700", 900), ("701", 300)], buyer="ann"))
    recompute.drain(merchant)
    with tenancy.acting_for(merchant):
        run = Run.objects.get()
        unattributed = sum(Credit.objects.values_list("fen_linear", flat=True))
    assert unattributed == 1_200
    order = {
        "platform": "taobao", "shop": told(merchant)[0][1]["orders"][0]["shop"], "order_id": "1",
        "attributed_fen": 0, "unattributed_fen": 1_200,
    }  # fmt: skip
    assert told(merchant) == [
        ("order.credited", {"run_id": run.pk, "model": "linear", "orders": [order]}),
        (
            "run.finished",
            {
                "run_id": run.pk, "cause": run.cause, "rule_version": run.rule_version, "lines": 2,
                "changed_lines": 2,
            },
        ),
    ]  # fmt: skip


def test_a_run_that_changed_nothing_names_no_order() -> None:
    world = World.plant("glow")
    deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"))
    recompute.drain(world.merchant)
    listen(world.merchant, "order.credited", "run.finished")
    with tenancy.acting_for(world.merchant):
        marks.change(world.merchant, "all")
    recompute.drain(world.merchant)
    ((kind, payload),) = told(world.merchant)
    assert (kind, payload["lines"], payload["changed_lines"]) == ("run.finished", 1, 0)


def test_where_nobody_listens_a_run_writes_no_event() -> None:
    world = World.plant("glow")
    listen(world.merchant, "upload.finished")
    deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"))
    recompute.drain(world.merchant)
    assert told(world.merchant) == []


def test_an_application_tells_of_its_papers_and_of_every_move(merchant: Merchant) -> None:
    listen(merchant, "application.moved", "document.received", "document.decided")
    owner = make_member(merchant)
    by = f"user:{owner.pk}"
    business = Business("Glow", "company", "own", ["beauty"], ["Shop"])
    case = applications.describe(merchant, business, by=by)
    applications.describe(merchant, business, by=by)
    paper = papers.hand_in(merchant, "business_licence", filename="a.jpg", data=picture(), by=by)
    assert told(merchant) == [
        (
            "document.received",
            {
                "document_id": paper.pk, "requirement": "business_licence", "number": 1,
                "receipt": paper.receipt,
            },
        )
    ]  # fmt: skip
    Application.objects.update(state="submitted")
    ApplicationItem.objects.filter(key="business_licence").update(state=State.IN_REVIEW, submitter=owner)
    reviewer = User.objects.create_user(username="reviewer")
    version = onboarding.application_of(merchant).version
    reason = {one.key: one for one in onboarding.asked_of(case, paper.created_at.date()).requirements}[
        "business_licence"
    ].reasons[0]
    reviews.decide(
        merchant, "business_licence", accepted=False, reviewer=reviewer, version=version, reason=reason
    )
    applications.withdraw(merchant, by=by)
    moved = {"application_id": case.pk, "round": 0}
    assert told(merchant)[1:] == [
        ("application.moved", {**moved, "before": "submitted", "after": "changes_needed"}),
        (
            "document.decided",
            {
                "document_id": paper.pk, "requirement": "business_licence", "state": "changes_needed",
                "reason": reason,
            },
        ),
        ("application.moved", {**moved, "before": "changes_needed", "after": "withdrawn"}),
    ]  # fmt: skip

"""The operator's desk: every model is found, at a fixed number of queries; nothing computed is changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measurement.choices import CycleBasis
from measurement.models import (
    BulkChange,
    Category,
    CategoryCycle,
    Credit,
    DirtyMark,
    MerchantCycle,
    Note,
    Rollup,
)
from merchants import tenancy
from merchants.models import ApiToken, AuditEvent, Connection, Merchant, RawDelivery, User
from merchants.operations import tokens
from tests.conftest import make_member, make_merchant
from tests.measurement.world import World

pytestmark = pytest.mark.xdist_group("committed")
OURS = [
    model
    for label in ("merchants", "measurement", "leads")
    for model in apps.get_app_config(label).get_models()
]


def populate(merchant: Merchant, name: str) -> World:
    with tenancy.acting_for(merchant):
        world = World(merchant)
        world.touch(name, "2026-10-02", f"Note of {name}", blogger=f"Blogger of {name}")
        world.order(f"T-{name}", "2026-10-06", 10001, person=name)
        world.spend("2026-10-01", 2000, note=f"Note of {name}")
        Connection.objects.create(merchant=merchant, source="taobao", shop=name, name=f"Taobao of {name}")
        world.compute()
        DirtyMark.objects.create(merchant=merchant, bucket=1, line_id=1, cause=name)
        return world


@pytest.fixture
def operator(committed, client):
    user = User.objects.create_superuser("operator", "operator@example.com", "correct horse battery")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def glow(operator) -> Merchant:
    merchant = make_merchant("glow")
    populate(merchant, "ann")
    return merchant


def changelist(model, **query: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query=query)


def test_every_model_of_ours_is_on_the_desk(db):
    assert [model.__name__ for model in OURS if model not in admin.site._registry] == []


def test_every_list_opens_and_can_be_searched_by_text_number_and_key(glow, client):
    broken = []
    for model in OURS:
        for term in ("", "ann", "4711", "0190c1de-0000-7000-8000-000000000000"):
            answer = client.get(changelist(model, **({"q": term} if term else {})))
            if answer.status_code != 200:
                broken.append((model.__name__, term, answer.status_code))
    assert broken == []


def test_every_row_opens(glow, client):
    opened = set()
    for model in OURS:
        row = model._base_manager.using("operator").first()
        if row is None:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        answer = client.get(reverse(name, args=[row.pk]))
        assert answer.status_code == 200, model
        opened.add(model.__name__)
    assert {
        "Touch",
        "Credit",
        "Posting",
        "Rollup",
        "Presence",
        "Run",
        "Order",
        "OrderLine",
        "Spend",
    } <= opened


def test_a_list_takes_the_same_queries_for_one_row_and_for_three(glow, client):
    def counts() -> dict[str, tuple[int, int]]:
        found = {}
        for model in OURS:
            with (
                CaptureQueriesContext(connections["default"]) as own,
                CaptureQueriesContext(connections["operator"]) as seen,
            ):
                assert client.get(changelist(model)).status_code == 200
            found[model.__name__] = (len(own), len(seen))
        return found

    client.get(changelist(Note))  # content types are remembered from here on
    few = counts()
    for name in ("ben", "cleo"):
        populate(glow, name)
    assert counts() == few


def test_the_desk_shows_the_rows_of_all_merchants(glow, client):
    populate(make_merchant("stranger"), "zoe")
    said = client.get(changelist(Note)).content.decode()
    assert "Note of ann" in said
    assert "Note of zoe" in said


def test_opening_a_row_is_kept_in_the_trail_of_its_merchant(glow, operator, client):
    row = Note.objects.using("operator").get(title="Note of ann")
    client.get(reverse("admin:measurement_note_change", args=[row.pk]))
    with tenancy.acting_for(glow):
        event = AuditEvent.objects.get(act="merchants.support.viewed")
    assert (event.actor, event.object_kind, event.object_id) == (f"user:{operator.pk}", "note", str(row.pk))


@pytest.mark.parametrize("model", [Credit, Rollup, RawDelivery, AuditEvent, Note])
def test_rows_of_merchants_cannot_be_added_changed_or_deleted_here(glow, client, model, rf, operator):
    page = admin.site._registry[model]
    request = rf.get("/")
    request.user = operator
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert page.has_view_permission(request)


def act(client, model, name: str, row) -> None:
    answer = client.post(changelist(model), {"action": name, "_selected_action": [row.pk]})
    assert answer.status_code == 302


def test_asking_for_a_rebuild_leaves_a_change_to_expand_and_its_act(glow, operator, client):
    act(client, Merchant, "compute_anew", glow)
    with tenancy.acting_for(glow):
        assert BulkChange.objects.filter(cause="all", expanded_at=None).count() == 1
        assert AuditEvent.objects.get(act="measurement.rebuild.asked").actor == f"user:{operator.pk}"


def test_a_trade_is_listed_as_sensitive_by_an_act(glow, client):
    act(client, Merchant, "list_as_sensitive", glow)
    assert Merchant.objects.get(pk=glow.pk).sensitive_trade is True
    act(client, Merchant, "unlist_as_sensitive", glow)
    with tenancy.acting_for(glow):
        acts = AuditEvent.objects.filter(act="merchants.trade.set").order_by("id")
        assert [event.data for event in acts] == [{"sensitive": True}, {"sensitive": False}]


def test_a_token_is_revoked_by_an_act(glow, operator, client):
    token, _ = tokens.issue(glow, name="till", scopes=["orders:write"], user=operator)
    act(client, ApiToken, "revoke_token", token)
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_a_source_is_paused_by_an_act(glow, client):
    row = Connection.objects.using("operator").get(shop="ann")
    act(client, Connection, "pause_source", row)
    assert Connection.objects.using("operator").get(pk=row.pk).paused is True


def test_a_delivery_that_holds_no_exchange_cannot_be_read_again(glow, client):
    with tenancy.acting_for(glow):
        row = RawDelivery.objects.create(
            merchant=glow,
            connection=Connection.objects.get(shop="ann"),
            received_at=datetime.now(UTC),
            kind="file",
            content_hash="0" * 64,
            body=b"",
            size=0,
            state="failed",
            expires_at=datetime.now(UTC),
        )
    act(client, RawDelivery, "read_again", row)
    assert RawDelivery.objects.using("operator").get(pk=row.pk).state == "failed"


def test_a_new_shared_cycle_is_history_and_marks_who_sells_there(glow, operator, client):
    essence = Category.objects.get(code="facial-essence")
    before = CategoryCycle.objects.filter(category=essence).count()
    try:
        answer = client.post(
            reverse("admin:measurement_categorycycle_add"),
            {"category": essence.pk, "days": 31, "basis": CycleBasis.PUBLISHED, "source": "a later figure"},
        )
        assert answer.status_code == 302
        assert CategoryCycle.objects.filter(category=essence).count() == before + 1
        with tenancy.acting_for(glow):
            assert BulkChange.objects.filter(cause="cycle").count() == 1
            assert MerchantCycle.objects.count() == 0
    finally:
        CategoryCycle.objects.using("operator").filter(source="a later figure").delete()


def test_people_without_the_right_do_not_come_in(glow, client):
    client.force_login(make_member(glow, "owner"))
    assert client.get(changelist(Note)).status_code == 302

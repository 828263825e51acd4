"""Products, items, notes and codes as files and programs bring them, and what becomes of earlier orders."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from measurement.models import (
    BulkChange,
    Category,
    ChannelCode,
    Credit,
    ItemMapping,
    Note,
    OrderLine,
    Spu,
    SpuMargin,
)
from measurement.operations import recompute, touches
from measurement.queries import products
from merchants import tenancy
from merchants.intake import kinds
from merchants.intake.tables import Row
from merchants.intake.validate import Good, Validator
from merchants.models import AuditEvent, Merchant, Upload
from merchants.operations import tokens, uploads
from tests.worlds import World, deliver, trade

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PRODUCTS = """商品编码,商品名称,类目,毛利率,生效日期
cream,面霜 50g,面部精华,62%,2026-01-01
cream,,,58.5%,2026-04-01
"""


def hand_in(merchant: Merchant, kind: str, text: str) -> Upload:
    """A file as a person brings it: read, checked, confirmed and applied; its row afterwards."""
    upload = uploads.accept(merchant, kind=kind, filename="f.csv", chunks=[text.encode()], by="user:1").upload
    uploads.check(merchant, upload.pk)
    if _now(merchant, upload).rows_rejected == 0:
        uploads.confirm(merchant, upload, by="user:1")
        uploads.apply(merchant, upload.pk)
    return _now(merchant, upload)


def _now(merchant: Merchant, upload: Upload) -> Upload:
    with tenancy.acting_for(merchant):
        return Upload.objects.get(pk=upload.pk)


@pytest.fixture(autouse=True)
def state(settings: Any, tmp_path: Any) -> None:
    settings.STATE = tmp_path


def test_a_file_of_products_gives_each_its_cycle_and_its_margins_in_time(merchant: Merchant) -> None:
    upload = hand_in(merchant, "products", PRODUCTS)
    assert (upload.state, upload.rows_applied) == ("applied", 2)
    spu = Spu.objects.get()
    assert (spu.code, spu.name, spu.category.code) == ("cream", "面霜 50g", "facial-essence")
    product = products.products_of(merchant)[spu.pk]
    assert product.cycle_days == 29  # of facial essence, as published
    assert [(margin.start, margin.basis_points) for margin in product.margins] == [
        (date.min, None),
        (date(2026, 1, 1), 6_200),
        (date(2026, 4, 1), 5_850),
    ]


def test_a_file_with_one_bad_row_can_be_read_to_its_line_and_writes_nothing(merchant: Merchant) -> None:
    upload = hand_in(merchant, "products", PRODUCTS + "mask,面膜,面部精华,0.4,2026-01-01\n")
    assert upload.state == "checked"
    [problem] = upload.errors
    assert (problem["line"], problem["column"], problem["value"], problem["code"]) == (
        4, "margin", "0.4", "not_a_share",
    )  # fmt: skip
    assert not Spu.objects.exists()


def test_the_same_again_changes_nothing_and_another_margin_of_a_day_takes_its_place(
    merchant: Merchant,
) -> None:
    hand_in(merchant, "products", PRODUCTS)
    acts = AuditEvent.objects.filter(act__startswith="measurement.").count()
    hand_in(merchant, "products", PRODUCTS + "\n")  # another file, the same rows
    assert AuditEvent.objects.filter(act__startswith="measurement.").count() == acts
    assert SpuMargin.objects.count() == 2
    hand_in(merchant, "products", "spu,margin,valid_from\ncream,60%,2026-04-01\n")
    assert products.products_of(merchant)[Spu.objects.get().pk].margins[-1].basis_points == 6_000
    assert SpuMargin.objects.count() == 3  # what was told before stays


def test_an_order_that_came_before_its_item_was_mapped_gets_its_product_and_is_credited_anew() -> None:
    """Item 800 is bought a day after a read of the note of SPU 0; nobody has said that it is SPU 0."""
    world = World.plant()
    merchant = world.merchant
    touches.put(merchant, [world.touch("1", "ann", DAY)], source="f", by="system:t")
    deliver(merchant, trade("1", [("800", 12_300), ("801", 4_500)], buyer="ann"))
    recompute.drain(merchant)
    with tenancy.acting_for(merchant):
        assert not OrderLine.objects.exclude(spu=None).exists()
        assert not Credit.objects.filter(grade="A").exists()
    hand_in(merchant, "items", "platform,item_id,spu\ntaobao,800,S0\n")
    recompute.drain(merchant)
    with tenancy.acting_for(merchant):
        mapped, unmapped = OrderLine.objects.order_by("item_id")
        assert (mapped.spu_id, unmapped.spu_id) == (world.spus[0].pk, None)
        [credit] = Credit.objects.filter(grade="A")
        assert (credit.line_id, credit.fen_last, credit.spu_id) == (mapped.pk, 12_300, world.spus[0].pk)


def test_a_sku_may_be_another_product_than_its_item() -> None:
    world = World.plant()
    hand_in(world.merchant, "items", "platform,item_id,sku_id,spu\njd,900,,S0\njd,900,1,S1\n")
    with tenancy.acting_for(world.merchant):
        rows = ItemMapping.objects.filter(platform="jd").order_by("sku_id")
        assert [(row.sku_id, row.spu.code) for row in rows] == [("", "S0"), ("1", "S1")]


def test_items_handed_in_twice_ask_for_nothing_the_second_time() -> None:
    world = World.plant()
    rows = _read(world.merchant, "items", [{"platform": "jd", "item_id": "9", "spu": "S0"}])
    first = kinds.get("items").write(world.merchant, rows, by="user:1")
    with tenancy.acting_for(world.merchant):
        changes = BulkChange.objects.count()
    again = kinds.get("items").write(world.merchant, rows, by="user:1")
    with tenancy.acting_for(world.merchant):
        assert BulkChange.objects.count() == changes
    assert (first.added, first.repeated, again.added, again.repeated) == (1, 0, 0, 1)


def test_facts_about_a_note_reach_its_channels() -> None:
    world = World.plant()
    merchant = world.merchant
    touches.put(merchant, [world.touch("1", "ann", DAY)], source="f", by="system:t")
    text = (
        "note_id,title,blogger_id,blogger_name,spu,buying_point,scene,is_video,published_at\n"
        "n0,熬夜急救,b1,小满,S1,修护,熬夜,yes,2026-02-01 08:00\n"
    )
    hand_in(merchant, "notes", text)
    with tenancy.acting_for(merchant):
        note = Note.objects.get(external_id="n0")
        assert (note.title, note.buying_point, note.scene, note.is_video) == (
            "熬夜急救",
            "修护",
            "熬夜",
            True,
        )
        assert (note.spu.code, note.blogger.name) == ("S1", "小满")
        channel = note.channels.get()
        assert (channel.spu_id, channel.blogger_id) == (note.spu_id, note.blogger_id)
    hand_in(merchant, "notes", text + "\n")
    with tenancy.acting_for(merchant):
        acts = AuditEvent.objects.filter(act="measurement.item.mapped")
        assert [act.data["spu"] for act in acts if "item" not in act.data] == ["S1"]  # once


def test_a_code_that_is_tied_to_a_note_credits_the_orders_that_carried_it() -> None:
    world = World.plant()
    merchant = world.merchant
    order = {
        "order_id": "1", "platform": "taobao", "paid_at": "2026-03-01 21:02:10", "paid_amount": "389.00",
        "item_id": "700", "coupon": "SEED20",
    }  # fmt: skip
    kinds.get("orders").write(merchant, _read(merchant, "orders", [order]), by="user:1")
    recompute.drain(merchant)
    hand_in(merchant, "codes", "code_kind,platform,code,note_id\ncoupon,taobao,SEED20,n0\n")
    recompute.drain(merchant)
    with tenancy.acting_for(merchant):
        assert ChannelCode.objects.get().channel.note.external_id == "n0"
        [credit] = Credit.objects.all()
        assert (credit.grade, credit.fen_last) == ("B", 38_900)


def _read(merchant: Merchant, kind: str, cells: list[dict[str, str]]) -> list[Any]:
    with tenancy.acting_for(merchant):
        validator = Validator(kinds.get(kind), kinds.get(kind).prepare(merchant))
        checked = [validator.check_row(Row(index, one)) for index, one in enumerate(cells)]
    assert all(isinstance(one, Good) for one in checked), checked
    return [one.row for one in checked if isinstance(one, Good)]


def test_a_program_brings_products_with_the_scope_of_the_catalogue(client, merchant, owner) -> None:
    row = {
        "spu": "cream",
        "name": "Cream",
        "category": "facial-essence",
        "margin": "62%",
        "valid_from": "2026-01-01",
    }

    def post(secret: str) -> Any:
        headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
        return client.post("/api/v1/products", json.dumps([row]), "application/json", headers=headers)

    _, wrong = tokens.issue(merchant, name="till", scopes=["orders:write"], user=owner)
    assert post(wrong).status_code == 403
    _, right = tokens.issue(merchant, name="shelf", scopes=["catalogue:write"], user=owner)
    assert post(right).json() == {"kind": "products", "received": 1, "added": 1, "replaced": 0, "repeated": 0}
    assert post(right).json()["repeated"] == 1
    assert Spu.objects.get().margins.get().margin_bp == 6_200
    del row["category"]
    row["spu"] = "mask"
    [told] = post(right).json()["error"]["details"]
    assert (told["index"], told["field"], told["code"]) == (0, "category", "needed_when_new")
    assert Spu.objects.count() == 1


def test_a_product_may_be_named_anew_without_its_category(merchant: Merchant) -> None:
    hand_in(merchant, "products", PRODUCTS)
    hand_in(merchant, "products", "spu,name\ncream,Cream\n")
    spu = Spu.objects.get()
    assert (spu.name, spu.category) == ("Cream", Category.objects.get(code="facial-essence"))

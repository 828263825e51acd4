"""The page of products: what is missing, what was told, and who may say more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from measurement.models import Category, Credit, ItemMapping, Spu, SpuMargin
from measurement.operations import catalogue, recompute, touches
from merchants import tenancy
from merchants.models import AuditEvent, Merchant, Upload
from merchants.periods import day_of
from tests.conftest import make_member
from tests.worlds import World, deliver, trade

pytestmark = pytest.mark.django_db
TOLD = {
    "code": "cream",
    "name": "Cream 50 g",
    "category": "facial-essence",
    "margin": "62.25",
    "valid_from": "2026-01-01",
}
DAY = timedelta(days=1)


def to(merchant: Merchant, name: str, *of: object) -> str:
    return reverse(f"measurement:{name}", args=[merchant.code, *of])


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def marketer(client: Any, merchant: Merchant) -> Any:
    client.force_login(make_member(merchant, "marketing"))
    client.cookies["django_language"] = "en"
    return client


def test_a_merchant_of_yesterday_adds_its_first_product_with_a_trace(marketer, merchant) -> None:
    assert "Name what you sell first" in text(marketer.get(to(merchant, "products")))
    assert marketer.post(to(merchant, "add_product"), TOLD).status_code == 302
    spu = Spu.objects.get()
    assert (spu.code, spu.name, spu.category.code) == ("cream", "Cream 50 g", "facial-essence")
    margin = SpuMargin.objects.get()
    assert (margin.margin_bp, margin.valid_from) == (6_225, date(2026, 1, 1))
    assert set(AuditEvent.objects.values_list("act", flat=True)) >= {
        "measurement.spu.set", "measurement.margin.set",
    }  # fmt: skip
    told = text(marketer.get(to(merchant, "products")))
    assert "Cream 50 g" in told
    assert "62.25%" in told.replace(" %", "%")
    assert ">29<" in told  # the cycle of facial essence


def test_the_first_steps_of_a_merchant_lead_here_until_a_margin_is_told(marketer, merchant) -> None:
    home, here = reverse("portal:home", args=[merchant.code]), to(merchant, "products")
    assert f'class="btn secondary btn-sm" href="{here}"' in text(marketer.get(home))
    marketer.post(to(merchant, "add_product"), TOLD)
    assert f'class="btn secondary btn-sm" href="{here}"' not in text(marketer.get(home))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"category": "car-wash"}, "Category"),
        ({"margin": "162"}, "Margin in %"),
        ({"margin": "62.255"}, "Margin in %"),
        ({"valid_from": ""}, "Say from which day the margin holds."),
        ({"name": ""}, "Name"),
        ({"code": "there"}, "There is a product of this code already"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(marketer, merchant, change, says) -> None:
    category = Category.objects.get(code="facial-essence")
    catalogue.put_spu(merchant, code="there", name="There", category=category, by="system:test")
    answer = marketer.post(to(merchant, "add_product"), TOLD | change)
    assert answer.status_code == 422
    assert says in text(answer)
    assert list(Spu.objects.values_list("name", flat=True)) == ["There"]
    assert not SpuMargin.objects.exists()


def test_margins_are_history_and_the_one_of_today_holds(marketer, merchant) -> None:
    marketer.post(to(merchant, "add_product"), TOLD)
    spu, today = Spu.objects.get(), day_of(timezone.now())
    later = TOLD | {"margin": "40", "valid_from": (today + 30 * DAY).isoformat()}
    marketer.post(to(merchant, "change_product", spu.pk), later)
    answer = marketer.get(to(merchant, "products"))
    [row] = answer.context["rows"]
    assert [(one["share"], one["holds"]) for one in row["history"]] == [(0.4, False), (0.6225, True)]
    assert row["one"].margin.basis_points == 6_225


def test_a_product_keeps_its_code_and_takes_another_category(marketer, merchant) -> None:
    marketer.post(to(merchant, "add_product"), TOLD)
    spu = Spu.objects.get()
    marketer.post(
        to(merchant, "change_product", spu.pk),
        {"code": "other", "name": "Cream", "category": "baby-food", "margin": "", "valid_from": ""},
    )
    spu.refresh_from_db()
    assert (spu.code, spu.name, spu.category.code) == ("cream", "Cream", "baby-food")
    assert SpuMargin.objects.count() == 1


def test_an_unmapped_item_of_orders_is_listed_and_mapping_it_credits_its_orders(client) -> None:
    world = World.plant()
    merchant = world.merchant
    touches.put(merchant, [world.touch("1", "ann", DAY)], source="f", by="system:t")
    deliver(merchant, trade("1", [("800", 12_300)], buyer="ann"), trade("2", [("800", 7_700), ("801", 100)]))
    recompute.drain(merchant)
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"
    answer = client.get(to(merchant, "products"))
    found = [
        (one["item"].item_id, one["item"].orders, one["item"].paid_fen) for one in answer.context["unmapped"]
    ]
    assert found == [("800", 2, 20_000), ("801", 1, 100)]
    assert "2 items of your orders are no product yet" in text(answer)
    item = {"platform": "taobao", "item_id": "800", "spu": "S0"}
    assert "its orders are being credited anew" in text(
        client.post(to(merchant, "map_item"), item, follow=True)
    )
    recompute.drain(merchant)
    with tenancy.acting_for(merchant):
        [credit] = Credit.objects.filter(grade="A")
        assert credit.fen_last == 12_300
    answer = client.get(to(merchant, "products"))
    assert [one["item"].item_id for one in answer.context["unmapped"]] == ["801"]


@pytest.mark.parametrize("change", [{"spu": "nothing"}, {"platform": "moon"}, {"item_id": ""}])
def test_an_item_is_mapped_to_what_exists_only(client, change) -> None:
    world = World.plant()
    client.force_login(make_member(world.merchant, "owner"))
    item = {"platform": "taobao", "item_id": "800", "spu": "S0"}
    client.post(to(world.merchant, "map_item"), item | change)
    with tenancy.acting_for(world.merchant):
        assert not ItemMapping.objects.exclude(item_id__in=["700", "701"]).exists()


def test_a_product_of_somebody_else_is_none(marketer, merchant) -> None:
    other = World.plant("moss")
    assert marketer.post(to(merchant, "change_product", other.spus[0].pk), TOLD).status_code == 404
    answer = marketer.post(
        to(merchant, "map_item"), {"platform": "taobao", "item_id": "800", "spu": "S0"}, follow=True
    )
    assert "Product:" in text(answer)
    assert not ItemMapping.objects.filter(item_id="800").exists()


@pytest.mark.parametrize("role", ["viewer", "finance", "manager"])
def test_who_may_not_set_rules_looks_and_says_nothing_by_page_or_file(
    client, merchant, role, settings, tmp_path
) -> None:
    settings.STATE = tmp_path
    category = Category.objects.get(code="facial-essence")
    spu = catalogue.put_spu(merchant, code="there", name="There", category=category, by="system:test")
    client.force_login(make_member(merchant, role))
    page = client.get(to(merchant, "products"))
    assert page.status_code == 200
    assert "add-product" not in page.content.decode()
    assert client.post(to(merchant, "add_product"), TOLD).status_code == 403
    assert client.post(to(merchant, "change_product", spu.pk), TOLD).status_code == 403
    assert client.post(to(merchant, "map_item"), {}).status_code == 403
    uploads = reverse("merchants:uploads", args=[merchant.code])
    if role == "manager":  # brings data, but margins and mappings are no data
        file = SimpleUploadedFile("p.csv", b"spu,margin,valid_from\nthere,90%,2026-01-01\n")
        assert client.post(uploads, {"kind": "products", "file": file}).status_code == 422
        waiting = Upload.objects.create(
            merchant=merchant, kind="products", filename="p.csv", size=1, path="none", state="checked",
            uploaded_by="user:0", preview={"columns": [], "rows": []},
        )  # fmt: skip
        confirm = reverse("merchants:upload_confirm", args=[merchant.code, waiting.pk])
        assert client.post(confirm).status_code == 403
    assert not SpuMargin.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_products(marketer, merchant) -> None:
    category = Category.objects.get(code="facial-essence")

    def shelve(*numbers: int) -> None:
        for n in numbers:
            spu = catalogue.put_spu(
                merchant, code=f"p{n:02}", name=f"P {n:02}", category=category, by="system:test"
            )
            catalogue.put_margin(
                merchant, spu=spu, margin_bp=5_000, valid_from=date(2026, 1, 1), by="system:test"
            )

    address = to(merchant, "products")
    shelve(0)
    marketer.get(address)
    with CaptureQueriesContext(connection) as few:
        marketer.get(address)
    shelve(*range(1, 30))
    with CaptureQueriesContext(connection) as many:
        answer = marketer.get(address)
    assert (len(answer.context["rows"]), len(many)) == (25, len(few))
    found = marketer.get(address, {"q": "p 29"}).context["rows"]
    assert [row["one"].spu.code for row in found] == ["p29"]

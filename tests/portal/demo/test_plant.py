"""A small world through the product's own operations: all of it arrives, once."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from measurement.choices import TouchKind
from measurement.models import Credit, Order, OrderLine, Spend, Touch
from merchants import tenancy
from merchants.models import Connection, Job, Membership, Merchant, RawDelivery, User
from merchants.models.merchant import SELLERS
from merchants.roles import OWNER
from portal.demo import accounts, plant
from portal.demo.cast.luya import LUYA
from portal.demo.world import World, build
from tests.portal.demo.conftest import UNTIL

pytestmark = pytest.mark.usefixtures("committed")
# one product, its first notes and campaigns: enough for every way that data takes
LESS = replace(
    LUYA, products=LUYA.products[:1], ideas=LUYA.ideas[:6], drives=LUYA.drives[:2], lives=LUYA.lives[:1]
)


@pytest.fixture(scope="module")
def small() -> World:
    return build(LESS, seed=3, until=UNTIL, scale=0.01)


@pytest.fixture
def merchant(committed: None) -> Merchant:
    return accounts.merchant_of(LUYA, code="small")


def counted(merchant: Merchant) -> dict[str, int]:
    with tenancy.acting_for(merchant):
        return {
            model.__name__: model.objects.for_merchant(merchant).count()
            for model in (Touch, Order, OrderLine, Credit, Spend, RawDelivery, Job)
        }


def test_everything_of_the_world_arrives_and_adds_up(merchant, small):
    plant.plant(merchant, lambda: small, print)
    with tenancy.acting_for(merchant):
        shop = Order.objects.for_merchant(merchant).filter(feed="shop", superseded=False)
        paid = shop.aggregate(paid=Sum("paid_fen"), back=Sum("refunded_fen"))
        lines = OrderLine.objects.for_merchant(merchant).exclude(paid_at=None)
        net = lines.aggregate(net=Sum("net_fen"))["net"]
        credited = Credit.objects.for_merchant(merchant).aggregate(fen=Sum("fen_linear"))["fen"]
        grades = set(Credit.objects.for_merchant(merchant).values_list("grade", flat=True))
        stated = Spend.objects.for_merchant(merchant).filter(replaced_at=None)
        ads = stated.filter(kind="ads").aggregate(fen=Sum("fen"))["fen"]
        mine = Touch.objects.for_merchant(merchant)
        told = mine.filter(channel__kind__in=(TouchKind.OWN_POST, TouchKind.SHARED_ORDER)).count()
        touched = mine.count() - told  # a few buyers post about it
    sold = [sale for sale in small.sales if sale.was_paid]
    assert touched == len(small.touches)
    assert paid["paid"] == sum(sale.goods_fen + sale.shipping_fen for sale in sold)
    assert paid["back"] == sum(sale.refunded_fen for sale in sold)
    assert credited == net
    assert grades == {"A", "B", "U"}
    assert ads == sum(day.fee_fen for day in small.ad_days)


def test_planting_again_changes_nothing(merchant, small):
    assert plant.plant(merchant, lambda: small, print).steps > 0
    before = counted(merchant)
    assert plant.plant(merchant, lambda: small, print).steps == 0
    assert counted(merchant) == before


def test_an_interrupted_planting_goes_on_and_comes_to_the_same(merchant, small, monkeypatch):
    class Unplugged(Exception):
        pass

    delivered = plant._deliver_all

    def stumble(connection: Connection, calls: list[plant.Call], received_at: object) -> None:
        if connection.source == "jd":
            raise Unplugged
        delivered(connection, calls, received_at)

    with monkeypatch.context() as patch:
        patch.setattr(plant, "_deliver_all", stumble)
        with pytest.raises(Unplugged):
            plant.plant(merchant, lambda: small, print)
    plant.plant(merchant, lambda: small, print)

    whole = accounts.merchant_of(LUYA, code="whole")
    plant.plant(whole, lambda: small, print)
    assert counted(merchant) == counted(whole)


def test_a_source_whose_token_ran_out_says_so(merchant, small):
    plant.plant(merchant, lambda: small, print)
    with tenancy.acting_for(merchant):
        silent = Connection.objects.for_merchant(merchant).get(source="vipshop")
        states = list(silent.deliveries.order_by("pk").values_list("state", flat=True))
    assert states == [RawDelivery.State.APPLIED, RawDelivery.State.REFUSED]
    assert silent.last_error.startswith("auth ")
    assert silent.last_received_at == UNTIL - plant.SILENT_SINCE


def test_the_command_makes_so_many_merchants_and_orders_and_says_what(committed):
    out = StringIO()
    call_command("seed", seed=4, merchants=2, orders=90, until=UNTIL.date(), stdout=out)
    merchants = list(Merchant.objects.filter(kind__in=SELLERS).order_by("code"))  # without their agency
    assert [merchant.code for merchant in merchants] == ["seed-4-1", "seed-4-2"]
    assert "seed-4-1" in out.getvalue()
    for merchant in merchants:
        assert abs(counted(merchant)["Order"] - 45) < 12  # affiliate rows of some of them stand beside
    before = {merchant.code: counted(merchant) for merchant in merchants}
    out = StringIO()
    call_command("seed", seed=4, merchants=2, orders=90, stdout=out)
    assert out.getvalue().splitlines() == ["seed-4-1: complete", "seed-4-2: complete"]
    assert {merchant.code: counted(merchant) for merchant in merchants} == before


@pytest.mark.parametrize("options", [{"merchants": 0}, {"merchants": 5, "orders": 3}])
def test_the_command_refuses_less_than_one_order_of_each_merchant(committed, options):
    with pytest.raises(CommandError, match="at least one"):
        call_command("seed", **options)


def test_accounts_are_made_once_with_one_password_that_only_the_state_folder_knows(committed, tmp_path: Path):
    assert accounts.make(tmp_path) is True
    text = (tmp_path / accounts.FILE).read_text()
    password = text.splitlines()[0].removeprefix("Password of every account: ")
    assert (tmp_path / accounts.FILE).stat().st_mode & 0o777 == 0o600
    demo = User.objects.get(username="demo")
    assert demo.check_password(password)
    assert {m.merchant.code: m.role for m in Membership.objects.filter(user=demo)} == {
        brand.code: OWNER.code for brand in accounts.BRANDS
    }
    assert accounts.make(tmp_path) is False
    assert (tmp_path / accounts.FILE).read_text() == text


def test_a_lost_password_file_gives_a_new_password_and_no_second_account(committed, tmp_path: Path):
    accounts.make(tmp_path)
    old = (tmp_path / accounts.FILE).read_text()
    (tmp_path / accounts.FILE).unlink()
    assert accounts.make(tmp_path) is True
    assert (tmp_path / accounts.FILE).read_text() != old
    assert User.objects.count() == len(accounts.LOGINS)

"""The ecosystem page in the admin, over merchants that were planted through the operations of real data."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from measurement.models import LiveResult, LiveStream, Note, SoldDay, Spend
from merchants import tenancy
from merchants.models import Merchant, ReviewEvent, User
from merchants.operations import applications
from merchants.operations.applications import Business
from merchants.periods import day_of, start_of
from portal.ecosystem import Cell, Size, before, month_of
from portal.queries.ecosystem import Ecosystem, ecosystem
from tests.conftest import make_member
from tests.leads.desks import Desk

TODAY = day_of(timezone.now())
THIS = month_of(TODAY)
LAST = before(THIS)
MILLION = 1_000_000_00
pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def world(committed: None) -> Merchant:
    """A brand with sales, notes and live sessions, a studio with leads, one that only applies, an agency."""
    brand = Merchant.objects.create(code="glow", name="Glow")
    Merchant.objects.filter(pk=brand.pk).update(created_at=start_of(before(LAST)))
    Merchant.objects.create(code="lamp", name="Lamp", kind="agency")
    with tenancy.acting_for(brand):
        for month, fen in ((before(LAST), 2 * MILLION), (LAST, 3 * MILLION)):
            SoldDay.objects.create(
                merchant=brand, day=month + timedelta(days=4), orders=9, units=9, paid_fen=fen,
                refunded_fen=MILLION, known=0, joinable=0, seeded=0,
            )  # fmt: skip
        at = start_of(LAST) + timedelta(days=3)
        paid, _free = (
            Note.objects.create(merchant=brand, external_id=f"n{n}", title=f"Note {n}", published_at=at)
            for n in (1, 2)
        )
        Spend.objects.create(
            merchant=brand, source="pugongying", natural_key="1", level="note", kind="note_fee", note=paid,
            day=LAST, fen=1, stated_at=at,
        )  # fmt: skip
        for number, fen in ((1, MILLION), (2, MILLION - 1)):
            live = LiveStream.objects.create(merchant=brand, external_id=f"l{number}", started_at=at)
            LiveResult.objects.create(
                merchant=brand, live_stream=live, platform="", views=1, viewers=1, buyers=1, orders=1,
                paid_fen=fen, refunded_fen=0, later_buyers=0, later_orders=0, later_paid_fen=0,
                later_refunded_fen=0,
            )  # fmt: skip
    studio = Merchant.objects.create(code="studio", name="Studio", kind="service")
    with tenancy.acting_for(studio):
        Desk(studio).say("ann", at=timezone.now(), nickname="ann")
    person = User.objects.create_user(username="new")
    case = applications.start(person, Business("New", "company", "own", ["beauty"], ["one"]), by="user:1")
    with tenancy.acting_for(case.merchant_id):
        ReviewEvent.objects.create(
            merchant_id=case.merchant_id, application=case, actor="user:1", act="submit", version=1
        )
    return brand


def found() -> Ecosystem:
    return ecosystem(3, now=timezone.now())


def of(month: object, trade: str | None = None) -> Cell:
    return next(one for at, name, one in found().rows if (at, name) == (month, trade))


def test_months_of_all_trades_hold_what_the_apps_know(world: Merchant) -> None:
    last, now = of(LAST), of(THIS)
    assert (last.members, last.active, last.first) == (3, 1, 0)
    assert (last.gmv, last.sellers, float(last.growth or 0), last.both) == (3 * MILLION, 1, 0.5, 1)
    assert (last.lives_over, last.lives) == (1, 2)
    assert (float(last.commercial or 0), last.notes) == (0.5, 2)
    assert (now.applied, now.approved, now.first, now.active) == (1, 0, 1, 1)
    assert (now.gmv, now.sellers, now.growth, now.commercial) == (None, 0, None, None)


def test_the_first_sale_is_of_the_month_it_fell_in(world: Merchant) -> None:
    assert of(before(LAST)).first == 1


def test_trades_come_from_the_application(world: Merchant) -> None:
    assert of(THIS, "beauty").applied == 1
    assert of(THIS, "").members == 2


def test_a_further_trade_counts_in_the_month_of_its_own_events(world: Merchant) -> None:
    """A studio of last month that was let in with beauty this month, in which "New" has applied for it too."""
    person = User.objects.create_user(username="photos")
    told = Business("Photos", "company", "own", ["wedding_photography"], ["one"])
    case = applications.start(person, told, by="user:2")
    happened = (
        (LAST, "submit", "submitted", ""), (LAST, "accept", "approved", ""), (THIS, "widen", "draft", "beauty"),
        (THIS, "submit", "submitted", ""), (THIS, "accept", "approved", ""),
    )  # fmt: skip
    with tenancy.acting_for(case.merchant_id):
        for version, (month, act, after, note) in enumerate(happened):
            ReviewEvent.objects.create(
                merchant_id=case.merchant_id, application=case, actor="user:2", act=act, after=after, note=note,
                at=start_of(month), version=version,
            )  # fmt: skip
        case.trades = ["beauty", "wedding_photography"]
        case.save(update_fields=["trades"])
    counted = {
        (month, trade): (cell.applied, cell.approved)
        for month, trade, cell in found().rows
        if month in (LAST, THIS)
    }
    assert counted == {
        (LAST, None): (1, 1), (LAST, "wedding_photography"): (1, 1), (LAST, "beauty"): (0, 0), (LAST, ""): (0, 0),
        (THIS, None): (1, 0), (THIS, "wedding_photography"): (0, 0), (THIS, "beauty"): (2, 1), (THIS, ""): (0, 0),
    }  # fmt: skip


def test_the_whole_counts_sellers_by_size_and_those_lately_active(world: Merchant) -> None:
    whole = found().whole
    assert whole.sizes == {Size.SMALL: 1, Size.MIDDLE: 0, Size.LARGE: 0, Size.UNKNOWN: 2}
    assert (whole.consulting, whole.steps[0].n, whole.steps[1].n, whole.steps[2].n) == (1, 1, 1, 0)


def as_staff(*permissions: str) -> Client:
    user = User.objects.create_user(username="staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def test_staff_who_may_see_merchants_find_the_page_beside_the_list(world: Merchant) -> None:
    client = as_staff("view_merchant")
    address = "/admin/merchants/merchant/ecosystem/"
    assert address in client.get("/admin/merchants/merchant/").content.decode()
    told = unescape(client.get(address, {"months": "6"}).content.decode())
    assert "¥3.00M" in told
    assert "+50.0%" in told
    assert "small is below ¥10.0M, large from ¥100M on" in told


def test_nobody_else_opens_it(world: Merchant) -> None:
    address = "/admin/merchants/merchant/ecosystem/"
    assert as_staff().get(address).status_code == 403
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_member(world))
    assert client.get(address).status_code == 302

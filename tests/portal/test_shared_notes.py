"""What an agency or a blogger sees of a merchant: what consent covers, for its time, and nothing beside it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from measurement.models import Note
from merchants import tenancy
from merchants.models import Agreement, Merchant
from merchants.operations import agreements
from merchants.periods import Period
from portal.queries.shared_notes import Line, Shared, shared
from tests.conftest import make_member
from tests.merchants.agreements.parties import BY, Parties, gather
from tests.portal.shops import BUYERS, EVERYTHING, PRICE, Shop, bare_shop, open_shop


@pytest.fixture
def parties(db: None) -> Parties:
    return gather()


@pytest.fixture
def shop(parties: Parties, settings: Any) -> Shop:
    settings.PRIVACY_THRESHOLD = 20
    return open_shop(parties)


def looked(row: Agreement) -> Shared:
    found = shared(row, now=timezone.now())
    assert found is not None
    return found


def lines(row: Agreement) -> dict[str, Line]:
    return {line.title: line for line in looked(row).lines}


# -- what is covered


def test_an_agency_sees_its_bloggers_notes_of_both_agreements_days(parties: Parties, shop: Shop) -> None:
    parties.bound()
    found = looked(parties.cooperating(figures=EVERYTHING))
    assert [line.title for line in found.lines] == ["三分钟护肤", "冬天的修护"]
    assert found.period == Period(parties.ago(60), parties.today)
    assert found.bloggers == ("小满护肤日记",)


def test_a_note_published_before_the_binding_is_another_agencys(parties: Parties, shop: Shop) -> None:
    parties.bound(starts_on=parties.ago(15))
    assert list(lines(parties.cooperating())) == ["三分钟护肤"]


def test_figures_are_those_of_the_covered_days(parties: Parties, shop: Shop) -> None:
    """The touches were six days ago: a cooperation that began later shows the note of its time, not them."""
    with tenancy.acting_for(parties.brand):
        shop.publish("昨天的新笔记", 2)
    row = parties.cooperating(parties.blogger, starts_on=parties.ago(4), figures=EVERYTHING)
    assert {title: (line.cost, line.impressions) for title, line in lines(row).items()} == {
        "昨天的新笔记": (None, None)
    }


def test_what_is_shown_is_what_the_merchant_sees_itself_to_the_fen(parties: Parties, shop: Shop) -> None:
    note = lines(parties.cooperating(parties.blogger, figures=EVERYTHING))["冬天的修护"]
    assert (note.cost, note.credited, note.orders) == (50_000, BUYERS * PRICE, BUYERS)
    assert (note.impressions, note.clicks, note.engagement) == (1000, 30, 7)
    assert note.roi == Decimal(BUYERS * PRICE) / 50_000


@pytest.mark.parametrize(
    ("consent", "told"),
    [
        ([], set()),
        (["delivery"], {"impressions", "clicks", "engagement"}),
        (["cost"], {"cost"}),
        (["return"], {"credited", "orders", "maturity"}),
        (["cost", "return"], {"cost", "credited", "orders", "maturity", "roi"}),
    ],
)
def test_only_the_consented_figures_are_read(
    parties: Parties, shop: Shop, consent: list[str], told: set[str]
) -> None:
    row = parties.cooperating(parties.blogger, figures=[*consent, "record"])
    note = lines(row)["冬天的修护"]
    names = ("impressions", "clicks", "engagement", "cost", "credited", "orders", "maturity", "roi")
    assert {name for name in names if getattr(note, name) is not None} == told


def test_what_few_buyers_brought_is_not_told_and_not_in_the_total(parties: Parties, shop: Shop) -> None:
    found = looked(parties.cooperating(parties.blogger, figures=EVERYTHING))
    few = next(line for line in found.lines if line.title == "三分钟护肤")
    assert (few.few, few.credited, few.orders, few.roi) == (True, None, None, None)
    assert few.cost == 50_000
    assert (found.few, found.k) == (1, 20)
    assert found.total("credited") == BUYERS * PRICE
    assert found.total("cost") == 100_000


def test_a_merchant_without_any_joined_order_tells_nothing_rather_than_zero(parties: Parties) -> None:
    with tenancy.acting_for(parties.brand):
        bare_shop(parties).publish("冬天的修护", 20)
    note = lines(parties.cooperating(parties.blogger, figures=EVERYTHING))["冬天的修护"]
    assert (note.credited, note.few, note.cost, note.impressions) == (None, False, None, None)


# -- and not a moment longer


def test_after_revocation_there_is_nothing(parties: Parties, shop: Shop) -> None:
    binding, row = parties.bound(), parties.cooperating(figures=EVERYTHING)
    agreements.end(parties.blogger, binding.pk, by=BY)
    assert looked(row).lines == ()
    assert shared(agreements.end(parties.brand, row.pk, by=BY), now=timezone.now()) is None


def test_before_the_first_and_after_the_last_day_there_is_nothing(parties: Parties, shop: Shop) -> None:
    row = parties.cooperating(parties.blogger, until=parties.today + timedelta(days=2))
    for days in (-70, 2):
        assert shared(row, now=timezone.now() + timedelta(days=days)) is None


def test_the_door_closes_behind_what_was_read(parties: Parties, shop: Shop) -> None:
    row = parties.cooperating(parties.blogger, figures=EVERYTHING)
    with tenancy.acting_for(parties.blogger):
        assert len(looked(row).lines) == 2
        assert tenancy.current() == str(parties.blogger.pk)
        assert Note.objects.count() == 0


# -- the pages


def page(merchant: Merchant, path: str) -> tuple[int, str]:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_member(merchant, username=f"{merchant.code}{path}"))
    answer = client.get(f"/m/{merchant.code}/{path}")
    return answer.status_code, unescape(answer.content.decode())


def test_the_agency_opens_a_merchant_and_a_blogger(parties: Parties, shop: Shop) -> None:
    binding, row = parties.bound(), parties.cooperating(figures=["delivery", "return"])
    status, home = page(parties.agency, "bloggers/")
    assert status == 200
    assert "小满护肤日记" in home
    assert "Glow" in home
    assert "impressions, clicks and interactions" in home
    for path in (f"shared/{row.pk}/", f"bloggers/{binding.pk}/"):
        status, told = page(parties.agency, path)
        assert status == 200
        assert "冬天的修护" in told
        assert "¥2,079" in told
        assert "fewer than 20 buyers" in told
        assert "别人的笔记" not in told
        assert "去年的清单" not in told
        assert "¥500" not in told


def test_the_merchant_sees_what_its_partner_sees(parties: Parties, shop: Shop) -> None:
    row = parties.cooperating(parties.blogger)
    status, told = page(parties.brand, f"shared/{row.pk}/")
    assert (status, "What Xiaoman sees" in told, "冬天的修护" in told) == (200, True, True)


def test_a_stranger_and_who_is_not_covered_any_more_find_nothing(parties: Parties, shop: Shop) -> None:
    binding, row = parties.bound(), parties.cooperating()
    assert page(parties.rival, f"shared/{row.pk}/")[0] == 404
    assert page(parties.rival, f"bloggers/{binding.pk}/")[0] == 404
    assert page(parties.blogger, f"shared/{row.pk}/")[0] == 404
    assert page(parties.brand, f"bloggers/{binding.pk}/")[0] == 404
    assert page(parties.agency, f"shared/{binding.pk}/")[0] == 404
    agreements.end(parties.brand, row.pk, by=BY)
    for merchant in (parties.agency, parties.brand):
        assert page(merchant, f"shared/{row.pk}/")[0] == 404
    status, told = page(parties.agency, f"bloggers/{binding.pk}/")
    assert (status, "冬天的修护" in told) == (200, False)


def test_an_agencys_home_is_its_bloggers(parties: Parties) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_member(parties.agency))
    assert client.get("/m/lamp/").headers["Location"] == "/m/lamp/bloggers/"

"""Rate cards: dated prices in fen that are never changed, and who sees them."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from merchants import tenancy
from merchants.models import Merchant, Rate
from merchants.operations import agreements, rates
from merchants.queries.rates import bloggers_of, card_of
from tests.conftest import make_member
from tests.merchants.agreements.parties import BY, Parties, gather

DAY = timedelta(days=1)


@pytest.fixture
def parties(db: None) -> Parties:
    return gather()


def priced(parties: Parties, yuan: int, days: int, work: str = "pictures") -> Rate:
    return rates.state(
        parties.blogger, work=work, fen=yuan * 100, valid_from=parties.today + days * DAY,
        today=parties.today, by=BY,
    )  # fmt: skip


def prices(rows: tuple[Rate, ...]) -> list[tuple[str, int]]:
    return [(row.work, row.fen) for row in rows]


def test_a_price_holds_from_its_day_until_another_does(parties: Parties) -> None:
    priced(parties, 4_000, 0)
    priced(parties, 4_500, 10)
    priced(parties, 9_000, 0, "video")
    card = card_of(parties.blogger, parties.today + 9 * DAY)
    assert prices(card.now) == [("pictures", 400_000), ("video", 900_000)]
    assert prices(card.coming) == [("pictures", 450_000)]
    later = card_of(parties.blogger, parties.today + 10 * DAY)
    assert prices(later.now) == [("pictures", 450_000), ("video", 900_000)]
    assert prices(later.former) == [("pictures", 400_000)]


def test_of_one_day_the_last_word_holds_and_the_first_stays_told(parties: Parties) -> None:
    priced(parties, 4_000, 0)
    priced(parties, 400, 0)
    priced(parties, 7_000, 5)
    priced(parties, 6_000, 5)
    card = card_of(parties.blogger, parties.today)
    assert (prices(card.now), prices(card.coming), prices(card.former)) == (
        [("pictures", 40_000)], [("pictures", 600_000)], [("pictures", 400_000)],
    )  # fmt: skip


def test_no_price_is_stated_for_a_day_that_has_passed(parties: Parties) -> None:
    with pytest.raises(rates.TooEarly):
        priced(parties, 1, -1)


def test_a_stated_price_cannot_be_changed_or_taken_away(parties: Parties) -> None:
    row = priced(parties, 4_000, 0)
    with tenancy.acting_for(parties.blogger):
        for change in (lambda rows: rows.update(fen=1), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                change(Rate.objects.filter(pk=row.pk))


def test_partners_see_the_rates_of_whom_an_agreement_in_force_names(parties: Parties) -> None:
    binding, cooperation = parties.bound(), parties.cooperating()
    own = parties.cooperating(parties.blogger)
    for row in (binding, cooperation, own):
        assert bloggers_of(row, parties.today) == [parties.blogger]
    agreements.end(parties.agency, binding.pk, by=BY)
    assert bloggers_of(cooperation, parties.today) == []
    assert bloggers_of(agreements.end(parties.blogger, own.pk, by=BY), parties.today) == []


def as_member(merchant: Merchant, role: str = "owner") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_member(merchant, role))
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_a_blogger_states_a_price_and_partners_read_it(parties: Parties) -> None:
    blogger = as_member(parties.blogger)
    form = {"work": "video", "yuan": "8800.50", "valid_from": f"{parties.today}"}
    assert blogger.post("/m/xiaoman/partners/rates/", form).status_code == 302
    assert "¥8,800.50" in text(blogger.get("/m/xiaoman/partners/rates/"))
    row, brand = parties.cooperating(parties.blogger), as_member(parties.brand, "viewer")
    assert "¥8,800.50" in text(brand.get(f"/m/glow/partners/{row.pk}/rates/"))
    agreements.end(parties.brand, row.pk, by=BY)
    assert brand.get(f"/m/glow/partners/{row.pk}/rates/").status_code == 404


def test_a_stranger_sees_no_rates_and_a_brand_has_none(parties: Parties) -> None:
    row = parties.cooperating(parties.blogger)
    assert as_member(parties.rival).get(f"/m/rival/partners/{row.pk}/rates/").status_code == 404
    assert as_member(parties.blogger).get(f"/m/xiaoman/partners/{row.pk}/rates/").status_code == 404
    assert as_member(parties.brand).get("/m/glow/partners/rates/").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"yuan": "-1"}, {"yuan": "many"}, {"work": "dance"}, {"valid_from": "2020-01-01"}]
)
def test_a_price_that_makes_no_sense_is_refused(parties: Parties, wrong: dict[str, str]) -> None:
    form = {"work": "video", "yuan": "1", "valid_from": f"{parties.today}", **wrong}
    assert as_member(parties.blogger).post("/m/xiaoman/partners/rates/", form).status_code == 422
    with tenancy.acting_for(parties.blogger):
        assert Rate.objects.count() == 0

"""Every merchant of the demo agrees with the agency; planting it again agrees on nothing anew."""

from __future__ import annotations

import pytest

from merchants import tenancy
from merchants.models import Agreement, Merchant
from portal.demo import accounts, agreements

pytestmark = pytest.mark.django_db


def between(giver: Merchant, taker: Merchant) -> set[str]:
    """The states of what one gives the other."""
    with tenancy.acting_for(giver):
        rows = Agreement.objects.filter(merchant=giver, partner=taker)
        return set(rows.values_list("state", flat=True))


def test_each_seller_shows_its_figures_to_the_agency_and_one_is_still_asked() -> None:
    merchants = {brand.code: accounts.merchant_of(brand) for brand in accounts.BRANDS}
    for brand in accounts.BRANDS:
        agreements.put(merchants[brand.code], brand)
    agency = merchants.pop("judeng")
    assert {code: between(merchant, agency) for code, merchant in merchants.items()} == {
        "luya": {"accepted"},
        "hexiaoshao": {"accepted"},
        "muyeji": {"accepted"},
        "yuntingli": {"offered"},
    }


def test_planting_again_agrees_on_nothing_anew() -> None:
    merchants = {brand.code: accounts.merchant_of(brand) for brand in accounts.BRANDS}

    def plant() -> set[int]:
        for brand in accounts.BRANDS:
            agreements.put(merchants[brand.code], brand)
        with tenancy.acting_for(merchants["judeng"]):
            return set(Agreement.objects.values_list("pk", flat=True))

    first = plant()
    assert first
    assert plant() == first

"""A merchant, two agencies and a blogger, and how they come to agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from merchants import tenancy
from merchants.models import Agreement, Merchant
from merchants.operations import agreements, profiles
from merchants.operations.agreements import Terms, today_of
from tests.conftest import make_merchant

BY = "user:1"
BLOGGER_ID = "5e8f0a1b000000000100c2d3"


@dataclass
class Parties:
    brand: Merchant
    agency: Merchant
    rival: Merchant
    blogger: Merchant

    @property
    def today(self) -> date:
        return today_of(self.brand)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def offered(self, giver: Merchant, taker: Merchant, **terms: object) -> Agreement:
        """What the giver offers the taker; by default from 60 days ago on without an end."""
        told = {"starts_on": self.ago(60), "until": None, **terms}
        (row,) = agreements.offer(giver, str(taker.public_id), Terms(**told), by=BY)  # type: ignore[arg-type]
        return row

    def agreed(self, giver: Merchant, taker: Merchant, **terms: object) -> Agreement:
        row = self.offered(giver, taker, **terms)
        return agreements.accept(taker, row.pk, by=BY)

    def bound(self, agency: Merchant | None = None, **terms: object) -> Agreement:
        return self.agreed(self.blogger, agency or self.agency, **{"rights": ["notes"], **terms})

    def cooperating(self, partner: Merchant | None = None, **terms: object) -> Agreement:
        return self.agreed(self.brand, partner or self.agency, **{"figures": ["delivery"], **terms})


def gather() -> Parties:
    parties = Parties(
        make_merchant("glow"),
        make_merchant("lamp", kind="agency"),
        make_merchant("rival", kind="agency"),
        make_merchant("xiaoman", kind="blogger"),
    )
    profiles.state(
        parties.blogger,
        {"external_id": BLOGGER_ID, "name": "小满护肤日记", "followers": 86_400, "about": ""},
        by=BY,
    )
    return parties


def seen_by(merchant: Merchant) -> set[int]:
    """The agreements that the database shows this merchant, whoever's they are."""
    with tenancy.acting_for(merchant):
        return set(Agreement.objects.values_list("pk", flat=True))

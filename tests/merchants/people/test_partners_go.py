"""What a merchant that is deleted had with others goes with it, whichever side it was on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from merchants.models import Agreement, Claim, Dispute, Merchant, User
from merchants.operations import claims
from merchants.operations.supervision import deletion, standing
from tests.conftest import emptied, make_merchant
from tests.merchants.agreements.parties import BY, Parties, gather

pytestmark = [pytest.mark.xdist_group("endings")]
MONTH = timedelta(days=31)


@pytest.fixture
def parties(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path, settings: Any
) -> Iterator[Parties]:
    settings.STATE = tmp_path
    with emptied(django_db_blocker):
        yield gather()


def deleted(merchant: Merchant) -> dict[str, int]:
    """By two operators, a month ago; what they see of it afterwards."""
    first, second = (User.objects.create_superuser(name, password="correct horse") for name in ("ada", "bo"))
    standing.offboard(merchant, reason="left", by=BY)
    then = timezone.now() - MONTH
    row = deletion.ask(merchant, reason="asked to", operator=first, now=then)
    deletion.confirm(row, reason="seen the letter", operator=second, now=then)
    (due,) = deletion.due(timezone.now())
    deletion.carry_out(due, now=timezone.now())
    return deletion.remaining(due.of_merchant)


def agreements_left() -> list[tuple[str, str]]:
    rows = Agreement.objects.using("operator").order_by("pk")
    return list(rows.values_list("merchant__code", "partner__code"))


def test_agreements_go_with_the_agency_that_was_the_partner(parties: Parties) -> None:
    parties.bound()
    parties.cooperating()
    parties.cooperating(parties.rival)
    assert agreements_left() == [("xiaoman", "lamp"), ("glow", "lamp"), ("glow", "rival")]
    assert deleted(parties.agency) == {}
    assert agreements_left() == [("glow", "rival")]


def test_agreements_go_with_the_blogger_that_gave_them(parties: Parties) -> None:
    parties.bound()
    parties.cooperating()
    assert deleted(parties.blogger) == {}
    assert agreements_left() == [("glow", "lamp")]


def test_a_dispute_goes_with_whose_claim_it_was_about(parties: Parties) -> None:
    other = make_merchant("other")
    claims.claim(parties.brand, Claim.Kind.BRAND, "Glow", "", by=BY)
    claims.dispute(other, Claim.Kind.BRAND, "Glow", "it is ours", by=BY)
    assert Dispute.objects.using("operator").count() == 1
    assert deleted(parties.brand) == {}
    assert not Dispute.objects.using("operator").exists()
    assert Merchant.objects.filter(pk=other.pk).exists()

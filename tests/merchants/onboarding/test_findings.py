"""What is told of an answer before its paper is read, and how alternatives and leases speak."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from merchants.onboarding.cases import LEASE, Hold, Look, Refused, may_decide, spoken
from merchants.onboarding.findings import Difference, Finding, differences, findings
from merchants.onboarding.requirements import Requirement
from merchants.onboarding.set_data import parsed
from merchants.onboarding.shipped import shipped
from merchants.onboarding.standing import State

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY = date(2026, 11, 26)
LICENCE: Requirement = next(
    one for data in shipped() for one in parsed(data).requirements if one.key == "business_licence"
)
GOOD = {"uscc": "91310000MA1FL70B67", "legal_name": "木棉摄影有限公司", "valid_until": "permanent"}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, []),
        ({"uscc": "91310000MA1FL70B68"}, [Finding("uscc", "check_digit", True)]),
        ({"legal_name": ""}, [Finding("legal_name", "empty", True)]),
        ({"legal_name": "别家有限公司"}, [Finding("legal_name", "other_name", False)]),
        ({"legal_name": "木棉攝影　有限公司"}, [Finding("legal_name", "other_name", False)]),
        ({"valid_until": "2026-11-25"}, [Finding("valid_until", "expired", True)]),
        ({"valid_until": "2026-11-26"}, [Finding("valid_until", "expires_soon", False)]),
        ({"valid_until": "2027-01-25"}, [Finding("valid_until", "expires_soon", False)]),
        ({"valid_until": "2027-01-26"}, []),
        ({"valid_until": "next year"}, [Finding("valid_until", "date", True)]),
    ],
)
def test_a_licence_is_looked_through(more: dict[str, str], found: list[Finding]) -> None:
    assert findings(LICENCE, GOOD | more, "木棉摄影", TODAY) == found


def test_a_name_may_be_longer_or_shorter_than_the_licences_in_any_width() -> None:
    values = GOOD | {"legal_name": "Cotton Tree"}
    assert findings(LICENCE, values, "ＣＯＴＴＯＮ　Tree Studio", TODAY) == []


def test_only_what_was_answered_otherwise_is_a_difference() -> None:
    before = GOOD | {"legal_name": "木棉"}
    assert differences(LICENCE, before, GOOD) == [Difference("legal_name", "木棉", "木棉摄影有限公司")]
    assert differences(LICENCE, GOOD, GOOD) == []


@pytest.mark.parametrize(
    ("states", "speaks"),
    [
        ([State.CHANGES_NEEDED, State.ACCEPTED], State.ACCEPTED),
        ([State.CHANGES_NEEDED, State.IN_REVIEW], State.IN_REVIEW),
        ([State.CHANGES_NEEDED], State.CHANGES_NEEDED),
        ([State.WAIVED, State.CHANGES_NEEDED], State.WAIVED),
    ],
)
def test_of_alternatives_the_nearest_to_accepted_speaks(states: list[State], speaks: State) -> None:
    assert spoken(states) == speaks


def test_a_lease_keeps_others_out_until_its_last_moment() -> None:
    hold = Hold(1, NOW + LEASE)
    assert hold.keeps_out(2, NOW + LEASE - timedelta(seconds=1))
    assert not hold.keeps_out(2, NOW + LEASE)
    assert not hold.keeps_out(1, NOW)
    assert not Hold().keeps_out(2, NOW)


def test_people_of_the_merchant_never_decide() -> None:
    with pytest.raises(Refused, match="own"):
        may_decide(Look(submitter=1, insiders=frozenset({7})), 7)
    may_decide(Look(submitter=1, insiders=frozenset({7})), 8)

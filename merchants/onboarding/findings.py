"""What can be told of an answer before anybody reads its paper: for the reviewer, who still decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from merchants.onboarding.checks import plain, valid_until
from merchants.onboarding.requirements import Requirement

SOON = timedelta(days=60)
NAMES = ("legal_name", "institution")
"""Fields that hold the name of the business as an authority wrote it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``field`` by its key; ``code`` a fault of the field, ``expired``, ``expires_soon`` or ``other_name``; ``grave``
    where the answer cannot be right."""

    field: str
    code: str
    grave: bool


def findings(one: Requirement, values: Mapping[str, str], business: str, today: date) -> list[Finding]:
    """What is wrong or odd with the values of an answer, by its fields. ``business``: the name as the applicant
    states it, which the name on a licence contains or is contained in."""
    found = [
        Finding(field.key, code, grave=True)
        for field in one.fields
        if (code := field.fault(values.get(field.key, "")))
    ]
    faulty = {finding.field for finding in found}
    if one.expiry is not None and one.expiry.field not in faulty:
        last = valid_until(values[one.expiry.field])
        if last is not None and last < today:
            found.append(Finding(one.expiry.field, "expired", grave=True))
        elif last is not None and last <= today + SOON:
            found.append(Finding(one.expiry.field, "expires_soon", grave=False))
    for field in one.fields:
        if field.key in NAMES and field.key not in faulty:
            stated, written = plain(business).casefold(), plain(values[field.key]).casefold()
            if stated not in written and written not in stated:
                found.append(Finding(field.key, "other_name", grave=False))
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    before: str
    after: str


def differences(one: Requirement, before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """The fields of a requirement that were answered otherwise before."""
    return [
        Difference(field.key, before.get(field.key, ""), after.get(field.key, ""))
        for field in one.fields
        if before.get(field.key, "") != after.get(field.key, "")
    ]

"""Days at the door are cut in Shanghai, where it is already tomorrow while the clock of the rows says today."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from merchants.models import Application, ApplicationItem
from merchants.onboarding.requirements import Capability, Expiry, Field, Kind, Requirement
from merchants.operations import checklist
from merchants.queries import onboarding

ONE_O_CLOCK = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)  # the 27th, 01:00 in Shanghai


@pytest.mark.parametrize(("last", "ready"), [("2026-11-26", False), ("2026-11-27", True)])
def test_at_one_in_the_morning_a_licence_that_ended_yesterday_is_not_submitted(
    monkeypatch: pytest.MonkeyPatch, last: str, ready: bool
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: ONE_O_CLOCK)
    day = date(2026, 11, 1)
    one = Requirement(
        "licence", Kind.VERIFIED, {}, {}, "a page", day, (Capability.GO_LIVE,),
        fields=(Field("valid_until", "date", {}),), expiry=Expiry("valid_until"),
    )  # fmt: skip
    item = ApplicationItem(key="licence", state="accepted", values={"valid_until": last})
    assert checklist.blockers([one], {"licence": item}) == ([] if ready else ["licence"])


def test_a_case_that_waits_is_judged_by_the_day_in_shanghai_on_which_it_was_submitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_for: list[date] = []

    def in_force(every: Any, day: date) -> list[Any]:
        asked_for.append(day)
        return []

    monkeypatch.setattr(onboarding.requirement_sets, "published", list)
    monkeypatch.setattr(onboarding.sets, "in_force", in_force)
    case = Application(
        country="CN", form="company", brand="own", trades=["beauty"], further=[], state="submitted",
        submitted_at=ONE_O_CLOCK,
    )  # fmt: skip
    onboarding.asked_of(case, date(2027, 1, 1))
    assert asked_for == [date(2026, 11, 27)]

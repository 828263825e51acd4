"""Replies within the merchant's own target, beside the contacts that people left."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from leads.operations import replies
from leads.queries import readiness
from merchants.models import Merchant
from merchants.periods import Period
from merchants.readiness.figures import Figure
from tests.leads.desks import BY, MINUTE, NOON, SECOND, Desk

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    """Ann and Ben are answered in time, Cid late, Dee never; Ann and Cid leave a contact."""
    made = Desk(merchant)
    lin = made.agent("lin", capacity=9)

    def answered(who: str, after: object, *, leaves: bool = False) -> None:
        session = made.say(who, at=NOON)
        replies.reply(merchant, session, lin, text="您好", by=BY, now=NOON + after)  # type: ignore[operator]
        if leaves:
            replies.take_contact(merchant, session, kind="phone", text=f"138123456{len(who)}8", by=BY)

    answered("ann", 10 * SECOND, leaves=True)
    answered("benny", 10 * SECOND)
    answered("cidder", 90 * MINUTE, leaves=True)
    made.say("dee", at=NOON)
    return made


def test_who_was_never_answered_counts_as_late(desk: Desk) -> None:
    assert readiness.replies(desk.merchant, NOVEMBER) == Figure(hits=2, size=4, of=4)


def test_slow_replies_stand_beside_contacts_that_nobody_left(desk: Desk) -> None:
    effect = readiness.slow_beside_lost(desk.merchant, NOVEMBER)
    assert [(line.n, line.lost, line.fen) for line in effect.lines] == [
        (2, 1, None),
        (1, 0, None),
        (1, 1, None),
    ]
    assert effect.unknown == 0


def test_a_consultation_whose_time_still_runs_tells_nothing(merchant: Merchant) -> None:
    desk = Desk(merchant)
    session = desk.say("ann", at=NOON)
    assert session.due_at is not None
    type(session).objects.filter(pk=session.pk).update(due_at=datetime(2099, 1, 1, tzinfo=NOON.tzinfo))
    assert readiness.replies(merchant, NOVEMBER) == Figure(hits=0, size=0, of=1)
    assert readiness.slow_beside_lost(merchant, NOVEMBER).unknown == 1

"""When each trade of a merchant was applied for and approved, told from the events of its case."""

from __future__ import annotations

from datetime import UTC, datetime

from merchants.onboarding.entry import Entry, Happened, entry


def on(month: int, day: int = 1) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


FIRST = (
    Happened(on(1), "submit", "submitted", trades=frozenset({"wedding_photography"})),
    Happened(on(2), "accept", "approved"),
)
WIDENED = (Happened(on(10), "widen", "draft", "beauty"), Happened(on(11), "submit", "submitted"))
PHOTOS = frozenset({"wedding_photography"})


def test_a_further_trade_has_the_days_of_its_own_submission_and_approval() -> None:
    told = entry((*FIRST, *WIDENED, Happened(on(12), "conclude", "approved")), PHOTOS | {"beauty"})
    assert told == Entry(
        applied={"wedding_photography": on(1), "beauty": on(11)},
        approved={"wedding_photography": on(2), "beauty": on(12)},
    )


def test_what_came_before_is_the_same_whatever_comes_later() -> None:
    first = Entry({"wedding_photography": on(1)}, {"wedding_photography": on(2)})
    assert entry(FIRST, PHOTOS) == first
    assert entry((*FIRST, WIDENED[0]), PHOTOS) == first  # described and not handed in
    waits = entry((*FIRST, *WIDENED), PHOTOS)
    assert (waits.applied, waits.approved) == ({**first.applied, "beauty": on(11)}, first.approved)


def test_a_trade_that_is_given_up_or_refused_was_applied_for_and_is_not_approved() -> None:
    given_up = Happened(on(12), "let_go", "approved", "beauty")
    refused = Happened(on(12), "refuse", "refused")
    for last in (given_up, refused):
        told = entry((*FIRST, *WIDENED, last), PHOTOS)
        assert (told.applied["beauty"], "beauty" in told.approved) == (on(11), False)


def test_a_renewed_paper_is_no_further_application() -> None:
    renewal = (Happened(on(6), "submit", "submitted"), Happened(on(7), "accept", "approved"))
    assert entry((*FIRST, *renewal), PHOTOS) == entry(FIRST, PHOTOS)


def test_a_submission_counts_for_the_trades_that_it_told() -> None:
    """Handed in for beauty, sent back, described anew as a shop of baby food and handed in again."""
    told = entry(
        (
            Happened(on(1), "submit", "submitted", trades=frozenset({"beauty"})),
            Happened(on(2), "refuse", "changes_needed"),
            Happened(on(3), "submit", "submitted", trades=frozenset({"baby_food"})),
            Happened(on(4), "accept", "approved"),
        ),
        frozenset({"baby_food"}),
    )
    assert told == Entry({"beauty": on(1), "baby_food": on(3)}, {"baby_food": on(4)})


def test_events_from_before_trades_were_told_with_them_count_for_what_the_case_was_opened_with() -> None:
    silent = (Happened(on(1), "submit", "submitted"), Happened(on(2), "accept", "approved"))
    told = entry((*silent, *WIDENED, Happened(on(12), "accept", "approved")), PHOTOS | {"beauty"})
    assert told.applied == {"wedding_photography": on(1), "beauty": on(11)}
    assert told.approved == {"wedding_photography": on(2), "beauty": on(12)}

"""Signatures as other programs make them, and the pauses between attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.webhooks import pauses, signing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_example_of_the_specifications_libraries_is_signed_alike() -> None:
    """The vector that the reference libraries publish in their tests."""
    signed = signing.text("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert signing.sign(secret, signed) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signing.sign("whsec_" + secret, signed) == signing.sign(secret, signed)


def test_while_a_secret_is_replaced_both_sign() -> None:
    new, old = signing.secret_of(b"n" * 32), signing.secret_of(b"o" * 32)
    told = signing.headers("msg_1", 1_614_265_330, b"{}", [new, old])
    signed = signing.text("msg_1", "1614265330", b"{}")
    assert told == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1614265330",
        "webhook-signature": f"{signing.sign(new, signed)} {signing.sign(old, signed)}",
    }


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"base64|padding|Only"):
        signing.sign("whsec_not base64!", b"x")


def test_pauses_grow_fourfold_up_to_six_hours_within_a_day() -> None:
    moment, waits, attempts = NOON, [], 1
    while (after := pauses.next_attempt(attempts, NOON, moment, 0.5)) is not None:
        waits.append(int((after - moment).total_seconds()))
        moment, attempts = after, attempts + 1
    assert waits == [5, 20, 80, 320, 1_280, 5_120, 20_480, 21_600, 21_600]


@given(
    attempts=st.integers(1, 200),
    chance=st.floats(0, 1, exclude_max=True),
    gone=st.timedeltas(timedelta(0), timedelta(hours=30)),
)
def test_no_attempt_is_made_more_than_a_day_after_the_first(
    attempts: int, chance: float, gone: timedelta
) -> None:
    now = NOON + gone
    after = pauses.next_attempt(attempts, NOON, now, chance)
    pause = min(timedelta(seconds=5) * 4 ** min(attempts - 1, 12), timedelta(hours=6))
    if after is None:
        assert now + pause * 1.2 > NOON + timedelta(hours=24)
    else:
        assert now + pause * 0.79 <= after <= min(now + pause * 1.21, NOON + timedelta(hours=24))


@pytest.mark.parametrize(
    ("failures", "hours", "lost"), [(9, 100, False), (10, 23, False), (10, 24, True), (5_000, 1, False)]
)
def test_an_endpoint_is_left_alone_after_ten_failures_that_span_a_day(
    failures: int, hours: int, lost: bool
) -> None:
    assert pauses.is_lost(failures, NOON, NOON + timedelta(hours=hours)) is lost

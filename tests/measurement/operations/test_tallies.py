"""Daily counts of touches: whatever comes, goes, or comes late, they are what a count gives."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.choices import TouchKind
from measurement.models import TallyMark, TallySpan, TouchTally
from measurement.operations import tallies, touches
from measurement.operations.touches import TouchRow
from measurement.queries import ledger
from merchants.models import Merchant

NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
ALL = """
    SELECT (SELECT key FROM measurement_channel WHERE id = channel_id), day::text, touches, people
    FROM {} ORDER BY 1, 2
"""
COUNTED = """(
    SELECT channel_id, (occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) AS touches,
           count(DISTINCT person_key) AS people
    FROM measurement_touch WHERE NOT retracted GROUP BY 1, 2
) counted"""


def person(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


def read(
    touch_id: str,
    who: str,
    at: datetime = NOON,
    *,
    note: str = "n1",
    kind: TouchKind = TouchKind.READ,
    modified_at: datetime | None = None,
) -> TouchRow:
    return TouchRow(
        external_id=touch_id,
        person_key=person(who),
        kind=kind,
        occurred_at=at,
        modified_at=modified_at,
        note_id=note,
    )


def put(merchant: Merchant, *rows: TouchRow) -> None:
    touches.put(merchant, rows, source="feed", by="system:test")


def rows_of(table: str) -> list[tuple[str, str, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(ALL.format(table))
        return [(key.split("|")[1], day, int(n), int(people)) for key, day, n, people in cursor.fetchall()]


def tallied(merchant: Merchant) -> list[tuple[str, str, int, int]]:
    """(note, day, touches, people), which must be what a count of the touches gives."""
    tallies.drain(merchant)
    assert not TallyMark.objects.for_merchant(merchant).exists()
    found = rows_of("measurement_touchtally")
    assert found == rows_of(COUNTED)
    return found


def test_touches_of_a_day_are_counted_and_their_people_once(merchant: Merchant) -> None:
    put(merchant, read("1", "ann"), read("2", "ann", NOON + timedelta(hours=1)), read("3", "ben"))
    put(merchant, read("4", "ann", NOON + DAY))
    assert tallied(merchant) == [("n1", "2026-10-01", 3, 2), ("n1", "2026-10-02", 1, 1)]


def test_a_day_ends_at_midnight_in_shanghai(merchant: Merchant) -> None:
    midnight = datetime(2026, 10, 1, 16, tzinfo=UTC)
    put(merchant, read("1", "ann", midnight - timedelta(seconds=1)), read("2", "ann", midnight))
    assert tallied(merchant) == [("n1", "2026-10-01", 1, 1), ("n1", "2026-10-02", 1, 1)]


def test_a_late_touch_of_a_known_person_adds_a_touch_and_nobody(merchant: Merchant) -> None:
    put(merchant, read("1", "ann"))
    tallies.drain(merchant)
    put(merchant, read("2", "ann", NOON - timedelta(hours=2)))
    assert tallied(merchant) == [("n1", "2026-10-01", 2, 1)]


def test_a_repeated_touch_changes_nothing(merchant: Merchant) -> None:
    put(merchant, read("1", "ann"), read("1", "ann"))
    tallies.drain(merchant)
    put(merchant, read("1", "ann"))
    assert not TallyMark.objects.for_merchant(merchant).exists()
    assert tallied(merchant) == [("n1", "2026-10-01", 1, 1)]


def test_a_touch_that_moves_leaves_its_old_cell_empty_and_without_a_row(merchant: Merchant) -> None:
    put(merchant, read("1", "ann"))
    tallies.drain(merchant)
    put(merchant, read("1", "ann", NOON + DAY, note="n2", modified_at=NOON + 2 * DAY))
    assert tallied(merchant) == [("n2", "2026-10-02", 1, 1)]


def test_an_older_version_that_comes_late_counts_nowhere(merchant: Merchant) -> None:
    put(merchant, read("1", "ann", NOON + DAY, modified_at=NOON + 2 * DAY))
    put(merchant, read("1", "ann", modified_at=NOON))
    assert tallied(merchant) == [("n1", "2026-10-02", 1, 1)]


def test_many_touches_at_once_mark_their_days_and_count_the_same(merchant: Merchant, monkeypatch) -> None:
    put(merchant, read("0", "zoe"), read("00", "zoe", NOON + 40 * DAY))
    tallies.drain(merchant)
    put(merchant, read("000", "zoe", NOON + 10 * DAY))  # its mark is dropped with the days
    monkeypatch.setattr(tallies, "MANY_ROWS", 2)
    put(merchant, *(read(str(n), f"p{n % 3}", NOON + n * 10 * DAY) for n in range(1, 7)))
    spans = TallySpan.objects.for_merchant(merchant).values_list("first_day", "last_day")
    assert [(str(first), str(last)) for first, last in spans] == [("2026-10-11", "2026-11-30")]
    assert len(tallied(merchant)) == 7
    assert not TallySpan.objects.for_merchant(merchant).exists()


def test_too_many_marks_become_days(merchant: Merchant, monkeypatch) -> None:
    monkeypatch.setattr(tallies, "MANY_MARKS", 1)
    put(merchant, read("1", "ann"), read("2", "ben"))
    assert tallied(merchant) == [("n1", "2026-10-01", 2, 2)]


def test_a_rebuild_mends_what_somebody_broke(merchant: Merchant) -> None:
    put(merchant, read("1", "ann"))
    tallies.drain(merchant)
    TouchTally.objects.for_merchant(merchant).update(touches=9)
    assert [one.invariant for one in ledger.breaches(merchant)] == [
        "the tallies are a count of the touches that stand"
    ]
    tallies.rebuild(merchant)
    assert tallied(merchant) == [("n1", "2026-10-01", 1, 1)]


STEPS = st.lists(
    st.tuples(
        st.integers(0, 5),  # which touch
        st.sampled_from(["ann", "ben"]),
        st.integers(0, 2),  # day
        st.sampled_from(["n1", "n2"]),
        st.integers(0, 3),  # modified
        st.booleans(),  # whether the worker runs afterwards
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_any_order_of_versions_and_of_work_gives_a_count(merchant: Merchant, steps) -> None:
    salt = uuid.uuid4().hex
    for number, who, day, note, modified, works in steps:
        row = read(f"{salt}{number}", who, NOON + day * DAY, note=note)
        put(merchant, replace(row, modified_at=NOON + modified * DAY))
        if works:
            tallies.drain(merchant)
    tallied(merchant)


@pytest.mark.django_db
def test_nothing_waits_for_a_merchant_without_touches(merchant: Merchant) -> None:
    tallies.rebuild(merchant)
    assert tallies.drain(merchant) == 0

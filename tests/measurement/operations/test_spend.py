"""Cost: the last statement stands, in whatever order the statements came."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.alliance.costs import SpendRow, from_juguang, from_pugongying
from measurement.choices import SpendKind, Task
from measurement.models import Blogger, Campaign, Creative, Note, Spend
from measurement.operations import spend

T0 = datetime(2026, 3, 2, 6, tzinfo=UTC)
BY = "system:test"


def row(fen: int = 100, *, key: str = "c1", hours: int = 0, **fields) -> SpendRow:
    return SpendRow(key, date(2026, 3, 1), fen, T0 + timedelta(hours=hours), "campaign", **fields)


def put(merchant, *rows: SpendRow, source: str = "juguang") -> tuple[int, int, int, int]:
    got = spend.put(merchant, rows, source=source, by=BY)
    return got.received, got.added, got.replaced, got.repeated


def standing() -> list[tuple[str, int]]:
    return sorted(Spend.objects.filter(replaced_at=None).values_list("natural_key", "fen"))


def test_the_later_statement_stands_and_the_former_stays_with_its_end(merchant):
    assert put(merchant, row(100)) == (1, 1, 0, 0)
    assert put(merchant, row(120, hours=24)) == (1, 0, 1, 0)
    assert standing() == [("c1", 120)]
    former = Spend.objects.get(fen=100)
    assert (former.stated_at, former.replaced_at) == (T0, T0 + timedelta(hours=24))


def test_a_repeat_and_an_older_statement_change_nothing(merchant):
    put(merchant, row(100, hours=2))
    assert put(merchant, row(100, hours=2)) == (1, 0, 0, 1)
    assert put(merchant, row(90, hours=1)) == (1, 0, 0, 1)
    assert standing() == [("c1", 100)]
    assert Spend.objects.count() == 1


def test_an_offline_row_stands_before_a_provisional_one_that_came_later(merchant):
    put(merchant, row(100, hours=1))
    put(merchant, row(80, hours=5, realtime=True))
    assert standing() == [("c1", 100)]
    put(merchant, row(70, key="c2", realtime=True, hours=9))
    put(merchant, row(60, key="c2", hours=1))
    assert standing() == [("c1", 100), ("c2", 60)]


def test_sources_do_not_replace_each_other(merchant):
    put(merchant, row(100))
    put(merchant, row(200), source="file")
    assert standing() == [("c1", 100), ("c1", 200)]


statements = st.builds(
    row,
    st.sampled_from([100, 200, 300]),
    key=st.sampled_from(["a", "b"]),
    hours=st.integers(0, 3),
    realtime=st.booleans(),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(statements, max_size=6), data=st.data())
def test_any_order_repeat_and_portion_gives_the_same_cost(merchant, rows, data):
    seen = []
    for order in (rows, data.draw(st.permutations(rows)) + rows[:2]):
        size = data.draw(st.integers(1, 4))
        with transaction.atomic():
            for start in range(0, len(order), size):
                put(merchant, *order[start : start + size])
            seen.append(standing())
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    best = {}
    for one in rows:
        rank = (not one.realtime, one.stated_at, one.content_hash)
        best[one.natural_key] = max(best.get(one.natural_key, (rank, one.fen)), (rank, one.fen))
    assert seen[0] == sorted((key, fen) for key, (_, fen) in best.items())


def test_knowing_the_task_takes_the_place_of_not_knowing_it(merchant):
    unknown = row(110, key="k")
    known = [
        row(60, key="k|in_task", task=Task.IN_TASK),
        row(50, key="k|out_of_task", task=Task.OUT_OF_TASK),
    ]
    for order in ([unknown, *known], [*known, unknown], [known[0], unknown, known[1]]):
        with transaction.atomic():
            for one in order:
                put(merchant, one, source="file")
            assert standing() == [("k|in_task", 60), ("k|out_of_task", 50)]
            transaction.set_rollback(True)
    put(merchant, *known, source="file")
    put(merchant, replace(unknown, stated_at=T0 + timedelta(days=1)), source="file")
    assert standing() == [("k", 110)]  # said again without it, later


def test_what_a_row_names_is_made_and_linked_once(merchant):
    named = row(
        campaign_id="c1", campaign_name="春季修护", unit_id="u1", creative_id="x1", note_id="n1",
        note_title="三步修护", blogger_id="b1", blogger_name="小满", advertiser_id="1000001",
    )  # fmt: skip
    put(merchant, row(key="other", creative_id="x1", note_id="n1"), named)
    put(merchant, replace(named, campaign_name="another name", stated_at=T0 + timedelta(hours=1)))
    assert Campaign.objects.get().name == "春季修护"
    assert Campaign.objects.get().advertiser_id == "1000001"
    assert Note.objects.get().title == "三步修护"
    assert Note.objects.get().blogger == Blogger.objects.get(name="小满")
    creative = Creative.objects.get()
    assert (creative.campaign.external_id, creative.unit.external_id) == ("c1", "u1")
    assert creative.note.external_id == "n1"


def test_an_unknown_spu_stores_nothing(merchant):
    with pytest.raises(KeyError):
        put(merchant, row(), row(key="c2", spu_code="nobody"))
    assert not Spend.objects.exists()


JUGUANG = {
    "platform": "xiaohongshu_juguang", "advertiser_id": "1000001", "level": "campaign",
    "entity_id": "2000001",
    "date": "2026-03-01", "hour": None, "realtime": False, "fee_fen": 25_630, "impression": 18_000,
    "pulled_at": "2026-03-02T01:00:00Z",
}  # fmt: skip


def test_a_report_row_is_the_cost_of_its_day_and_its_hours_are_not_counted_again():
    rows = from_juguang(
        [JUGUANG, {**JUGUANG, "hour": 9}, {**JUGUANG, "date": None}, {**JUGUANG, "fee_fen": None}],
        received_at=T0,
    )
    assert [(r.natural_key, r.day, r.fen, r.campaign_id) for r in rows] == [
        ("1000001|campaign|2000001|2026-03-01", date(2026, 3, 1), 25_630, "2000001")
    ]
    assert rows[0].stated_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert rows[0].metrics == {"impression": 18_000}


NOTE = {
    "note_id": "n1", "order_id": "o1", "kol_id": "b1", "kol_nick_name": "小满", "note_title": "三步修护",
    "kol_price_fen": 500_000, "total_platform_price_fen": 50_000, "date_key": "20260305",
    "note_publish_time": "2026-03-01 20:00:00",
}  # fmt: skip


def test_a_cooperation_is_paid_once_however_many_days_tell_of_it(merchant):
    later = {**NOTE, "date_key": "20260306"}
    for notes in ([NOTE, later], [later], [NOTE]):
        put(merchant, *from_pugongying(notes, received_at=T0), source="pugongying")
    rows = Spend.objects.filter(replaced_at=None).order_by("kind")
    assert [(r.kind, r.fen, r.day) for r in rows] == [
        (SpendKind.NOTE_FEE, 500_000, date(2026, 3, 1)),
        (SpendKind.PLATFORM_FEE, 50_000, date(2026, 3, 1)),
    ]
    assert rows[0].note.blogger.name == "小满"


def test_an_unknown_price_is_no_cost_and_a_note_without_an_order_none():
    assert from_pugongying([{**NOTE, "order_id": None}], received_at=T0) == []
    only_fee = from_pugongying([{**NOTE, "kol_price_fen": None}], received_at=T0)
    assert [one.kind for one in only_fee] == [SpendKind.PLATFORM_FEE]

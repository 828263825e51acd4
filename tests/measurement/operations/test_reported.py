"""What platforms report: the statement told last stands, in whatever order they came."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.choices import Layer, MarketMeasure, Programme, PromotionKind, ReportLevel
from measurement.models import AllianceRow, Comment, CrowdReport, MarketSeries, Note, Promotion
from measurement.operations import reported
from measurement.queries.reported import standing
from measurement.reported.statements import (
    AllianceStatement,
    CommentStatement,
    CrowdStatement,
    MarketStatement,
    PromotionStatement,
)
from merchants import tenancy
from tests.measurement.world import World

T0 = datetime(2026, 10, 2, 6, tzinfo=UTC)
DAY = date(2026, 10, 1)
BY = "system:test"


def row(gmv: int | None = 100, *, hours: int = 0, window: int = 15, **fields) -> AllianceStatement:
    metrics = {} if gmv is None else {"gmv_fen": gmv}
    told = {"level": ReportLevel.TASK, "task_id": "t1"} | fields
    return AllianceStatement(
        T0 + timedelta(hours=hours),
        Programme.XIAOHONGXING,
        day=DAY,
        window_days=window,
        metrics=metrics,
        **told,
    )


def put(merchant, *rows: AllianceStatement, source: str = "file") -> tuple[int, int, int, int]:
    got = reported.put_alliance(merchant, rows, source=source, by=BY)
    return got.received, got.added, got.replaced, got.repeated


def gmv(until: datetime | None = None) -> list[int | None]:
    rows = standing(AllianceRow, merchant=AllianceRow.objects.first().merchant_id, until=until)
    return sorted(one.metrics.get("gmv_fen") for one in rows)


def test_the_later_statement_stands_and_the_former_answers_for_its_time(merchant):
    assert put(merchant, row(100)) == (1, 1, 0, 0)
    assert put(merchant, row(120, hours=24)) == (1, 0, 1, 0)
    assert gmv() == [120]
    assert gmv(T0 + timedelta(hours=24)) == [100]
    assert gmv(T0) == []


def test_a_day_restated_to_zero_is_zero_and_a_figure_left_out_is_unknown(merchant):
    put(merchant, row(100))
    put(merchant, row(0, hours=1))
    assert gmv() == [0]
    put(merchant, row(None, hours=2))
    assert gmv() == [None]


def test_a_repeat_and_an_older_statement_change_nothing(merchant):
    put(merchant, row(100, hours=2))
    assert put(merchant, row(100, hours=2)) == (1, 0, 0, 1)
    assert put(merchant, row(90, hours=1)) == (1, 0, 0, 1)
    assert gmv() == [100]
    assert AllianceRow.objects.count() == 1


def test_what_was_told_once_more_stands_before_what_was_told_in_between(merchant):
    put(merchant, row(100))
    put(merchant, row(100, hours=5))
    assert put(merchant, row(90, hours=3)) == (1, 0, 0, 1)
    assert gmv() == [100]


def test_windows_levels_axes_sources_and_deduplicated_rows_stand_beside_each_other(merchant):
    put(merchant, row(1), row(2, window=30), row(3, last_click=True), row(4, last_click=False))
    put(merchant, row(5, level=ReportLevel.NOTE, note_id="n1"))
    put(merchant, row(6), source="api")
    assert gmv() == [1, 2, 3, 4, 5, 6]


def test_a_note_is_made_with_its_title_and_an_unknown_spu_stores_nothing(merchant):
    put(merchant, row(level=ReportLevel.NOTE, note_id="n1", note_title="晨间护肤"))
    assert AllianceRow.objects.get().note == Note.objects.get(external_id="n1", title="晨间护肤")
    with pytest.raises(KeyError, match="nowhere"), transaction.atomic():
        put(merchant, row(7), row(8, window=30, spu_code="nowhere"))
    assert gmv() == [100]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from([None, 0, 7, 9])), min_size=1, max_size=8),
    st.data(),
)
def test_any_order_and_any_portions_leave_the_same_standing(merchant, told, data):
    rows = [row(value, hours=hour) for hour, value in told]
    last = max(rows, key=lambda one: (one.stated_at, one.content_hash))
    with transaction.atomic():
        shuffled = data.draw(st.permutations(rows))
        cut = data.draw(st.integers(0, len(rows)))
        put(merchant, *shuffled[:cut])
        put(merchant, *shuffled[cut:])
        stands = AllianceRow.objects.get(replaced_at=None)
        assert stands.metrics == dict(last.metrics)
        transaction.set_rollback(True)


def test_layers_series_and_promotions_are_kept_the_same_way(merchant):
    spu = World(merchant).spu()
    crowd = CrowdStatement(T0, DAY, Layer.TRUE_INTEREST, 4_000, added=120)
    series = MarketStatement(T0, "taobao", DAY, MarketMeasure.SEARCH, Decimal(830), spu.code)
    sale = PromotionStatement(T0, DAY, date(2026, 10, 8), "国庆", PromotionKind.FESTIVAL)
    for _ in range(2):
        reported.put_crowds(
            merchant, [crowd, replace(crowd, spu_code=spu.code, people=900)], source="file", by=BY
        )
        reported.put_market(merchant, [series], source="file", by=BY)
        reported.put_promotions(merchant, [sale], source="file", by=BY)
    longer = replace(sale, last_day=date(2026, 10, 9), stated_at=T0 + timedelta(hours=1))
    reported.put_promotions(merchant, [longer], source="file", by=BY)
    assert sorted(CrowdReport.objects.values_list("spu__code", "people", "added"), key=str) == [
        ("essence", 900, 120), (None, 4_000, 120),
    ]  # fmt: skip
    assert MarketSeries.objects.get().value == 830
    assert standing(Promotion, merchant).get().last_day == date(2026, 10, 9)
    assert standing(Promotion, merchant, until=T0 + timedelta(minutes=1)).get().last_day == sale.last_day


def test_a_comment_keeps_its_latest_text_only(merchant):
    told = CommentStatement(T0, "n1", "c1", "多少钱", T0, author_key=UUID(int=7), likes=3)
    later = replace(told, text="多少钱呀", likes=5, stated_at=T0 + timedelta(hours=1))
    assert reported.put_comments(merchant, [told], source="file", by=BY).added == 1
    assert reported.put_comments(merchant, [later, told], source="file", by=BY).replaced == 1
    assert reported.put_comments(merchant, [told], source="file", by=BY).repeated == 1
    assert list(Comment.objects.values_list("text", "likes")) == [("多少钱呀", 5)]


def test_another_merchant_sees_none_of_it(merchant, stranger):
    put(merchant, row(100))
    tenancy.enter(stranger)
    assert AllianceRow.objects.count() == 0
    assert put(stranger, row(1)) == (1, 1, 0, 0)
    tenancy.enter(merchant)
    assert gmv() == [100]

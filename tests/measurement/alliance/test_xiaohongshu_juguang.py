from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance import xiaohongshu_juguang as juguang
from tests.measurement.alliance.juguang_wire import DAY, NOTE_ID, dto, keys, offline, only_row, read, realtime

CAMPAIGN = {"time": DAY, "campaign_id": "2000001", "fee": "256.30", "impression": "18000", "click": "540"}


def test_a_day_of_a_campaign_is_one_row() -> None:
    row = only_row(
        offline(
            {
                **CAMPAIGN,
                "campaign_name": "春季种草",
                "placement": "1",
                "marketing_target": 4,
                "ctr": "3.00",
                "acp": "0.47",
                "cpm": "14.24",
                "cpi": "3.94",
                "interaction": "65",
                "leads": "0",
            }
        )
    )
    told = {name: value for name, value in row.items() if value is not None}
    assert told == {
        "platform": "xiaohongshu_juguang",
        "advertiser_id": "1000001",
        "level": "campaign",
        "entity_id": "2000001",
        "date": "2026-03-01",
        "realtime": False,
        "fee_fen": 25630,
        "impression": 18000,
        "click": 540,
        "interaction": 65,
        "leads": 0,
        "ctr_percent": "3.00",
        "acp_fen": 47,
        "cpm_fen": 1424,
        "cpi_fen": 394,
        "campaign_id": "2000001",
        "campaign_name": "春季种草",
        "placement": "1",
        "marketing_target": "4",
    }
    assert row["hour"] is None


@pytest.mark.parametrize(
    ("what", "dimensions", "level", "entity"),
    [
        ("account", {}, "account", "1000001"),
        ("campaign", {"campaign_id": 2000001}, "campaign", "2000001"),
        ("unit", {"unit_id": "3000001", "campaign_id": "2000001"}, "unit", "3000001"),
        ("creativity", {"creativity_id": 4000001, "unit_id": "3000001"}, "creative", "4000001"),
        ("creative", {"creative_id": "4000001"}, "creative", "4000001"),
        ("keyword", {"keyword_id": "5000001", "keyword": "精华"}, "keyword", "5000001"),
        ("note", {"note_id": NOTE_ID, "note_title": "测评"}, "note", NOTE_ID),
    ],
)
def test_every_level_has_its_own_entity(
    what: str, dimensions: dict[str, Any], level: str, entity: str
) -> None:
    row = only_row(offline({"time": DAY, "fee": "1.00", **dimensions}, what=what))
    assert (row["level"], row["entity_id"], row["fee_fen"]) == (level, entity, 100)
    kept = {name.replace("creativity", "creative"): str(value) for name, value in dimensions.items()}
    assert {name: row[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("what", "base_name", "base"),
    [
        ("campaign", "campaign", {"campaign_id": 2000001}),
        ("unit", "unit", {"unit_id": 2000001, "campaign_id": 1}),
        ("creativity", "creativity", {"creativity_id": 2000001}),
        ("creativity", "creativty", {"creativity_id": "2000001"}),
        ("creative", "creativity", {"creative_id": "2000001"}),
        ("keyword", "keyword", {"keyword_id": 2000001, "keyword": "精华"}),
    ],
)
def test_a_realtime_row_nests_its_dimensions_and_metrics(
    what: str, base_name: str, base: dict[str, Any]
) -> None:
    row = only_row(realtime(dto(base_name, base=base), what=what))
    assert (row["entity_id"], row["date"], row["hour"], row["realtime"]) == ("2000001", DAY, None, True)
    assert (row["fee_fen"], row["click"], row["impression"]) == (1200, 20, None)


def test_the_total_is_no_row() -> None:
    assert read(realtime())["rows"] == []
    assert read(realtime(what="account"))["rows"] == []


def test_realtime_rows_may_stand_at_the_top_of_the_answer() -> None:
    inside = realtime(dto(base={"campaign_id": 2000001}))
    above = json.loads(json.dumps(inside))
    above["response"].update(above["response"].pop("data"))
    assert read(above) == read(inside)
    above["response"]["data"] = None
    assert read(above) == read(inside)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("2,766.11", 276611),
        ("2766.11", 276611),
        (2766.11, 276611),
        ("1,234,567.80", 123456780),
        ("0.00", 0),
        (0, 0),
        ("-", None),
        ("", None),
        (None, None),
        ("--", None),
        (19.9, 1990),
    ],
)
def test_spend_is_yuan_read_to_the_fen(text: Any, fen: int | None) -> None:
    assert only_row(offline({**CAMPAIGN, "fee": text}))["fee_fen"] == fen


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", 1234),
        ("18000.0", 18000),
        (12, 12),
        (12.0, 12),
        ("-", None),
        ("", None),
        (None, None),
        ("0", 0),
    ],
)
def test_counts_are_whole_or_unknown(text: Any, number: int | None) -> None:
    assert only_row(offline({**CAMPAIGN, "impression": text}))["impression"] == number


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("3.00", "3.00"),
        ("3.00%", "3.00"),
        ("3", "3.00"),
        (2.225, "2.23"),
        ("1,200.5 %", "1200.50"),
        ("-", None),
    ],
)
def test_a_rate_is_text_with_two_decimals(text: Any, percent: str | None) -> None:
    assert only_row(offline({**CAMPAIGN, "ctr": text}))["ctr_percent"] == percent


def test_a_metric_that_was_not_asked_for_is_unknown_not_0() -> None:
    row = only_row(offline(CAMPAIGN))
    for name in ("like", "message_consult", "i_user_num", "ctr_percent", "acp_fen", "cpi_fen", "rgmv_fen"):
        assert row[name] is None


def test_money_rates_and_averages_say_their_unit() -> None:
    told = {
        "rgmv": "1,000.50",
        "roi": "3.9",
        "leads_cpl": "12.30",
        "search_cmt_after_read_avg": "1.5",
        "external_rgmv_30": "7",
        "live_averate_order_cost": "8.80",
        "clk_live_room_order_num": "3",
        "clk_live_entry_pv_cost": "0.50",
        "invoke_app_enter_store_cvr": "4.1%",
        "word_avg_location": "1.25",
    }
    row = only_row(offline({**CAMPAIGN, **told}))
    expected = {
        "rgmv_fen": 100050,
        "roi": "3.90",
        "leads_cpl_fen": 1230,
        "search_cmt_after_read_avg": "1.50",
        "external_rgmv_30_fen": 700,
        "live_average_order_cost_fen": 880,
        "clk_live_room_order_num": 3,
        "clk_live_entry_pv_cost_fen": 50,
        "invoke_app_enter_store_cvr_percent": "4.10",
        "word_avg_location": "1.25",
    }
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("time", "hour"),
    [("2026-03-01 13:00:00", 13), ("2026-03-01 00:00", 0), ("2026-03-01 9", 9), ("2026030123", 23)],
)
def test_an_hour_is_told_only_when_hours_were_asked_for(time: str, hour: int) -> None:
    row = {**CAMPAIGN, "time": time}
    assert keys(offline(row, time_unit="HOUR")) == [("campaign", "2000001", DAY, hour)]
    assert keys(offline(row, time_unit="DAY")) == [("campaign", "2000001", DAY, None)]


def test_each_hour_is_a_row_of_its_own() -> None:
    hours = [{**CAMPAIGN, "time": f"2026-03-01 {hour:02}:00:00"} for hour in (23, 0, 5)]
    assert [key[3] for key in keys(offline(*hours, time_unit="HOUR"), offline(CAMPAIGN))] == [None, 0, 5, 23]


def test_a_sum_of_one_day_is_that_days_row_and_a_longer_one_is_no_days() -> None:
    summed = {**CAMPAIGN, "time": ""}
    assert keys(offline(summed, time_unit="SUMMARY")) == [("campaign", "2000001", DAY, None)]
    week = offline(summed, time_unit="SUMMARY", start_date="2026-02-23")
    assert only_row(week)["date"] is None
    assert only_row(week)["period"] == ["2026-02-23", DAY]
    longer = offline(summed, time_unit="SUMMARY", start_date="2026-02-01")
    assert len(read(week, longer, week, offline(CAMPAIGN))["rows"]) == 3


def test_a_restated_row_replaces_and_never_adds() -> None:
    restated = offline({**CAMPAIGN, "fee": "260.00", "click": "541"})
    assert only_row(offline(CAMPAIGN), offline(CAMPAIGN), restated)["fee_fen"] == 26000
    early = offline(CAMPAIGN, pulled_at="2026-03-02T01:00:00Z")
    late = offline({**CAMPAIGN, "fee": "260.00"}, pulled_at="2026-03-02T10:00:00+08:00")
    for pages in ((early, late), (late, early)):
        assert only_row(*pages)["fee_fen"] == 26000


def test_a_restated_row_that_lost_a_metric_keeps_nothing_of_the_old_one() -> None:
    assert only_row(offline({**CAMPAIGN, "like": "3"}), offline(CAMPAIGN))["like"] is None


def test_an_offline_row_stands_over_a_realtime_one_whichever_came_first() -> None:
    settled = offline(CAMPAIGN, pulled_at="2026-03-02T00:00:00Z")
    today = realtime(dto(base={"campaign_id": 2000001}), pulled_at="2026-03-02T09:00:00Z")
    for pages in ((settled, today), (today, settled)):
        row = only_row(*pages)
        assert (row["realtime"], row["fee_fen"]) == (False, 25630)
    other = realtime(dto(base={"campaign_id": 2000001}), end_date="2026-03-02", start_date="2026-03-02")
    assert [row["realtime"] for row in read(settled, other)["rows"]] == [False, True]


def test_the_later_realtime_row_of_today_stands() -> None:
    first = realtime(dto(base={"campaign_id": 2000001}))
    second = realtime(dto(base={"campaign_id": 2000001}, fee="13.00"))
    assert only_row(first, second)["fee_fen"] == 1300


def test_levels_accounts_and_days_are_apart() -> None:
    pages = (
        offline(CAMPAIGN, {**CAMPAIGN, "time": "2026-02-28"}),
        offline(CAMPAIGN, advertiser_id="1000002"),
        offline({**CAMPAIGN, "unit_id": 2000001}, what="unit"),
        offline({"time": DAY, "fee": "1"}, what="account"),
    )
    assert [(row["advertiser_id"], row["level"], row["date"]) for row in read(*pages)["rows"]] == [
        ("1000001", "account", DAY),
        ("1000001", "campaign", "2026-02-28"),
        ("1000001", "campaign", DAY),
        ("1000001", "unit", DAY),
        ("1000002", "campaign", DAY),
    ]


def test_rows_split_by_a_dimension_do_not_replace_each_other() -> None:
    feed, search = ({**CAMPAIGN, "placement": placement} for placement in ("1", "2"))
    split = offline(feed, search, split_columns=["placement"])
    rows = read(split, split, offline(CAMPAIGN))["rows"]
    assert [row.get("split") for row in rows] == [None, {"placement": "1"}, {"placement": "2"}]
    by_target = offline({**CAMPAIGN, "marketing_target": "4"}, split_columns=["marketingTarget"])
    assert only_row(by_target)["split"] == {"marketing_target": "4"}


def test_ids_of_0_are_no_dimension() -> None:
    row = only_row(offline({**CAMPAIGN, "unit_id": 0, "note_id": "", "keyword": "-", "optimize_target": 0}))
    assert not {"unit_id", "note_id", "keyword"} & set(row)
    assert row["optimize_target"] == "0"


def test_a_row_without_its_entity_is_a_problem_and_the_page_goes_on() -> None:
    answer = read(offline({"time": DAY, "fee": "1"}, CAMPAIGN))
    assert len(answer["rows"]) == 1
    assert answer["problems"] == [{"exchange": 0, "problem": "row 0 names no campaign"}]


@pytest.mark.parametrize("what", ["search/word", "spu", "target"])
def test_a_report_of_a_level_we_do_not_keep_is_a_problem_not_a_row(what: str) -> None:
    answer = read(offline(CAMPAIGN, what=what))
    assert (answer["rows"], len(answer["problems"])) == ([], 1)


@pytest.mark.parametrize("data", [None, {}, [], {"data_list": None, "total_count": 0}, {"data_list": []}])
def test_an_empty_page_is_empty_whatever_its_shape(data: Any) -> None:
    page = offline()
    page["response"]["data"] = data
    assert (read(page)["rows"], read(page)["errors"]) == ([], [])


def test_a_bare_object_stands_for_a_list_of_one() -> None:
    page = offline()
    page["response"]["data"]["data_list"] = CAMPAIGN
    assert read(page) == read(offline(CAMPAIGN))


def test_todays_account_may_come_as_a_bare_object() -> None:
    page = realtime(what="account")
    page["response"]["data"] = {"fee": "5.00", "click": "2", "total_data": {"fee": "5.00"}}
    row = only_row(page)
    assert (row["level"], row["entity_id"], row["fee_fen"]) == ("account", "1000001", 500)


def test_the_body_of_a_request_may_be_text() -> None:
    page = offline(CAMPAIGN)
    page["request"]["body"] = json.dumps(page["request"]["body"])
    assert read(page) == read(offline(CAMPAIGN))


def test_a_page_knows_whether_another_follows() -> None:
    page = offline(CAMPAIGN, CAMPAIGN, page_size=1)
    assert (juguang.read(page).total, juguang.read(page).has_next) == (2, True)
    assert juguang.read(offline(CAMPAIGN)).has_next is False


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ({"code": 40001, "success": False, "msg": "access token expired"}, "auth", "40001"),
        ({"code": 40001, "success": False, "message": "参数"}, "auth", "40001"),
        ({"code": 1, "success": False, "message": "请求过于频繁"}, "throttle", "1"),
        ({"code": 0, "success": False, "msg": "无权限访问"}, "permission", None),
        ({"code": 5, "success": True, "msg": "参数错误"}, "bad_request", "5"),
        ({"errorCode": "7", "errorMsg": "token已过期", "success": False}, "auth", "7"),
        ({"errorCode": 7, "success": False}, "transient", "7"),
        ({"success": False}, "transient", None),
        ({}, "transient", None),
    ],
)
def test_good_only_when_success_is_true_and_the_code_is_0(
    answer: dict[str, Any], error: str, code: str | None
) -> None:
    page = offline(CAMPAIGN)
    page["response"] = {**answer, "data": page["response"]["data"]} if answer else {}
    result = read(page)
    assert result["rows"] == []
    assert result["errors"] == [{"exchange": 0, "class": error, "platform_code": code}]


def test_a_path_that_is_not_there_is_a_bad_request() -> None:
    page = {**offline(CAMPAIGN, what="creative"), "http_status": 404}
    assert read(page)["errors"] == [{"exchange": 0, "class": "bad_request", "platform_code": None}]


@given(st.data())
def test_pages_fetched_at_known_times_may_be_read_in_any_order(data: st.DataObject) -> None:
    pages = [
        offline({**CAMPAIGN, "fee": f"{fee}.00"}, pulled_at=f"2026-03-0{day}T01:00:00Z")
        for day, fee in ((2, 256), (3, 257), (4, 250))
    ]
    pages += [
        realtime(dto(base={"campaign_id": 2000001}), pulled_at="2026-03-01T09:00:00Z"),
        realtime(dto(base={"campaign_id": 2000002}), pulled_at="2026-03-01T09:00:00Z"),
        realtime(dto(base={"campaign_id": 2000002}, fee="14.00"), pulled_at="2026-03-01T10:00:00Z"),
    ]
    shuffled = data.draw(st.permutations(pages + data.draw(st.lists(st.sampled_from(pages), max_size=4))))
    rows = read(*shuffled)["rows"]
    assert [(row["entity_id"], row["fee_fen"]) for row in rows] == [("2000001", 25000), ("2000002", 1400)]

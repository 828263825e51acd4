from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance import xiaohongshu_juguang as juguang
from measurement.alliance.pugongying import cooperation_costs
from tests.measurement.alliance.juguang_wire import NOTE_ID, note, notes, read


def _only(*pages: dict[str, Any]) -> dict[str, Any]:
    (found,) = read(*pages)["notes"]
    return found


def test_a_note_is_told_with_the_cost_of_its_cooperation() -> None:
    found = _only(notes(note(engage_rate="4.5%", interest_cost="1.20", read_cost=183, heat_imp_num="7")))
    told = {name: value for name, value in found.items() if value is not None}
    assert told == {
        "platform": "xiaohongshu_pugongying",
        "note_id": NOTE_ID,
        "order_id": "ORDER-1",
        "date_key": "20260301",
        "kol_id": "kol-1",
        "cooperation_cost_fen": 550000,
        "imp_num": 12000,
        "read_num": 3000,
        "like_num": 120,
        "heat_imp_num": 7,
        "kol_price_fen": 500000,
        "total_platform_price_fen": 50000,
        "read_cost_fen": 183,
        "interest_cost_fen": 120,
        "engage_rate_percent": "4.50",
    }
    assert found["share_num"] is None


def test_the_latest_snapshot_stands_because_figures_are_running_totals() -> None:
    old, new = notes(note(date_key="20260228", read_num=2000)), notes(note())
    for pages in ((old, new), (new, old), (old, new, old)):
        assert (_only(*pages)["date_key"], _only(*pages)["read_num"]) == ("20260301", 3000)


def test_of_one_snapshot_the_later_fetch_stands() -> None:
    early = notes(note(), pulled_at="2026-03-02T01:00:00Z")
    late = notes(note(read_num=3100), pulled_at="2026-03-02T02:00:00Z")
    for pages in ((early, late), (late, early)):
        assert _only(*pages)["read_num"] == 3100
    assert _only(notes(note()), notes(note(read_num=3100)))["read_num"] == 3100


@pytest.mark.parametrize("key", [20260301, "2026-03-01", "20260301"])
def test_a_date_key_is_eight_digits(key: Any) -> None:
    assert _only(notes(note(date_key=key)))["date_key"] == "20260301"
    assert _only(notes(note(date_key=None), date_key=key))["date_key"] == "20260301"


def test_a_cooperation_is_paid_once_however_many_days_and_notes_tell_of_it() -> None:
    pages = (
        notes(note(date_key="20260227"), note(date_key="20260228")),
        notes(note(), note(note_id="n2"), note(note_id="n3", order_id="ORDER-2", kol_price="1,000")),
    )
    told = [row for page in pages for row in juguang.read(page).notes]
    assert cooperation_costs(told) == {"ORDER-1": 550000, "ORDER-2": 51000}


@pytest.mark.parametrize(
    ("price", "fee", "cost"),
    [("500000", 0, 500000), (500000.0, "1", 500001), (None, 5, None), (5, "-", None)],
)
def test_a_cost_is_unknown_when_a_part_of_it_is(price: Any, fee: Any, cost: int | None) -> None:
    found = _only(notes(note(kol_price=price, total_platform_price=fee)))
    assert found["cooperation_cost_fen"] == cost


def test_a_row_without_its_note_is_a_problem_and_the_page_goes_on() -> None:
    answer = read(notes(note(note_id=""), note()))
    assert len(answer["notes"]) == 1
    assert answer["problems"] == [{"exchange": 0, "problem": "row 0 names no note"}]


@pytest.mark.parametrize("datas", [None, [], {}])
def test_an_empty_page_is_empty(datas: Any) -> None:
    page = notes()
    page["response"]["data"]["datas"] = datas
    assert (read(page)["notes"], read(page)["errors"]) == ([], [])


def test_a_page_knows_whether_another_follows() -> None:
    page = notes(note())
    assert (juguang.read(page).total, juguang.read(page).has_next) == (1, False)
    page["response"]["data"]["total_page"] = 2
    assert juguang.read(page).has_next is True


def test_a_refused_page_is_a_refusal() -> None:
    page = notes(note())
    page["response"] = {"code": 40001, "success": False, "message": "token expired"}
    assert read(page)["errors"] == [{"exchange": 0, "class": "auth", "platform_code": "40001"}]


@given(st.data())
def test_snapshots_may_be_read_in_any_order_and_again(data: st.DataObject) -> None:
    pages = [notes(note(date_key=f"202603{day:02}", read_num=day)) for day in range(1, 8)]
    pages.append(notes(note(note_id="n2", order_id=None)))
    shuffled = data.draw(st.permutations(pages + data.draw(st.lists(st.sampled_from(pages), max_size=5))))
    assert [(row["note_id"], row["read_num"]) for row in read(*shuffled)["notes"]] == [
        (NOTE_ID, 7),
        ("n2", 3000),
    ]

from __future__ import annotations

import pytest

from merchants.wire.shapes import as_list, as_mapping, integer, text_or_none, truth


@pytest.mark.parametrize("nothing", [None, [], {}, "", {"trade": None}, {"trade": []}, {"trade": {}}])
def test_every_way_to_write_no_rows_is_no_rows(nothing: object) -> None:
    assert as_list(nothing, "trade") == []


@pytest.mark.parametrize(
    "one", [{"trade": [{"tid": 1}]}, {"trade": {"tid": 1}}, [{"tid": 1}], {"tid": 1}, [None, {"tid": 1}]]
)
def test_one_row_is_read_in_a_list_or_bare(one: object) -> None:
    assert as_list(one, "trade") == [{"tid": 1}]


def test_ids_stay_text_and_an_id_that_lost_digits_is_refused() -> None:
    assert text_or_none(3911000000000000001) == "3911000000000000001"
    assert text_or_none(" 12 ") == "12"
    assert text_or_none(12.0) == "12"
    assert text_or_none(3.911e18) is None
    assert [text_or_none(no) for no in (None, "", True, [], {}, 1.5)] == [None] * 6


def test_zero_is_an_id_unless_it_means_none() -> None:
    assert text_or_none(0) == "0"
    assert text_or_none(0, zero_is_none=True) is None
    assert text_or_none("0", zero_is_none=True) is None


def test_whole_numbers_are_read_from_text_and_floats() -> None:
    assert [integer(x) for x in (2, "2", "2.0", 2.0, "-1")] == [2, 2, 2, 2, -1]
    assert [integer(x) for x in (None, "", "2.5", 2.5, "1_0", "２", True, "x")] == [None] * 8


def test_success_may_be_text() -> None:
    assert [truth(x) for x in (True, "true", "True", 1, "1")] == [True] * 5
    assert [truth(x) for x in (False, "false", 0, None, "", "no")] == [False] * 6


def test_what_is_no_object_is_an_empty_one() -> None:
    assert as_mapping({"a": 1}) == {"a": 1}
    assert [as_mapping(x) for x in (None, [], "x", 3)] == [{}] * 4

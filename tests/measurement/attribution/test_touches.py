"""Touches of one instant follow their ids."""

from __future__ import annotations

import duckdb
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from measurement.attribution import sql
from measurement.attribution.touches import tie
from tests.measurement.attribution.worlds import ids, unhurried

IN_ORDER = [
    "-12345678901234567890",
    "-10",
    "-9",
    "0",
    "7",
    "9",
    "10",
    "0123",
    "1234567890123456789",
    "12345678901234567890",
    "",
    "+5",
    "1.5",
    "1e3",
    "9" * 1000,
    "A",
    "a",
    "note 10",
    "note 9",
    "é",
    "１２",
    "😀",
]


def test_whole_numbers_come_first_and_by_value_then_other_text_by_its_bytes():
    assert sorted(set(IN_ORDER), key=tie) == IN_ORDER


def test_an_integer_and_its_text_are_the_same_id():
    assert tie(1234567890123456789) == tie("1234567890123456789")


def test_numbers_of_one_value_written_differently_keep_one_order():
    assert sorted(["7", "007", "07"], key=tie) == ["007", "07", "7"]


@unhurried
@given(st.lists(st.integers()))
def test_integers_sort_as_integers(numbers):
    assert sorted(numbers, key=tie) == sorted(numbers)


@unhurried
@given(st.lists(ids, unique=True))
def test_no_two_ids_tie(several):
    assert len({tie(one) for one in several}) == len(several)


def test_duckdb_says_the_same():
    with duckdb.connect() as engine:
        said = engine.execute(f"select {sql.tie('id')} from unnest($1) listed(id)", [IN_ORDER]).fetchall()
    assert [row[0] for row in said] == [tie(one) for one in IN_ORDER]


@pytest.mark.django_db
def test_postgres_says_the_same():
    with connection.cursor() as cursor:
        cursor.execute(f"select {sql.tie('id')} from unnest(%s::text[]) listed(id)", [IN_ORDER])
        assert [row[0] for row in cursor.fetchall()] == [tie(one) for one in IN_ORDER]

"""Names, codes and papers that somebody else has already, as a hint to the reviewer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.models import Merchant
from merchants.onboarding.names import NEAR, Near, core, near
from merchants.operations import applications, papers
from merchants.operations.applications import Business
from merchants.queries.clashes import Clash, clashes
from tests.conftest import make_merchant
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import Door


@pytest.mark.parametrize(
    ("name", "told_by"),
    [
        ("木棉摄影有限公司", "木棉摄影"),
        ("木棉摄影（上海）有限公司", "木棉摄影"),
        ("　木棉 摄影 工作室", "木棉摄影"),
        ("ＧＬＯＷ Lab Co., Ltd.", "glowlab"),
        ("Glow-Lab 官方旗舰店", "glowlab"),
        ("公司", "公司"),  # nothing else would be left
        ("Costa", "costa"),  # no legal form, though it begins with one
    ],
)
def test_a_name_is_told_by_its_core(name: str, told_by: str) -> None:
    assert core(name) == told_by


def test_the_nearest_names_of_each_owner_come_first() -> None:
    others = [
        (1, "木绵摄影工作室"), (2, "木棉花艺"), (3, "木棉摄影"), (4, "海棠"), (3, "木棉摄影有限公司"), (5, ""),
    ]  # fmt: skip
    assert near(["木棉摄影（北京）"], others) == [Near(3, "木棉摄影", 100), Near(1, "木绵摄影工作室", 75)]
    assert near(["", "　"], others) == near([], others) == near(["木棉摄影"], []) == []


def test_no_more_than_five_are_told() -> None:
    assert [one.owner for one in near(["木棉摄影"], [(n, "木棉摄影") for n in range(9)])] == [0, 1, 2, 3, 4]


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_the_same_from_both_sides_and_never_below_the_bound(one: str, other: str) -> None:
    there, back = near([one], [(1, other)]), near([other], [(1, one)])
    assert [hit.likeness for hit in there] == [hit.likeness for hit in back]
    assert all(NEAR <= hit.likeness <= 100 for hit in there)
    assert near([one], [(1, one)]) == ([Near(1, one, 100)] if core(one) else [])


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path


@pytest.mark.usefixtures("committed")
def test_a_case_is_compared_with_every_other_merchant() -> None:
    make_merchant("far", name="海棠花艺")
    make_merchant("near", name="木绵摄影")
    first = Door.opened(Business("云上", "company", "own", ["wedding_photography"]), name="first")
    papers.hand_in(first.merchant, "shop_name", filename="sign.jpg", data=picture(), by=first.by)
    values = {"uscc": "91310000MA1FL70B67", "legal_name": "木棉摄影（上海）有限公司"}
    applications.answer(first.merchant, "business_licence", values, by=first.by)
    second = Door.opened(name="second").answer_all()
    assert clashes(second.case) == [
        Clash(first.merchant, "uscc", "91310000MA1FL70B67", 100),
        Clash(first.merchant, "paper", "sign.jpg", 100),
        Clash(first.merchant, "name", "木棉摄影(上海)有限公司", 100),
        Clash(Merchant.objects.get(code="near"), "name", "木绵摄影", 75),
    ]
    assert (
        clashes(Door.opened(Business("独此一家", "person", "none", ["wedding_photography"]), name="x").case)
        == []
    )

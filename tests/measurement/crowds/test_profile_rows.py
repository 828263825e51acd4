"""Profiles as exports tell them: their columns, one name for each bucket, and which statement stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from measurement.choices import Layer, ProfileDimension, ProfileScope
from measurement.columns.profiles import PROFILES, profile_shape
from measurement.columns.surroundings import Surroundings
from measurement.crowds.asked import CrowdQuestion
from measurement.models import Campaign, LiveStream, Note, ProfileRow, Spu
from measurement.operations import reported
from measurement.queries import profiles
from measurement.queries.reported import standing
from measurement.reported.buckets import bucket, order
from measurement.reported.statements import ProfileStatement
from merchants.intake import kinds
from merchants.intake.tables import Row
from merchants.intake.validate import Bad, Validator
from merchants.models import Merchant
from tests.measurement.world import World

NOW = datetime(2026, 3, 30, tzinfo=UTC)
DAY = date(2026, 3, 28)
ASKED = CrowdQuestion(first=date(2026, 3, 1), last=DAY)
AROUND = Surroundings(b"pepper", frozenset({"essence"}), NOW, {})
WOMEN = {
    "日期": "2026-03-28",
    "画像维度": "性别",
    "标签值": "女性",
    "人数": "21,690",
    "占比": "88.4%",
    "TGI": "138.2",
}


@pytest.fixture(autouse=True)
def _steps_of_twenty(settings) -> None:
    settings.PRIVACY_THRESHOLD = 20


def read(*cells: dict) -> list:
    """The statement of each row, or (column, code) of its first problem."""
    validator, found = Validator(kinds.get("profiles"), profile_shape(AROUND)), []
    for index, one in enumerate(cells):
        checked = validator.check_row(Row(index, one))
        bad = isinstance(checked, Bad)
        found.append((checked.problems[0].column, checked.problems[0].code) if bad else checked.row[0])
    return found


def part(name: str, people: int | None = None, *, hours: int = 0, **more) -> ProfileStatement:
    told = {
        "first_day": DAY, "last_day": DAY, "scope": ProfileScope.ACCOUNT, "dimension": ProfileDimension.AGE,
    } | more  # fmt: skip
    return ProfileStatement(NOW + timedelta(hours=hours), bucket=name, people=people, **told)


def put(merchant: Merchant, *rows: ProfileStatement) -> tuple[int, int, int, int]:
    got = reported.put_profiles(merchant, rows, source="file", by="system:test")
    return got.received, got.added, got.replaced, got.repeated


# -- columns


def test_a_row_in_the_consoles_words():
    [told] = read(WOMEN | {"人群层级": "深度种草人群", "结束日期": "2026-03-29"})
    assert told == ProfileStatement(
        NOW, DAY, date(2026, 3, 29), ProfileScope.ACCOUNT, ProfileDimension.GENDER, "female",
        people=21_690, share=Decimal("0.884"), tgi=Decimal("138.20"), layer=Layer.TRUE_INTEREST,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "scope", "told"),
    [
        ({}, "account", ("", "")),
        ({"spu": "essence"}, "spu", ("essence", "")),
        ({"笔记ID": "65f0c1d2"}, "note", ("", "65f0c1d2")),
        ({"计划ID": "2000001"}, "campaign", ("", "2000001")),
        ({"直播间ID": "L-7"}, "live", ("", "L-7")),
    ],
)
def test_whose_people_they_are_is_said_by_one_id(cells, scope, told):
    [row] = read(WOMEN | cells)
    assert (row.scope, (row.spu_code, row.content_id)) == (scope, told)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"spu": "essence", "笔记ID": "n1"}, ("", "whose_profile")),
        ({"spu": "cream"}, ("spu", "unknown_spu")),
        ({"画像维度": "星座"}, ("dimension", "not_a_choice")),
        ({"人数": "-", "占比": "-"}, ("", "nothing_told")),
        ({"占比": "0.884"}, ("share", "not_a_share")),
        ({"占比": "120%"}, ("share", "out_of_range")),
        ({"TGI": "high"}, ("tgi", "not_an_index")),
        ({"结束日期": "2026-03-01"}, ("last_day", "days_reversed")),
    ],
)
def test_what_cannot_be_right_is_refused(cells, problem):
    assert read(WOMEN | cells) == [problem]


def test_a_bucket_stands_once_in_a_file_however_it_is_spelled():
    told = read(WOMEN, WOMEN | {"标签值": "女"}, WOMEN | {"标签值": "男"})
    assert [told[1], told[2].bucket] == [("", "told_twice"), "male"]


def test_no_column_could_name_a_person():
    assert not [column.name for column in PROFILES if column.personal]


@pytest.mark.parametrize(
    ("dimension", "told", "name"),
    [
        ("age", "18~24岁", "18-24"), ("age", "18岁以下", "<18"), ("age", "17岁及以下", "<=17"),
        ("age", "50岁以上", ">50"), ("age", "≥50岁", "50+"), ("age", "Z世代", "Z世代"), ("age", "未知", "unknown"),
        ("city_tier", "新一线城市", "new1"), ("city_tier", "一线", "1"), ("city_tier", "五线及以下城市", "5-"),
        ("city_tier", "Tier 2", "2"), ("city_tier", "海外", "海外"), ("gender", "男生", "male"),
    ],
)  # fmt: skip
def test_a_bucket_has_one_name(dimension, told, name):
    assert bucket(ProfileDimension(dimension), told) == name


def test_buckets_stand_in_their_own_order():
    ages = ["unknown", "50+", "18-24", "<18", "25-34", "Z世代"]
    tiers = ["3", "5-", "new1", "2", "1"]
    assert sorted(ages, key=lambda name: order(ProfileDimension.AGE, name)) == [
        "<18", "18-24", "25-34", "50+", "Z世代", "unknown",
    ]  # fmt: skip
    assert sorted(tiers, key=lambda name: order(ProfileDimension.CITY_TIER, name)) == [
        "1",
        "new1",
        "2",
        "3",
        "5-",
    ]


@given(st.sampled_from(list(ProfileDimension)), st.text(max_size=40))
def test_a_name_keeps_itself(dimension, told):
    name = bucket(dimension, told)
    assert bucket(dimension, name) == name


# -- which statement stands


def shown(merchant: Merchant) -> dict[str, int | None]:
    [cut] = profiles.cuts(merchant, ASKED)
    return {one.name: one.people for one in cut.buckets}


def test_handed_in_again_it_changes_nothing_and_a_later_word_replaces_it(merchant):
    rows = part("18-24", 400), part("25-34", 600)
    assert put(merchant, *rows) == (2, 2, 0, 0)
    assert put(merchant, *rows) == (2, 0, 0, 2)
    assert put(merchant, part("18-24", 500, hours=1), part("25-34", 600, hours=1)) == (2, 0, 1, 1)
    assert shown(merchant) == {"18-24": 500, "25-34": 600}
    before = standing(ProfileRow, merchant, until=NOW + timedelta(minutes=1))
    assert sorted(before.values_list("bucket", "people")) == [("18-24", 400), ("25-34", 600)]


def test_two_ways_to_divide_the_same_people_are_not_mixed(merchant):
    put(merchant, part("18-24", 400), part("25-34", 600))
    put(merchant, part("18-22", 300, hours=25), part("23-34", 700, hours=26))
    assert shown(merchant) == {"18-22": 300, "23-34": 700}


def test_the_latest_days_up_to_the_last_one_asked_are_shown(merchant):
    earlier, later = DAY - timedelta(days=7), DAY + timedelta(days=1)
    for day, people in ((earlier, 100), (DAY, 200), (later, 300)):
        put(merchant, part("18-24", people, first_day=day, last_day=day))
    assert shown(merchant) == {"18-24": 200}


def test_each_crowd_has_its_own_profile(merchant):
    World(merchant).spu("essence")
    whose = {
        ProfileScope.SPU: {"spu_code": "essence"},
        ProfileScope.NOTE: {"content_id": "n1"},
        ProfileScope.CAMPAIGN: {"content_id": "n1"},
        ProfileScope.LIVE: {"content_id": "n1"},
    }
    put(merchant, part("18-24", 60), *(part("18-24", 80, scope=scope, **of) for scope, of in whose.items()))
    questions = [
        ASKED.but(spu=Spu.objects.get().pk),
        *(ASKED.but(of=key) for key, _, _ in profiles.contents(merchant)),
    ]
    assert [key for key, _, _ in profiles.contents(merchant)] == [
        f"campaign:{Campaign.objects.get().pk}",
        f"live:{LiveStream.objects.get().pk}",
        f"note:{Note.objects.get().pk}",
    ]
    assert shown(merchant) == {"18-24": 60}
    for question in questions:
        [cut] = profiles.cuts(merchant, question)
        assert [one.people for one in cut.buckets] == [80]


def test_a_stranger_sees_none_of_it(merchant, stranger):
    put(merchant, part("18-24", 60, scope=ProfileScope.NOTE, content_id="n1"))
    [(key, _, _)] = profiles.contents(merchant)
    assert profiles.cuts(stranger, ASKED.but(of=key)) == []
    assert profiles.contents(stranger) == []


def test_an_unknown_product_stops_the_batch(merchant):
    with pytest.raises(KeyError, match="cream"):
        put(merchant, part("18-24", 60, scope=ProfileScope.SPU, spu_code="cream"))
    assert ProfileRow.objects.count() == 0


def test_a_bucket_without_any_figure_is_not_kept(merchant):
    with pytest.raises(IntegrityError), transaction.atomic():
        put(merchant, replace(part("18-24"), people=None))


# -- what is published of it


def test_people_are_in_steps_and_the_source_s_share_does_not_give_a_hidden_bucket_away(merchant):
    """With a threshold of 20: 7 people are hidden, and 45 with them, so that 52 are told together."""
    told = {"18-24": (648, "0.9257"), "25-34": (45, "0.0643"), "<18": (7, "0.0100")}
    put(
        merchant, *(part(name, n, share=Decimal(share), tgi=Decimal(90)) for name, (n, share) in told.items())
    )
    [cut] = profiles.cuts(merchant, ASKED)
    assert {one.name: (one.people, one.share, one.tgi, one.hidden) for one in cut.buckets} == {
        "<18": (None, None, None, True),
        "18-24": (640, Decimal(640) / 700, Decimal(90), False),
        "25-34": (None, None, None, True),
    }
    assert (cut.counted, cut.people, cut.rest, cut.untold) == (True, 700, 60, None)


def test_a_share_is_not_told_while_those_hidden_are_too_few_to_say_of_how_many(merchant):
    put(merchant, part("18-24", 500), part("25-34", 4), part("<18", 3))
    [cut] = profiles.cuts(merchant, ASKED)
    assert [(one.name, one.people, one.share) for one in cut.buckets] == [
        ("<18", None, None), ("18-24", 500, None), ("25-34", None, None),
    ]  # fmt: skip
    assert (cut.people, cut.rest) == (500, None)


def test_shares_of_nobody_knows_how_many_stay_as_reported(merchant):
    put(merchant, part("18-24", share=Decimal("0.314")), part("25-34", share=Decimal("0.596")))
    [cut] = profiles.cuts(merchant, ASKED)
    assert [(one.name, one.people, one.share) for one in cut.buckets] == [
        ("18-24", None, Decimal("0.314")),
        ("25-34", None, Decimal("0.596")),
    ]
    assert (cut.counted, cut.people, cut.untold) == (False, None, Decimal("0.09"))


def test_a_share_beside_counts_is_not_shown_alone(merchant):
    """Of 25-34 only the share is told; with the base of the others it would be a count."""
    put(merchant, part("18-24", 100), part("25-34", share=Decimal("0.01")))
    [cut] = profiles.cuts(merchant, ASKED)
    assert [(one.people, one.share, one.hidden) for one in cut.buckets] == [
        (100, 1, False),
        (None, None, False),
    ]

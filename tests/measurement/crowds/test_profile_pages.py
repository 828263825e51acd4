"""The platform's profile of a crowd on its page, in files and for programs: published cells, in its own place."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.choices import Layer, ProfileDimension, ProfileScope
from measurement.models import Note, PrivacyQuestion
from measurement.operations import marks, reported
from measurement.privacy import QUESTIONS_OF_USER
from measurement.reported.statements import ProfileStatement
from measurement.tasks import crowds as work
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())
DAY = TODAY - timedelta(days=2)


def part(dimension: str, bucket: str, people: int | None = None, **more) -> ProfileStatement:
    told = {"first_day": DAY - timedelta(days=6), "last_day": DAY, "scope": ProfileScope.ACCOUNT} | more
    return ProfileStatement(
        datetime.now(UTC), dimension=ProfileDimension(dimension), bucket=bucket, people=people, **told
    )


TOLD = [
    part("gender", "female", 640, layer=Layer.TRUE_INTEREST, tgi=Decimal("131")),
    part("gender", "male", 47, layer=Layer.TRUE_INTEREST, tgi=Decimal("52")),
    part("gender", "unknown", 7, layer=Layer.TRUE_INTEREST, tgi=Decimal("80")),
    part("city_tier", "1", share=Decimal("0.306")),
    part("city_tier", "new1", share=Decimal("0.214")),
    part("age", "18-24", share=Decimal("0.773"), scope=ProfileScope.NOTE, content_id="Winter repair"),
]


@pytest.fixture
def told(merchant: Merchant, settings) -> Merchant:
    """What the platform says; nobody has touched anything that we know of. With a threshold of 20."""
    settings.PRIVACY_THRESHOLD = 20
    reported.put_profiles(merchant, TOLD, source="file", by="system:test")
    return merchant


@pytest.fixture
def layered(told: Merchant) -> Merchant:
    """And 60 people of our own who saved Winter repair."""
    world = World(told)
    for number in range(60):
        world.touch(f"p{number}", (TODAY - timedelta(days=5)).isoformat(), "Winter repair", kind="save")
    world.touch("last", (TODAY - timedelta(days=1)).isoformat(), "Winter repair", kind="impression")
    span = [f"{TODAY - timedelta(days=60)}T00:00:00Z", f"{TODAY}T00:00:00Z"]
    marks.change(told, "touches", span=span)
    work(merchant_id=told.pk)
    Note.objects.update(title="Winter repair")
    return told


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str, *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), query)

    return get


@pytest.fixture
def program(client, merchant, owner):
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]

    def get(**query: str):
        return client.get("/api/v1/reports/profiles", query, headers={"authorization": f"Bearer {secret}"})

    return get


def cells(part: dict) -> dict[str, list[tuple]]:
    return {
        row["name"]: [
            (one["told"], one["hidden"], one.get("people"), one.get("share")) for one in row["cells"]
        ]
        for row in part["rows"]
    }


def test_it_stands_in_a_part_of_its_own_with_hidden_cells_its_source_its_days_and_n(layered, page):
    answer = page("measurement:crowds")
    gender, tiers = answer.context["profiles"]
    assert cells(gender) == {
        "women": [(True, False, 640, Decimal(640) / 700)],
        "men": [(False, True, None, None)],
        "not known to the platform": [(False, True, None, None)],
    }
    assert cells(tiers) == {
        "tier 1": [(True, False, None, Decimal("0.306"))],
        "new tier 1": [(True, False, None, Decimal("0.214"))],
    }
    [column] = gender["columns"]
    assert (column["name"], column["source"], column["cut"].people) == (
        "TI true interest",
        "uploaded file",
        700,
    )
    assert (tiers["columns"][0]["cut"].people, tiers["columns"][0]["cut"].untold) == (None, Decimal("0.48"))
    said = answer.content.decode()
    assert "never added to our figures" in said
    assert "not told" in said
    assert "TGI 52" not in said  # of a hidden row
    ours = {row["name"]: row["end"] for row in answer.context["layers"]}
    assert ours["TI true interest"] == 60  # as without what the platform says


def test_content_whose_profile_was_told_can_be_chosen(layered, page):
    key = f"note:{Note.objects.get().pk}"
    answer = page("measurement:crowds", of=key)
    assert (key, "Note: Winter repair") in answer.context["profiled_choices"]
    [age] = answer.context["profiles"]
    assert cells(age) == {"18–24": [(True, False, None, Decimal("0.773"))]}
    other = page("measurement:crowds", of="note:999999999")
    assert "No profile of this was told" in other.content.decode()
    assert "is not a value of" in page("measurement:crowds", of="person:1").content.decode()


def test_it_needs_no_touchpoints_of_our_own(told, page):
    answer = page("measurement:crowds")
    assert [one["code"] for one in answer.context["profiles"]] == ["gender", "city_tier"]
    assert "Nobody has touched your content yet" in answer.content.decode()


def test_a_merchant_without_profiles_has_no_such_part(stranger, client):
    client.force_login(make_member(stranger, "owner"))
    answer = client.get(reverse("measurement:crowds", args=[stranger.code]))
    assert 'id="profiles"' not in answer.content.decode()


def test_it_is_said_in_chinese(layered, page, client):
    client.cookies["django_language"] = "zh-hans"
    said = page("measurement:crowds").content.decode()
    for word in ("平台画像", "性别", "新一线", "平台未识别", "未告知"):
        assert word in said


def test_the_file_holds_the_cells_of_the_page(layered, page):
    answer = page("measurement:export", "crowds", "csv")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    start = lines.index(["Profile, platform-reported"])
    assert [line[:7] for line in lines[start + 2 :]] == [
        ["Gender", "TI true interest", "women", "640", "0.9143", "of the people published", "131.0000"],
        ["Gender", "TI true interest", "men", "", "", "of the people published", ""],
        ["Gender", "TI true interest", "not known to the platform", "", "", "of the people published", ""],
        [
            "City tier",
            "Everybody told of",
            "tier 1",
            "",
            "0.3060",
            "as reported; of how many is not told",
            "",
        ],
        [
            "City tier",
            "Everybody told of",
            "new tier 1",
            "",
            "0.2140",
            "as reported; of how many is not told",
            "",
        ],
    ]


def test_a_program_gets_the_same_cells(told, program):
    answer = program().json()
    gender, tiers = answer["profiles"]
    assert (answer["k"], gender["layer"], tiers["layer"]) == (20, "TI", None)
    assert gender == {
        "dimension": "gender", "layer": "TI", "source": "file", "from": str(DAY - timedelta(days=6)),
        "to": str(DAY), "counted": True, "people": 700, "rest": 60,
        "buckets": [
            {"bucket": "female", "people": 640, "share": "0.914286", "tgi": "131.00"},
            {"bucket": "male", "people": None, "share": None, "tgi": None},
            {"bucket": "unknown", "people": None, "share": None, "tgi": None},
        ],
    }  # fmt: skip
    [note] = program(of=f"note:{Note.objects.get().pk}").json()["profiles"]
    assert note["buckets"] == [{"bucket": "18-24", "people": None, "share": "0.773000", "tgi": None}]
    assert program(to=str(DAY - timedelta(days=1))).json()["profiles"] == []


@pytest.mark.parametrize("query", [{"to": "soon"}, {"spu": "99999"}, {"of": "person:1"}])
def test_a_program_is_told_what_makes_no_sense(told, program, query):
    refused = program(**query)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_parameter")


def test_a_program_pays_from_the_budget_of_questions_about_people(told, program, merchant):
    assert program().status_code == 200
    asked = PrivacyQuestion.objects.get()
    PrivacyQuestion.objects.bulk_create(
        PrivacyQuestion(merchant=merchant, user_id=asked.user_id, day=asked.day, digest=f"d{number}")
        for number in range(QUESTIONS_OF_USER)
    )
    assert program().status_code == 200
    refused = program(to=str(DAY))
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "budget_spent")

"""Files and programs get the published cells of the pages: the same threshold, hiding and budget."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.crowds.flow import RANKS
from measurement.models import CrowdFlow, PrivacyQuestion
from measurement.operations import audiences, marks
from measurement.privacy import QUESTIONS_OF_USER
from measurement.tasks import crowds as work
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())
K = 20


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant, settings) -> World:
    """60 people save Winter repair; 45 read Morning care long ago, of whom 30 save it now; 7 save Rare oil."""
    settings.PRIVACY_THRESHOLD = K
    made = World(merchant)
    for number in range(60):
        made.touch(f"p{number}", ago(5), "Winter repair", kind="save")
    for number in range(100, 145):
        made.touch(f"p{number}", ago(40), "Morning care")
    for number in range(100, 130):
        made.touch(f"p{number}", ago(10), "Morning care", kind="save")
    for number in range(300, 307):
        made.touch(f"p{number}", ago(6), "Rare oil", kind="save")
    made.touch("last", ago(1), "Morning care", kind="impression")
    marks.change(merchant, "touches", span=[f"{ago(60)}T00:00:00Z", f"{ago(0)}T00:00:00Z"])
    work(merchant_id=merchant.pk)
    return made


@pytest.fixture
def page(client, merchant):
    owner = make_member(merchant, "owner", "exporter")

    def get(name: str, *arguments: object, **query: str):
        client.force_login(owner)
        client.cookies["django_language"] = "en"
        return client.get(reverse(name, args=[merchant.code, *arguments]), query)

    return get


@pytest.fixture
def program(client, merchant, owner):
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]

    def get(report: str = "crowds", **query: str):
        return client.get(f"/api/v1/reports/{report}", query, headers={"authorization": f"Bearer {secret}"})

    return get


def matrix(answer) -> list[str]:
    """The cells of the flow's file, row by row, without that of those who are outside twice."""
    assert answer.status_code == 200
    said = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(said)))[1 : len(RANKS) + 1]
    return [cell for line in lines for cell in line[1 : len(RANKS) + 1]][1:]


def test_a_program_gets_the_cells_of_the_page(world, page, program):
    shown = [row["cells"] for row in page("measurement:flow").context["matrix"]]
    cells = [cell["people"] for row in shown for cell in row if not cell["none"]]
    told = program().json()
    assert [way["people"] for way in told["flow"]] == cells
    layers = {row["layer"]: row for row in told["layers"]}
    assert layers["TI"]["end"] == 100  # 67 from outside as 60, 30 from I as 40
    assert layers["S"]["end"] is None
    carriers = {row["name"]: row["new_ti"] for row in told["carriers"]}
    assert carriers["Winter repair"] == 60
    assert "Rare oil" not in carriers


def test_a_program_gets_audiences_without_what_is_too_small(world, program, merchant):
    for name, definition in (("deep", {"layers": ["TI"]}), ("sharers", {"layers": ["S"]})):
        audiences.save(merchant, name=name, definition=definition, by="user:1")
    work(merchant_id=merchant.pk)
    heard = {one["name"]: one["people"] for one in program("audiences").json()["audiences"]}
    assert heard == {"deep": 100, "sharers": None}


def test_a_program_pays_from_the_same_budget(world, program, merchant):
    assert program().status_code == 200
    asked = PrivacyQuestion.objects.get()
    PrivacyQuestion.objects.bulk_create(
        PrivacyQuestion(merchant=merchant, user_id=asked.user_id, day=asked.day, digest=f"d{number}")
        for number in range(QUESTIONS_OF_USER)
    )
    assert program().status_code == 200
    refused = program(span="7d")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "budget_spent")


@pytest.mark.parametrize("query", [{"span": "1000d"}, {"by": "shoe"}, {"rule": "9"}, {"spu": "99999"}])
def test_a_program_is_told_what_makes_no_sense(world, program, query):
    refused = program(**query)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_parameter")


def test_what_makes_no_sense_is_refused_before_anything_was_computed(merchant, program):
    assert program().status_code == 202
    for query in ({"span": "1000d"}, {"spu": "one"}, {"limit": "0"}, {"cursor": ""}):
        assert program(**query).status_code == 400


def test_a_program_needs_its_scope(client, world, merchant, owner):
    secret = tokens.issue(merchant, name="till", scopes=["work:read"], user=owner)[1]
    for report in ("crowds", "audiences"):
        answer = client.get(f"/api/v1/reports/{report}", headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == 403


def test_files_and_programs_cannot_be_differenced(world, page, program):
    """120 random pairs of crowds that differ by fewer than k people, each read as a file and by a program:
    both say the same, each count is 0 mod k, no cell is hidden alone, sums are of shown cells only, and the
    two answers together never pin down how many people lie between them."""
    program()
    row = CrowdFlow.objects.filter(first_day=TODAY - timedelta(days=29)).get()
    draw = random.Random(7)
    ways = [f"{before}>{after}" for before in RANKS for after in RANKS if before or after]
    for _ in range(120):
        one = {way: draw.choice([0, draw.randint(1, K), draw.randint(1, 200)]) for way in ways}
        place = draw.choice(ways)
        other = {**one, place: one[place] + draw.randint(1, K - 1)}
        seen = [told(row, cells, page, program) for cells in (one, other)]
        for way in ways:
            low, high = difference(seen[0][way], seen[1][way])
            assert high - low + 1 >= K - 1  # so many answers are possible at the least
            if None not in (seen[0][way], seen[1][way]):
                assert low <= other[way] - one[way] <= high


def told(row: CrowdFlow, cells: dict[str, int], page, program) -> dict[str, int | None]:
    """What both say of these cells."""
    CrowdFlow.objects.filter(pk=row.pk).update(cells={"0": cells})
    answer = program().json()
    said = [way["people"] for way in answer["flow"]]
    assert matrix(page("measurement:export", "flow", "csv")) == [
        "" if people is None else str(people) for people in said
    ]
    shown = [people for people in [*said, answer["rest"]] if people is not None]
    assert all(people % K == 0 and people >= K for people in shown)
    assert said.count(None) != 1
    for layer in answer["layers"]:
        to = [
            way["people"]
            for way in answer["flow"]
            if way["to"] == layer["layer"] and way["people"] is not None
        ]
        assert layer["end"] == (sum(to) if to else None)
    names = ["none", *(layer["layer"] for layer in answer["layers"])]
    return {f"{names.index(way['from'])}>{names.index(way['to'])}": way["people"] for way in answer["flow"]}


def difference(before: int | None, after: int | None) -> tuple[int, int]:
    """The least and most people that may lie between two shown counts."""
    ends = [
        (0, K - 1) if shown is None else (max(K, shown - K // 2), shown + K // 2 - 1)
        for shown in (before, after)
    ]
    return ends[1][0] - ends[0][1], ends[1][1] - ends[0][0]

"""Every figure of the matrix opens to exactly the rows it counts."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from measurement.models import Comment, CommentLabel, Note
from measurement.queries import matrix
from measurement.queries.matrix_rows import Counted
from merchants.models import Merchant
from merchants.periods import Period
from tests.conftest import make_member
from tests.measurement.world import World, at

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
DAYS = {"from": "2026-10-01", "to": "2026-10-31"}


def comment(note: Note, number: int, polarity: str, *, echoes: bool) -> None:
    row = Comment.objects.create(
        merchant=note.merchant, note=note, posted_at=at("2026-10-07"), stated_at=at("2026-10-07"),
        external_id=f"c{note.pk}-{number}", text=f"said {number}",
    )  # fmt: skip
    CommentLabel.objects.create(
        merchant=note.merchant, comment=row, polarity=polarity, echoes=echoes, speaks_of_self=False, intents=[],
        source="words", version="1", stated_at=at("2026-10-07"),
    )  # fmt: skip


@pytest.fixture
def world(merchant: Merchant) -> World:
    """A paid note that also runs in the feed, an unpaid one of the same reason and audience, one of nothing known, a
    searched word, and costs that name no note; costs are told on two levels, of which one counts."""
    made = World(merchant)
    paid, free = made.note("Winter repair", "Lin", made.spu()), made.note("My winter", "Mo", made.spu())
    for note in (paid, free):
        Note.objects.filter(pk=note.pk).update(
            buying_point="Repair & glow", scene="Winter", published_at=at("2026-10-03")
        )
    made.note("Bare", "Lin")
    made.spend("2026-10-02", 5000, note="Winter repair", source="pugongying")
    for day, fen, deep in (("2026-10-05", 1200, 30), ("2026-10-06", 800, 0), ("2026-10-07", 100, None)):
        told = {} if deep is None else {"ti_user_num": deep}
        ad = made.spend(
            day, fen, creative_of="Winter repair", campaign="Feed", level="creative", metrics=told
        )
        ad.campaign.placement = "1"
        ad.campaign.save()
        made.spend(day, fen, campaign="Feed", level="campaign", metrics=told)
    made.spend("2026-10-09", 700, kind="platform_fee", source="file")
    made.spend("2026-09-30", 9900, note="Winter repair", source="pugongying")  # the day before
    for who, note, ad in (("ann", "Winter repair", ""), ("ben", "Winter repair", "Feed"), ("cem", "My winter", ""),
                          ("dee", "Bare", ""), ("eve", "Winter repair", "Feed"), ("eve", "My winter", "")):  # fmt: skip
        made.touch(who, "2026-10-05", note, campaign=ad)
    made.touch("old", "2026-09-30", "Winter repair")
    for number, who in enumerate(["ann", "ann", "ben", "cem", "dee", "eve", "old"]):
        made.order(f"T{number}", f"2026-10-{6 + number:02}", 1001 * (number + 1), person=who)
    made.compute()
    for number in range(40):
        comment(paid, number, "positive" if number < 33 else "question", echoes=number % 3 == 0)
        comment(free, number, "negative" if number < 35 else "positive", echoes=False)
    return made


LINK = re.compile(r'<a class="underlined" href="([^"]+/matrix/rows/[^"]+)"')


@pytest.mark.parametrize("past", [{}, {"asof": "2026-10-20"}])
def test_every_figure_opens_to_what_it_counts(client, merchant, world, past):
    world.compute(recorded="2026-10-18")
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"
    page = client.get(reverse("measurement:matrix", args=[merchant.code]), {**DAYS, **past}).content.decode()
    as_of = date.fromisoformat(past["asof"]) if past else None
    cells = {cell.key: cell for cell in matrix.matrix(merchant, OCTOBER, as_of=as_of)}
    links = [unescape(link) for link in LINK.findall(page)]
    opened = set()
    for link in links:
        asked = {name: one[0] for name, one in parse_qs(urlsplit(link).query, keep_blank_values=True).items()}
        cell = cells[int(asked["spu"]), asked["point"], asked["scene"], asked["carrier"]]
        answer = client.get(link)
        found, counted = answer.context["found"], Counted(asked["of"])
        assert (found.count, found.fen, found.hits) == expected(cell, counted, found), (cell.key, counted)
        assert answer.content.decode().count('<th scope="row"') == found.count
        opened.add((cell.key, counted))
    assert {counted for _, counted in opened} == set(Counted)
    for key, cell in cells.items():
        assert ((key, Counted.COST) in opened) is (cell.cost is not None)
        assert ((key, Counted.TI) in opened) is (cell.ti is not None)
        assert ((key, Counted.ORDERS) in opened) is (cell.orders > 0)
        assert ((key, Counted.NOTES) in opened) is (cell.notes > 0)
    assert sum(cell.orders for cell in cells.values()) == 7  # the order of eve stands in two cells


def expected(cell: matrix.Cell, counted: Counted, found) -> tuple[int, int | None, int | None]:
    """Rows, fen and hits that a figure promises. Of costs the number of rows is not on the page."""
    said = cell.said
    match counted:
        case Counted.COST:
            return found.count, cell.cost, cell.ti
        case Counted.TI:
            return found.count, cell.ti_cost, cell.ti
        case Counted.ORDERS:
            return cell.orders, cell.credited, None
        case Counted.LIKED:
            assert said is not None
            return said.positive + said.negative, None, said.positive
        case Counted.ECHO:
            assert said is not None
            return said.could_echo, None, said.echoes
    return cell.notes, None, None


@pytest.mark.parametrize(
    "asked",
    [{}, {"of": "moon"}, {"spu": "x"}, {"spu": "9" * 40}, {"carrier": "moon"}, {"of": ""}, {"carrier": ""}],
)
def test_what_is_no_cell_is_not_found_and_one_without_rows_is_empty(client, merchant, asked):
    client.force_login(make_member(merchant, "viewer"))
    address = reverse("measurement:matrix_rows", args=[merchant.code])
    cell = {"of": "cost", "spu": "0", "point": "", "scene": "", "carrier": "feed"}
    assert client.get(address, {**cell, **asked} if asked else {}).status_code == 404
    for counted in Counted:
        assert client.get(address, {**cell, "of": counted}).context["found"].count == 0


def test_a_stranger_finds_no_rows(client, merchant, world):
    stranger = Merchant.objects.create(code="other", name="Other")
    client.force_login(make_member(stranger, "owner"))
    cell = {
        "of": "orders",
        "spu": str(world.spu().pk),
        "point": "Repair & glow",
        "scene": "Winter",
        "carrier": "kol",
    }
    own, others = (reverse("measurement:matrix_rows", args=[one.code]) for one in (stranger, merchant))
    assert client.get(others, {**DAYS, **cell}).status_code == 404
    assert client.get(own, {**DAYS, **cell}).context["found"].count == 0

"""The pages of waste, moves and ripening: what they say, who may act, and what a bad form changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.models import Move, StopRule
from measurement.operations import judgement
from merchants import tenancy
from merchants.models import AuditEvent
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant) -> World:
    """ "Good" paid, "Bad" did not, both matured; orders are known up to yesterday."""
    made = World(merchant)
    made.spu(margin_bp=5000)
    for number in range(40):
        made.touch(f"p{number}", ago(60), "Good note", campaign="Good")
        made.order(f"T{number}", ago(55), 10_000, person=f"p{number}")
    made.order("stranger", ago(1), 10_000)
    made.spend(ago(60), 60_000, campaign="Good", metrics={"ti_user_num": 30})
    made.spend(ago(60), 200_000, campaign="Bad")
    made.compute()
    judgement.renew(merchant, now=datetime.now(UTC))
    return made


@pytest.fixture
def member(merchant):
    """A member of the merchant by role, the same one each time."""
    made = {}

    def of(role: str = "owner"):
        if role not in made:
            made[role] = make_member(merchant, role, f"{role}-{merchant.code}")
        return made[role]

    return of


@pytest.fixture
def visit(client, merchant, member):
    """Gets or posts a page of the merchant, as one of a role."""

    def go(name: str, *arguments: object, role: str = "owner", data: dict | None = None, **query: str):
        client.force_login(member(role))
        client.cookies["django_language"] = "en"
        address = reverse(name, args=[merchant.code, *arguments])
        return client.get(address, query) if data is None else client.post(address, data)

    return go


def text(answer) -> str:
    return answer.content.decode()


def move_of(world: World, **changes: object) -> dict[str, object]:
    return {
        "dimension": "campaign",
        "key": str(world.campaign("Bad").pk),
        "kind": "pause",
        "starts_on": TODAY.isoformat(),
        "owner": "1",
        "reason": "Not recouped after sixty days.",
        "measure": "cost",
        "direction": "down",
        "size": "100",
        "due_on": (TODAY + timedelta(days=14)).isoformat(),
        **changes,
    }


def rule_of(world: World, **changes: object) -> dict[str, object]:
    return {
        "campaign": str(world.campaign("Good").pk),
        "launches_on": (TODAY + timedelta(days=3)).isoformat(),
        "day": "14",
        "metric": "roi",
        "against": "below",
        "threshold": "0.5",
        "action": "stop",
        "reason": "Half of it should be back by then.",
        **changes,
    }


def test_the_page_says_what_was_not_recouped_and_at_least_how_much(world, visit):
    page = text(visit("measurement:moves"))
    assert "¥2,000 in 1 row was not recouped by attributed sales" in page
    assert "Not recouped" in page
    assert "Paying" in page
    assert "told apart" in page


def test_a_class_and_an_order_stand_in_the_address(world, visit):
    assert "Good" not in text(visit("measurement:moves", **{"class": "losing", "sort": "cost"}))
    assert visit("measurement:moves", days="7", by="nothing", page="x", sort="?").status_code == 200


@pytest.mark.parametrize("by", ["campaign", "note", "blogger", "spu", "keyword"])
@pytest.mark.parametrize("days", ["28", "90", "180"])
def test_the_page_opens_by_every_row_and_span(world, visit, by, days):
    assert visit("measurement:moves", by=by, days=days).status_code == 200


def test_a_merchant_without_data_is_told_what_fills_the_pages(merchant, visit):
    assert "Nothing has been judged yet" in text(visit("measurement:moves"))
    assert "No campaign is known yet" in text(visit("measurement:ripening"))


def test_the_form_of_a_losing_row_suggests_a_pause(world, visit):
    page = text(visit("measurement:moves", move=str(world.campaign("Bad").pk)))
    assert "A move on “Bad”" in page
    assert '<option value="pause" selected>' in page


def test_a_move_is_recorded_with_its_expectation_and_stands_in_the_trail(world, visit, merchant, member):
    owner = member()
    answer = visit("measurement:record_move", data=move_of(world, owner=str(owner.pk)))
    assert answer.status_code == 302
    row = Move.objects.for_merchant(merchant).get()
    assert (row.kind, row.name, row.measure, row.direction, float(row.size)) == (
        "pause",
        "Bad",
        "cost",
        "down",
        1.0,
    )
    assert row.owner == owner
    assert AuditEvent.objects.filter(act="measurement.move.recorded", object_id=str(row.pk)).count() == 1
    page = text(visit("measurement:moves"))
    assert "Not recouped after sixty days." in page
    assert "cost falls by at least 100 %" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"due_on": TODAY.isoformat()}, "The day lies after the start"),
        ({"size": "0"}, "A change is larger than zero percent"),
        ({"key": "999999"}, "This row is not one of yours"),
        ({"reason": "  "}, "This field is required"),
        ({"dimension": "day", "key": "1"}, "up to ten times"),
    ],
)
def test_a_move_that_cannot_be_is_explained_and_nothing_is_written(
    world, visit, merchant, member, changes, says
):
    owner = member()
    answer = visit("measurement:record_move", data=move_of(world, owner=str(owner.pk), **changes))
    assert answer.status_code == 422
    assert says in text(answer)
    assert not Move.objects.for_merchant(merchant).exists()


def test_a_viewer_sees_and_does_not_move(world, visit, merchant):
    assert visit("measurement:moves", role="viewer").status_code == 200
    assert visit("measurement:record_move", role="viewer", data=move_of(world)).status_code == 403
    assert visit("measurement:set_rule", role="viewer", data=rule_of(world)).status_code == 403
    assert not Move.objects.for_merchant(merchant).exists()


def test_another_merchants_move_is_not_there(world, visit, stranger, client):
    with tenancy.acting_for(stranger):
        row = Move.objects.create(
            merchant=stranger, kind="pause", dimension="campaign", key="1", name="x", reason="x", starts_on=TODAY,
            due_on=TODAY + timedelta(days=9), matures_on=TODAY, measure="cost", direction="down", size=1,
            recorded_by="test",
        )  # fmt: skip
    assert visit("measurement:seen_move", row.pk, data={}).status_code == 404


def test_a_rule_is_another_version_each_time_and_says_when_it_came_late(world, visit, merchant):
    assert visit("measurement:set_rule", data=rule_of(world)).status_code == 302
    assert (
        visit("measurement:set_rule", data=rule_of(world, launches_on=ago(60), day="70")).status_code == 302
    )
    first, second = StopRule.objects.for_merchant(merchant).order_by("version")
    assert (first.version, first.after_launch, first.replaced_at is None) == (1, False, False)
    assert (second.version, second.after_launch, second.replaced_at) == (2, True, None)
    page = text(visit("measurement:ripening", campaign=str(world.campaign("Good").pk)))
    assert "written after the launch" in page
    assert "On day 70: if ROI so far is below 0.5, then stop" in page


@pytest.mark.parametrize(
    "changes", [{"day": "0"}, {"day": "400"}, {"threshold": "-1"}, {"campaign": "0"}, {"reason": ""}]
)
def test_a_rule_that_cannot_be_is_refused_and_nothing_is_written(world, visit, merchant, changes):
    answer = visit("measurement:set_rule", data=rule_of(world, **changes))
    assert answer.status_code == 422
    assert not StopRule.objects.for_merchant(merchant).exists()


def test_a_fired_rule_and_a_matured_move_are_on_the_first_page_until_somebody_has_looked(
    world, visit, merchant, member
):
    owner = member()
    visit(
        "measurement:record_move", data=move_of(world, owner=str(owner.pk), starts_on=ago(30), due_on=ago(16))
    )
    visit(
        "measurement:set_rule",
        data=rule_of(world, campaign=str(world.campaign("Bad").pk), launches_on=ago(60), day="20"),
    )
    judgement.renew(merchant, now=datetime.now(UTC))
    page = text(visit("portal:home"))
    assert "“Bad”: its stop rule fired" in page
    assert "The move on “Bad” matured: nothing before to compare with" in page
    visit("measurement:seen_rule", StopRule.objects.for_merchant(merchant).get().pk, data={})
    visit("measurement:seen_move", Move.objects.for_merchant(merchant).get().pk, data={})
    page = text(visit("portal:home"))
    assert "stop rule fired" not in page
    assert "The move on" not in page


def test_ripening_says_when_four_fifths_are_in_and_that_the_past_is_too_short(world, visit):
    page = text(visit("measurement:ripening", campaign=str(world.campaign("Good").pk)))
    assert "not enough past: 1 other campaign, 5 are needed" in page
    assert "not enough past: 1 cohort with this signal, 10 are needed" in page


@pytest.mark.parametrize(("name", "queries"), [("measurement:moves", 19), ("measurement:ripening", 18)])
def test_pages_take_the_same_queries_however_many_rows(
    world, visit, name, queries, django_assert_num_queries
):
    visit(name)
    for count in (1, 4):
        for number in range(count):
            world.spend(ago(50), 9000, campaign=f"More {count} {number}")
        judgement.renew(world.merchant, now=datetime.now(UTC))
        with django_assert_num_queries(queries):
            assert visit(name).status_code == 200

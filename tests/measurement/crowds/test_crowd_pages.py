"""The pages of crowds: published counts only, whose rule it is, and who may change what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.choices import Layer
from measurement.models import Audience, CrowdFlow, CrowdRule, Note, PrivacyQuestion
from measurement.operations import crowd_flows, crowd_spells, marks, recompute, reported
from measurement.privacy import QUESTIONS_OF_MERCHANT, QUESTIONS_OF_USER, possible
from measurement.queries import crowds
from measurement.reported.statements import CrowdStatement
from measurement.tasks import crowds as work
from merchants.models import AuditEvent, Merchant
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World, at

TODAY = day_of(timezone.now())
PAGES = ["measurement:crowds", "measurement:flow", "measurement:audiences", "measurement:crowd_rule"]


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def touch_all(world: World, people: range, days: int, note: str, **where: str) -> None:
    for number in people:
        world.touch(f"p{number}", ago(days), note, **where)


@pytest.fixture
def world(merchant: Merchant, settings) -> World:
    """60 people save Winter repair 5 days ago; of 45 who read Morning care 40 days ago 30 save it 10 days ago;
    25 only see it. With a threshold of 20."""
    settings.PRIVACY_THRESHOLD = 20
    made = World(merchant)
    touch_all(made, range(60), 5, "Winter repair", kind="save", blogger="Lin")
    touch_all(made, range(100, 145), 40, "Morning care", blogger="Mei")
    touch_all(made, range(100, 130), 10, "Morning care", kind="save", blogger="Mei")
    touch_all(made, range(200, 225), 3, "Morning care", kind="impression", blogger="Mei")
    made.touch("last", ago(1), "Morning care", kind="impression", blogger="Mei")
    made.spend(ago(6), 12_000, note="Winter repair")
    take_in(merchant)
    return made


def take_in(merchant: Merchant) -> None:
    """What was touched is credited and layered."""
    marks.change(merchant, "touches", span=[f"{ago(60)}T00:00:00Z", f"{ago(0)}T00:00:00Z"])
    recompute.drain(merchant)
    settle(merchant)


def settle(merchant: Merchant) -> None:
    work(merchant_id=merchant.pk)


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str, *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), query)

    return get


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_with_and_without_people(world, stranger, client, name, language):
    client.cookies["django_language"] = language
    for merchant in (world.merchant, stranger):
        client.force_login(make_member(merchant, "viewer", f"{language}-{merchant.code}"))
        answer = client.get(reverse(name, args=[merchant.code]))
        assert answer.status_code == 200


def test_layers_say_people_in_steps_whose_rule_it_is_and_that_they_add_up(world, page):
    answer = page("measurement:crowds")
    said = text(answer)
    assert "Layers under rule v1, set by you; not the platform" in said
    layers = {row["name"]: row for row in answer.context["layers"]}
    # 45 in I at the start: 30 became TI, 15 fell out (hidden); 60 came into TI, 26 into A
    assert layers["TI true interest"]["end"] == 60 + 40  # 60 from outside, 30 in steps of 20 from I
    assert layers["A aware"]["end"] == 20
    for row in layers.values():
        if None not in (row["start"], row["came"], row["left"], row["end"]):
            assert row["start"] + row["came"] - row["left"] == row["end"]
    assert layers["S share"]["end"] is None


def test_the_cost_of_a_new_person_in_ti_comes_from_the_published_count(world, page):
    rows = {row.name.name: row for row in page("measurement:crowds").context["carried"].rows}
    winter = rows["Winter repair"]
    assert (winter.people, winter.cost, winter.cpti) == (60, 12_000, 200)
    assert winter.low < 200 < winter.high
    assert winter.name.by_line == "Lin"


@pytest.mark.parametrize("by", ["note", "blogger", "audience", "campaign", "keyword"])
def test_what_carried_people_in_can_be_any_of_five(world, page, by):
    answer = page("measurement:crowds", by=by)
    assert answer.status_code == 200
    whole = answer.context["carried"].whole
    assert whole.people is None or whole.people % 20 == 0


def written_for(world: World, **scenes: str) -> None:
    """Says whom the notes of these bloggers are for."""
    for blogger, scene in scenes.items():
        Note.objects.for_merchant(world.merchant).filter(blogger__name=blogger).update(scene=scene)


def test_notes_for_one_audience_are_one_row_with_their_people_and_cost(world, page):
    touch_all(world, range(300, 330), 4, "Spring repair", kind="save", blogger="Lin")
    world.spend(ago(4), 6_000, note="Spring repair")
    written_for(world, Lin="sensitive skin", Mei="early shift")
    take_in(world.merchant)
    rows = {row.key: row for row in page("measurement:crowds", by="audience").context["carried"].rows}
    lin, mei = rows["sensitive skin"], rows["early shift"]
    assert (lin.name.name, lin.people, lin.cost, lin.cpti) == ("sensitive skin", 100, 18_000, 180)
    assert (mei.people, mei.cost, mei.cpti) == (40, None, None)  # 30 people; what they cost is not known


def test_an_audience_of_too_few_people_is_hidden_with_the_next_one(world, page):
    touch_all(world, range(300, 305), 4, "Night care", kind="save", blogger="Tao")
    world.spend(ago(4), 900, note="Night care")
    written_for(world, Lin="sensitive skin", Mei="early shift", Tao="night owls")
    take_in(world.merchant)
    carried = page("measurement:crowds", by="audience").context["carried"]
    told = {row.key: (row.people, row.cost, row.cpti) for row in carried.rows}
    assert told == {"sensitive skin": (60, 12_000, 200), "night owls": (None, 900, None)}
    assert carried.rest == 40  # 30 and 5 people, together


def test_what_is_for_nobody_in_particular_stands_apart(world, page):
    written_for(world, Lin="sensitive skin")
    carried = page("measurement:crowds", by="audience").context["carried"]
    assert [row.key for row in carried.rows] == ["sensitive skin"]
    assert carried.unnamed == 40


def test_the_platforms_new_people_of_an_audience_are_those_of_its_notes(world, page):
    world.spend(ago(5), 4_000, note="Winter repair", kind="ads", metrics={"ti_user_num": 25})
    written_for(world, Lin="sensitive skin")
    [row] = page("measurement:crowds", by="audience").context["carried"].rows
    assert (row.reported, row.reported_cpti) == (25, 160)


def test_the_file_of_crowds_names_the_audiences(world, page):
    written_for(world, Lin="sensitive skin", Mei="early shift")
    answer = page("measurement:export", "crowds", "csv", by="audience")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("Audience or scene"))
    assert [line.split(",")[:2] for line in lines[start + 1 : start + 3]] == [
        ["sensitive skin", "60"],
        ["early shift", "40"],
    ]


def test_no_count_of_people_on_a_page_is_exact(world, page):
    """100 people touch: steps of 20 everywhere, and the lowest and highest they stand for hold the truth."""
    row = CrowdFlow.objects.filter(first_day=TODAY - timedelta(days=29)).get()
    moved = crowds.movement(row, 0)
    for (before, after), people in moved.table.shown.items():
        low, high = possible(people, 20)
        assert people % 20 == 0
        assert low <= row.cells["0"][f"{before}>{after}"] <= high


def test_any_two_days_stand_in_the_address_and_are_computed_when_first_asked(world, page):
    query = {"from": ago(20), "to": ago(4)}
    assert "being computed" in text(page("measurement:flow", **query))
    settle(world.merchant)
    answer = page("measurement:flow", **query)
    assert [row["name"] for row in answer.context["sums"]][2] == "TI true interest"
    assert answer.context["sums"][2]["end"] == 100
    assert answer.context["matrix"][2]["cells"][3]["people"] == 40  # I to TI: 30 people


@pytest.mark.parametrize(
    "query",
    [
        {"from": ago(4), "to": ago(20)},
        {"from": "yesterday"},
        {"span": "1000d"},
        {"by": "<b>shoe</b>"},
        {"from": ago(4), "to": "2999-01-01"},
        {"spu": "x"},
    ],
)
def test_a_value_that_makes_no_sense_is_said_and_replaced(world, page, query):
    assert "is not a value of" in text(page("measurement:crowds", **query))


def test_the_platforms_own_count_stands_in_its_own_column(world, page):
    told = [
        CrowdStatement(
            stated_at=at(ago(1)), day=TODAY - timedelta(days=days), layer=Layer("TI"), people=people
        )
        for days, people in ((29, 3_000), (2, 4_321))
    ]
    reported.put_crowds(world.merchant, told, source="file", by="user:1")
    answer = page("measurement:crowds")
    row = answer.context["layers"][2]
    assert (row["told"].people, row["told"].change, row["end"]) == (4_321, 1_321, 100)
    assert "Platform-reported" in text(answer)


def test_the_budget_of_questions_ends_and_what_was_asked_can_be_opened_again(world, page, merchant):
    page("measurement:crowds")
    user = PrivacyQuestion.objects.get().user_id
    PrivacyQuestion.objects.bulk_create(
        PrivacyQuestion(merchant=merchant, user_id=user, day=TODAY, digest=f"d{number}")
        for number in range(QUESTIONS_OF_USER)
    )
    assert "Five layers" in text(page("measurement:crowds"))
    assert "Enough different questions for today" in text(page("measurement:crowds", span="7d"))


def test_pages_take_the_same_queries_for_few_and_many(world, page, django_assert_max_num_queries):
    page("measurement:crowds")
    with django_assert_max_num_queries(26):
        page("measurement:crowds")
    with django_assert_max_num_queries(20):
        page("measurement:flow")


def rule_form(**changes: object) -> dict[str, object]:
    return {
        "layer-1": "A", "kinds-1": ["impression"], "least-1": "1", "days-1": "30",
        "layer-2": "TI", "kinds-2": ["save"], "least-2": "1", "days-2": "7",
        "reason": "only what was saved this week", **changes,
    }  # fmt: skip


def test_a_changed_rule_is_tried_compared_and_put_in_force_and_the_former_stays_readable(
    world, page, client, merchant
):
    tried = client.post(reverse("measurement:try_crowd_rule", args=[merchant.code]), rule_form())
    assert tried.status_code == 302
    draft = CrowdRule.objects.get(state="draft")
    early = client.post(
        reverse("measurement:crowd_rule_in_force", args=[merchant.code, draft.pk]), follow=True
    )
    assert "not computed for everybody yet" in text(early)
    settle(merchant)
    preview = {row["name"]: row for row in page("measurement:crowd_rule").context["preview"]["rows"]}
    assert (preview["TI true interest"]["before"], preview["TI true interest"]["after"]) == (100, 60)
    before = page("measurement:crowds").context["layers"][2]["end"]
    client.post(reverse("measurement:crowd_rule_in_force", args=[merchant.code, draft.pk]))
    draft.refresh_from_db()
    assert (draft.state, draft.version) == ("active", 2)
    assert "rule v2, set by you" in text(page("measurement:crowds"))
    former = page("measurement:crowds", rule="1")
    assert former.context["layers"][2]["end"] == before
    assert "in force no more" in text(former)
    acts = list(AuditEvent.objects.order_by("id").values_list("act", flat=True))
    assert [act for act in acts if "crowd_rule" in act] == [
        "measurement.crowd_rule.set",
        "measurement.crowd_rule.tried",
        "measurement.crowd_rule.set",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"layer-1": "A9"}, "“A9” is no layer"),
        ({"kinds-1": ["reed"]}, "“reed” is no kind of event"),
        ({"kinds-1": []}, "Choose at least one kind"),
        ({"least-1": "0"}, "takes everybody"),
        ({"least-1": "x"}, "a whole number from 1 to 100"),
        ({"days-1": "800"}, "1 to 730"),
        ({"kinds-2": ["impression", "save"], "days-2": "30"}, "Nobody could stand in A"),
        ({"layer-1": "", "layer-2": ""}, "at least one row"),
        ({"reason": ""}, "required"),
    ],
)
def test_a_bad_rule_is_refused_in_clear_words_and_nothing_is_written(
    world, page, client, merchant, changes, said
):
    answer = client.post(reverse("measurement:try_crowd_rule", args=[merchant.code]), rule_form(**changes))
    assert answer.status_code == 422
    assert said in text(answer)
    assert CrowdRule.objects.count() == 1


def test_trying_a_rule_is_a_question_about_people_and_a_bad_one_is_none(world, page, client, merchant):
    address = reverse("measurement:try_crowd_rule", args=[merchant.code])
    client.post(address, rule_form(**{"least-1": "0"}))
    assert PrivacyQuestion.objects.count() == 0
    PrivacyQuestion.objects.bulk_create(
        PrivacyQuestion(merchant=merchant, user_id=1_000_000 + n // 150, day=TODAY, digest=f"d{n}")
        for n in range(QUESTIONS_OF_MERCHANT)
    )
    answer = client.post(address, rule_form())
    assert (answer.status_code, "tomorrow there is room again" in text(answer)) == (422, True)
    assert CrowdRule.objects.count() == 1


def test_an_audience_is_saved_counted_in_steps_and_put_away(world, page, client, merchant):
    form = {"name": "new in TI", "layers": ["TI"], "most_days": "7"}
    client.post(reverse("measurement:save_audience", args=[merchant.code]), form)
    settle(merchant)
    row = Audience.objects.get()
    assert row.people == 60
    said = text(page("measurement:audiences"))
    assert "new in TI" in said
    assert "for at most 7 days" in said
    again = client.post(reverse("measurement:save_audience", args=[merchant.code]), form)
    assert (again.status_code, "stands already" in text(again)) == (422, True)
    client.post(reverse("measurement:archive_audience", args=[merchant.code, row.pk]))
    assert (
        "new in TI"
        not in text(page("measurement:audiences")).split("New audience")[0].split("is put away")[-1]
    )


def test_who_may_only_look_changes_nothing(world, client, merchant, stranger):
    rule = CrowdRule.objects.get()
    posts = [
        reverse("measurement:try_crowd_rule", args=[merchant.code]),
        reverse("measurement:crowd_rule_in_force", args=[merchant.code, rule.pk]),
        reverse("measurement:discard_crowd_rule", args=[merchant.code, rule.pk]),
        reverse("measurement:save_audience", args=[merchant.code]),
        reverse("measurement:archive_audience", args=[merchant.code, 1]),
    ]
    client.force_login(make_member(merchant, "viewer"))
    assert [client.post(url).status_code for url in posts] == [403] * 5
    client.force_login(make_member(stranger, "owner"))
    assert [client.post(url).status_code for url in posts] == [404] * 5


def test_layers_do_not_empty_because_data_is_late(world, merchant):
    rule = CrowdRule.objects.get()
    assert crowd_flows.last_day(rule) == TODAY - timedelta(days=1)
    CrowdRule.objects.update(last_event_day=TODAY - timedelta(days=9))
    rule.refresh_from_db()
    assert crowd_flows.last_day(rule) == TODAY - timedelta(days=9)
    assert crowd_spells.compute(merchant) is None

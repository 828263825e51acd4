"""The outbox of feedback: what moves is told once, in order, again after a pause, or says why it was not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.channels.calls import Answer, Call
from leads.models import Feedback, Lead, Source
from leads.operations import arrivals, deals, feedback, sources, stages, telling
from leads.operations.arrivals import Stated
from leads.queries import feedback as told
from merchants.models import AuditEvent, Merchant, User
from portal.demo.partners import feiyu_desk, meta_desk, xiaohongshu_desk
from tests.leads.desks import BY

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
State = Feedback.State
Given = Callable[..., tuple[Source, Lead]]
NUMBERS = {"state_101": "0", "state_102": "2", "state_141": "3", "state_200": "4"}


@pytest.fixture
def given(merchant: Merchant) -> Given:
    """A source that is told things, and a lead of it that can be reached."""

    def make(channel: str, external_id: str = "L-1", **access: str) -> tuple[Source, Lead]:
        source = sources.open_source(merchant, channel=channel, name="Page", given=access, by=BY)
        sources.switch(merchant, source, active=True, by=BY)
        lead, _ = arrivals.take_lead(
            merchant,
            Stated(
                source=channel,
                external_id=external_id,
                submitted_at=NOW - DAY,
                stated_at=NOW - DAY,
                details=(("phone", "13800138000"),),
                origin={"campaign_id": "c1", "unit_id": "u1", "creative_id": "k1"},
            ),
        )
        return source, lead

    return make


@pytest.fixture
def clue(given: Given, feiyu: feiyu_desk.Desk, serve: Any) -> Lead:
    """A lead of Feiyu, which takes everything."""
    keys = {"access_token": "feiyu-token", "signature_key": "demo-key"}
    return given("feiyu", base=serve(feiyu), **keys, **NUMBERS)[1]


def rows() -> list[tuple[str, int | None, str, str]]:
    return list(Feedback.objects.order_by("pk").values_list("verb", "code", "stage", "state"))


def tell_all(merchant: Merchant, now: datetime) -> int:
    count = 0
    while telling.tell_one(merchant, now=now):
        count += 1
    return count


def test_a_valid_lead_is_told_to_its_source_once(
    merchant: Merchant, given: Given, red: xiaohongshu_desk.Desk, serve: Any
) -> None:
    origin = serve(red)
    _, lead = given("xiaohongshu_form", base=origin, site=origin)
    stages.move(merchant, lead, to="qualified", by=BY, now=NOW)
    assert (tell_all(merchant, NOW), tell_all(merchant, NOW + HOUR)) == (1, 0)
    assert (red.returned, rows()) == ({"L-1"}, [("send", 102, "", "accepted")])


def test_a_busy_source_is_told_again_after_growing_pauses(
    merchant: Merchant, clue: Lead, feiyu: feiyu_desk.Desk
) -> None:
    stages.move(merchant, clue, to="qualified", by=BY, now=NOW)
    feiyu.busy = 3
    moment, waits = NOW, []
    for _ in range(4):
        assert tell_all(merchant, moment) == 1
        row = Feedback.objects.get()
        waits.append((row.next_at - moment).total_seconds())
        moment = row.next_at
    assert waits[:3] == [15, 30, 60]
    assert (row.state, row.attempts, row.error, feiyu.states) == (State.ACCEPTED, 4, "", {"L-1": 2})


def test_a_worker_killed_after_the_call_tells_it_again_under_the_same_number(
    merchant: Merchant, given: Given, meta: meta_desk.Desk, serve: Any
) -> None:
    given("meta", "123456789012345", access_token="meta-token", dataset_id="777", base=serve(meta))

    def dies_after(call: Call) -> Answer:
        telling.ask(call)
        raise SystemExit

    with pytest.raises(SystemExit):
        telling.tell_one(merchant, now=NOW, by=dies_after)
    assert [row[3] for row in rows()] == ["queued"]
    assert tell_all(merchant, NOW + telling.HELD - timedelta(seconds=1)) == 0
    assert tell_all(merchant, NOW + telling.HELD) == 1
    assert (len(meta.events), [row[3] for row in rows()]) == (1, ["sent"])


def test_a_later_word_waits_for_the_earlier_one_of_its_lead(
    merchant: Merchant, given: Given, meta: meta_desk.Desk, serve: Any
) -> None:
    _, lead = given("meta", "123456789012345", access_token="meta-token", dataset_id="777", base=serve(meta))
    stages.move(merchant, lead, to="qualified", by=BY, now=NOW)
    meta.busy = 1
    assert tell_all(merchant, NOW) == 1
    assert tell_all(merchant, NOW + MINUTE) == 2
    assert [event["event_name"] for event in meta.events.values()] == ["new", "qualified"]
    assert rows() == [("send", None, "new", "sent"), ("send", 102, "qualified", "sent")]


def test_meta_hears_the_stage_that_holds_after_a_move_was_taken_back(
    merchant: Merchant, given: Given, meta: meta_desk.Desk, serve: Any
) -> None:
    _, lead = given("meta", "123456789012345", access_token="meta-token", dataset_id="777", base=serve(meta))
    moved = stages.move(merchant, lead, to="qualified", by=BY, now=NOW)
    tell_all(merchant, NOW)
    stages.undo(merchant, moved, by=BY, now=NOW + MINUTE)
    tell_all(merchant, NOW + MINUTE)
    assert [event["event_name"] for event in meta.events.values()] == ["new", "qualified", "new"]
    moved = stages.move(merchant, lead, to="qualified", by=BY, now=NOW + 2 * MINUTE)
    stages.undo(merchant, moved, by=BY, now=NOW + 3 * MINUTE)
    assert tell_all(merchant, NOW + 3 * MINUTE) == 0


def test_feiyu_is_put_back_to_the_state_before(
    merchant: Merchant, clue: Lead, feiyu: feiyu_desk.Desk
) -> None:
    stages.move(merchant, clue, to="qualified", by=BY, now=NOW)
    tell_all(merchant, NOW)
    for _ in range(2):
        moved = stages.move(merchant, clue, to="invalid", reason="spam", by=BY, now=NOW)
        tell_all(merchant, NOW)
        assert feiyu.states == {"L-1": 4}
        stages.undo(merchant, moved, by=BY, now=NOW + MINUTE)
        tell_all(merchant, NOW + MINUTE)
        assert feiyu.states == {"L-1": 2}
    assert [row[:2] for row in rows()] == [
        ("send", 102),
        ("send", 200),
        ("restate", 102),
        ("send", 200),
        ("restate", 102),
    ]


def test_a_cancelled_deal_is_taken_back_and_the_next_one_told(
    merchant: Merchant, clue: Lead, feiyu: feiyu_desk.Desk
) -> None:
    first = deals.close(merchant, clue, fen=100, closed_at=NOW, order_number="A", by=BY)
    tell_all(merchant, NOW)
    assert feiyu.states == {"L-1": 3}
    deals.post(merchant, first, kind="cancel", fen=0, reference="c", by=BY, posted_at=NOW)
    tell_all(merchant, NOW)
    assert feiyu.states == {"L-1": 0}
    deals.close(merchant, clue, fen=100, closed_at=NOW, order_number="B", by=BY)
    tell_all(merchant, NOW)
    assert feiyu.states == {"L-1": 3}


def test_what_lacks_a_setting_waits_with_its_reason_and_goes_once_it_is_given(
    merchant: Merchant, given: Given, feiyu: feiyu_desk.Desk, serve: Any
) -> None:
    source, lead = given("feiyu", base=serve(feiyu), access_token="feiyu-token", signature_key="demo-key")
    moved = stages.move(merchant, lead, to="qualified", by=BY, now=NOW)
    tell_all(merchant, NOW)
    [row] = Feedback.objects.all()
    assert (row.state, row.attempts, row.error) == (State.QUEUED, 0, "not_mapped")
    sources.give(merchant, source, given=NUMBERS, by=BY)
    tell_all(merchant, datetime.now(UTC))
    assert (feiyu.states, [one[3] for one in rows()]) == ({"L-1": 2}, ["accepted"])
    assert moved.pk


def test_what_was_never_told_is_forgotten_when_it_is_undone(
    merchant: Merchant, given: Given, feiyu: feiyu_desk.Desk, serve: Any
) -> None:
    _, lead = given("feiyu", base=serve(feiyu), access_token="feiyu-token", signature_key="demo-key")
    moved = stages.move(merchant, lead, to="qualified", by=BY, now=NOW)
    tell_all(merchant, NOW)
    stages.undo(merchant, moved, by=BY, now=NOW + MINUTE)
    assert rows() == []


def test_after_seven_days_nothing_is_told_any_more(
    merchant: Merchant, clue: Lead, feiyu: feiyu_desk.Desk
) -> None:
    stages.move(merchant, clue, to="qualified", by=BY, now=NOW)
    assert [
        told.days_left(row, NOW + age)
        for row in Feedback.objects.all()
        for age in (0 * DAY, DAY, 6.5 * DAY, 8 * DAY)
    ] == [7, 6, 1, 0]
    assert tell_all(merchant, NOW + 7 * DAY) == 0
    assert feedback.expire(merchant, now=NOW + 7 * DAY + MINUTE) == 1
    assert (feiyu.states, rows()) == ({}, [("send", 102, "", "expired")])


def test_leads_of_files_and_of_our_own_address_have_nobody_to_tell(merchant: Merchant, given: Given) -> None:
    _, lead = given("own", "mine")
    stages.move(merchant, lead, to="qualified", by=BY, now=NOW)
    assert rows() == []


def test_coverage_counts_what_was_taken_of_what_was_to_be_told(
    merchant: Merchant, clue: Lead, given: Given
) -> None:
    _, other = given("xiaohongshu_form", "h-1", site="https://www.xiaohongshu.com")
    stages.move(merchant, clue, to="qualified", by=BY, now=NOW)
    stages.move(merchant, other, to="invalid", reason="spam", by=BY, now=NOW)
    tell_all(merchant, NOW)
    stages.move(merchant, clue, to="invalid", reason="spam", by=BY, now=NOW)
    found = told.coverage(merchant, NOW - DAY, NOW + DAY)
    assert (found.told, found.size, found.waiting, found.reasons) == (1, 3, 1, [("no_click", 1)])
    assert told.coverage(merchant, NOW + DAY, NOW + 2 * DAY).value is None


# -- pages


@pytest.fixture
def client(owner: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    return browser


def test_the_lead_says_what_its_source_was_told_and_tells_it_again(
    client: Client, merchant: Merchant, clue: Lead, feiyu: feiyu_desk.Desk
) -> None:
    stages.move(merchant, clue, to="qualified", by=BY, now=NOW)
    page = reverse("leads:lead", args=["glow", clue.pk])
    assert "7 of 7 days left" in client.get(page).content.decode()
    feiyu.known_states = frozenset()
    tell_all(merchant, NOW)
    shown = client.get(page).content.decode()
    assert "clue_convert_state error" in shown
    assert "Rejected" in shown
    feiyu.known_states = frozenset({2})
    [row] = Feedback.objects.all()
    client.post(reverse("leads:tell_again", args=["glow", clue.pk]), {"feedback": row.pk})
    tell_all(merchant, datetime.now(UTC))
    assert (feiyu.states, [one[3] for one in rows()]) == ({"L-1": 2}, ["accepted"])
    assert AuditEvent.objects.filter(act="leads.feedback.again", object_id=str(row.pk)).count() == 1


def test_the_funnel_shows_the_coverage_with_its_size_and_reasons(
    client: Client, merchant: Merchant, given: Given
) -> None:
    _, lead = given("xiaohongshu_form", "h-1")
    stages.move(merchant, lead, to="invalid", reason="spam", by=BY, now=NOW - DAY)
    tell_all(merchant, NOW)
    shown = client.get(reverse("portal:funnel", args=["glow"])).content.decode()
    assert "0 of 1 taken by their source; 0 still wait" in shown
    assert "the click of this lead is unknown" in shown


def test_what_a_source_is_spoken_to_with_is_sealed_and_its_secrets_are_shown_nowhere(
    client: Client, given: Given
) -> None:
    source, _ = given("feiyu", access_token="very-secret", signature_key="also-secret")
    typed = {"access_token": "", "signature_key": "newer-secret", "state_102": "2"}
    page = reverse("lead_sources:give", args=["glow", source.pk])
    shown = client.post(page, typed, follow=True).content.decode()
    source.refresh_from_db()
    assert sources.typed(source) == {
        "access_token": "very-secret",
        "signature_key": "newer-secret",
        "state_102": "2",
    }
    assert "very-secret" not in shown
    assert "newer-secret" not in shown
    assert b"newer-secret" not in bytes(source.sealed)
    for wrong in ({"base": "http://10.0.0.1"}, {"state_102": "two"}):
        answer = client.post(page, wrong)
        assert answer.status_code == 422
        assert answer.context["access_form"].has_error(next(iter(wrong)))

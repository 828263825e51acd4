"""Leads that are asked for: every answer kept, each lead once, rounds that go on where they stopped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.channels import access, pulling
from leads.channels.calls import Answer, Call, Took
from leads.models import Lead, Sighting, Source
from leads.operations import deliveries, sources
from leads.operations import pulling as pulls
from merchants.models import Merchant, RawDelivery, User
from portal.demo.partners import feiyu_desk, meta_desk
from tests.leads.desks import BY
from tests.leads.outgoing.conftest import Line

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # noon in Shanghai
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KEYS = {"access_token": "feiyu-token", "signature_key": "demo-key"}


def clue(number: int, day: str = "2026-11-25", **fields: Any) -> tuple[str, dict[str, Any]]:
    row = {
        "id": f"{7_100_000_000_000_000_000 + number}",
        "name": f"客{number}",
        "telphone": f"138{number:08}",
        "adv_id": "16000",
        "promotion_id": "73001",
        "create_time": "1764043200",
        "clue_source": "表单",
        **fields,
    }
    return day, row


@pytest.fixture
def source(merchant: Merchant, feiyu: feiyu_desk.Desk, serve: Any) -> Source:
    given = {**KEYS, "base": serve(feiyu)}
    row = sources.open_source(merchant, channel="feiyu", name="Feiyu", given=given, by=BY)
    return due(row)


def due(source: Source, at: datetime = NOW) -> Source:
    Source.objects.filter(pk=source.pk).update(pull_at=at)
    source.refresh_from_db()
    return source


def pull_all(source: Source, now: datetime = NOW) -> int:
    """How many calls it took until nothing was left to ask for."""
    count = 1
    while pulls.pull_some(source.merchant, source.pk, now=now):
        count += 1
    for pk in RawDelivery.objects.filter(state="received").values_list("pk", flat=True):
        deliveries.take(source.merchant, pk)
    source.refresh_from_db()
    return count


# -- the contract


def test_a_page_is_asked_for_with_the_signature_of_the_sheet() -> None:
    given = access.known("feiyu", {"access_token": "t", "signature_key": "demo-key"})
    at = datetime.fromtimestamp(1_767_225_600, UTC)
    call = pulling.feiyu_page(given, "2026-01-01", "2026-01-02", 3, at)
    assert call == Call(
        "GET",
        "https://feiyu.oceanengine.com/crm/v2/openapi/pull-clues/"
        "?start_time=2026-01-01&end_time=2026-01-02&page=3&page_size=100",
        {
            "Access-Token": "t",
            "Timestamp": "1767225600",
            "Signature": "NDJiYzdkMzA0NmVhNjIxY2I3NzllZDE5ZjlhNjdhODU1MWM0ZjAyMjgzNGRjMjg5MDY4ZDc2OWMyNTkyNzQzYg==",
        },
    )


def test_feiyu_gives_pages_or_says_why_not(line: Any, feiyu: feiyu_desk.Desk) -> None:
    there: Line = line(feiyu)
    feiyu.clues = [clue(number) for number in range(101)]

    def page(number: int, **given: str) -> tuple[str, str, int, int | None]:
        told = access.known("feiyu", {**KEYS, "base": there.origin, **given})
        answer = there.ask(pulling.feiyu_page(told, "2026-11-25", "2026-11-26", number, NOW))
        outcome, rows, count = pulling.feiyu_answer(answer)
        return outcome.took, outcome.why, rows, count

    assert [page(number) for number in (1, 2, 3)] == [("accepted", "", n, 101) for n in (100, 1, 0)]
    assert page(1, signature_key="old")[:3] == ("waits", "signature error", 0)
    assert page(1, access_token="old")[:3] == ("waits", "access token error", 0)
    feiyu.busy = 1
    assert page(1)[0] == "again"


def test_meta_gives_what_a_form_holds_or_says_why_not(line: Any, meta: meta_desk.Desk) -> None:
    there: Line = line(meta)
    meta.leads["123"] = {"id": "123", "created_time": "2026-11-25T04:00:00+0000", "field_data": []}

    def lead(number: str, token: str = "meta-token") -> tuple[str, str]:
        told = access.known("meta", {"access_token": token, "base": f"{there.origin}/v23.0"})
        outcome = pulling.meta_answer(there.ask(pulling.meta_lead(told, number)))
        return outcome.took, outcome.why

    assert lead("123") == ("accepted", "")
    assert lead("124")[0] == "rejected"
    assert lead("123", "old") == ("waits", "Error validating access token")
    meta.busy = 1
    assert lead("123")[0] == "again"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": 1}', b'{"status": -1, "data": []}'])
def test_an_answer_without_rows_is_no_page(body: bytes) -> None:
    assert pulling.feiyu_answer(Answer(200, body))[0].took is Took.REJECTED


# -- rounds of Feiyu


def test_a_round_asks_for_every_page_and_each_lead_is_there_once(
    source: Source, feiyu: feiyu_desk.Desk
) -> None:
    feiyu.clues = [clue(number) for number in range(250)]
    assert pull_all(source) == 3
    assert (Lead.objects.count(), RawDelivery.objects.count()) == (250, 3)
    assert Sighting.objects.filter(pushed_at=None, pulled_at=NOW, contents_at=NOW).count() == 250
    assert (source.pulled_to, source.pull_span, source.pull_at) == (NOW, {}, NOW + 10 * MINUTE)
    lead = Lead.objects.get(external_id="7100000000000000249")
    assert (lead.contact.name, lead.origin["unit_id"]) == ("客249", "73001")


def test_the_same_answer_again_is_not_kept_again_and_another_one_is_history(
    source: Source, feiyu: feiyu_desk.Desk
) -> None:
    feiyu.clues = [clue(1)]
    pull_all(source)
    due(source, NOW + HOUR)
    pull_all(source, NOW + HOUR)
    assert RawDelivery.objects.count() == 1
    feiyu.clues = [clue(1, name="改名"), clue(2)]
    due(source, NOW + 2 * HOUR)
    pull_all(source, NOW + 2 * HOUR)
    assert (RawDelivery.objects.count(), Lead.objects.count()) == (2, 2)
    assert Lead.objects.get(external_id=clue(1)[1]["id"]).contact.name == "改名"


def test_a_round_goes_on_at_the_page_at_which_its_worker_was_killed(
    source: Source, feiyu: feiyu_desk.Desk
) -> None:
    feiyu.clues = [clue(number) for number in range(150)]
    pages: list[str] = []

    def counts(call: Call) -> Answer:
        pages.append(call.url.partition("&page=")[2])
        if len(pages) == 2:
            raise SystemExit
        return pulls.ask(call)

    assert pulls.pull_some(source.merchant, source.pk, now=NOW, by=counts)
    with pytest.raises(SystemExit):
        pulls.pull_some(source.merchant, source.pk, now=NOW, by=counts)
    assert not pulls.pull_some(source.merchant, source.pk, now=NOW + pulls.HELD - SECOND, by=counts)
    while pulls.pull_some(source.merchant, source.pk, now=NOW + pulls.HELD, by=counts):
        pass
    pull_all(source, NOW + pulls.HELD)
    assert pages == [f"{number}&page_size=100" for number in (1, 2, 2)]
    assert Lead.objects.count() == 150


def test_a_round_looks_back_a_day_and_the_first_one_a_week(source: Source, feiyu: feiyu_desk.Desk) -> None:
    asked: list[str] = []

    def listens(call: Call) -> Answer:
        asked.append(call.url.partition("?")[2].partition("&page")[0])
        return pulls.ask(call)

    for at in (NOW, NOW + 10 * MINUTE):
        pulls.pull_some(source.merchant, source.pk, now=at, by=listens)
    assert asked == [
        "start_time=2026-11-17&end_time=2026-11-26",
        "start_time=2026-11-24&end_time=2026-11-26",
    ]


def test_a_busy_source_is_asked_again_after_growing_pauses_and_says_so(
    source: Source, feiyu: feiyu_desk.Desk
) -> None:
    feiyu.clues, feiyu.busy, moment, waits = [clue(1)], 3, NOW, []
    for _ in range(4):
        pull_all(source, moment)
        waits.append((source.pull_at - moment).total_seconds())
        moment = source.pull_at
        if len(waits) == 3:
            assert (source.pull_error, source.pull_failures) == ("too many requests", 3)
    assert waits == [15, 30, 60, 600]
    assert (source.pull_error, source.pull_failures, Lead.objects.count()) == ("", 0, 1)


def test_a_source_that_is_off_or_was_given_nothing_is_not_asked(
    source: Source, feiyu: feiyu_desk.Desk
) -> None:
    feiyu.clues = [clue(1)]
    sources.switch(source.merchant, source, active=False, by=BY)
    assert pull_all(source) == 1
    other = sources.open_source(source.merchant, channel="feiyu", name="Other", by=BY)
    assert (other.pull_at, Lead.objects.count()) == (None, 0)
    sources.give(source.merchant, other, given=KEYS, by=BY)
    other.refresh_from_db()
    assert other.pull_at is not None


# -- leads of Meta


@pytest.fixture
def ads(merchant: Merchant, meta: meta_desk.Desk, serve: Any) -> Source:
    given = {"access_token": "meta-token", "base": f"{serve(meta)}/v23.0"}
    row = sources.open_source(merchant, channel="meta", name="Ads", given=given, by=BY)
    assert not row.active, "from abroad: off until somebody switches it on"
    sources.switch(merchant, row, active=True, by=BY)
    return due(row)


def push(ads: Source, *leads: str) -> None:
    changes = [
        {"field": "leadgen", "value": {"leadgen_id": one, "page_id": "55", "created_time": 1764043200}}
        for one in leads
    ]
    body = json.dumps({"object": "page", "entry": [{"id": "55", "time": 1, "changes": changes}]})
    Client().post(f"/in/{ads.address}/", data=body, content_type="application/json")
    for pk in RawDelivery.objects.filter(state="received").values_list("pk", flat=True):
        deliveries.take(ads.merchant, pk)


def form(lead: str, name: str = "Ann") -> dict[str, Any]:
    told = [{"name": "full_name", "values": [name]}, {"name": "phone_number", "values": ["+8613800138000"]}]
    return {"id": lead, "created_time": "2025-11-25T04:00:00+0000", "form_id": "9", "field_data": told}


def test_what_a_push_only_named_is_fetched_once(ads: Source, meta: meta_desk.Desk) -> None:
    push(ads, "100000000000001", "100000000000002")
    assert Sighting.objects.filter(contents_at=None).count() == 2
    meta.leads = {one: form(one) for one in ("100000000000001", "100000000000002")}
    later = datetime.now(UTC) + MINUTE
    due(ads, later)
    assert pull_all(ads, later) == 3
    assert Sighting.objects.filter(contents_at=None).count() == 0
    assert RawDelivery.objects.filter(state="applied").count() == 3
    for lead in Lead.objects.all():
        assert (lead.contact.name, lead.contact.details.count()) == ("Ann", 1)
        assert (lead.origin["account_id"], lead.origin["form_id"]) == ("55", "9")
    assert pull_all(due(ads, later), later) == 1


def test_a_form_of_the_testing_tool_is_fetched_once_and_adds_nothing(
    ads: Source, meta: meta_desk.Desk
) -> None:
    push(ads, "100000000000001")
    dummy = "<test lead: dummy data for full_name>"
    meta.leads = {"100000000000001": form("100000000000001", dummy)}
    later = datetime.now(UTC) + MINUTE
    pull_all(due(ads, later), later)
    assert Sighting.objects.filter(contents_at=None).count() == 0
    assert Lead.objects.get().contact.details.count() == 0


def test_one_lead_that_is_gone_is_given_up_and_an_old_token_is_nobodys_fault(
    ads: Source, meta: meta_desk.Desk
) -> None:
    push(ads, "100000000000001")
    later, meta.token = datetime.now(UTC) + MINUTE, "new"
    pull_all(due(ads, later), later)
    assert (Sighting.objects.get().fetch_attempts, ads.pull_failures) == (0, 1)
    assert ads.pull_error == "Error validating access token"
    meta.token = "meta-token"
    later += MINUTE
    assert pulls.pull_some(ads.merchant, due(ads, later).pk, now=later)
    assert "does not exist" in Source.objects.get().pull_error
    for _ in range(12):
        later += HOUR
        pull_all(due(ads, later), later)
    assert (Sighting.objects.get().fetch_attempts, ads.pull_failures) == (8, 0)


def test_the_page_of_a_source_says_how_far_it_was_asked_and_what_is_wrong(
    source: Source, feiyu: feiyu_desk.Desk, owner: User
) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    page = reverse("lead_sources:source", args=["glow", source.pk])
    feiyu.clues = [clue(1)]
    pull_all(source)
    assert "Asked for until" in browser.get(page).content.decode()
    feiyu.busy = 1
    due(source, NOW + HOUR)
    pull_all(source, NOW + HOUR)
    assert "too many requests" in browser.get(page).content.decode()

"""Forms of a page are read whole, so that a lead that no push brought is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from leads.channels import access, form_round
from leads.channels.calls import Answer, Call, Took
from leads.models import Lead, Sighting, Source
from leads.operations import pulling as pulls
from leads.operations import sources
from merchants.models import Merchant, RawDelivery, User
from portal.demo.partners import meta_desk
from tests.leads.desks import BY
from tests.leads.outgoing.conftest import Line
from tests.leads.outgoing.test_pulling import due, form, pull_all, push

NOW = datetime(2025, 11, 25, 5, 0, tzinfo=UTC)  # an hour after the forms were left
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FIRST, SECOND = "100000000000001", "100000000000002"


@pytest.fixture
def ads(merchant: Merchant, meta: meta_desk.Desk, serve: Any) -> Source:
    given = {"access_token": "meta-token", "base": f"{serve(meta)}/v23.0"}
    row = sources.open_source(merchant, channel="meta", name="Ads", given=given, by=BY)
    sources.switch(merchant, row, active=True, by=BY)
    return due(row, NOW)


def left(meta: meta_desk.Desk, *leads: str, form_id: str = "9", at: datetime = NOW - HOUR) -> None:
    """Leads that were left in a form of the page."""
    meta.forms = list(dict.fromkeys([*meta.forms, form_id]))
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S+0000")
    for one in leads:
        meta.leads[one] = {**form(one), "form_id": form_id, "created_time": stamp}


def gaps(ads: Source) -> set[str]:
    return set(Sighting.objects.filter(source=ads, pushed_at=None).values_list("external_id", flat=True))


def test_the_forms_of_the_tokens_page_are_listed_and_then_their_leads_asked_for() -> None:
    given = access.known("meta", {"access_token": "t"})
    at = form_round.begun(NOW, NOW - HOUR)
    listing = form_round.call(given, at)
    assert listing == Call(
        "GET",
        "https://graph.facebook.com/v23.0/me/leadgen_forms?fields=id&limit=100",
        {"Authorization": "Bearer t"},
    )
    at = form_round.gone_on(at, {"data": [{"id": "9"}], "paging": {"cursors": {"after": "x"}}})
    told = urlsplit(form_round.call(given, at).url)
    assert told.path == "/v23.0/9/leads"
    assert parse_qs(told.query)["filtering"] == [
        '[{"field":"time_created","operator":"GREATER_THAN","value":1764043200}]'
    ]
    assert form_round.gone_on(at, {"data": []}) == {}


def test_meta_gives_forms_and_leads_page_by_page_or_says_why_not(line: Any, meta: meta_desk.Desk) -> None:
    there: Line = line(meta)
    left(meta, *(f"{100_000_000_000_000 + n}" for n in range(101)))
    left(meta, "200000000000000", form_id="10")
    given = access.known("meta", {"access_token": "meta-token", "base": f"{there.origin}/v23.0"})
    at, pages = form_round.begun(NOW, NOW - 2 * HOUR), []
    while at:
        answer = there.ask(form_round.call(given, at))
        assert form_round.judged(answer).took is Took.ACCEPTED
        pages.append(len(answer.told["data"]))
        at = form_round.gone_on(at, answer.told)
    assert pages == [2, 100, 1, 1]

    at = form_round.begun(NOW, NOW)
    assert (
        form_round.judged(there.ask(form_round.call({**given, "access_token": "old"}, at))).took is Took.WAITS
    )
    assert form_round.judged(there.ask(form_round.call({**given, "page_id": "1"}, at))).took is Took.REJECTED
    meta.busy = 1
    assert form_round.judged(there.ask(form_round.call(given, at))).took is Took.AGAIN


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": {}}', b'{"data": null}'])
def test_an_answer_without_rows_is_no_page_of_forms(body: bytes) -> None:
    assert form_round.judged(Answer(200, body)).took is Took.REJECTED


def test_a_lead_that_no_push_brought_comes_in_whole_and_is_a_gap_until_its_push_comes(
    ads: Source, meta: meta_desk.Desk
) -> None:
    left(meta, FIRST, SECOND)
    push(ads, FIRST)
    assert pull_all(due(ads, NOW + MINUTE), NOW + MINUTE) >= 2
    later = datetime.now(UTC) + MINUTE
    pull_all(due(ads, later), later)  # what was pushed is fetched by its id, too
    assert gaps(ads) == {SECOND}
    lead = Lead.objects.get(external_id=SECOND)
    assert (lead.contact.name, lead.contact.details.count(), lead.origin["form_id"]) == ("Ann", 1, "9")
    assert Sighting.objects.filter(contents_at=None).count() == 0
    push(ads, SECOND)
    assert (gaps(ads), Lead.objects.count()) == (set(), 2)


def test_a_round_is_made_every_hour_and_looks_back_a_day(ads: Source, meta: meta_desk.Desk) -> None:
    left(meta, FIRST)
    pull_all(ads, NOW)
    assert (ads.pulled_to, ads.pull_span, gaps(ads)) == (NOW, {}, {FIRST})
    left(meta, SECOND, at=NOW - 23 * HOUR)  # seen late
    left(meta, "100000000000003", at=NOW - 25 * HOUR)
    for moment in (NOW + HOUR - MINUTE, NOW + HOUR):
        pull_all(due(ads, moment), moment)
        seen = gaps(ads)
        assert seen == ({FIRST} if moment < NOW + HOUR else {FIRST, SECOND})
    assert ads.pulled_to == NOW + HOUR


def test_the_same_page_again_is_not_kept_again(ads: Source, meta: meta_desk.Desk) -> None:
    left(meta, FIRST)
    pull_all(ads, NOW)
    pull_all(due(ads, NOW + HOUR), NOW + HOUR)
    assert RawDelivery.objects.count() == 1


def test_a_form_that_is_gone_holds_up_no_other(ads: Source, meta: meta_desk.Desk) -> None:
    left(meta, FIRST, form_id="8")
    left(meta, SECOND, form_id="9")
    meta.gone = {"8"}
    pull_all(ads, NOW)
    assert (gaps(ads), ads.pull_span) == ({SECOND}, {})
    assert ads.pull_error.startswith("8: ")


def test_a_list_that_is_refused_waits_longer_each_time_and_leads_are_still_fetched(
    ads: Source, meta: meta_desk.Desk
) -> None:
    left(meta, FIRST)
    sources.give(ads.merchant, ads, given={"page_id": "77"}, by=BY)  # a page that the token may not read
    moment, waits = NOW, []
    for _ in range(3):
        pull_all(due(ads, moment), moment)
        again = datetime.fromisoformat(ads.pull_span["again_at"])
        waits.append((again - moment).total_seconds())
        moment = again
    assert waits == [15, 30, 60]
    assert ("does not exist" in ads.pull_error, ads.pull_failures) == (True, 0)
    push(ads, FIRST)
    later = datetime.now(UTC) + MINUTE
    pull_all(due(ads, later), later)
    assert Sighting.objects.get().contents_at is not None
    sources.give(ads.merchant, ads, given={"page_id": "me"}, by=BY)
    later += HOUR
    pull_all(due(ads, later), later)
    assert (ads.pull_error, ads.pull_span, ads.pulled_to) == ("", {}, NOW), "the round that was begun then"


def test_a_round_goes_on_where_its_worker_was_killed(ads: Source, meta: meta_desk.Desk) -> None:
    left(meta, *(f"{100_000_000_000_000 + n}" for n in range(150)))
    paths: list[str] = []

    def killed(call: Call) -> Answer:
        paths.append(urlsplit(call.url).path.rpartition("/")[2])
        if len(paths) == 3:
            raise SystemExit
        return pulls.ask(call)

    assert pulls.pull_some(ads.merchant, ads.pk, now=NOW, by=killed)
    assert pulls.pull_some(ads.merchant, ads.pk, now=NOW, by=killed)
    with pytest.raises(SystemExit):
        pulls.pull_some(ads.merchant, ads.pk, now=NOW, by=killed)
    pull_all(due(ads, NOW + pulls.HELD), NOW + pulls.HELD)
    assert (len(gaps(ads)), RawDelivery.objects.count(), ads.pull_span) == (150, 2, {})
    assert paths == ["leadgen_forms", "leads", "leads"]


def test_the_page_of_the_source_lists_what_no_push_brought(
    ads: Source, meta: meta_desk.Desk, owner: User
) -> None:
    left(meta, FIRST)
    pull_all(ads, NOW)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    page = browser.get(reverse("lead_sources:source", args=["glow", ads.pk])).content.decode()
    assert FIRST in page
    assert "Asked for until" in page

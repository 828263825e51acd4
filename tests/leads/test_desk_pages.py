"""The desk's pages: what stands first, what an agent may do, and what nobody sees in the clear."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Consultation, InternalNote, Lead, Message
from leads.operations import assignment, replies, setup
from leads.queries import inbox
from merchants.models import AuditEvent, Merchant
from tests.conftest import make_member
from tests.leads.desks import BY, SECOND, Desk

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    """Logged in as the agent ``lin``, in English."""
    lin = desk.agent("lin")
    client.force_login(lin.user)
    client.cookies["django_language"] = "en"
    return client


def ask(desk: Desk, who: str, text: str = "hello", ago: timedelta = MINUTE) -> Consultation:
    return desk.say(who, text, at=timezone.now() - ago, nickname=who)


def shown(client: Client, path: str) -> str:
    answer = client.get(f"/m/glow/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_who_waits_longest_stands_first_and_who_was_answered_last(desk: Desk, browser: Client) -> None:
    lin = desk.agent("mo")
    answered = ask(desk, "cleo", ago=9 * MINUTE)
    replies.reply(desk.merchant, answered, lin, text="hi", by=BY)
    ask(desk, "ann", ago=MINUTE)
    ask(desk, "ben", ago=4 * MINUTE)
    told = shown(browser, "inbox/")
    assert told.index("ben") < told.index("ann") < told.index("cleo")
    assert "2 waiting" in told


def test_the_queue_looks_otherwise_when_a_due_time_comes_near_and_when_it_passes(desk: Desk) -> None:
    session = desk.say("ann")
    tags = {
        inbox.pulse(desk.merchant, now=session.due_at - seconds * SECOND).tag
        for seconds in (90, 61, 60, 30, 0, -1)
    }
    assert len(tags) == 3


def test_the_queue_says_nothing_while_nothing_is_new(desk: Desk, browser: Client) -> None:
    ask(desk, "ann")
    told = shown(browser, "inbox/queue/")
    seen = told.split("?seen=")[1].split("&")[0]
    assert browser.get(f"/m/glow/inbox/queue/?seen={seen}").status_code == 204
    ask(desk, "ben")
    assert browser.get(f"/m/glow/inbox/queue/?seen={seen}").status_code == 200


def test_what_comes_while_the_queue_is_read_is_asked_for_again(
    desk: Desk, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(desk, "ann")
    read = inbox.queue

    def slowly(*args: object, **more: object) -> object:
        rows = read(*args, **more)  # type: ignore[arg-type]
        ask(desk, "ben")
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(inbox, "queue", slowly)
        told = shown(browser, "inbox/queue/")
    assert "ben" not in told
    seen = told.split("?seen=")[1].split("&")[0]
    assert "ben" in shown(browser, f"inbox/queue/?seen={seen}")


@pytest.mark.parametrize("path", ["inbox/", "leads/", "funnel/"])
def test_a_page_takes_the_same_queries_for_one_consultation_and_for_many(
    desk: Desk, browser: Client, path: str, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for people in (["ann"], ["ben", "cleo", "dora", "emil"]):
        for who in people:
            replies.take_contact(desk.merchant, ask(desk, who), kind="phone", text="13812345678", by=BY)
        shown(browser, path)
        with CaptureQueriesContext(connection) as queries:
            shown(browser, path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_agent_takes_answers_notes_and_closes(desk: Desk, browser: Client) -> None:
    session = ask(desk, "ann", "my number is 138 1234 5678")
    at = f"/m/glow/inbox/{session.pk}/"
    assert browser.post(f"{at}take/").status_code == 302
    told = shown(browser, f"inbox/{session.pk}/")
    assert "138****5678" in told
    assert "1234 5678" not in told
    seen = told.split('name="seen" value="')[1].split('"')[0]
    assert browser.post(f"{at}reply/", {"text": "Welcome!", "seen": seen}).status_code == 302
    browser.post(f"{at}note/", {"text": "wants the sea"})
    told = shown(browser, f"inbox/{session.pk}/")
    assert "Welcome!" in told
    assert "Copied by hand" in told
    assert "wants the sea" in told
    assert browser.post(f"{at}close/").status_code == 302
    assert desk.fresh(session).state == "closed"


def test_a_reply_to_an_old_state_keeps_the_text_and_says_why(desk: Desk, browser: Client) -> None:
    session = ask(desk, "ann")
    answer = browser.post(f"/m/glow/inbox/{session.pk}/reply/", {"text": "My long answer", "seen": "0"})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "Somebody wrote meanwhile" in told
    assert "My long answer" in told
    assert Message.objects.filter(author="agent").count() == 0


def test_house_rules_warn_before_sending_and_a_colleague_is_announced(desk: Desk, browser: Client) -> None:
    session = ask(desk, "ann")
    at = f"/m/glow/inbox/{session.pk}/writing/"
    assert browser.post(at, {"text": "Hello"}).content.strip() == b""
    assert "official card" in browser.post(at, {"text": "加微信 lin_9"}).content.decode()
    mo = desk.agent("mo")
    session.conversation.refresh_from_db()
    type(session.conversation).objects.update(typing_until=timezone.now() - MINUTE)
    replies.is_writing(desk.merchant, session, mo)
    told = shown(browser, f"inbox/{session.pk}/lines/")
    assert "mo is writing here." in told
    seen = told.split("/lines/?seen=")[1].split('"')[0]
    assert browser.get(f"/m/glow/inbox/{session.pk}/lines/?seen={seen}").status_code == 204


def test_why_nobody_has_it_is_said_with_what_would_help(desk: Desk, browser: Client) -> None:
    desk.agent("mo", presence="away")
    setup.set_agent(desk.merchant, user=desk.agent("ned").user, name="ned", capacity=0, by=BY)
    browser.post("/m/glow/inbox/presence/", {"presence": "busy"})
    session = ask(desk, "ann")
    assignment.assign_waiting(desk.merchant)
    told = shown(browser, f"inbox/{session.pk}/")
    assert "Why did nobody get this?" in told
    assert "mo: not online" in told
    assert "ned: has as many as fit (0/0)" in told


def test_a_lead_is_moved_lacks_are_said_and_the_move_is_taken_back(desk: Desk, browser: Client) -> None:
    lead = desk.lead_of(ask(desk, "ann"))
    at = f"/m/glow/leads/{lead.pk}/"
    refused = browser.post(f"{at}move/", {"to": "won"})
    assert refused.status_code == 422
    assert "This stage needs: a deal with its value." in refused.content.decode()
    assert browser.post(f"{at}move/", {"to": "lost", "reason": "price"}).status_code == 302
    told = shown(browser, f"leads/{lead.pk}/")
    move = told.split('name="move" value="')[1].split('"')[0]
    browser.post(f"{at}undo/", {"move": move})
    lead.refresh_from_db()
    assert lead.stage.code == "new"


def test_a_contact_is_masked_until_it_is_revealed_and_the_look_is_kept(desk: Desk, browser: Client) -> None:
    session = ask(desk, "ann")
    browser.post(f"/m/glow/inbox/{session.pk}/contact/", {"kind": "phone", "text": "138 1234 5678"})
    lead = desk.lead_of(session)
    told = shown(browser, f"leads/{lead.pk}/")
    assert "138****5678" in told
    assert "13812345678" not in told
    detail = lead.contact.details.get()
    answer = browser.post(f"/m/glow/leads/{lead.pk}/contact/", {"detail": detail.pk})
    assert "13812345678" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(act="leads.contact.revealed").count() == 1
    assert shown(browser, "leads/?q=%2B86+138-1234-5678").count("138****5678") == 1
    assert "138****5678" not in shown(browser, "leads/?q=13900000000")


def test_from_a_booking_to_a_paid_deal_on_the_pages(desk: Desk, browser: Client) -> None:
    lead = desk.lead_of(ask(desk, "ann"))
    at = f"/m/glow/leads/{lead.pk}/"
    soon = timezone.localtime(timezone.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert browser.post(f"{at}book/", {"store": desk.store.pk, "starts_at": soon}).status_code == 302
    code = lead.appointments.get().code
    nonce = "0190c1de-0000-7000-8000-000000000000"
    for _ in range(2):
        told = browser.post("/m/glow/leads/visit/", {"code": code, "nonce": nonce}).content.decode()
        assert "Accepted" in told
    assert "Used already" in browser.post("/m/glow/leads/visit/", {"code": code}).content.decode()
    assert browser.post(f"{at}deal/", {"yuan": "8999.00", "order_number": "YT1"}).status_code == 302
    payment = {"kind": "deposit", "yuan": "500", "reference": "p1"}
    assert browser.post(f"{at}deal/post/", payment).status_code == 302
    refused = browser.post(f"{at}deal/post/", payment | {"yuan": "9000", "reference": "p2"})
    assert "More than was agreed" in refused.content.decode()
    told = shown(browser, f"leads/{lead.pk}/")
    assert "¥8,999.00" in told
    assert "¥500.00" in told
    assert Lead.objects.get(pk=lead.pk).stage.code == "won"


def test_the_funnel_counts_full_days_and_says_how_sure_it_is(desk: Desk, browser: Client) -> None:
    for number in range(4):
        session = ask(desk, f"p{number}", ago=timedelta(days=2))
        if number:
            replies.take_contact(
                desk.merchant,
                session,
                kind="wechat",
                text=f"id{number}",
                by=BY,
                now=session.opened_at + MINUTE,
            )
    ask(desk, "today", ago=timedelta())
    told = shown(browser, "funnel/?days=7")
    assert "75%" in told
    assert "30%–95%" in told


def test_who_may_not_answer_looks_on_and_a_viewer_does_not_come_in(desk: Desk, client: Client) -> None:
    session = ask(desk, "ann")
    client.force_login(make_member(desk.merchant, "viewer"))
    assert client.get("/m/glow/inbox/").status_code == 403
    client.force_login(make_member(desk.merchant, "owner"))
    client.cookies["django_language"] = "en"
    told = shown(client, f"inbox/{session.pk}/")
    assert "You look on" in told
    assert 'id="composer"' not in told
    assert client.post(f"/m/glow/inbox/{session.pk}/reply/", {"text": "Hi"}).status_code == 422
    assert InternalNote.objects.count() == 0


def test_an_agent_begins_at_the_inbox(desk: Desk, browser: Client) -> None:
    answer = browser.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == "/m/glow/inbox/"

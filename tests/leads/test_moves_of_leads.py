"""A lead's way with real rows: stages, appointments, visits, deals, and what its source is told."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from leads.models import Deal, Feedback, Lead, StageMove, Visit
from leads.operations import appointments, arrivals, assignment, deals, reaching, replies, stages
from leads.operations.arrivals import Stated
from merchants import tenancy
from merchants.models import Event, Merchant, Store
from tests.leads.desks import BY, DAY, HOUR, MINUTE, NOON, SECOND, Desk


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def lead(desk: Desk, merchant: Merchant) -> Lead:
    """A lead that was answered and can be reached."""
    lin = desk.agent("lin")
    session = desk.say("ann", origin={"note_id": "n1"})
    assignment.assign(merchant, session.pk, now=NOON)
    replies.reply(merchant, session, lin, text="您好", by=BY, now=NOON + MINUTE)
    assert replies.take_contact(merchant, session, kind="phone", text="138 1234 5678", by=BY, now=NOON + HOUR)
    return desk.lead_of(session)


def codes(lead: Lead) -> list[str]:
    rows = StageMove.objects.filter(lead=lead).order_by("pk").select_related("after")
    return [row.after.code for row in rows]


def test_a_lead_follows_its_consultation_and_keeps_how_long_it_stood(lead: Lead) -> None:
    assert codes(lead) == ["new", "assigned", "replied"]
    assert list(StageMove.objects.order_by("pk").values_list("seconds", flat=True)) == [None, 0, 60]
    assert lead.left_at == NOON + HOUR


def test_a_move_lacks_what_it_lacks_and_then_nothing_is_written(lead: Lead, merchant: Merchant) -> None:
    for to, missing in (
        ("won", "deal"),
        ("visited", "visit"),
        ("lost", "reason"),
        ("nurture", "future_date"),
    ):
        with pytest.raises(stages.Refused) as refused:
            stages.move(merchant, lead, to=to, by=BY, now=NOON + HOUR)
        assert refused.value.codes == (missing,)
    with pytest.raises(stages.Refused, match="reason"):
        stages.move(merchant, lead, to="lost", reason="no such reason", by=BY, now=NOON + HOUR)
    assert codes(lead) == ["new", "assigned", "replied"]


def test_a_lead_is_valid_once_its_store_service_and_person_are_known(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin", skills=["wedding"])
    with tenancy.acting_for(merchant):
        Store.objects.create(merchant=merchant, code="hill", name="Hill studio")
    session = desk.say("ann")
    replies.reply(merchant, session, lin, text="您好", by=BY, now=NOON + MINUTE)
    lead = desk.lead_of(session)
    with pytest.raises(stages.Refused) as refused:
        stages.move(merchant, lead, to="qualified", by=BY, now=NOON + HOUR)
    assert refused.value.codes == ("reachable", "category", "store")
    desk.say("ann", "还在吗", at=NOON + 2 * MINUTE)  # who answers in the chat can be reached there
    reaching.place(merchant, lead, store=desk.store, skill="wedding", by=BY)
    assert stages.move(merchant, lead, to="qualified", by=BY, now=NOON + HOUR).after.code == "qualified"


def test_valid_is_dated_once_and_told_to_the_source_once(lead: Lead, merchant: Merchant) -> None:
    stages.move(merchant, lead, to="qualified", by=BY, now=NOON + DAY)
    stages.move(merchant, lead, to="nurture", next_contact_on=date(2026, 12, 9), by=BY, now=NOON + 2 * DAY)
    stages.move(merchant, lead, to="qualified", by=BY, now=NOON + 3 * DAY)
    assert lead.valid_at == NOON + DAY
    assert list(Feedback.objects.values_list("verb", "code", "expires_at")) == [("send", 102, NOON + 8 * DAY)]


def test_a_move_is_taken_back_within_ten_minutes_and_only_the_latest(lead: Lead, merchant: Merchant) -> None:
    valid = stages.move(merchant, lead, to="qualified", by=BY, now=NOON + 2 * HOUR)
    lost = stages.move(merchant, lead, to="lost", reason="price", by=BY, now=NOON + 2 * HOUR + MINUTE)
    with pytest.raises(stages.Refused, match="taken_back"):
        stages.undo(merchant, valid, by=BY, now=NOON + 2 * HOUR + MINUTE)
    with pytest.raises(stages.Refused, match="too_late"):
        stages.undo(merchant, lost, by=BY, now=NOON + 2 * HOUR + 11 * MINUTE + SECOND)
    stages.undo(merchant, lost, by=BY, now=NOON + 2 * HOUR + 2 * MINUTE)
    lead.refresh_from_db()
    assert (lead.stage.code, lead.reason, lead.ended_at) == ("qualified", None, None)
    assert (lead.valid_at, lead.staged_at) == (NOON + 2 * HOUR, NOON + 2 * HOUR)
    assert codes(lead) == ["new", "assigned", "replied", "qualified", "lost", "qualified"]


def test_feedback_that_was_not_sent_is_dropped_and_that_was_is_retracted(
    lead: Lead, merchant: Merchant
) -> None:
    moved = stages.move(merchant, lead, to="qualified", by=BY, now=NOON + HOUR)
    stages.undo(merchant, moved, by=BY, now=NOON + HOUR + MINUTE)
    assert Feedback.objects.count() == 0
    moved = stages.move(merchant, lead, to="qualified", by=BY, now=NOON + 2 * HOUR)
    Feedback.objects.update(state="sent", attempts=1)
    stages.undo(merchant, moved, by=BY, now=NOON + 2 * HOUR + MINUTE)
    assert list(Feedback.objects.order_by("pk").values_list("verb", "state")) == [
        ("send", "sent"),
        ("retract", "queued"),
    ]


# -- appointments and visits


def test_a_slot_takes_what_its_store_takes(desk: Desk, lead: Lead, merchant: Merchant) -> None:
    other = desk.lead_of(desk.say("ben"))
    first = appointments.book(merchant, lead, store=desk.store, starts_at=NOON + DAY, by=BY, now=NOON)
    assert (first.ends_at, len(first.code)) == (NOON + DAY + HOUR, 8)
    for starts_at in (NOON + DAY, NOON + DAY + 59 * MINUTE, NOON + DAY - 59 * MINUTE):
        with pytest.raises(appointments.Refused, match="full"):
            appointments.book(merchant, other, store=desk.store, starts_at=starts_at, by=BY, now=NOON)
    with pytest.raises(appointments.Refused, match="past"):
        appointments.book(merchant, other, store=desk.store, starts_at=NOON, by=BY, now=NOON)
    with pytest.raises(appointments.Refused, match="booked"):
        appointments.book(merchant, lead, store=desk.store, starts_at=NOON + 2 * DAY, by=BY, now=NOON)
    appointments.book(merchant, other, store=desk.store, starts_at=NOON + DAY + HOUR, by=BY, now=NOON)
    lead.refresh_from_db()
    assert lead.stage.code == "booked"


def test_another_time_frees_the_first_and_its_code(desk: Desk, lead: Lead, merchant: Merchant) -> None:
    first = appointments.book(merchant, lead, store=desk.store, starts_at=NOON + DAY, by=BY, now=NOON)
    second = appointments.rebook(merchant, first, starts_at=NOON + 2 * DAY, by=BY, now=NOON)
    other = desk.lead_of(desk.say("ben"))
    appointments.book(merchant, other, store=desk.store, starts_at=NOON + DAY, by=BY, now=NOON)
    first.refresh_from_db()
    assert (first.state, first.moved_to) == ("moved", second)
    scan = appointments.redeem(merchant, code=first.code, nonce=uuid.uuid4(), by=BY, at=NOON + DAY)
    assert (scan.outcome, scan.why) == ("refused", "moved")


def test_a_scan_counts_once_however_often_it_is_sent(desk: Desk, lead: Lead, merchant: Merchant) -> None:
    kept = appointments.book(merchant, lead, store=desk.store, starts_at=NOON + DAY, by=BY, now=NOON)
    nonce, other = uuid.uuid4(), uuid.uuid4()
    spelled = f" {kept.code[:4]} {kept.code[4:]} "
    told = [
        appointments.redeem(merchant, code=spelled, nonce=one, by=BY, at=NOON + DAY).outcome
        for one in (nonce, nonce, other)
    ]
    assert told == ["accepted", "accepted", "used"]
    assert Visit.objects.count() == 1
    lead.refresh_from_db()
    assert (lead.stage.code, lead.visited_at) == ("visited", NOON + DAY)
    assert appointments.redeem(merchant, code="0", nonce=uuid.uuid4(), by=BY).why == "unknown"


def test_who_did_not_come_but_comes_later_is_a_visit(desk: Desk, lead: Lead, merchant: Merchant) -> None:
    kept = appointments.book(merchant, lead, store=desk.store, starts_at=NOON + DAY, by=BY, now=NOON)
    early = appointments.redeem(merchant, code=kept.code, nonce=uuid.uuid4(), by=BY, at=NOON - MINUTE)
    assert (early.outcome, early.why) == ("refused", "early")
    appointments.missed(merchant, kept, by=BY, now=NOON + DAY)
    late = appointments.redeem(merchant, code=kept.code, nonce=uuid.uuid4(), by=BY, at=NOON + 2 * DAY)
    assert late.outcome == "accepted"


def test_a_visit_by_hand_needs_evidence(lead: Lead, merchant: Merchant) -> None:
    with pytest.raises(appointments.Refused, match="no_evidence"):
        appointments.visit_by_hand(merchant, lead, evidence=" ", nonce=uuid.uuid4(), by=BY, at=NOON + DAY)
    nonce = uuid.uuid4()
    made = [
        appointments.visit_by_hand(merchant, lead, evidence="signed", nonce=nonce, by=BY, at=NOON + DAY).pk
        for _ in range(2)
    ]
    assert made[0] == made[1]


# -- deals


@pytest.fixture
def deal(lead: Lead, merchant: Merchant) -> Deal:
    return deals.close(merchant, lead, fen=899_900, closed_at=NOON + 3 * DAY, order_number="YT-1", by=BY)


def test_a_deal_wins_its_lead_and_is_told(deal: Deal, lead: Lead, merchant: Merchant) -> None:
    lead.refresh_from_db()
    assert (lead.stage.code, lead.won_at) == ("won", NOON + 3 * DAY)
    with pytest.raises(deals.Refused, match="standing"):
        deals.close(merchant, lead, fen=1, closed_at=NOON, order_number="YT-2", by=BY)
    told = Event.objects.filter(kind=deals.CHANGED).latest("pk").payload
    assert (told["fen"], told["paid_fen"], told["refunded_fen"]) == (899_900, 0, 0)
    assert (told["platform_user"], told["origin"]) == ("ann", {"note_id": "n1"})


def test_money_is_posted_to_the_fen_and_never_more_than_agreed_or_paid(
    deal: Deal, merchant: Merchant
) -> None:
    def post(kind: str, fen: int, reference: str) -> int:
        return deals.post(merchant, deal, kind=kind, fen=fen, reference=reference, by=BY).fen

    assert post("deposit", 100_000, "a") == 100_000
    assert post("deposit", 100_000, "a") == 100_000
    assert deals.paid_of(deal) == 100_000
    for kind, fen in (("balance", 799_901), ("refund", 100_001), ("deposit", 0), ("refund", -1)):
        with pytest.raises(deals.Refused):
            post(kind, fen, "b")
    assert post("balance", 799_900, "c") == 799_900
    assert post("refund", 50_000, "d") == -50_000
    assert deals.paid_of(deal) == 849_900
    told = Event.objects.filter(kind=deals.CHANGED).latest("pk").payload
    assert (told["paid_fen"], told["refunded_fen"]) == (899_900, 50_000)


def test_a_cancellation_may_keep_the_deposit_and_ends_the_deal(
    deal: Deal, lead: Lead, merchant: Merchant
) -> None:
    deals.post(merchant, deal, kind="deposit", fen=100_000, reference="a", by=BY)
    deals.post(merchant, deal, kind="cancel", fen=0, reference="x", by=BY)
    assert deals.paid_of(deal) == 100_000
    with pytest.raises(deals.Refused, match="cancelled"):
        deals.post(merchant, deal, kind="balance", fen=1, reference="y", by=BY)
    again = deals.close(merchant, lead, fen=1, closed_at=NOON, evidence="paper", by=BY)
    assert again.pk != deal.pk


def test_a_cancelled_deal_takes_its_lead_back_to_where_it_stood(
    deal: Deal, lead: Lead, merchant: Merchant
) -> None:
    deals.post(merchant, deal, kind="cancel", fen=0, reference="x", by=BY, posted_at=NOON + 4 * DAY)
    lead.refresh_from_db()
    assert (lead.stage.code, lead.won_at, lead.ended_at) == ("replied", None, None)
    assert lead.staged_at == NOON + 4 * DAY
    assert codes(lead) == ["new", "assigned", "replied", "won", "replied"]
    again = deals.close(merchant, lead, fen=1, closed_at=NOON + 5 * DAY, evidence="paper", by=BY)
    lead.refresh_from_db()
    assert (lead.stage.code, lead.won_at, again.fen) == ("won", NOON + 5 * DAY, 1)


def test_no_lead_leaves_won_while_its_deal_stands(deal: Deal, lead: Lead, merchant: Merchant) -> None:
    won = StageMove.objects.get(lead=lead, after__code="won")
    with pytest.raises(stages.Refused, match="deal_stands"):
        stages.undo(merchant, won, by=BY, now=NOON + 3 * DAY + MINUTE)
    for to, fields in {"lost": {"reason": "price"}, "qualified": {}}.items():
        with pytest.raises(stages.Refused, match="deal_stands"):
            stages.move(merchant, lead, to=to, by=BY, now=NOON + 3 * DAY, **fields)
    lead.refresh_from_db()
    assert (lead.stage.code, lead.won_at) == ("won", NOON + 3 * DAY)


def test_the_way_back_of_a_cancelled_deal_is_not_undone_into_a_win_without_one(
    deal: Deal, lead: Lead, merchant: Merchant
) -> None:
    deals.post(merchant, deal, kind="cancel", fen=0, reference="x", by=BY, posted_at=NOON + 4 * DAY)
    back = StageMove.objects.filter(lead=lead).latest("pk")
    with pytest.raises(stages.Refused, match="deal"):
        stages.undo(merchant, back, by=BY, now=NOON + 4 * DAY + MINUTE)


def test_a_deal_needs_an_order_or_its_evidence(lead: Lead, merchant: Merchant) -> None:
    with pytest.raises(deals.Refused, match="no_evidence"):
        deals.close(merchant, lead, fen=1, closed_at=NOON, by=BY)


# -- leads that a source states


def stated(**fields: object) -> Stated:
    told = {
        "source": "xiaohongshu_form", "external_id": "10001", "submitted_at": NOON, "stated_at": NOON,
        "name": "林婉", "details": (("phone", "+86 138 1234 5678"),), "answers": (("预算", "5000"),),
        "origin": {"note_id": "n1", "campaign_id": "c1"},
    }  # fmt: skip
    return Stated(**(told | fields))


def test_a_form_is_one_lead_however_often_it_is_pushed(merchant: Merchant) -> None:
    made = [arrivals.take_lead(merchant, stated(stated_at=NOON + n * SECOND)) for n in range(3)]
    assert [new for _, new in made] == [True, False, False]
    lead = Lead.objects.get()
    assert (lead.note_id, lead.campaign_id, lead.left_at) == ("n1", "c1", NOON)
    assert lead.changes.count() == 0


def test_changed_content_and_origin_are_history_and_older_ones_are_not_taken(merchant: Merchant) -> None:
    lead, _ = arrivals.take_lead(merchant, stated())
    later = stated(
        stated_at=NOON + HOUR,
        answers=(("预算", "8000"),),
        origin={"note_id": "n2"},
        details=(("phone", "13812345678"), ("wechat", "Lin_9")),
    )
    arrivals.take_lead(merchant, later)
    arrivals.take_lead(merchant, stated(stated_at=NOON + MINUTE, answers=(("预算", "1"),)))
    lead.refresh_from_db()
    assert (lead.answers, lead.note_id, lead.campaign_id) == ([["预算", "8000"]], "n2", "c1")
    assert sorted(lead.contact.details.values_list("kind", "masked")) == [
        ("phone", "138****5678"),
        ("wechat", "l***9"),
    ]
    told = lead.changes.order_by("kind").values_list("kind", "before", "after")
    assert list(told) == [
        (
            "content",
            {"answers": [["预算", "5000"]], "name": "林婉"},
            {"answers": [["预算", "8000"]], "name": "林婉", "details": ["phone", "wechat"]},
        ),
        ("origin", {"note_id": "n1"}, {"note_id": "n2"}),
    ]


def test_a_form_without_a_contact_is_a_lead_that_left_none(merchant: Merchant) -> None:
    lead, _ = arrivals.take_lead(merchant, stated(details=(("phone", "没有"),)))
    assert lead.left_at is None

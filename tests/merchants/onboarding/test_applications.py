"""From the description of a business to its approval, with everything that may come between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from merchants import tenancy
from merchants.documents.sniffing import Refused as PaperRefused
from merchants.models import AuditEvent, DocumentVersion, Membership, Merchant, ReviewEvent
from merchants.onboarding.cases import Refused
from merchants.onboarding.waiting import usual, working_hours
from merchants.operations import applications, papers, reviews
from merchants.operations.applications import Blocked, Faulty
from merchants.queries import onboarding
from tests.merchants.documents.papers import UGLY, picture, sheet, with_place
from tests.merchants.onboarding.doors import CLINIC, STUDIO, Door, reviewer

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: object) -> None:
    settings.STATE = tmp_path  # type: ignore[attr-defined]


def sealed() -> list[Path]:
    return sorted(path for path in (Path(settings.STATE) / "papers").rglob("*") if path.is_file())


def test_who_applies_owns_a_merchant_that_is_not_open_yet() -> None:
    door = Door.opened()
    assert (door.merchant.status, door.merchant.kind, door.merchant.name) == (
        "applying",
        "service",
        "木棉摄影",
    )
    assert Membership.objects.get(user=door.user).role == "owner"
    asked = onboarding.asked_of(door.case, TODAY)
    assert [one.key for one in asked.requirements] == [
        "business_licence", "legal_person_check", "stamped_letter", "contact", "account_name", "account_fee",
        "shop_contact", "shop_name", "price_list",
    ]  # fmt: skip
    assert asked.sets == ["cn.account 2026-11-01", "cn.wedding_photography 2026-11-01"]


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"name": "　"}, "name", "missing"),
        ({"trades": []}, "trades", "missing"),
        ({"trades": ["moon travel"]}, "trades", "missing"),
        ({"form": "person", "trades": ["medical_aesthetics"]}, "trades", "closed"),
    ],
)
def test_a_description_that_cannot_be_taken_makes_nothing(
    more: dict[str, object], field: str, code: str
) -> None:
    before = Merchant.objects.count()
    with pytest.raises(Faulty) as wrong:
        Door.opened(replace(STUDIO, **more))  # type: ignore[arg-type]
    assert (wrong.value.field, wrong.value.code) == (field, code)
    assert Merchant.objects.count() == before


def test_a_person_cannot_flood_the_queue() -> None:
    before = Merchant.objects.count()
    door = Door.opened()
    applications.start(door.user, STUDIO, by=door.by)
    applications.start(door.user, STUDIO, by=door.by)
    with pytest.raises(Faulty, match="too_many"):
        applications.start(door.user, STUDIO, by=door.by)
    assert Merchant.objects.count() == before + 3


def test_a_submission_names_what_is_missing_or_wrong_and_changes_nothing() -> None:
    door = Door.opened().answer_all()
    applications.answer(door.merchant, "contact", {"phone": "call me"}, by=door.by)
    applications.answer(
        door.merchant, "business_licence", {"uscc": "９１３１００００ＭＡ１ＦＬ７０Ｂ６８"}, by=door.by
    )
    with pytest.raises(Blocked) as blocked:
        applications.submit(door.merchant, user=door.user, by=door.by)
    assert blocked.value.keys == ["business_licence", "contact"]
    assert (door.case.state, door.items()["contact"].values) == ("draft", {"phone": "call me"})
    fresh = Door.opened(name="fresh")
    with pytest.raises(Blocked) as blocked:
        applications.submit(fresh.merchant, user=fresh.user, by=fresh.by)
    assert len(blocked.value.keys) == 9  # both of the alternatives, of which one is enough


def test_what_is_attested_is_accepted_and_what_is_verified_is_reviewed() -> None:
    assert Door.opened().submitted().states() == {
        "business_licence": "in_review", "stamped_letter": "in_review", "account_name": "in_review",
        "shop_name": "in_review", "contact": "accepted", "account_fee": "accepted", "shop_contact": "accepted",
        "price_list": "accepted",
    }  # fmt: skip


def test_only_refused_answers_open_again_and_the_second_round_is_approved() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    for key in ("business_licence", "account_name", "shop_name"):
        reviews.decide(door.merchant, key, accepted=True, reviewer=judge, version=door.case.version)
    case = reviews.decide(
        door.merchant, "stamped_letter", accepted=False, reviewer=judge, version=door.case.version,
        reason="seal_missing", note="page 2",
    )  # fmt: skip
    assert (case.state, case.decided_at is not None) == ("changes_needed", True)
    with pytest.raises(Refused, match="not_now"):
        applications.answer(door.merchant, "shop_name", {}, by=door.by)
    papers.hand_in(door.merchant, "stamped_letter", filename="again.pdf", data=sheet(), by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    assert (door.case.state, door.case.round) == ("submitted", 2)
    reviews.decide(door.merchant, "stamped_letter", accepted=True, reviewer=judge, version=door.case.version)
    door.merchant.refresh_from_db()
    assert (door.case.state, door.merchant.status) == ("approved", "active")
    asked = onboarding.asked_of(door.case, TODAY)
    with tenancy.acting_for(door.merchant):
        standing = onboarding.standing_of(door.merchant, asked, TODAY)
        told = [(event.act, event.before, event.after) for event in ReviewEvent.objects.order_by("pk")]
    assert (standing.steps, standing.restricted) == ((8, 8), {})
    assert told == [
        ("start", "", "draft"), ("submit", "draft", "submitted"), ("accept", "submitted", "in_review"),
        ("accept", "in_review", "in_review"), ("accept", "in_review", "in_review"),
        ("refuse", "in_review", "changes_needed"), ("submit", "changes_needed", "submitted"),
        ("accept", "submitted", "approved"),
    ]  # fmt: skip


def test_a_reviewer_who_saw_another_version_is_stopped() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    seen = door.case.version
    applications.withdraw(door.merchant, by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    with pytest.raises(Refused, match="changed"):
        reviews.decide(door.merchant, "shop_name", accepted=True, reviewer=judge, version=seen)
    assert door.states()["shop_name"] == "in_review"


def test_nobody_decides_about_their_own_and_a_refusal_says_why() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    with pytest.raises(Refused, match="own"):
        reviews.decide(
            door.merchant, "shop_name", accepted=True, reviewer=door.user, version=door.case.version
        )
    with pytest.raises(Refused, match="reason"):
        reviews.decide(door.merchant, "shop_name", accepted=False, reviewer=judge, version=door.case.version)
    item = door.items()["shop_name"]
    with tenancy.acting_for(door.merchant):
        item.first_reviewer = door.user
        with pytest.raises(IntegrityError, match="nobody_reviews_what_they_submitted"), transaction.atomic():
            item.save()
        item.first_reviewer = item.second_reviewer = judge
        with (
            pytest.raises(IntegrityError, match="the_second_reviewer_is_somebody_else"),
            transaction.atomic(),
        ):
            item.save()


def test_a_clinics_licence_takes_two_people() -> None:
    door = Door.opened(CLINIC)
    for key, values in {
        "medical_licence": {
            "institution": "Clear Skin",
            "registration_number": "1",
            "valid_until": "2028-01-01",
        },
        "trade_advertising": {"document_number": "2", "valid_until": "2028-01-01"},
        "business_licence": {"uscc": "91310000MA1FL70B67", "legal_name": "x", "valid_until": "2028-01-01"},
        "stamped_letter": {"operator_name": "x"},
        "account_name": {"account_name": "x", "trademark_number": "1"},
    }.items():
        papers.hand_in(door.merchant, key, filename="a.jpg", data=picture(), by=door.by)
        applications.answer(door.merchant, key, values, by=door.by)
    applications.answer(door.merchant, "contact", {"phone": "021-5555 0100"}, by=door.by)
    applications.answer(door.merchant, "account_fee", {}, by=door.by)
    applications.answer(door.merchant, "medical_deposit", {}, by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    one, two = reviewer("one"), reviewer("two")
    reviews.decide(door.merchant, "medical_licence", accepted=True, reviewer=one, version=door.case.version)
    assert door.states()["medical_licence"] == "in_review"
    with pytest.raises(Refused, match="same_eyes"):
        reviews.decide(
            door.merchant, "medical_licence", accepted=True, reviewer=one, version=door.case.version
        )
    reviews.decide(door.merchant, "medical_licence", accepted=True, reviewer=two, version=door.case.version)
    assert door.states()["medical_licence"] == "accepted"


def test_one_may_withdraw_and_appeal_once_to_somebody_else() -> None:
    door, judge, other = Door.opened().submitted(), reviewer("judge"), reviewer("other")
    with pytest.raises(Refused, match="not_now"):
        applications.appeal(door.merchant, "too early", by=door.by)
    applications.withdraw(door.merchant, by=door.by)
    assert (door.case.state, door.states()["shop_name"]) == ("withdrawn", "uploaded")
    applications.submit(door.merchant, user=door.user, by=door.by)

    def refuse() -> None:
        for key in ("business_licence", "account_name", "stamped_letter", "shop_name"):
            if door.states()[key] == "in_review":
                reviews.decide(
                    door.merchant, key, accepted=key != "shop_name", reason="unreadable",
                    reviewer=other if door.case.appealed_at else judge, version=door.case.version,
                )  # fmt: skip

    refuse()
    applications.appeal(door.merchant, "The sign can be read.", by=door.by)
    assert (door.case.state, door.states()["shop_name"]) == ("submitted", "in_review")
    with pytest.raises(Refused, match="appeal"):
        reviews.decide(door.merchant, "shop_name", accepted=True, reviewer=judge, version=door.case.version)
    refuse()
    assert door.case.state == "changes_needed"
    with pytest.raises(Refused, match="once"):
        applications.appeal(door.merchant, "Again.", by=door.by)


@pytest.mark.parametrize("name", UGLY)
def test_an_ugly_file_changes_nothing(name: str) -> None:
    door = Door.opened()
    before = (door.case.version, door.states())
    data, code = UGLY[name]
    with pytest.raises(PaperRefused, match=code):
        papers.hand_in(door.merchant, "business_licence", filename="licence.jpg", data=data, by=door.by)
    assert ((door.case.version, door.states()), sealed()) == (before, [])
    with tenancy.acting_for(door.merchant):
        assert DocumentVersion.objects.count() == 0
        assert not AuditEvent.objects.filter(act="merchants.paper.received").exists()


def test_a_paper_rests_sealed_and_each_look_is_in_the_trail() -> None:
    door = Door.opened()
    row = papers.hand_in(
        door.merchant, "business_licence", filename="C:\\scans\\执照.jpg", data=with_place(), by=door.by
    )
    assert (row.filename, row.media, row.pages, row.number) == ("执照.jpg", "image/jpeg", 1, 1)
    assert len(sealed()) == 2  # the paper, and the picture of its page
    assert not [path for path in sealed() if path.read_bytes().startswith(b"\xff\xd8")]
    assert papers.content(row, by="user:9").startswith(b"\xff\xd8")
    papers.content(row, by="user:9", sheet=1)
    with pytest.raises(FileNotFoundError):
        papers.content(row, by="user:9", sheet=2)
    with tenancy.acting_for(door.merchant):
        looks = AuditEvent.objects.filter(act="merchants.paper.viewed", actor="user:9")
        assert [look.data for look in looks.order_by("pk")] == [{"sheet": 0}, {"sheet": 1}]


def test_working_hours_leave_out_nights_and_weekends() -> None:
    friday = datetime(2026, 11, 27, 17, 0, tzinfo=SHANGHAI)
    monday = datetime(2026, 11, 30, 10, 30, tzinfo=SHANGHAI)
    assert working_hours(friday, monday, SHANGHAI) == 2.5
    assert working_hours(friday.replace(hour=19), friday.replace(hour=23), SHANGHAI) == 0
    assert usual([], SHANGHAI) is None
    assert usual([(friday, monday), (friday, friday.replace(hour=18))], SHANGHAI) == 1.75

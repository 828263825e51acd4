"""The case page in Django's admin, as reviewers meet it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from merchants import tenancy
from merchants.models import AuditEvent, DocumentVersion, User
from merchants.operations import applications, papers, reviews
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import PAPERS, Door, reviewer

pytestmark = pytest.mark.usefixtures("committed")  # the operator's connection sees what is committed


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path


@pytest.fixture
def door(committed: None, own_state: None) -> Door:
    return Door.opened().submitted()


def judge(name: str = "judge") -> tuple[User, Client]:
    person = reviewer(name)
    person.user_permissions.add(Permission.objects.get(codename="review_application"))
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return person, client


def address(door: Door) -> str:
    return f"/admin/merchants/application/{door.case.pk}/change/"


def post(client: Client, door: Door, act: str = "decide", **told: Any) -> Any:
    told.setdefault("version", door.case.version)
    return client.post(address(door), {"act": act, **told})


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_case_is_claimed_and_each_answer_decided_in_turn(door: Door) -> None:
    person, client = judge()
    page = text(client.get(address(door)))
    assert "Claim the case to decide about it." in page
    assert 'name="verdict"' not in page
    assert post(client, door, "claim").status_code == 302
    page = text(client.get(address(door)))
    assert 'aria-keyshortcuts="a"' in page
    assert "kept for you until" in page
    for key in PAPERS[:-1]:
        assert post(client, door, key=key, verdict="accept").headers["Location"] == address(door)
    page = text(client.get(address(door)))
    assert f'<input type="hidden" name="key" value="{PAPERS[-1]}">' in page  # the next that waits
    answer = client.post(
        address(door),
        {"act": "decide", "key": PAPERS[-1], "verdict": "refuse", "reason": "cropped", "note": "left side",
         "version": door.case.version},
        follow=True,
    )  # fmt: skip
    assert "changes are needed, and a letter tells the merchant which" in text(answer)
    assert (door.case.state, door.items()[PAPERS[-1]].refused_by) == ("changes_needed", person)


def test_reasons_come_with_their_remedy_in_both_languages(door: Door) -> None:
    _, client = judge()
    post(client, door, "claim")
    page = text(client.get(address(door), {"item": "shop_name"}))
    assert "Take the whole page with all four corners." in page
    assert "请拍摄完整页面，四角入镜。" in page
    page = text(client.get(address(door), {"item": "shop_name"}, headers={"Accept-Language": "zh-hans"}))
    assert "Take the whole page with all four corners." in page


def test_a_reviewer_who_comes_too_late_hears_it_and_changes_nothing(door: Door) -> None:
    _, client = judge()
    seen = door.case.version
    applications.withdraw(door.merchant, by=door.by)
    papers.hand_in(door.merchant, "shop_name", filename="other.png", data=picture("PNG"), by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    answer = post(client, door, key="shop_name", verdict="accept", version=seen)
    assert (answer.status_code, "has changed since you opened it" in text(answer)) == (409, True)
    assert door.states()["shop_name"] == "in_review"


def test_of_two_reviewers_one_is_told_that_the_other_works_on_it(door: Door) -> None:
    (_, client), (_, late) = judge(), judge("late")
    post(client, door, "claim")
    assert "judge works on this case until" in text(late.get(address(door)))
    for act in ("claim", "release"):
        assert post(late, door, act).status_code == 409
    answer = post(late, door, key="shop_name", verdict="accept")
    assert (answer.status_code, "Somebody else works on this case now" in text(answer)) == (409, True)
    assert post(client, door, "release").status_code == 302
    assert post(late, door, "claim").status_code == 302


@pytest.mark.parametrize("told", [{}, {"reason": "because"}, {"reason": "order_expired"}])
def test_a_refusal_without_one_of_its_reasons_keeps_what_was_typed(door: Door, told: dict[str, str]) -> None:
    _, client = judge()
    post(client, door, "claim")
    answer = post(client, door, key="shop_name", verdict="refuse", note="see page 2", **told)
    assert (answer.status_code, "see page 2</textarea>" in text(answer)) == (422, True)
    assert door.states()["shop_name"] == "in_review"


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
def test_a_version_that_is_none_is_another_one(door: Door, version: str) -> None:
    _, client = judge()
    assert post(client, door, key="shop_name", verdict="accept", version=version).status_code == 409


def test_an_answer_that_is_not_asked_or_decided_already_is_told(door: Door) -> None:
    _, client = judge()
    for key in ("moon", "contact", "legal_person_check"):
        assert post(client, door, key=key, verdict="accept").status_code == 409
    assert post(client, door, "conclude").status_code == 409
    assert post(client, door, "dance", key="shop_name").status_code == 400


def test_who_belongs_to_the_merchant_is_refused(door: Door) -> None:
    door.user.is_staff = True
    door.user.save()
    door.user.user_permissions.add(Permission.objects.get(codename="review_application"))
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(door.user)
    assert "somebody else decides about it" in text(client.get(address(door)))
    assert post(client, door, key="shop_name", verdict="accept").status_code == 403
    assert post(client, door, "claim").status_code == 403


def test_a_paper_is_seen_as_a_picture_with_the_viewers_name_and_stands_in_the_trail(door: Door) -> None:
    person, client = judge()
    with tenancy.acting_for(door.merchant):
        paper = DocumentVersion.objects.get(item__key="shop_name")
    page = text(client.get(address(door), {"item": "shop_name"}))
    [shown] = re.findall(r'<img src="([^"]+)" alt="Page 1 of shop_name.jpg"', page)
    answer = client.get(shown)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.content != papers.content(paper, by="user:0", sheet=1)  # it bears a name
    with tenancy.acting_for(door.merchant):
        acts = list(
            AuditEvent.objects.filter(actor=f"user:{person.pk}").order_by("pk").values_list("act", flat=True)
        )
    assert acts == ["merchants.support.viewed", "merchants.paper.viewed"]
    other = Door.opened(name="other").submitted()
    foreign = shown.replace(f"/{door.case.pk}/", f"/{other.case.pk}/")
    assert [client.get(url).status_code for url in (foreign, shown.replace("/1/", "/9/"))] == [404, 404]
    assert client.get("/admin/merchants/application/9999/papers/1/1/").status_code == 404


def test_staff_without_the_right_see_no_case_and_no_paper(door: Door) -> None:
    person = reviewer("accountant")
    person.user_permissions.add(Permission.objects.get(codename="view_application"))
    client = Client()
    client.force_login(person)
    with tenancy.acting_for(door.merchant):
        paper = DocumentVersion.objects.first()
    assert paper is not None
    sheet = f"/admin/merchants/application/{door.case.pk}/papers/{paper.pk}/1/"
    list_ = "/admin/merchants/application/"
    assert [client.get(url).status_code for url in (address(door), sheet, list_)] == [403, 403, 403]
    assert post(client, door, key="shop_name", verdict="accept").status_code == 403


def test_a_resubmission_stands_beside_what_was_refused(door: Door) -> None:
    person, client = judge()
    for key in PAPERS:
        reviews.decide(
            door.merchant, key, accepted=key != "account_name", reviewer=person, version=door.case.version,
            reason="trademark_clash", note="class 41",
        )  # fmt: skip
    applications.answer(door.merchant, "account_name", {"account_name": "木棉与海"}, by=door.by)
    papers.hand_in(door.merchant, "account_name", filename="new.png", data=picture("PNG"), by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    page = text(client.get(address(door)))
    assert "<del>木棉摄影</del> <ins>木棉与海</ins>" in page
    assert ("class 41" in page, "Another file." in page, "round 2" in page) == (True, True, True)
    assert page.count("version 1 · was refused") == 1


def test_a_case_is_taken_away_as_a_pdf_that_can_be_read_in_chinese(door: Door) -> None:
    person, client = judge()
    reviews.decide(
        door.merchant, "shop_name", accepted=False, reviewer=person, version=door.case.version,
        reason="cropped", note="左上角 $x$ 缺失",
    )  # fmt: skip
    answer = client.get(f"/admin/merchants/application/{door.case.pk}/case.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    with pypdfium2.PdfDocument(answer.content) as paper:
        told = "".join(page.get_textpage().get_text_bounded() for page in paper)
    with tenancy.acting_for(door.merchant):
        digest = DocumentVersion.objects.get(item__key="shop_name").digest
        assert AuditEvent.objects.filter(act="merchants.application.printed").count() == 1
    for words in ("木棉摄影有限公司", "91310000MA1FL70B67", "左上角 $x$ 缺失", digest, "judge", "1 / "):
        assert words in told
    assert client.get("/admin/merchants/application/9999/case.pdf").status_code == 404

"""The pages of the way in, as who applies meets them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from merchants import tenancy
from merchants.models import Application, AuditEvent, DocumentVersion, Merchant, User
from merchants.operations import reviews
from tests.merchants.documents.papers import SVG, picture
from tests.merchants.onboarding.doors import ANSWERS, PAPERS, Door, reviewer

pytestmark = [pytest.mark.django_db(databases=["default", "dispatch"])]
BUSINESS = {
    "name": "木棉摄影", "form": "company", "brand": "own", "trades": ["wedding_photography"],
    "stores": "静安店\n徐汇店",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: object) -> None:
    settings.STATE = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def door(client: Client) -> Door:
    opened = Door.opened()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(opened.user)
    return opened


def path(door: Door, rest: str = "") -> str:
    return f"/m/{door.merchant.code}/onboarding/{rest}"


def post(client: Client, door: Door, key: str, *, data: bytes | None = None) -> object:
    values = {f"{key}-{name}": value for name, value in ANSWERS[key].items()}
    if data is not None:
        values["paper"] = SimpleUploadedFile("scan.jpg", data)  # type: ignore[assignment]
    return client.post(path(door, f"answers/{key}/"), values)


def open_items(page: str) -> list[str]:
    return re.findall(r'<section class="card requirement[^"]*" id="(\w+)"', page)


def test_a_visitor_registers_and_confirms_the_address_before_applying(client: Client) -> None:
    words, before = "a-long-word-for-the-door", set(Merchant.objects.values_list("pk", flat=True))
    answer = client.post(
        "/accounts/signup/",
        {"email": "new@example.com", "username": "newcomer", "password1": words, "password2": words},
    )
    assert (answer.status_code, User.objects.filter(username="newcomer").count()) == (302, 1)
    assert "portal" not in client.get("/apply/").templates[0].name  # asked to confirm first
    assert client.post("/apply/", BUSINESS).status_code == 200
    assert not Merchant.objects.exclude(pk__in=before).exists()
    assert mail.outbox[0].to == ["new@example.com"]
    EmailAddress.objects.update(verified=True)
    answer = client.post("/apply/", BUSINESS)
    merchant = Merchant.objects.exclude(pk__in=before).get()
    assert answer.headers["Location"] == f"/m/{merchant.code}/onboarding/"
    with tenancy.acting_for(merchant):
        assert Application.objects.get().stores == ["静安店", "徐汇店"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_letters_will_speak_the_language_somebody_registered_in(client: Client, language: str) -> None:
    words = "a-long-word-for-the-door"
    client.cookies["django_language"] = language
    told = {"email": "new@example.com", "username": "newcomer", "password1": words, "password2": words}
    assert client.post("/accounts/signup/", told).status_code == 302
    assert User.objects.get(username="newcomer").language == language


def test_an_installation_may_take_no_applications(client: Client, settings: object) -> None:
    settings.APPLICATIONS_OPEN = False  # type: ignore[attr-defined]
    assert "password1" not in client.get("/accounts/signup/").content.decode()
    assert "/accounts/signup/" not in client.get("/accounts/login/").content.decode()
    person = User.objects.create(username="somebody", email="somebody@example.com")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client.force_login(person)
    before = Merchant.objects.count()
    assert client.post("/apply/", BUSINESS).status_code == 404
    assert Merchant.objects.count() == before


def test_whoever_applies_sees_the_application_and_nothing_else(client: Client, door: Door) -> None:
    for page in ("", "results/", "settings/", "uploads/", "trail/"):
        answer = client.get(f"/m/{door.merchant.code}/{page}")
        assert (answer.status_code, answer.headers["Location"]) == (302, path(door))
    assert client.get(path(door)).context["nav"] == [
        {"label": "Onboarding", "url": path(door), "icon": "list-check", "active": True}
    ]


def test_open_items_come_with_reason_remedy_and_example(client: Client, door: Door) -> None:
    page = client.get(path(door), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert len(open_items(page)) == 9
    assert "四角完整" in page
    assert "不构成法律意见" in page


def test_a_paper_is_receipted_and_an_ugly_one_refused_with_what_to_do(client: Client, door: Door) -> None:
    assert post(client, door, "business_licence", data=picture()).status_code == 302  # type: ignore[attr-defined]
    page = client.get(path(door)).content.decode()
    with tenancy.acting_for(door.merchant):
        row = DocumentVersion.objects.get()
    assert row.receipt in page
    refused = post(client, door, "shop_name", data=SVG)
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert "can carry scripts" in refused.content.decode()  # type: ignore[attr-defined]
    with tenancy.acting_for(door.merchant):
        assert DocumentVersion.objects.count() == 1


def test_a_submission_that_lacks_something_is_answered_422_with_names(client: Client, door: Door) -> None:
    answer = client.post(path(door, "submit/"))
    assert (answer.status_code, "Contact details are right" in answer.content.decode()) == (422, True)
    assert door.case.state == "draft"


def test_what_is_wrong_with_a_field_is_told_beside_it_and_kept(client: Client, door: Door) -> None:
    client.post(path(door, "answers/business_licence/"), {"business_licence-uscc": "91310000MA1FL70B68"})
    page = client.get(path(door)).content.decode()
    assert "The last sign does not fit" in page
    assert "91310000MA1FL70B68" in page


def test_from_the_checklist_to_approval_with_a_refusal_in_between(client: Client, door: Door) -> None:
    for key in ANSWERS:
        post(client, door, key, data=picture() if key in PAPERS else None)
    assert open_items(client.get(path(door)).content.decode().split("folded")[0]) == []
    assert client.post(path(door, "submit/")).status_code == 302
    assert client.post(path(door, "answers/contact/"), {}).status_code == 302
    assert door.states()["contact"] == "accepted"  # what is in review is not changed
    judge = reviewer("judge")
    for key in PAPERS:
        reviews.decide(
            door.merchant, key, accepted=key != "shop_name", reason="cropped", note="left side",
            reviewer=judge, version=door.case.version,
        )  # fmt: skip
    page = client.get(path(door)).content.decode()
    assert open_items(page) == ["shop_name"]
    assert ("Part of it is missing" in page, "all four corners" in page, "left side" in page) == (
        True,
        True,
        True,
    )
    post(client, door, "shop_name", data=picture("PNG"))
    client.post(path(door, "submit/"))
    reviews.decide(door.merchant, "shop_name", accepted=True, reviewer=judge, version=door.case.version)
    assert client.get(f"/m/{door.merchant.code}/").status_code == 200


def test_one_withdraws_and_appeals_by_page(client: Client, door: Door) -> None:
    door.submitted()
    client.post(path(door, "withdraw/"))
    assert door.case.state == "withdrawn"
    assert client.post(path(door, "appeal/"), {"words": "why"}).status_code == 302
    assert door.case.state == "withdrawn"


def test_a_paper_is_given_out_harmless_and_its_page_bears_the_viewer(client: Client, door: Door) -> None:
    post(client, door, "business_licence", data=picture())
    with tenancy.acting_for(door.merchant):
        row = DocumentVersion.objects.get()
    file = client.get(path(door, f"papers/{row.pk}/"))
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (file.headers["X-Content-Type-Options"], file.headers["Content-Type"]) == ("nosniff", "image/jpeg")
    sheet = client.get(path(door, f"papers/{row.pk}/1/"))
    assert sheet.content not in (file.content, b"")
    assert client.get(path(door, f"papers/{row.pk}/9/")).status_code == 404
    with tenancy.acting_for(door.merchant):
        assert AuditEvent.objects.filter(act="merchants.paper.viewed").count() == 2
    stranger = Client()
    stranger.force_login(Door.opened(name="stranger").user)
    assert stranger.get(path(door, f"papers/{row.pk}/")).status_code == 404

"""The second factor, whom it is required of, and where somebody is signed in."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from merchants.devices import device_of
from merchants.models import AuditEvent, Merchant, User
from tests.conftest import make_member

PASSWORD = "correct horse battery"
LOG_IN = "/accounts/login/"
SECRET = "JBSWY3DPEHPK3PXP"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36"
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.60 Safari/604.1"
)


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def sign_in(person: User, agent: str = CHROME) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post(LOG_IN, {"login": person.username, "password": PASSWORD})
    return client


def acts() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("act", flat=True))


# -- the second factor


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("operator", password=PASSWORD)


def test_staff_without_a_second_factor_see_the_page_to_set_one_up_and_nothing_else(
    operator: User, settings: Any
) -> None:
    settings.SECOND_FACTOR_OF = ["staff"]
    client = sign_in(operator)
    for path in ("/", "/admin/", "/admin/merchants/merchant/", "/switch/", "/m/glow/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/totp/activate/"), path
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    assert 'class="notice warning"' in page.content.decode()
    form = page.context["form"]
    client.post("/accounts/2fa/totp/activate/", {"code": code(form.secret)})
    assert client.get("/admin/").status_code == 200


def test_the_next_time_the_code_is_asked_for(operator: User, settings: Any) -> None:
    settings.SECOND_FACTOR_OF = ["staff"]
    TOTP.activate(operator, SECRET)
    client = sign_in(operator)
    assert client.get("/admin/").status_code == 302  # nobody yet: the password is half of it
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert client.get("/admin/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code(SECRET)})
    assert client.get("/admin/").status_code == 200


def test_the_admin_has_no_way_in_by_password_alone(operator: User) -> None:
    client = Client()
    answer = client.post("/admin/login/", {"username": "operator", "password": PASSWORD})
    assert answer.headers["Location"].startswith(LOG_IN)
    assert client.get("/admin/").status_code == 302


def test_it_cannot_be_switched_off_by_whom_it_is_required_of(operator: User, settings: Any) -> None:
    TOTP.activate(operator, SECRET)
    client = sign_in(operator)
    client.post("/accounts/2fa/authenticate/", {"code": code(SECRET)})
    settings.SECOND_FACTOR_OF = ["staff"]
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 200  # the form again, with the reason
    assert Authenticator.objects.filter(user=operator, type="totp").exists()
    settings.SECOND_FACTOR_OF = []
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=operator, type="totp").exists()


@pytest.mark.parametrize(("asked", "leads"), [([], 200), (["finance"], 200), (["staff", "owner"], 302)])
def test_a_role_has_it_where_the_setting_says_so(
    merchant: Merchant, owner: User, settings: Any, asked: list[str], leads: int
) -> None:
    settings.SECOND_FACTOR_OF = asked
    client = Client()
    client.force_login(owner)
    assert client.get(reverse("merchants:settings", args=["glow"])).status_code == leads


def test_its_secret_rests_sealed_and_the_trail_of_the_merchant_tells_of_it(
    merchant: Merchant, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = sign_in(owner)
    form = client.get("/accounts/2fa/totp/activate/").context["form"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": code(form.secret)})
    row = Authenticator.objects.get(user=owner, type="totp")
    assert row.data["secret"].startswith("sealed:")
    assert form.secret not in str(row.data)
    assert acts() == ["merchants.second_factor.added"]


# -- where somebody is signed in


def test_a_person_sees_where_they_are_signed_in_and_ends_one(merchant: Merchant, owner: User) -> None:
    here, phone = sign_in(owner), sign_in(owner, WECHAT)
    page = here.get("/accounts/sessions/").content.decode()
    assert "Chrome · Windows" in page
    assert "WeChat · iPhone" in page
    away = UserSession.objects.get(user_agent=WECHAT)
    here.post(reverse("portal:end_session", args=[away.pk]))
    assert phone.get("/m/glow/").status_code == 302
    assert here.get("/m/glow/").status_code == 200
    assert acts() == ["merchants.session.ended"]


def test_all_others_end_at_once(merchant: Merchant, owner: User) -> None:
    here, phone, desk = sign_in(owner), sign_in(owner, WECHAT), sign_in(owner)
    here.post("/accounts/sessions/")
    assert [client.get("/m/glow/").status_code for client in (here, phone, desk)] == [200, 302, 302]
    assert UserSession.objects.count() == 1


def test_nobody_ends_the_session_of_somebody_else(merchant: Merchant, owner: User) -> None:
    sign_in(owner)
    other = sign_in(make_member(merchant, "viewer"))
    theirs = UserSession.objects.get(user=owner)
    assert other.post(reverse("portal:end_session", args=[theirs.pk])).status_code == 404
    assert UserSession.objects.filter(pk=theirs.pk).exists()


def test_when_somebody_was_last_seen_is_noted_every_few_minutes(merchant: Merchant, owner: User) -> None:
    client = sign_in(owner)
    began = UserSession.objects.get().last_seen_at
    client.get("/m/glow/")
    assert UserSession.objects.get().last_seen_at == began
    session = client.session
    session["seen"] -= 301
    session.save()
    client.get("/m/glow/")
    assert UserSession.objects.get().last_seen_at > began


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (CHROME, "Chrome · Windows"),
        (WECHAT, "WeChat · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) Version/18.0 Safari/605.1.15", "Safari · macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge · Windows"),
        ("curl/8.14", ""),
    ],
)
def test_a_browser_is_called_what_people_call_it(agent: str, told: str) -> None:
    assert device_of(agent) == told


def test_an_owner_sees_in_the_list_of_members_who_signs_in_in_two_steps(merchant: Merchant) -> None:
    owner, agent = make_member(merchant), make_member(merchant, role="agent")
    TOTP.activate(agent, SECRET)
    Authenticator.objects.create(user=owner, type="recovery_codes", data={})
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(owner)
    page = client.get(f"/m/{merchant.code}/settings/").content.decode()
    rows = {
        str(person): page.split(f'<th scope="row">{person}</th>')[1].split("</tr>")[0]
        for person in (owner, agent)
    }
    assert (
        "Signs in with a password alone." in rows[str(owner)]
    )  # codes for an emergency are no second factor
    assert "Signs in with a second factor." in rows[str(agent)]

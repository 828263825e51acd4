"""Every address there is, walked by everybody who has no business there, with two merchants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from measurement.operations import marks
from merchants import tenancy
from merchants.models import User
from merchants.roles import BY_CODE
from portal.addresses import ANONYMOUS, MEMBER, STAFF, Address, addresses
from tests.architecture.tenants import CHOICES, OBJECTS, Tenant, new_client, settle
from tests.conftest import emptied

pytestmark = pytest.mark.xdist_group("walk")  # one worker, so that the two merchants are planted once
EVERY = addresses()
OF_MERCHANTS = [one for one in EVERY if "merchant_code" in one.parameters]
OF_TOKENS = [one for one in EVERY if one.roles[0].startswith("token:")]
OF_STAFF = [one for one in EVERY if one.roles == (STAFF,)]
OF_MEMBERS = [one for one in EVERY if one.roles == (MEMBER,)]
OPEN = [one for one in EVERY if one.roles == (ANONYMOUS,)]
FAR = 2**63 + 5  # an id that no row can have

FOR_EVERY_STAFF = {f"admin:{page}" for page in ("index", "jsi18n", "password_change", "password_change_done")}
"""Pages of the admin that anybody of the staff opens, whatever its rights."""
FOR_REVIEWERS = {"admin:app_list"} | {
    f"admin:merchants_application_{page}" for page in ("changelist", "change", "history", "pdf", "sheet")
}

# What stands in addresses of packages: names of nothing.
INVENTED = {
    "key": "no-key", "code": "one", "uidb36": "1", "url": "nowhere", "app_label": "merchants", "object_id": "1",
    "content_type_id": "1", "id": "1", "document_id": "1", "sheet": "1", "session_id": "1", "archive_id": "1",
    "page": "results",
}  # fmt: skip

# Values that no page offers, for every parameter a page reads at once.
ASKED = (
    "period", "from", "to", "compare", "model", "axis", "by", "grade", "class", "asof", "x", "sort", "page",
    "part", "of", "unjoined", "state", "kind", "platform", "note", "blogger", "campaign", "placement",
    "creative", "keyword", "spu",
    "order", "nulls", "starts", "ends", "lift", "method",
    "days", "row", "at", "trade",
)  # fmt: skip
HOSTILE = ("", "-1", "\0", "9" * 40, "2026-99-99", "𠮷'\"<>%")


@pytest.fixture(scope="module")
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Tenant, Tenant]]:
    with emptied(django_db_blocker):
        yield settle("one", "glowworm"), settle("two", "mossback")


@pytest.fixture
def mine(two: tuple[Tenant, Tenant]) -> Tenant:
    return two[0]


@pytest.fixture
def theirs(two: tuple[Tenant, Tenant]) -> Tenant:
    return two[1]


def url(one: Address, tenant: Tenant, **objects: Any) -> str:
    """The address of this tenant, with an object of its own; ``of`` another tenant; or with this ``pk``."""
    values: dict[str, Any] = {}
    for name in one.parameters:
        if name == "merchant_code":
            values[name] = tenant.merchant.code
        elif name in OBJECTS:
            values[name] = objects["pk"] if "pk" in objects else objects.get("of", tenant).an(name)
        else:
            values[name] = {**INVENTED, **CHOICES}[name]
    if one.name.endswith(":"):  # the admin's answer to what it does not know
        return f"/{one.pattern.partition('<')[0]}nowhere"
    return reverse(one.name, kwargs=values)


def text(answer: HttpResponseBase) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content.decode(errors="replace")


def send(client: Client, one: Address, method: str, address: str, **headers: str) -> HttpResponseBase:
    return client.generic(method, address, headers=headers)


# -- the walk knows every address


def test_every_varying_part_of_an_address_is_known_to_this_walk() -> None:
    """A new kind of object in an address must be taught to the walk, or nobody would try to reach it."""
    known = {*OBJECTS, *CHOICES, "merchant_code"}
    assert {name for one in OF_MERCHANTS for name in one.parameters} <= known
    packages = {name for one in EVERY if one not in OF_MERCHANTS for name in one.parameters}
    assert packages <= set(INVENTED)
    assert not [one for one in EVERY if not one.name], "an address without a name cannot be walked"


def test_every_address_below_a_merchant_has_passed_the_door() -> None:
    assert len(OF_MERCHANTS) > 20
    for one in OF_MERCHANTS:
        assert set(one.roles) <= set(BY_CODE), one
        assert "owner" in one.roles, one
    assert not [one for one in EVERY if one.pattern.startswith("m/") and one not in OF_MERCHANTS]


# -- nobody


def test_who_is_not_logged_in_is_sent_to_the_log_in_or_refused(mine: Tenant) -> None:
    wrong = []
    for one in (*OF_MERCHANTS, *OF_MEMBERS, *OF_STAFF, *OF_TOKENS):
        for method in one.methods:
            answer = send(new_client(), one, method, url(one, mine))
            whither = answer.headers.get("Location", "")
            to_log_in = answer.status_code == 302 and ("login" in whither or whither == "/admin/")
            if not (answer.status_code == 401 if one in OF_TOKENS else to_log_in):
                wrong.append((method, one.name, answer.status_code))
    assert wrong == []


def test_what_is_open_to_all_tells_nothing_of_a_merchant_and_never_breaks(
    two: tuple[Tenant, Tenant],
) -> None:
    wrong = []
    for one in OPEN:
        for method in ("GET", "POST", "HEAD", "PUT", "DELETE"):
            answer = send(new_client(), one, method, url(one, two[0]))
            told = text(answer)
            if answer.status_code >= 500 or any(tenant.word in told for tenant in two):
                wrong.append((method, one.name, answer.status_code))
    assert wrong == []


# -- a person of another merchant


def test_a_stranger_finds_nothing(mine: Tenant, theirs: Tenant) -> None:
    wrong = []
    for role in ("owner", "viewer"):
        client = theirs.client(role)
        for one in OF_MERCHANTS:
            for method in ("GET", "POST", "HEAD", "PUT", "DELETE"):
                answer = send(client, one, method, url(one, mine))
                if answer.status_code != 404 or mine.word in text(answer):
                    wrong.append((role, method, one.name, answer.status_code))
    assert wrong == []


def test_a_stranger_is_told_the_same_of_a_merchant_that_is_and_of_one_that_is_not(
    mine: Tenant, theirs: Tenant
) -> None:
    told = []
    for code in (mine.merchant.code, "nobody"):
        page = text(theirs.client().get(f"/m/{code}/")).replace(f"/m/{code}/", "")
        told.append(re.sub(r"[\w-]{20,}", "", page))  # without nonces and tokens
    assert told[0] == told[1]


def test_objects_of_another_merchant_are_not_found_under_ones_own_address(
    mine: Tenant, theirs: Tenant
) -> None:
    client, wrong = theirs.client(), []
    with_objects = [one for one in OF_MERCHANTS if set(one.parameters) & set(OBJECTS)]
    assert len(with_objects) >= 8
    for one in with_objects:
        for method in one.methods:
            for address in (url(one, theirs, of=mine), url(one, theirs, pk=FAR)):
                answer = send(client, one, method, address)
                if answer.status_code != 404:
                    wrong.append((method, address, answer.status_code))
    assert wrong == []


def test_filters_that_name_content_of_another_merchant_show_none_of_it(mine: Tenant, theirs: Tenant) -> None:
    client, wrong = theirs.client(), []
    foreign = mine.filters()
    for one in OF_MERCHANTS:
        if "GET" in one.methods:
            for asked in (
                foreign,
                *({name: pk, "by": name} for name, pk in foreign.items() if "results" in one.name),
            ):
                told = text(client.get(f"{url(one, theirs)}?{urlencode(asked)}"))
                if mine.word in told:
                    wrong.append((one.name, asked))
    assert wrong == []


# -- a member


def test_pages_of_a_merchant_show_its_own_words_and_none_of_another(mine: Tenant, theirs: Tenant) -> None:
    client, wrong, showing = theirs.client(), [], 0
    for one in (*OF_MERCHANTS, *OF_MEMBERS):
        if "GET" in one.methods:
            told = text(client.get(url(one, theirs), follow=True))
            showing += theirs.word in told
            if mine.word in told:
                wrong.append(one.name)
    assert wrong == []
    assert showing > 15  # else the words were not where pages would show them


def test_other_methods_than_the_named_are_refused(mine: Tenant) -> None:
    client, wrong = mine.client(), []
    for one in OF_MERCHANTS:
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(one.methods):
            answer = send(client, one, method, url(one, mine))
            if answer.status_code != 405 or set(answer.headers["Allow"].split(", ")) != set(one.methods):
                wrong.append((method, one.name, answer.status_code))
    assert wrong == []


def test_no_value_in_an_address_breaks_a_page(mine: Tenant) -> None:
    client, wrong = mine.client(), []
    for one in (*OF_MERCHANTS, *OF_MEMBERS):
        if "GET" in one.methods:
            for value in HOSTILE:
                asked = urlencode(dict.fromkeys(ASKED, value))
                answer = client.get(f"{url(one, mine)}?{asked}")
                text(answer)
                if answer.status_code >= 500:
                    wrong.append((one.name, value))
    assert wrong == []


def test_no_form_breaks_a_page(mine: Tenant) -> None:
    """Empty and hostile forms, as an owner, on objects made for it. (The last walk: it changes things.)"""
    client, wrong = mine.client(), []
    names = ("kind", "file", "email", "role", "name", "scopes", "basis", "category", "days", "source")
    for one in OF_MERCHANTS:
        if "POST" in one.methods:
            for value in HOSTILE:
                answer = client.post(url(one, mine, pk=mine.a_new(one)), dict.fromkeys(names, value))
                if answer.status_code >= 500:
                    wrong.append((one.name, value))
    assert wrong == []


# -- programs


def test_a_token_sees_and_changes_its_own_merchant_only(mine: Tenant, theirs: Tenant) -> None:
    client = new_client()
    for one in OF_TOKENS:
        for method in one.methods:
            answer = send(client, one, method, url(one, mine), Authorization=f"Bearer {theirs.secret}")
            assert answer.status_code < 500, one
            assert mine.word not in text(answer), one
    pending = {
        secret: client.get("/api/v1/work", headers={"Authorization": f"Bearer {secret}"}).json()
        for secret in (mine.secret, theirs.secret)
    }
    with tenancy.acting_for(mine.merchant):
        marks.change(mine.merchant, "all")
    for secret, more in ((mine.secret, 1), (theirs.secret, 0)):
        told = client.get("/api/v1/work", headers={"Authorization": f"Bearer {secret}"}).json()
        assert told["changes"] == pending[secret]["changes"] + more


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer sbd_unknown", "Basic eDp5", "Bearer \x7f"]
)
def test_a_wrong_token_is_refused(two: tuple[Tenant, Tenant], header: str) -> None:
    for one in OF_TOKENS:
        for method in one.methods:
            answer = send(new_client(), one, method, url(one, two[0]), Authorization=header)
            assert answer.status_code == 401, one
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


# -- staff


def test_a_member_is_no_staff(mine: Tenant) -> None:
    client, wrong = mine.client(), []
    for one in OF_STAFF:
        answer = client.get(url(one, mine))
        if answer.status_code != 302 or not answer.headers["Location"].startswith("/admin/"):
            wrong.append((one.name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("right", ["", "merchants.review_application"])
def test_staff_opens_nothing_of_the_admin_that_its_rights_do_not_name(
    two: tuple[Tenant, Tenant], right: str
) -> None:
    person = User.objects.create_user(f"staff{right}", password="correct horse battery", is_staff=True)
    if right:
        person.user_permissions.add(Permission.objects.get(codename=right.partition(".")[2]))
    client, opened = new_client(), set()
    client.force_login(person)
    for one in OF_STAFF:
        if client.get(url(one, two[0])).status_code == 200:
            opened.add(one.name)
    assert opened == FOR_EVERY_STAFF | (FOR_REVIEWERS if right else set())


def test_no_page_of_the_admin_breaks(two: tuple[Tenant, Tenant]) -> None:
    User.objects.create_superuser("root", password="correct horse battery")
    client, wrong = new_client(), []
    client.force_login(User.objects.get(username="root"))
    for one in OF_STAFF:
        answer = client.get(url(one, two[0]))
        if answer.status_code >= 500:
            wrong.append((one.name, answer.status_code))
    assert wrong == []

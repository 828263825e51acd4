"""The merchant of a transaction: set inside it, gone after it, on connections that are shared, too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.utils import InternalError, ProgrammingError
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import path

from merchants import tenancy
from merchants.access import merchant_required
from merchants.models import AuditEvent, Connection, Merchant, Store, User
from merchants.roles import Permission
from tests.conftest import emptied, make_member, make_merchant

pytestmark = pytest.mark.xdist_group("tenancy")  # one worker, so that the two merchants are planted once
Two = tuple[Merchant, Merchant]


@pytest.fixture(scope="module")
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[Two]:
    """Two merchants with a store each, committed for other connections to look at."""
    with emptied(django_db_blocker):
        yield plant("glow"), plant("moss")


def plant(code: str) -> Merchant:
    merchant = make_merchant(code)
    with tenancy.acting_for(merchant):
        Store.objects.create(merchant=merchant, code="main", name=f"{code}, main street")
    return merchant


# -- the merchant of a transaction


def stores() -> list[str]:
    return list(Store.objects.order_by("name").values_list("name", flat=True))


def test_acting_for_ends_with_its_block_and_gives_back_what_was_before(
    two: Two,
) -> None:
    mine, theirs = two
    with tenancy.acting_for(mine):
        assert stores() == ["glow, main street"]
        with tenancy.acting_for(theirs):
            assert stores() == ["moss, main street"]
            with tenancy.acting_for(theirs.pk):
                assert stores() == ["moss, main street"]
            assert stores() == ["moss, main street"]
        assert stores() == ["glow, main street"]
    assert stores() == []
    with transaction.atomic():
        with tenancy.acting_for(mine):
            assert stores() == ["glow, main street"]
        assert stores() == []


def test_acting_for_gives_back_what_was_before_when_the_block_fails(two: Two) -> None:
    mine, theirs = two
    with tenancy.acting_for(mine):
        with pytest.raises(ZeroDivisionError), tenancy.acting_for(theirs):
            raise ZeroDivisionError
        assert stores() == ["glow, main street"]
        with pytest.raises(ProgrammingError), tenancy.acting_for(theirs):
            Store.objects.create(merchant=mine, code="smuggled", name="x")
        assert stores() == ["glow, main street"]
    assert stores() == []


def test_the_merchant_of_a_request_is_set_inside_its_transaction_only(
    two: Two,
) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        tenancy.enter(two[0])
    with transaction.atomic():
        tenancy.enter(two[0])
        assert stores() == ["glow, main street"]
    assert stores() == []


# -- a pooled connection


@merchant_required(Permission.SEE_DATA)
def show(request: Any) -> JsonResponse:
    """All that the request's transaction can see of three tables, and on which connection it came."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    seen = {
        row
        for model in (Store, Connection, AuditEvent)
        for row in model.objects.values_list("merchant_id", flat=True)
    }
    return JsonResponse({"merchants": sorted(seen), "backend": backend})


def stray(request: HttpRequest) -> JsonResponse:
    """A page that forgot to ask for a merchant."""
    return JsonResponse({"merchants": list(Store.objects.values_list("merchant_id", flat=True))})


def fail(request: HttpRequest, merchant_code: str) -> JsonResponse:
    """A page that sets its merchant and dies."""
    tenancy.enter(Merchant.objects.get(code=merchant_code))
    raise InternalError("invented")


urlpatterns = [
    path("m/<slug:merchant_code>/show/", show),
    path("m/<slug:merchant_code>/fail/", fail),
    path("stray/", stray),
]


@pytest.fixture
def pool_of_one(two: Two) -> Iterator[None]:
    """From now on every thread borrows the one connection of a real pool, as requests do."""
    settings = connections["default"].settings_dict
    before = {"CONN_MAX_AGE": settings["CONN_MAX_AGE"], "OPTIONS": settings["OPTIONS"]}
    connections["default"].close()
    pool = {"min_size": 1, "max_size": 1, "timeout": 30}
    settings |= {"CONN_MAX_AGE": 0, "OPTIONS": {**settings["OPTIONS"], "pool": pool}}
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"].close_pool()
        settings |= before


@pytest.mark.urls(__name__)
def test_requests_that_share_one_connection_never_mix(two: Two, pool_of_one: None) -> None:
    rounds = 100  # of two requests each
    abreast = threading.Barrier(2, timeout=60)

    def browse(merchant: Merchant, user: User) -> list[dict[str, Any]]:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        connections.close_all()
        answers = []
        for number in range(rounds):
            abreast.wait()
            answers.append(client.get(f"/m/{merchant.code}/show/").json())
            connections.close_all()  # as a finished request does: the connection goes back to the pool
            if number % 10 == 0:
                assert client.get(f"/m/{merchant.code}/fail/").status_code == 500
                connections.close_all()
            answers.append({**client.get("/stray/").json(), "backend": None})
            connections.close_all()
        return answers

    users = [make_member(merchant, "owner") for merchant in two]
    connections.close_all()
    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(browse, two, users))

    backends = set()
    for merchant, answers in zip(two, told, strict=True):
        shown, strayed = answers[::2], answers[1::2]
        assert [answer["merchants"] for answer in shown] == [[merchant.pk]] * rounds
        assert [answer["merchants"] for answer in strayed] == [[]] * rounds
        backends |= {answer["backend"] for answer in shown}
    assert len(backends) == 1


@pytest.mark.django_db
def test_a_tenant_row_is_reached_through_its_merchant(merchant: Merchant, stranger: Merchant) -> None:
    with tenancy.acting_for(stranger):
        Store.objects.create(merchant=stranger, code="far", name="far away")
    Store.objects.create(merchant=merchant, code="near", name="nearby")
    assert [store.code for store in Store.objects.for_merchant(merchant)] == ["near"]
    assert [store.code for store in Store.objects.for_merchant(stranger.pk)] == []

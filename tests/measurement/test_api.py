"""Batches by program: taken in whole or not at all, once for each key."""

import json

import pytest
from django.db import connection

from measurement.models import Order, OrderLine, OrderPiece, Spend, Spu
from measurement.models.touch import Touch
from merchants import vault
from merchants.models import ApiToken, AuditEvent, RawDelivery
from merchants.operations import tokens

TOUCH = {
    "touch_id": "t-1", "person": "13800138000", "person_kind": "phone", "kind": "read",
    "occurred_at": "2026-03-01T20:15:00+08:00", "note_id": "65f0c1d2000000001203a4b5",
}  # fmt: skip
COST = {"day": "2026-03-01", "amount": "1284.05", "campaign_id": "2000001"}
ORDER = {
    "order_id": "412345678901234567", "platform": "taobao", "paid_at": "2026-03-01 21:02:10",
    "paid_amount": "389.00", "item_id": "678901234567", "person": "AAF-open-9a7c", "person_kind": "buyer",
    "person_namespace": "taobao", "coupon": "SEED20", "is_new_buyer": True,
}  # fmt: skip


@pytest.fixture
def secret(merchant, owner):
    scopes = ["touchpoints:write", "orders:write", "spend:write", "identities:write", "work:read"]
    return tokens.issue(merchant, name="till", scopes=scopes, user=owner)[1]


@pytest.fixture
def post(client, secret):
    def send(kind, rows, key="", content_type="application/json"):
        body = rows if isinstance(rows, str | bytes) else json.dumps(rows, ensure_ascii=False)
        headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
        if key:
            headers["idempotency-key"] = key
        return client.post(f"/api/v1/{kind}", body, content_type, headers=headers)

    return send


def test_touchpoints_are_taken_in_and_a_repeat_changes_nothing(post):
    assert post("touchpoints", [TOUCH]).json() == {
        "kind": "touchpoints", "received": 1, "added": 1, "repeated": 0, "retracted": 0,
    }  # fmt: skip
    assert post("touchpoints", [TOUCH]).json()["repeated"] == 1
    assert Touch.objects.count() == 1


def test_a_reading_that_comes_later_is_a_further_version_of_the_touch(post):
    post("touchpoints", [TOUCH, {**TOUCH, "touch_id": "t-2"}])
    told = {**TOUCH, "dwell_seconds": 42, "device": "8f2d", "modified_at": "2026-03-02T08:00:00+08:00"}
    assert post("touchpoints", [told]).json()["retracted"] == 1
    rows = Touch.objects.filter(retracted=False).order_by("tie").values_list("dwell_seconds", "device")
    assert [(seconds, device is None) for seconds, device in rows] == [(42, False), (None, True)]
    assert post("touchpoints", [told]).json()["repeated"] == 1


def test_ndjson_is_taken_in_as_well(post):
    lines = "\n".join(json.dumps({**TOUCH, "touch_id": f"t-{n}"}) for n in range(3))
    assert post("touchpoints", lines, content_type="application/x-ndjson").json()["added"] == 3


@pytest.mark.parametrize("name", [{"line_id": "9" * 160}, {"line_id": None, "sku_id": "8" * 80}])
def test_the_longest_names_of_an_order_and_its_line_are_taken_in(post, name):
    assert post("orders", [{**ORDER, "order_id": "7" * 80, **name}]).status_code == 200
    line = OrderLine.objects.get()
    assert line.external_id == (name["line_id"] or f"{'7' * 80}:{'8' * 60}:0")


def test_an_order_keeps_its_long_number_and_hides_its_buyer(post, merchant):
    assert post("orders", [ORDER]).status_code == 200
    order = Order.objects.get()
    assert (order.external_id, order.paid_fen, order.refunded_fen) == ("412345678901234567", 38_900, None)
    assert order.person_key is not None
    assert order.is_new_buyer is True
    body = json.dumps(OrderPiece.objects.get().body)
    assert "AAF-open-9a7c" not in body
    assert [key.value for key in order.keys.all()] == ["SEED20"]


def test_the_delivery_is_kept_sealed(post, merchant):
    import zlib

    post("orders", [ORDER])
    row = RawDelivery.objects.get()
    assert b"AAF-open-9a7c" not in bytes(row.body)
    clear = zlib.decompress(vault.unseal(row.body, about=f"delivery of {merchant.pk}"))
    assert json.loads(clear) == [ORDER]
    assert Order.objects.get().delivery_id == row.pk
    assert AuditEvent.objects.get(act="merchants.batch.received").data == {"kind": "orders", "rows": 1}


def test_one_bad_row_refuses_the_batch_and_says_where(post):
    bad = {**COST, "amount": "1_000", "day": "2026-02-30"}
    answer = post("spend", [COST, bad])
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "rows_refused"
    assert [(d["index"], d["field"], d["value"], d["code"]) for d in error["details"]] == [
        (1, "day", "2026-02-30", "not_a_day"),
        (1, "amount", "1_000", "not_money"),
    ]
    assert error["details"][0]["remedy"] == "Write the day as 2026-03-01."
    assert not Spend.objects.exists()


def test_a_person_is_never_given_back_in_an_error(post):
    answer = post("touchpoints", [{**TOUCH, "person": "1380013"}])
    assert answer.json()["error"]["details"][0] == {
        "index": 0, "field": "person", "value": "•••", "code": "not_a_phone",
        "remedy": "A mainland mobile number has 11 digits; a hashed one is its SHA-256 in 64 characters.",
    }  # fmt: skip


def test_an_unknown_field_is_refused(post):
    error = post("spend", [{**COST, "amonut": "1"}]).json()["error"]
    assert [(d["field"], d["code"]) for d in error["details"]] == [("amonut", "unknown_field")]


def test_the_same_key_gives_the_same_answer_and_one_effect(post):
    first = post("spend", [COST], key="k1")
    second = post("spend", [COST], key="k1")
    assert second.json() == first.json() == {
        "kind": "spend", "received": 1, "added": 1, "replaced": 0, "repeated": 0,
    }  # fmt: skip
    assert second["Idempotent-Replayed"] == "true"
    assert RawDelivery.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(post):
    post("spend", [COST], key="k1")
    answer = post("spend", [{**COST, "amount": "2"}], key="k1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "key_used_otherwise")
    assert Spend.objects.get().fen == 128_405


def test_a_key_belongs_to_its_route(post):
    post("spend", [COST], key="k1")
    assert post("touchpoints", [TOUCH], key="k1").status_code == 200


def test_a_refused_batch_may_be_corrected_under_its_key(post):
    assert post("spend", [{**COST, "amount": "x"}], key="k1").status_code == 400
    assert post("spend", [COST], key="k1").status_code == 200


def test_a_key_in_flight_is_refused(post):
    import os

    import psycopg

    with psycopg.connect(_url(os.environ["DATABASE_URL"])) as other:
        name = f"{ApiToken.objects.get().pk}|spend|k9"
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        answer = post("spend", [COST], key="k9")
    assert (answer.status_code, answer["Retry-After"]) == (409, "5")
    assert not Spend.objects.exists()


def _url(url: str) -> str:
    name = connection.settings_dict["NAME"]
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "wrong_number_of_rows"),
        (b"{}", 400, "not_an_array"),
        (b"[]", 400, "wrong_number_of_rows"),
        (b"[1]", 400, "rows_refused"),
        (b"[" * 100_000, 400, "json_too_deep"),
        (b'[{"day": NaN}]', 400, "unreadable_json"),
        (b'[{"day": "\xff\xfe"}]', 400, "unreadable_json"),
        (b'[{"amount": ' + b"9" * 5_000 + b"}]", 400, "unreadable_json"),
        (b'[{"amount": 1e999999999}]', 400, "rows_refused"),
        (b'[{"campaign_id": "a\\u0000b", "day": "2026-03-01", "amount": 1}]', 400, "rows_refused"),
        (b'[{"campaign_id": "\\ud800", "day": "2026-03-01", "amount": 1}]', 400, "rows_refused"),
        (b'[{"campaign_id": {"a": 1}, "day": "2026-03-01", "amount": 1}]', 400, "rows_refused"),
        (b"[" + b" " * (10 * 1024 * 1024) + b"]", 413, "body_too_large"),
        (json.dumps([COST] * 5_001).encode(), 400, "wrong_number_of_rows"),
    ],
)
def test_hostile_bodies_are_refused_in_the_shape_of_every_error(post, body, status, code):
    answer = post("spend", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Spend.objects.exists()


def test_a_token_without_the_scope_is_refused(client, merchant, owner):
    secret = tokens.issue(merchant, name="reader", scopes=["work:read"], user=owner)[1]
    headers = {"authorization": f"Bearer {secret}"}
    answer = client.post("/api/v1/spend", json.dumps([COST]), "application/json", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")
    assert client.get("/api/v1/work", headers=headers).json()["settled"] is True


def test_without_a_token_nothing_is_said(client, db):
    assert client.post("/api/v1/spend", "[]", "application/json").status_code == 401


def test_orders_that_wait_are_told(client, post, secret):
    post("orders", [ORDER])
    answer = client.get("/api/v1/work", headers={"authorization": f"Bearer {secret}"}).json()
    assert answer["settled"] is False
    assert answer["lines"] == 1


def test_an_unknown_spu_is_refused_with_its_remedy(post, merchant):
    error = post("spend", [{**COST, "spu": "nobody"}]).json()["error"]
    assert error["details"][0]["code"] == "unknown_spu"
    assert not Spu.objects.exists()


def test_the_description_names_every_column(client, db):
    paths = json.loads(client.get("/api/v1/openapi.json?format=json").content)["paths"]
    operation = paths["/api/v1/orders"]["post"]
    row = operation["requestBody"]["content"]["application/json"]["schema"]["items"]
    assert row["required"] == ["order_id", "platform", "paid_amount"]
    assert row["properties"]["platform"]["enum"][0] == "taobao"
    assert {"200", "400", "401", "403", "409", "413", "415", "422"} <= set(operation["responses"])
    assert operation["parameters"][0]["name"] == "Idempotency-Key"

"""What holds for every call: one shape of errors, keys of a token, tokens of one merchant, pages, limits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from measurement.models import Audience, Spend
from merchants import api_limits, live
from merchants.models import ApiToken, IdempotentAnswer, Merchant, RawDelivery, User
from merchants.operations import tokens
from tests.conftest import make_member

COST = {"day": "2026-03-01", "amount": "1284.05", "campaign_id": "2000001"}
SCOPES = ["spend:write", "reports:read", "work:read"]


@pytest.fixture
def secret(merchant: Merchant, owner: User) -> str:
    return tokens.issue(merchant, name="till", scopes=SCOPES, user=owner)[1]


class Program:
    """A program with a token."""

    def __init__(self, secret: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", query or {}, headers={**self.headers, **headers})

    def spend(self, rows: Any, key: str = "", **headers: str) -> Any:
        keyed = {"idempotency-key": key} if key else {}
        return self.client.post(
            "/api/v1/spend",
            json.dumps(rows),
            "application/json",
            headers={**self.headers, **keyed, **headers},
        )


@pytest.fixture
def program(secret: str) -> Program:
    return Program(secret)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# -- one shape of errors


def test_every_failure_has_a_code_and_a_message_in_json(program: Program, db: None) -> None:
    told = {
        "no such call": program.get("nothing"),
        "another method": program.client.delete("/api/v1/spend", headers=program.headers),
        "another body": program.client.post("/api/v1/spend", "a,b", "text/csv", headers=program.headers),
        "another answer": program.get("work", accept="text/html"),
        "no token": program.get("work", authorization=""),
        "an unknown token": program.get("work", authorization="Bearer sbd_none"),
        "no such parameter": program.get("work", {"colour": "red"}),
        "options": program.client.options("/api/v1/work", headers=program.headers),
        "unreadable": program.client.post("/api/v1/spend", "[", "application/json", headers=program.headers),
    }
    found = {name: code_of(answer) for name, answer in told.items()}
    assert found == {
        "no such call": (404, "not_found"),
        "another method": (405, "method_not_allowed"),
        "another body": (415, "unsupported_media_type"),
        "another answer": (406, "not_acceptable"),
        "no token": (401, "not_authenticated"),
        "an unknown token": (401, "bad_token"),
        "no such parameter": (400, "bad_parameter"),
        "options": (405, "method_not_allowed"),
        "unreadable": (400, "unreadable_json"),
    }
    for answer in told.values():
        assert answer["Content-Type"] == "application/json"
        assert answer.json()["error"]["message"]


def test_what_breaks_is_told_in_the_same_shape(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from measurement.queries import work

    monkeypatch.setattr(work, "pending", lambda merchant: 1 / 0)
    assert code_of(program.get("work")) == (500, "internal_error")


def test_a_refused_parameter_is_named_with_its_value_and_what_would_be_taken(program: Program) -> None:
    answer = program.get("reports/lead-costs", {"days": "31", "by": "planet"})
    assert answer.json()["error"] == {
        "code": "bad_parameter",
        "message": "These parameters make no sense: days=31, by=planet.",
        "details": [
            {"field": "days", "value": "31", "code": "bad_parameter", "remedy": "Use one of: 7, 28, 90."},
            {
                "field": "by", "value": "planet", "code": "bad_parameter",
                "remedy": "Use one of: campaign, note, store.",
            },
        ],
    }  # fmt: skip
    (misspelt,) = program.get("reports/lead-costs", {"dayz": "7"}).json()["error"]["details"]
    assert (misspelt["field"], misspelt["code"]) == ("dayz", "unknown_parameter")
    assert misspelt["remedy"] == "This call takes: by, cursor, days, limit, x."
    twice = program.get("reports/lead-costs?days=7&days=28").json()["error"]["details"]
    assert [(one["field"], one["value"]) for one in twice] == [("days", "7,28")]


# -- keys


def test_a_key_belongs_to_its_token(program: Program, merchant: Merchant, owner: User) -> None:
    other = Program(tokens.issue(merchant, name="second", scopes=SCOPES, user=owner)[1])
    assert program.spend([COST], key="k1").json()["added"] == 1
    assert other.spend([{**COST, "amount": "2"}], key="k1").json()["replaced"] == 1
    assert program.spend([COST], key="k1")["Idempotent-Replayed"] == "true"
    assert Spend.objects.latest("pk").fen == 200
    assert IdempotentAnswer.objects.values_list("token", flat=True).distinct().count() == 2


def test_a_key_with_another_body_is_refused_and_changes_nothing(program: Program) -> None:
    program.spend([COST], key="k1")
    assert code_of(program.spend([{**COST, "amount": "2"}], key="k1")) == (422, "key_used_otherwise")
    assert Spend.objects.get().fen == 128_405
    assert RawDelivery.objects.count() == 1


@pytest.mark.parametrize("key", ["", "two words", "k" * 256, "schlüssel"])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    refused = program.spend([COST], **{"idempotency-key": key})
    assert code_of(refused) == (400, "bad_idempotency_key")
    assert not Spend.objects.exists()


# -- tokens


def test_a_token_used_for_another_merchant_finds_nothing(
    program: Program, merchant: Merchant, stranger: Merchant
) -> None:
    for code in (stranger.code, "nobody"):
        told = program.spend([COST], **{"seedbed-merchant": code})
        assert code_of(told) == (404, "not_found")
        assert stranger.name not in told.content.decode()
    assert not Spend.objects.exists()
    assert program.spend([COST], **{"seedbed-merchant": merchant.code}).status_code == 200


def test_a_token_of_a_merchant_that_is_not_active_is_refused(program: Program, merchant: Merchant) -> None:
    Merchant.objects.filter(pk=merchant.pk).update(status=Merchant.Status.APPLYING)
    assert code_of(program.spend([COST])) == (403, "merchant_not_active")


def test_when_a_token_was_used_last_is_kept_to_the_minute(program: Program) -> None:
    assert ApiToken.objects.get().last_used_at is None
    start = datetime(2026, 11, 26, 8, tzinfo=UTC)
    for seconds, kept in ((0, 0), (59, 0), (61, 61)):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            program.get("work")
        assert ApiToken.objects.get().last_used_at == start + timedelta(seconds=kept)


def test_a_refused_call_is_a_use_of_the_token_too(program: Program) -> None:
    assert program.get("reports/cycles", {"limit": "0"}).status_code == 400
    assert ApiToken.objects.get().last_used_at is not None


def test_the_secret_of_a_token_is_stored_nowhere(program: Program, secret: str) -> None:
    row = ApiToken.objects.values().get()
    assert not [value for value in row.values() if secret in str(value)]
    assert secret.startswith(row["prefix"])


# -- pages


@pytest.fixture
def audiences(merchant: Merchant) -> list[int]:
    return [
        Audience.objects.create(
            merchant=merchant, name=f"a{number}", definition={"layers": ["TI"]}, created_by="user:0"
        ).pk
        for number in range(5)
    ]


def test_pages_are_walked_by_cursor_until_there_is_none(program: Program, audiences: list[int]) -> None:
    had, asked = [], {"limit": "2"}
    for _ in range(3):
        answer = program.get("reports/audiences", asked)
        had.append([one["id"] for one in answer.json()["audiences"]])
        asked = {"limit": "2", "cursor": answer.json()["next_cursor"]}
    assert had == [audiences[:2], audiences[2:4], audiences[4:]]
    assert asked["cursor"] is None
    assert "Link" not in answer.headers


def test_the_next_page_stands_in_the_link_header(program: Program, audiences: list[int]) -> None:
    link = program.get("reports/audiences", {"limit": "3"})["Link"]
    address, _, rel = link.partition(">; ")
    assert rel == 'rel="next"'
    answer = program.client.get(address.removeprefix("<http://testserver"), headers=program.headers)
    assert [one["id"] for one in answer.json()["audiences"]] == audiences[3:]


def test_a_new_row_moves_no_page(program: Program, audiences: list[int], merchant: Merchant) -> None:
    cursor = program.get("reports/audiences", {"limit": "2"}).json()["next_cursor"]
    Audience.objects.filter(pk=audiences[0]).update(archived_at=datetime.now(UTC))
    told = program.get("reports/audiences", {"limit": "2", "cursor": cursor}).json()
    assert [one["id"] for one in told["audiences"]] == audiences[2:4]


def test_a_cursor_whose_row_is_gone_or_that_is_of_another_question_is_refused(
    program: Program, audiences: list[int]
) -> None:
    cursor = program.get("reports/audiences", {"limit": "2"}).json()["next_cursor"]
    Audience.objects.filter(pk=audiences[1]).update(archived_at=datetime.now(UTC))
    for asked in (
        {"limit": "2", "cursor": cursor},
        {"limit": "3", "cursor": cursor},
        {"cursor": "no cursor"},
        {"cursor": "W10="},
        {"cursor": "\0"},
        {"cursor": "bnVsbA=="},
    ):
        answer = program.get("reports/audiences", asked)
        assert code_of(answer) == (400, "stale_cursor"), asked
        assert answer.json()["error"]["details"][0]["remedy"] == "Begin again without the cursor."


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "", "９", "1e2", "9" * 30])
def test_a_limit_out_of_bounds_is_refused(program: Program, limit: str) -> None:
    answer = program.get("reports/cycles", {"limit": limit})
    assert (code_of(answer), answer.json()["error"]["details"][0]["field"]) == (
        (400, "bad_parameter"),
        "limit",
    )


# -- limits


def test_how_much_is_left_stands_in_every_answer(program: Program, settings: Any) -> None:
    settings.API_CALLS_A_MINUTE = 3
    told = [program.get("work"), program.get("work", {"colour": "red"}), program.spend([{}])]
    assert [answer.status_code for answer in told] == [200, 400, 400]
    assert [answer["RateLimit-Remaining"] for answer in told] == ["2", "1", "0"]
    assert {answer["RateLimit-Limit"] for answer in told} == {"3"}
    assert {answer["RateLimit-Policy"] for answer in told} == {"3;w=60"}
    assert all(1 <= int(answer["RateLimit-Reset"]) <= 60 for answer in told)


def test_a_call_too_many_is_refused_and_says_when_to_come_back(
    program: Program, settings: Any, merchant: Merchant, owner: User
) -> None:
    settings.API_CALLS_A_MINUTE = 2
    for _ in range(2):
        assert program.get("work").status_code == 200
    refused = program.spend([COST])
    assert code_of(refused) == (429, "throttled")
    assert refused["Retry-After"] == refused["RateLimit-Reset"]
    assert refused["RateLimit-Remaining"] == "0"
    assert not Spend.objects.exists()
    other = Program(tokens.issue(merchant, name="second", scopes=SCOPES, user=owner)[1])
    assert other.get("work").status_code == 200


def test_a_broker_that_does_not_answer_refuses_nobody(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    import redis

    monkeypatch.setattr(api_limits, "_counter", api_limits._Counter())
    monkeypatch.setattr(live, "broker", lambda: redis.Redis(host="127.0.0.1", port=1))
    answer = program.get("work")
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer.headers


def test_a_person_is_no_program_and_has_no_limit(merchant: Merchant, client: Client, settings: Any) -> None:
    settings.API_CALLS_A_MINUTE = 1
    client.force_login(make_member(merchant, "viewer"))
    for _ in range(3):
        assert client.get("/m/glow/").status_code == 200
        assert client.get("/api/v1/openapi.json").status_code == 200

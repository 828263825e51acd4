"""The description of the API says everything a program needs, and its examples are true."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from django.test import Client

from merchants.operations.tokens import SCOPES


@pytest.fixture(scope="module")
def described(django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    with django_db_blocker.unblock():  # the view begins a transaction, as every other
        return json.loads(Client().get("/api/v1/openapi.json").content)


def calls(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": call
        for path, named in described["paths"].items()
        for method, call in named.items()
    }


def plain(schema: Any, described: dict[str, Any]) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema has it."""
    if isinstance(schema, list):
        return [plain(one, described) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return plain(described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], described)
    told = {name: plain(one, described) for name, one in schema.items() if name != "nullable"}
    if schema.get("nullable") and "type" in told:
        told["type"] = [told["type"], "null"]
        if "enum" in told:
            told["enum"] = [*told["enum"], None]
    return told


def bodies(call: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    asked = call.get("requestBody", {}).get("content", {})
    told = [
        (f"{status} {kind}", content)
        for status, answer in call["responses"].items()
        for kind, content in answer["content"].items()
    ]
    return [*((f"request {kind}", content) for kind, content in asked.items()), *told]


def test_every_body_of_every_call_has_an_example_that_fits_it(described: dict[str, Any]) -> None:
    wrong, seen = [], 0
    for name, call in calls(described).items():
        for where, content in bodies(call):
            given = [one["value"] for one in content.get("examples", {}).values()]
            given += [content["example"]] if "example" in content else []
            if not given:
                wrong.append((name, where, "no example"))
            for example in given:
                seen += 1
                try:
                    jsonschema.validate(example, plain(content["schema"], described))
                except jsonschema.ValidationError as error:
                    wrong.append((name, where, error.message))
    assert wrong == []
    assert seen > 200


def test_every_call_says_what_may_be_refused_and_how_much_is_left(described: dict[str, Any]) -> None:
    for name, call in calls(described).items():
        assert call["summary"], name
        assert call["description"], name
        assert {"200", "401", "403", "404", "406", "429"} <= set(call["responses"]), name
        assert call["security"] == [{"token": []}], name
        for status, answer in call["responses"].items():
            assert answer["description"], (name, status)
            if status >= "400":
                schema = answer["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Error"}, (name, status)
            if status in {"200", "400", "429"}:
                assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= set(answer["headers"])
        assert ("Retry-After" in call["responses"]["429"]["headers"]) is True


def test_every_write_takes_a_key_and_every_list_has_pages(described: dict[str, Any]) -> None:
    """A list is an array that grows with the merchant; series by day and tables of the eight layers are none."""
    fixed = {"points", "cohorts", "layers", "flow"}
    for name, call in calls(described).items():
        names = {one["name"] for one in call["parameters"]}
        if name.startswith("post"):
            assert "Idempotency-Key" in names, name
            assert {"409", "413", "415", "422"} <= set(call["responses"]), name
            continue
        answer = call["responses"]["200"]["content"]["application/json"]["schema"]
        lists = {one for one, schema in answer["properties"].items() if schema.get("type") == "array"} - fixed
        assert ({"cursor", "limit"} <= names) is bool(lists), (name, lists)
        assert ("next_cursor" in answer["properties"]) is bool(lists), name
        assert ("Link" in call["responses"]["200"]["headers"]) is bool(lists), name


def test_the_version_stands_in_every_address(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.0")
    assert all(path.startswith("/api/v1/") for path in described["paths"])
    assert "Idempotency-Key" in described["info"]["description"]
    assert set(SCOPES) >= {"orders:write", "reports:read", "work:read"}

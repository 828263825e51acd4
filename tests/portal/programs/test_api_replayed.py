"""Every write of the API with a key: the same batch again gives the first answer and does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from merchants import tenancy, walls
from merchants.models import IdempotentAnswer, Merchant
from merchants.operations import answers
from tests.architecture.tenants import Tenant, new_client, settle
from tests.conftest import emptied
from tests.portal.programs.test_api_fuzzed import CALLS, _plant_what_examples_name

pytestmark = pytest.mark.xdist_group("replayed")  # one worker, so that the merchant is planted once
WRITES = [path for method, path in CALLS if method == "POST"]


@pytest.fixture(scope="module")
def tenant(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tenant]:
    with emptied(django_db_blocker):
        made = settle("replayed", "glowworm")
        with tenancy.acting_for(made.merchant):
            _plant_what_examples_name(made.merchant)
        yield made


@pytest.fixture(scope="module")
def examples() -> dict[str, list[Any]]:
    """The rows that the description shows of each write, by its path."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    told = {}
    for path in WRITES:
        content = paths[path]["post"]["requestBody"]["content"]["application/json"]
        told[path] = next(iter(content["examples"].values()))["value"]
    return told


def sent(tenant: Tenant, path: str, rows: list[Any], key: str) -> Any:
    headers = {"Authorization": f"Bearer {tenant.secret}", "Idempotency-Key": key}
    client: Client = new_client()
    return client.post(path, json.dumps(rows), "application/json", headers=headers)


def counted(merchant: Merchant) -> dict[str, int]:
    with tenancy.acting_for(merchant):
        counts = {
            model._meta.db_table: model.objects.for_merchant(merchant).count()  # type: ignore[attr-defined]
            for model in walls.tenant_models()
        }
    return {**counts, "answers": IdempotentAnswer.objects.count()}


def test_there_are_writes_to_try() -> None:
    assert len(WRITES) == 20


@pytest.mark.parametrize("path", WRITES)
def test_a_batch_with_a_key_is_taken_in_once_and_a_key_stands_for_one_batch(
    tenant: Tenant, examples: dict[str, list[Any]], path: str
) -> None:
    rows = examples[path]
    first = sent(tenant, path, rows, "k1")
    assert first.status_code == 200, first.content
    assert "Idempotent-Replayed" not in first.headers
    before = counted(tenant.merchant)
    again = sent(tenant, path, rows, "k1")
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (200, first.json(), "true")
    other = sent(tenant, path, [*rows, rows[0]], "k1")
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key_used_otherwise")
    assert counted(tenant.merchant) == before


@pytest.mark.parametrize("path", WRITES)
def test_a_batch_whose_key_is_being_worked_on_is_told_to_come_again(
    tenant: Tenant, examples: dict[str, list[Any]], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_flight(*_: Any, **__: Any) -> None:
        raise answers.InFlight

    monkeypatch.setattr(answers, "kept", in_flight)
    before = counted(tenant.merchant)
    refused = sent(tenant, path, examples[path], "k2")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "in_flight")
    assert refused["Retry-After"] == "5"
    assert counted(tenant.merchant) == before

"""Every call of the API, asked what its description allows and what it forbids: nothing breaks, and each answer is
one that the description tells of.

By hand, longer and elsewhere: ``FUZZ_EXAMPLES=200 FUZZ_SEED=7 pytest tests/portal/programs/test_api_fuzzed.py``.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests
import schemathesis
from django.db import connections
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished
from schemathesis.generation.meta import TestPhase
from schemathesis.transport.wsgi import WSGI_TRANSPORT, WSGITransport

from measurement.models import Category, Experiment, Spu
from merchants import tenancy
from merchants.models import Connection, Merchant
from portal.addresses import addresses
from portal.wsgi import application
from tests.architecture.tenants import settle
from tests.conftest import emptied

pytestmark = pytest.mark.xdist_group("fuzz")  # one worker, so that the merchant is planted once
# of each call, beside its examples and all limits that its description names
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
SEED = int(os.environ.get("FUZZ_SEED", "20261126"))
CALLS = sorted(
    (method, f"/{one.pattern}".replace("<", "{").replace(">", "}"))
    for one in addresses()
    if one.roles[0].startswith("token:")
    for method in one.methods
    if method != "HEAD"
)
CONFIG = {
    "seed": SEED,
    "checks": {
        # what a description cannot say (a day must be past, a product known) is refused though it allows it
        "positive_data_acceptance": {"enabled": False},
    },
    "generation": {"max-examples": EXAMPLES, "no-shrink": True, "database": "none"},
    "phases": {"stateful": {"enabled": False}, "coverage": {"generate-duplicate-query-parameters": True}},
    "continue-on-failure": True,
}
KEY = re.compile(r"[\x21-\x7e]{1,255}")
LINES = "application/x-ndjson"
NUMBERS = itertools.count(1)


@schemathesis.hook
def filter_case(_: Any, case: Any) -> bool:
    """Each limit of each column is tried in JSON only: a row as a line of its own is read by the same code."""
    return case.media_type != LINES or case.meta is None or case.meta.phase.name != TestPhase.COVERAGE


@schemathesis.serializer(LINES)
def _line(_: Any, value: Any) -> dict[str, bytes]:
    return {"data": json.dumps(value).encode()}


def _in_process(case: Any, *, session: Any = None, headers: Any = None, **kwargs: Any) -> Any:
    """Gives most requests a key of their own, because one that was used refuses every other body unread. Requests
    that a check adds come without a session and with settings of sockets, which an application does not know; an
    empty session takes them away."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and KEY.fullmatch(key) and (number := next(NUMBERS)) % 8:
        headers = {**(headers or {}), "Idempotency-Key": f"{key[:200]}{number}"}
    session = session or requests.Session()
    return WSGITransport.send(WSGI_TRANSPORT, case, session=session, headers=headers, **kwargs)


@pytest.fixture(scope="module")
def api(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with emptied(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        for alias in connections:  # one for all requests of a thread, as the pool of a server has it
            patch.setitem(connections.settings[alias], "CONN_MAX_AGE", None)
        patch.setattr(WSGI_TRANSPORT, "send", _in_process)
        tenant = settle("fuzzed", "glowworm")
        with tenancy.acting_for(tenant.merchant):
            _plant_what_examples_name(tenant.merchant)
        told = {
            "headers": {"Authorization": f"Bearer {tenant.secret}"},
            "parameters": {"Seedbed-Merchant": tenant.merchant.code},
        }
        config = SchemathesisConfig.from_dict(CONFIG | told)
        yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=config)


def _plant_what_examples_name(merchant: Merchant) -> None:
    """So that the requests made from them are taken in."""
    Spu.objects.create(
        merchant=merchant, code="essence-30ml", name="glowworm essence", category=Category.objects.all()[0]
    )
    Connection.objects.create(merchant=merchant, source="api", shop="comments", legal_basis="consent")
    for pk, kind in ((7, "holdout"), (8, "geo")):
        Experiment.objects.create(
            pk=pk, merchant=merchant, kind=kind, name=f"glowworm {kind}", hypothesis="it sells", state="registered",
            starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 28), design={"hoped_lift": 0.1, "seed": "glowworm"},
            registered_at=datetime(2026, 2, 20, tzinfo=UTC), design_hash="0" * 64,
        )  # fmt: skip


def test_the_description_tells_of_every_call(api: Any) -> None:
    described = [
        (method.upper(), path) for path, calls in api.raw_schema["paths"].items() for method in calls
    ]
    assert sorted(described) == CALLS


@pytest.mark.parametrize(("method", "path"), CALLS, ids=lambda part: part.removeprefix("/api/v1/"))
def test_no_request_breaks_the_api_and_every_answer_is_described(
    api: Any, settings: Any, method: str, path: str
) -> None:
    settings.API_CALLS_A_MINUTE = 1_000_000
    wrong: list[str] = []
    answers: Counter[int] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages, about how they make their requests
        for event in from_schema(api.include(method=method, path=path)).execute():
            if isinstance(event, NonFatalError):
                wrong.append(f"{event.label}: {event.value}")
            if isinstance(event, ScenarioFinished):
                _read(event, wrong, answers)
    assert not wrong, "\n\n".join(wrong)
    assert answers[200] + answers[202] > 0, answers
    assert answers[401] > 0, answers  # the checks ask without a token, too
    assert answers.total() > EXAMPLES, answers


def _read(event: ScenarioFinished, wrong: list[str], answers: Counter[int]) -> None:
    recorder = event.recorder
    for sent in recorder.interactions.values():
        if sent.response is not None:
            answers[sent.response.status_code] += 1
            if sent.response.status_code >= 400:
                wrong += _of_shape(sent.request.uri, sent.response)
    wrong += [
        f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
        for checks in recorder.checks.values()
        for check in checks
        if check.status == Status.FAILURE
    ]


def _of_shape(asked: str, response: Any) -> list[str]:
    """A refusal looks alike everywhere, also where no description can tell of it, as for another method."""
    told = json.loads(response.content) if response.content else None  # nothing to HEAD
    fits = told is None or (set(told) == {"error"} and {"code", "message"} <= set(told["error"]))
    return [] if fits else [f"{asked} was refused with {response.content!r}"]

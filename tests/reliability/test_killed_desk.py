"""kill -9 of the worker that reads leads, again and again while pushes arrive: each lead ends up there once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from leads.models import Contact, ContactDetail, Lead, LeadChange, Source
from leads.operations import sources
from merchants import tenancy
from merchants.models import RawDelivery
from tests.conftest import make_merchant
from tests.leads.channels import wire

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]
ROOT = Path(__file__).resolve().parents[2]
KILLS, PUSHES, RETRIES = 50, 2000, 3
SENT = 1772331631500


class Worker:
    """`tests/reliability/killed_desk.py`."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.killed_desk"],
            cwd=ROOT,
            env=os.environ | {"SEEDBED_POOL": "0", "BROKER_URL": "memory://"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, statement: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"statement": statement}) + "\n")
        self.process.stdin.flush()

    def ended(self) -> int:
        assert self.process.stdout is not None
        return int(json.loads(self.process.stdout.readline())["signal"])


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.process.communicate(timeout=30)


class Platform:
    """Pushes forms and, as the platform does, pushes one again when it has seen no answer: up to three times,
    each time with another time of sending and so another signature."""

    def __init__(self, source: Source, chance: random.Random) -> None:
        self.source, self.chance, self.client = source, chance, Client()
        self.leads = self.pushes = 0

    def push_some(self, count: int) -> None:
        until = self.pushes + count
        while self.pushes < until:
            self.leads += 1
            for attempt in range(RETRIES + 1):
                self._push(f"L{self.leads}", attempt)
                if self.chance.random() < 0.75 or self.pushes == until:
                    break

    def _push(self, leads_id: str, attempt: int) -> None:
        name = f"顾客{leads_id}"
        answers = [{"label": "姓名", "value": name}, {"label": "电话", "value": f"138{self.leads:08d}"}]
        body = json.dumps(wire.form(leads_id, answers, sent=SENT + 30_000 * attempt))
        answer = self.client.post(
            f"/in/{self.source.address}/", data=body, content_type="application/json", headers=wire.red(body)
        )
        assert answer.status_code == 200
        self.pushes += 1


def test_a_worker_killed_fifty_times_while_two_thousand_pushes_arrive_ends_with_each_lead_once(
    worker: Worker,
) -> None:
    merchant = make_merchant("studio")
    source = sources.open_source(
        merchant, channel="xiaohongshu_form", name="Page", tokens=(wire.TOKEN,), by="user:1"
    )
    chance = random.Random(20261126)
    platform = Platform(source, chance)
    for _ in range(KILLS):
        worker.begin(chance.randint(1, 1500))
        platform.push_some(PUSHES // KILLS)
        assert worker.ended() == signal.SIGKILL
    worker.begin(0)
    assert worker.ended() == 0
    assert platform.pushes == PUSHES
    with tenancy.acting_for(merchant):
        assert RawDelivery.objects.filter(state=RawDelivery.State.APPLIED).count() == PUSHES
        found = sorted(Lead.objects.values_list("external_id", flat=True))
        assert found == sorted(f"L{n}" for n in range(1, platform.leads + 1))
        assert Contact.objects.count() == ContactDetail.objects.count() == platform.leads
        assert LeadChange.objects.count() == 0

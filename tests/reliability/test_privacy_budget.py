"""Many questions about people asked at once: together they do not pass the budget."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from measurement import privacy
from measurement.models import PrivacyQuestion
from measurement.operations import privacy_budget
from merchants import tenancy
from tests.worlds import World

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]


def test_eight_at_once_are_answered_no_more_than_the_budget_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "QUESTIONS_OF_USER", 5)
    merchant, together = World.plant("curious").merchant, threading.Barrier(8)

    def ask(number: int) -> list[bool]:
        try:
            together.wait(timeout=30)
            return [
                privacy_budget.may_ask(merchant, user_id=7, question={"n": number, "of": one})
                for one in range(3)
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        answers = [answer for told in threads.map(ask, range(8)) for answer in told]
    with tenancy.acting_for(merchant):
        assert (answers.count(True), PrivacyQuestion.objects.for_merchant(merchant).count()) == (5, 5)

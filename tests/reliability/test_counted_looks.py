"""Two looks of one person at the same moment: the second waits for the first, and both are counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone

from leads.models import Alarm, ContactDetail
from leads.operations import alarms, contacts, replies
from merchants import tenancy
from tests.conftest import make_merchant
from tests.leads.desks import BY, Desk
from tests.reliability.test_races import meanwhile, uncommitted

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]


def test_the_second_of_two_looks_at_once_sees_the_first_and_raises_the_alarm() -> None:
    merchant = make_merchant("looked")
    with tenancy.acting_for(merchant):
        desk = Desk(merchant)
        lin = desk.agent("lin")
        session = desk.say("ann", at=timezone.now() - timedelta(minutes=1))
        replies.take_contact(merchant, session, kind="phone", text="13812345678", by=BY)
        rule = {"reveals_a_day": 9, "rows_a_day": 9, "letter_hour": 8}
        alarms.set_oversight(merchant, reveals_an_hour=2, by=BY, **rule)
        detail = ContactDetail.objects.get()

    def look() -> None:
        contacts.reveal(merchant, detail, by=f"user:{lin.user_id}")

    with ThreadPoolExecutor(1) as threads:
        with uncommitted(merchant, look):
            second = meanwhile(threads, look)
            assert not second.done()
        second.result()
    with tenancy.acting_for(merchant):
        assert list(Alarm.objects.values_list("kind", "count")) == [("reveals_an_hour", 2)]

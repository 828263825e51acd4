"""Many looks at contacts, or many rows of them taken away, raise one alarm and a letter to each owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from leads import letters
from leads.models import Alarm, ContactDetail, Letter
from leads.operations import alarms, contacts, replies
from leads.queries import oversight
from merchants.models import AuditEvent, Membership, Merchant, User
from tests.conftest import make_member
from tests.leads.desks import BY, Desk

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    made = Desk(merchant)
    session = made.say("ann", at=timezone.now() - MINUTE)
    replies.take_contact(merchant, session, kind="phone", text="13812345678", by=BY)
    alarms.set_oversight(merchant, reveals_an_hour=3, reveals_a_day=5, rows_a_day=250, letter_hour=8, by=BY)
    return made


@pytest.fixture
def owner(merchant: Merchant) -> User:
    made = make_member(merchant, "owner")
    made.email = "owner@example.com"
    made.language = "en"
    made.save()
    return made


def look(desk: Desk, user: User, times: int = 1) -> None:
    detail = ContactDetail.objects.get()
    for _ in range(times):
        contacts.reveal(desk.merchant, detail, by=f"user:{user.pk}")


def looked(desk: Desk, user: User, ago: timedelta, times: int = 1) -> None:
    """Looks that stand in the trail from before."""
    for _ in range(times):
        AuditEvent.objects.create(
            merchant=desk.merchant,
            act="leads.contact.revealed",
            actor=f"user:{user.pk}",
            at=timezone.now() - ago,
        )


def raised() -> list[tuple[str, int]]:
    return list(Alarm.objects.order_by("pk").values_list("kind", "count"))


def test_the_look_that_makes_it_as_many_as_the_limit_raises_one_alarm(desk: Desk) -> None:
    lin = desk.agent("lin").user
    look(desk, lin, 2)
    assert raised() == []
    look(desk, lin)
    assert raised() == [("reveals_an_hour", 3)]
    look(desk, lin)
    assert raised() == [("reveals_an_hour", 4)]
    assert AuditEvent.objects.filter(act="leads.alarm.raised").count() == 1


def test_the_looks_of_two_people_are_two_counts(desk: Desk) -> None:
    look(desk, desk.agent("lin").user, 2)
    look(desk, desk.agent("mo").user, 2)
    assert raised() == []


def test_looks_of_an_hour_ago_count_for_the_day_only(desk: Desk) -> None:
    lin = desk.agent("lin").user
    looked(desk, lin, HOUR + MINUTE, 2)
    looked(desk, lin, DAY + MINUTE, 9)
    look(desk, lin, 2)
    assert raised() == []
    look(desk, lin)
    assert raised() == [("reveals_an_hour", 3), ("reveals_a_day", 5)]


def test_after_the_window_of_an_alarm_another_one_may_be_raised(desk: Desk) -> None:
    lin = desk.agent("lin").user
    look(desk, lin, 3)
    Alarm.objects.update(raised_at=timezone.now() - HOUR - MINUTE, first_at=timezone.now() - 2 * HOUR)
    look(desk, lin)
    assert raised() == [("reveals_an_hour", 3), ("reveals_an_hour", 4)]


def test_a_look_at_what_a_push_said_is_a_look_at_a_contact(desk: Desk) -> None:
    assert "leads.delivery.looked_at" in alarms.REVEALS
    lin = desk.agent("lin").user
    AuditEvent.objects.create(
        merchant=desk.merchant, act="leads.delivery.looked_at", actor=f"user:{lin.pk}", at=timezone.now()
    )
    look(desk, lin, 2)
    assert raised() == [("reveals_an_hour", 3)]


def test_programs_and_people_who_are_no_members_raise_nothing(desk: Desk) -> None:
    detail = ContactDetail.objects.get()
    for by in ["system:demo"] * 9 + [f"user:{User.objects.create(username='gone').pk}"] * 9:
        contacts.reveal(desk.merchant, detail, by=by)
    assert raised() == []


def test_each_owner_with_an_address_gets_one_letter_in_their_language(desk: Desk, owner: User) -> None:
    make_member(desk.merchant, "owner", "without an address")
    look(desk, desk.agent("lin").user, 4)
    assert Letter.objects.count() == 1
    assert [letters.post_one(desk.merchant), letters.post_one(desk.merchant)] == [True, False]
    (sent,) = mail.outbox
    assert sent.to == ["owner@example.com"]
    assert sent.subject == "Alarm: many contacts seen by lin-glow · Glow"
    assert "lin-glow · Contacts looked at in an hour: 4" in sent.body
    assert "/m/glow/alarms/" in sent.body


def test_an_owner_who_is_none_any_more_gets_no_letter(desk: Desk, owner: User) -> None:
    look(desk, desk.agent("lin").user, 3)
    Membership.objects.filter(user=owner).update(role="viewer")
    assert letters.post_one(desk.merchant)
    assert mail.outbox == []
    assert Letter.objects.values_list("state", "error").get() == ("failed", "nobody to read it")


def test_without_a_setting_the_usual_limits_hold(merchant: Merchant) -> None:
    rule = oversight.of(merchant)
    assert (rule.version, rule.reveals_an_hour, rule.reveals_a_day, rule.rows_a_day) == (0, 25, 50, 250)


# -- the page


def test_the_owner_sees_who_and_how_many_and_sees_to_it_once(desk: Desk, owner: User, client: Client) -> None:
    look(desk, desk.agent("lin").user, 3)
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    assert "An alarm: many contacts were seen" in client.get("/m/glow/desk/").content.decode()
    assert "An alarm: many contacts were seen" in client.get("/m/glow/inbox/").content.decode()
    told = client.get("/m/glow/alarms/").content.decode()
    assert "lin-glow" in told
    alarm = Alarm.objects.get()
    for _ in range(2):
        assert client.post(f"/m/glow/alarms/{alarm.pk}/seen/").status_code == 302
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == f"user:{owner.pk}"
    assert AuditEvent.objects.filter(act="leads.alarm.acknowledged").count() == 1
    assert "An alarm" not in client.get("/m/glow/desk/").content.decode()


def test_nobody_but_an_owner_sees_to_what_was_raised_about_themselves(desk: Desk, client: Client) -> None:
    manager = make_member(desk.merchant, "manager")
    look(desk, manager, 3)
    client.force_login(manager)
    client.cookies["django_language"] = "en"
    assert "by somebody else" in client.get("/m/glow/alarms/").content.decode()
    assert client.post(f"/m/glow/alarms/{Alarm.objects.get().pk}/seen/").status_code == 403
    assert client.post("/m/glow/alarms/limits/", {}).status_code == 403


def test_limits_are_set_as_a_new_version_and_nonsense_is_refused(
    desk: Desk, owner: User, client: Client
) -> None:
    client.force_login(owner)
    good = {"reveals_an_hour": "7", "reveals_a_day": "9", "rows_a_day": "11", "letter_hour": "9"}
    assert client.post("/m/glow/alarms/limits/", good | {"reveals_a_day": "0"}).status_code == 422
    assert client.post("/m/glow/alarms/limits/", good | {"letter_hour": "24"}).status_code == 422
    assert oversight.of(desk.merchant).version == 1
    assert client.post("/m/glow/alarms/limits/", good).status_code == 302
    rule = oversight.of(desk.merchant)
    assert (rule.version, rule.reveals_an_hour, rule.letter_hour) == (2, 7, 9)

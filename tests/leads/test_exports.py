"""Lists of the desk as files: the rows of the screen, masked unless asked for with a reason, whole or not at all."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as installed
from django.http import QueryDict
from django.test import Client
from django.utils import timezone, translation

from leads.models import Alarm, Consent, Conversation, Export, Lead
from leads.operations import alarms, consents, exports, replies, stages
from leads.queries import exported
from leads.queries.asked import Asked
from merchants.models import AuditEvent, Membership, Merchant, User
from tests.conftest import make_member
from tests.leads.desks import BY, DAY, MINUTE, NOON, Desk

PHONE = "13812345678"


@pytest.fixture
def desk(merchant: Merchant, settings: Any, tmp_path: Path) -> Desk:
    settings.STATE = tmp_path
    made = Desk(merchant)
    for number, who in enumerate(("ann", "=ben", "cleo")):
        session = made.say(who, f"{who} is at {PHONE}", at=NOON + number * MINUTE, nickname=who)
        replies.take_contact(merchant, session, kind="phone", text=PHONE, by=BY)
    return made


@pytest.fixture
def manager(merchant: Merchant) -> User:
    return make_member(merchant, "manager")


@pytest.fixture
def browser(manager: User, client: Client) -> Client:
    client.force_login(manager)
    client.cookies["django_language"] = "en"
    return client


def ask(desk: Desk, person: User, kind: str = "leads", form: str = "csv", **told: Any) -> Export:
    asked = told.pop("asked", Asked())
    return exports.ask(desk.merchant, person, kind=kind, form=form, asked=asked, language="en", **told)


def written(desk: Desk, row: Export) -> Export:
    exports.write(desk.merchant, row.pk)
    row.refresh_from_db()
    return row


def content(desk: Desk, row: Export) -> bytes:
    return b"".join(exports.take(desk.merchant, row))


def rows_of(desk: Desk, row: Export) -> list[dict[str, str]]:
    text = content(desk, written(desk, row)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_leads_are_one_row_each_the_newest_first_with_masked_phones(desk: Desk, manager: User) -> None:
    rows = rows_of(desk, ask(desk, manager))
    assert [row["Name"] for row in rows] == ["cleo", "'=ben", "ann"]
    assert {row["Phone"] for row in rows} == {"138****5678"}
    assert rows[2]["Began"] == "2026-11-25 12:00:00+08:00"
    assert (rows[2]["Stage"], rows[2]["Source"]) == ("New", "Xiaohongshu private messages")
    assert rows[2]["Agreed value (yuan)"] == ""


def test_the_filters_are_those_of_the_screen(desk: Desk, manager: User, browser: Client) -> None:
    lead = Lead.objects.get(contact__name="ann")
    stages.move(desk.merchant, lead, to="lost", reason="price", by=BY)
    found = {}
    for query in ("", "stage=lost", "stage=new", "q=cle", f"q=%2B86{PHONE}", "q=nobody", "first=2026-11-26"):
        shown = browser.get(f"/m/glow/leads/?{query}").content.decode()
        rows = rows_of(desk, ask(desk, manager, asked=Asked.read(QueryDict(query))))
        found[query] = "".join(sorted(row["Name"].strip("'=")[0] for row in rows))
        assert "".join(name[0] for name in ("ann", "ben", "cleo") if f"{name}</a>" in shown) == found[query]
    assert list(found.values()) == ["abc", "a", "bc", "c", "abc", "", ""]


def test_consultations_are_told_with_their_clock_and_of_an_agent_only_theirs(
    desk: Desk, manager: User
) -> None:
    lin = desk.agent("lin")
    session = desk.say("dora", at=NOON)
    replies.reply(desk.merchant, session, lin, text="hi", by=BY, now=NOON + 2 * MINUTE)
    (row,) = rows_of(desk, ask(desk, manager, "consultations", asked=Asked(agent=lin.pk, open=True)))
    assert (row["Agent"], row["State"], row["Seconds by the calendar"]) == ("lin", "Answered", "120")
    assert row["First reply by a human"] == "2026-11-25 12:02:00+08:00"
    replies.close(desk.merchant, desk.fresh(session), by=BY)
    assert rows_of(desk, ask(desk, manager, "consultations", asked=Asked(agent=lin.pk, open=True))) == []
    assert len(rows_of(desk, ask(desk, manager, "consultations"))) == 4


def test_messages_say_what_was_said_with_numbers_masked(desk: Desk, manager: User) -> None:
    rows = rows_of(desk, ask(desk, manager, "messages"))
    assert [(row["Name"], row["Words"], row["By"]) for row in rows] == [
        ("cleo", "cleo is at 138****5678", "Customer"),
        ("'=ben", "'=ben is at 138****5678", "Customer"),
        ("ann", "ann is at 138****5678", "Customer"),
    ]


def test_days_are_those_of_the_merchants_clock_and_both_ends_belong(desk: Desk, manager: User) -> None:
    day = NOON.date()
    for first, last, many in ((day, day, 3), (day + DAY, None, 0), (None, day - DAY, 0), (day, None, 3)):
        assert len(rows_of(desk, ask(desk, manager, "messages", asked=Asked(first=first, last=last)))) == many


def test_contacts_stand_there_only_with_a_reason_and_a_role_that_may(desk: Desk, manager: User) -> None:
    with pytest.raises(exports.Refused, match="no_reason"):
        ask(desk, manager, with_contacts=True, reason="  ")
    with pytest.raises(exports.Refused, match="may_not"):
        ask(desk, make_member(desk.merchant, "viewer"), with_contacts=True, reason="I like to")
    rows = rows_of(desk, ask(desk, manager, with_contacts=True, reason="Calls of the week"))
    assert {row["Phone"] for row in rows} == {PHONE}
    asked = AuditEvent.objects.filter(act="leads.export.asked").latest("pk")
    assert asked.data == {"kind": "leads", "with_contacts": True, "reason": "Calls of the week"}
    assert AuditEvent.objects.filter(act="leads.export.taken").count() == 1


def test_who_may_see_contacts_no_more_gets_none_in_the_file_and_no_former_file(
    desk: Desk, manager: User
) -> None:
    ready = written(desk, ask(desk, manager, with_contacts=True, reason="Calls"))
    waiting = ask(desk, manager, with_contacts=True, reason="Calls")
    Membership.objects.filter(user=manager).update(role="viewer")
    with pytest.raises(exports.Refused, match="may_not"):
        exports.take(desk.merchant, ready)
    exports.write(desk.merchant, waiting.pk)
    Membership.objects.filter(user=manager).update(role="manager")
    waiting.refresh_from_db()
    assert PHONE not in content(desk, waiting).decode()


def test_a_workbook_says_first_what_was_asked_for(desk: Desk, manager: User) -> None:
    row = ask(desk, manager, "messages", "xlsx", asked=Asked(open=True, first=NOON.date()))
    book = openpyxl.load_workbook(io.BytesIO(content(desk, written(desk, row))))
    assert book.sheetnames == ["Read me", "Messages"]
    told = dict(book["Read me"].iter_rows(values_only=True))
    assert told["Merchant"] == "Glow"
    assert (told["Consultations"], told["From"], told["Contacts"]) == ("open ones", "2026-11-25", "masked")
    assert book["Messages"]["J3"].value == "=ben is at 138****5678"
    assert "Left out" not in told


def test_chats_of_minors_and_of_a_clinic_leave_only_with_a_consent_that_stands(
    desk: Desk, manager: User
) -> None:
    threads = {row.contact.name: row for row in Conversation.objects.select_related("contact")}
    consents.mark_minor(desk.merchant, threads["ann"], minor=True, by=BY)
    assert [row["Name"] for row in rows_of(desk, ask(desk, manager, "messages"))] == ["cleo", "'=ben"]
    Merchant.objects.update(sensitive_trade=True)
    desk.merchant.refresh_from_db()
    consents.give(desk.merchant, threads["cleo"], how=Consent.How.CHAT, wording="v1", by=BY)
    row = written(desk, ask(desk, manager, "messages", "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(content(desk, row)))
    assert [name for (name,) in book["Messages"].iter_rows(2, None, 6, 6, values_only=True)] == ["cleo"]
    assert ("Left out", "2 messages of sensitive chats") in set(book["Read me"].iter_rows(values_only=True))


def test_a_list_of_many_batches_is_read_once_each_whatever_comes_meanwhile(
    desk: Desk, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported, "BATCH", 2)
    read, calls = exported.batch, []

    def meanwhile(asking: Any, below: int | None) -> Any:
        calls.append(below)
        desk.say(f"late {len(calls)}", at=NOON)
        return read(asking, below)

    monkeypatch.setattr(exported, "batch", meanwhile)
    rows = rows_of(desk, ask(desk, manager))
    assert [row["Name"] for row in rows][1:] == ["cleo", "'=ben", "ann"]
    assert len(calls) == 3


# -- the row is the progress


def files(desk: Desk) -> list[Path]:
    return sorted(file for file in Path(installed.STATE).rglob("*") if file.is_file())


def test_a_second_run_writes_nothing_and_the_file_rests_sealed(desk: Desk, manager: User) -> None:
    row = written(desk, ask(desk, manager, with_contacts=True, reason="Calls"))
    assert (row.state, row.rows_total, row.rows_done, row.attempts) == ("done", 3, 3, 1)
    (file,) = files(desk)
    assert PHONE.encode() not in file.read_bytes()
    before = file.read_bytes()
    exports.write(desk.merchant, row.pk)
    assert [one.read_bytes() for one in files(desk)] == [before]


class Killed(BaseException):
    """As a signal that nobody can catch."""


def test_a_worker_killed_anywhere_leaves_no_file_to_take_and_the_next_one_writes_it_whole(
    desk: Desk, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported, "BATCH", 1)
    row = ask(desk, manager)
    read = exported.batch
    for at in range(1, 4):
        seen = []

        def dies(asking: Any, below: int | None, at: int = at, seen: list[int] = seen) -> Any:
            seen.append(1)
            if len(seen) == at:
                raise Killed
            return read(asking, below)

        with monkeypatch.context() as patched:
            patched.setattr(exported, "batch", dies)
            with pytest.raises(Killed):
                exports.write(desk.merchant, row.pk)
        row.refresh_from_db()
        assert (row.state, row.path) == ("writing", "")
        with pytest.raises(FileNotFoundError):
            exports.take(desk.merchant, row)
        exports.write(desk.merchant, row.pk)  # within the lease nobody else begins
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("writing", at)
        Export.objects.update(touched_at=timezone.now() - exports.LEASE)
    assert [one["Name"] for one in rows_of(desk, row)] == ["cleo", "'=ben", "ann"]


def test_an_export_that_kills_its_workers_is_given_up(desk: Desk, manager: User) -> None:
    row = ask(desk, manager)
    Export.objects.update(attempts=exports.ATTEMPTS, touched_at=timezone.now() - exports.LEASE)
    assert written(desk, row).state == "failed"


def test_a_worker_whose_export_was_stopped_throws_its_file_away(
    desk: Desk, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask(desk, manager)
    read = exported.heads

    def stopped(asking: Any) -> Any:
        assert exports.cancel(desk.merchant, row)
        return read(asking)

    monkeypatch.setattr(exported, "heads", stopped)
    assert written(desk, row).state == "cancelled"
    assert files(desk) == []
    assert not exports.cancel(desk.merchant, row)


def test_a_fault_of_ours_is_stated_and_nothing_is_left(
    desk: Desk, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(asking: Any, below: int | None) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(exported, "batch", broken)
    row = written(desk, ask(desk, manager))
    assert (row.state, row.error) == ("failed", "ZeroDivisionError")
    assert files(desk) == []


def test_files_end_after_a_week_with_contacts_after_a_day_and_orphans_with_them(
    desk: Desk, manager: User
) -> None:
    plain = written(desk, ask(desk, manager))
    clear = written(desk, ask(desk, manager, with_contacts=True, reason="Calls"))
    orphan = files(desk)[0].with_name("0123.part")
    orphan.write_bytes(b"half")
    now = timezone.now()
    assert exports.purge(desk.merchant, now=now) == 0
    assert len(files(desk)) == 3
    assert exports.purge(desk.merchant, now=now + timedelta(days=1, minutes=1)) == 1
    clear.refresh_from_db()
    plain.refresh_from_db()
    assert (clear.state, clear.path, plain.state) == ("expired", "", "done")
    assert len(files(desk)) == 1
    with pytest.raises(FileNotFoundError):
        exports.take(desk.merchant, plain, now=now + timedelta(days=8))
    assert exports.purge(desk.merchant, now=now + timedelta(days=8)) == 1
    assert files(desk) == []


# -- alarms


def test_as_many_rows_with_contacts_as_the_limit_in_a_day_raise_one_alarm(desk: Desk, manager: User) -> None:
    rule = {"reveals_an_hour": 25, "reveals_a_day": 50, "letter_hour": 8}
    alarms.set_oversight(desk.merchant, rows_a_day=6, by=BY, **rule)

    def take_three() -> list[tuple[str, int]]:
        written(desk, ask(desk, manager, with_contacts=True, reason="Calls"))
        return list(Alarm.objects.values_list("kind", "count"))

    written(desk, ask(desk, manager))  # masked rows count nothing
    assert take_three() == []
    assert take_three() == [("rows_a_day", 6)]
    assert take_three() == [("rows_a_day", 9)]


# -- the page


def test_the_lists_lead_to_the_page_with_their_filters_and_the_file_is_taken(
    desk: Desk, browser: Client
) -> None:
    assert (
        "/m/glow/exports/?kind=leads&amp;stage=new"
        in browser.get("/m/glow/leads/?stage=new").content.decode()
    )
    assert "/m/glow/exports/?kind=consultations&amp;open=1" in browser.get("/m/glow/inbox/").content.decode()
    page = browser.get("/m/glow/exports/?kind=leads&stage=new").content.decode()
    assert '<option value="new" selected>' in page
    form = {"kind": "leads", "form": "csv", "stage": "new", "text": "ann"}
    assert browser.post("/m/glow/exports/", form).status_code == 302
    row = Export.objects.get()
    progress = browser.get(f"/m/glow/exports/{row.pk}/")
    assert ("HX-Refresh" in progress, "hx-get" in progress.content.decode()) == (False, True)
    assert browser.get(f"/m/glow/exports/{row.pk}/file/").status_code == 404
    exports.write(desk.merchant, row.pk)
    assert browser.get(f"/m/glow/exports/{row.pk}/")["HX-Refresh"] == "true"
    answer = browser.get(f"/m/glow/exports/{row.pk}/file/")
    told = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert told.decode("utf-8-sig").count("\r\n") == 2
    assert answer["Content-Length"] == str(len(told))
    assert "Name or phone: ann" in browser.get("/m/glow/exports/").content.decode()


def test_only_who_asked_may_look_stop_or_take(desk: Desk, browser: Client, client: Client) -> None:
    row = written(desk, ask(desk, make_member(desk.merchant, "owner")))
    for path, method in (("", client.get), ("file/", client.get), ("stop/", client.post)):
        assert method(f"/m/glow/exports/{row.pk}/{path}").status_code == 404
    client.force_login(desk.agent("lin").user)
    assert client.get("/m/glow/exports/").status_code == 403
    assert "exports/?kind" not in client.get("/m/glow/leads/").content.decode()


def test_contacts_without_a_reason_and_days_upside_down_are_refused_on_the_page(
    desk: Desk, browser: Client
) -> None:
    form = {"kind": "leads", "form": "csv"}
    answer = browser.post("/m/glow/exports/", form | {"with_contacts": "on"})
    assert answer.status_code == 422
    assert "Say what the contacts are needed for." in answer.content.decode()
    answer = browser.post("/m/glow/exports/", form | {"first": "2026-11-25", "last": "2026-11-24"})
    assert "The last day lies before the first." in answer.content.decode()
    assert not Export.objects.exists()


def test_an_export_is_stopped_on_the_page(desk: Desk, browser: Client) -> None:
    browser.post("/m/glow/exports/", {"kind": "messages", "form": "xlsx", "open": "on"})
    row = Export.objects.get()
    assert browser.post(f"/m/glow/exports/{row.pk}/stop/").status_code == 302
    assert "Stopped" in browser.get("/m/glow/exports/").content.decode()
    exports.write(desk.merchant, row.pk)
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_the_filters_are_told_with_the_names_of_the_screen(desk: Desk) -> None:
    with translation.override("en"):
        told = exports.filters_said(desk.merchant, Asked(stage="lost", open=True))
    assert told == [("Stage", "Lost"), ("Consultations", "open ones")]

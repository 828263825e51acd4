"""Reports that go out by themselves: composed as on the screen, once for each time, to those who may read."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.core import mail
from django.utils import timezone

from measurement import letters, tasks
from measurement.choices import Rhythm
from measurement.models import Mailing, SavedView, Schedule
from measurement.operations import saved, schedules
from merchants import tenancy
from merchants.models import Membership, Merchant, User
from merchants.periods import day_of
from tests.conftest import make_member, make_merchant
from tests.measurement.world import World

NOW = timezone.now()
TODAY = day_of(NOW)


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def reader(merchant: Merchant, role: str = "owner") -> User:
    user = make_member(merchant, role, f"{role}@{merchant.code}")
    user.email = f"{role}@example.com"
    user.save()
    return user


def a_world(merchant: Merchant) -> World:
    made = World(merchant)
    made.touch("ann", ago(20), "=Winter repair", blogger="Lin")
    made.order("T1", ago(17), 10001, person="ann", refunded=1000)
    made.spend(ago(20), 2000, note="=Winter repair")
    made.compute()
    return made


def due(merchant: Merchant, view: SavedView | None, owner: User, **more: object) -> Schedule:
    told: dict[str, object] = {"form": "xlsx", "language": "en", "recipients": [owner.pk], **more}
    made = schedules.schedule(
        merchant, view=view, owner=owner, rhythm=Rhythm.DAILY, day=1, hour=7,
        now=NOW - timedelta(days=1), by="user:1", **told,  # type: ignore[arg-type]
    )  # fmt: skip
    with tenancy.acting_for(merchant):
        Schedule.objects.for_merchant(merchant).filter(pk=made.pk).update(next_at=NOW - timedelta(minutes=1))
    return made


def a_view(merchant: Merchant, owner: User, query: str = "by=note&period=90d") -> SavedView:
    return saved.save_view(
        merchant,
        owner=owner,
        name="Notes",
        page="measurement:results",
        query=query,
        shared=False,
        by="user:1",
    )


def test_a_saved_report_goes_out_with_its_file_its_picture_and_the_sentence(merchant: Merchant) -> None:
    a_world(merchant)
    owner = reader(merchant)
    saved.annotate(
        merchant,
        first_day=TODAY - timedelta(days=19),
        last_day=TODAY - timedelta(days=19),
        text="Live night",
        by="user:1",
    )
    letter = letters.compose(merchant, due(merchant, a_view(merchant, owner), owner), now=NOW)

    assert "Notes · Glow" in letter.subject
    assert "¥90.01" in letter.text
    assert "Live night" in letter.html
    assert [attached.name.rpartition(".")[2] for attached in letter.attached] == ["xlsx", "png"]
    book = openpyxl.load_workbook(io.BytesIO(letter.attached[0].content))
    told = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert "Live night" in told
    assert book.worksheets[1]["A2"].value == "=Winter repair"
    assert letter.attached[1].content.startswith(b"\x89PNG\r\n")


def test_a_letter_speaks_the_language_of_its_schedule(merchant: Merchant) -> None:
    a_world(merchant)
    owner = reader(merchant)
    letter = letters.compose(merchant, due(merchant, None, owner, language="zh-hans"), now=NOW)
    assert "归因成交额" in letter.html
    assert letter.attached == ()


def test_what_is_due_goes_out_once_however_often_workers_look(committed: None) -> None:
    merchant = make_merchant()
    owner = reader(merchant)
    due(merchant, None, owner)
    for _ in range(2):
        found = schedules.write_due(merchant, now=NOW)
        for mailing_id in [*found, *found]:
            tasks.send_mailing(merchant_id=merchant.pk, mailing_id=mailing_id)
    assert [message.to for message in mail.outbox] == [["owner@example.com"]]
    with tenancy.acting_for(merchant):
        row = Mailing.objects.for_merchant(merchant).get()
        assert (row.state, row.sent_to) == (Mailing.State.SENT, 1)
        assert Schedule.objects.for_merchant(merchant).get().next_at > NOW
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<mailing-{row.pk}-0@")


def test_days_missed_make_one_letter(committed: None) -> None:
    merchant = make_merchant()
    made = due(merchant, None, reader(merchant))
    with tenancy.acting_for(merchant):
        Schedule.objects.for_merchant(merchant).filter(pk=made.pk).update(next_at=NOW - timedelta(days=9))
    assert len(schedules.write_due(merchant, now=NOW)) == 1


def test_who_was_not_chosen_has_left_or_may_not_export_gets_nothing(committed: None) -> None:
    merchant = make_merchant()
    reader(merchant, "marketing")  # might read it, and was not chosen
    owner, viewer = reader(merchant), reader(merchant, "viewer")
    gone = reader(merchant, "finance")
    due(merchant, None, owner, recipients=[owner.pk, viewer.pk, gone.pk])
    Membership.objects.filter(user=gone).delete()
    for mailing_id in schedules.write_due(merchant, now=NOW):
        tasks.send_mailing(merchant_id=merchant.pk, mailing_id=mailing_id)
    assert [message.to for message in mail.outbox] == [["owner@example.com"]]


def test_a_letter_the_server_refuses_waits_and_is_given_up_in_the_end(
    committed: None, settings: object
) -> None:
    merchant = make_merchant()
    due(merchant, None, reader(merchant))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]  # nobody listens
    (mailing_id,) = schedules.write_due(merchant, now=NOW)
    for attempt in range(schedules.ATTEMPTS):
        tasks.send_mailing(merchant_id=merchant.pk, mailing_id=mailing_id)
        with tenancy.acting_for(merchant):
            row = Mailing.objects.for_merchant(merchant).get()
            assert (row.attempts, row.error) == (attempt + 1, "ConnectionRefusedError")
            row.claimed_at = datetime(2026, 1, 1, tzinfo=UTC)  # its claim has run out
            row.save()
    assert row.state == Mailing.State.FAILED


def test_a_paused_schedule_writes_nothing_and_goes_on_with_the_next_time(merchant: Merchant) -> None:
    made = due(merchant, None, reader(merchant))
    schedules.pause(merchant, made, paused=True, now=NOW, by="user:1")
    assert schedules.write_due(merchant, now=NOW + timedelta(days=3)) == []
    schedules.pause(merchant, made, paused=False, now=NOW, by="user:1")
    assert made.next_at > NOW


def test_a_schedule_without_readers_is_refused(merchant: Merchant) -> None:
    owner = reader(merchant)
    with pytest.raises(ValueError, match="somebody"):
        due(merchant, None, owner, recipients=[])


@pytest.mark.django_db
def test_a_picture_is_left_out_where_no_font_has_the_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    from measurement import pictures

    option = {
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "data": ["面霜", "精华"]},
        "series": [{"name": "Cost", "type": "bar", "data": [1, None]}],
    }
    monkeypatch.setattr(pictures, "chinese_font", lambda: None)
    assert pictures.png(option, "Cost") is None
    plain = {**option, "yAxis": {"type": "category", "data": ["cream", "essence"]}}
    drawn = pictures.png(plain, "Cost")
    assert drawn is not None
    assert drawn.startswith(b"\x89PNG")

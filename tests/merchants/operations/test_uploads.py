"""A file is applied once, whatever happens to the workers that carry it."""

from datetime import UTC, datetime, timedelta

import pytest

from measurement.models import Spend
from merchants import tasks
from merchants.intake import kinds
from merchants.intake.kinds import Kind
from merchants.models import AuditEvent, Connection, RawDelivery, Upload
from merchants.operations import retention, uploads
from tests.conftest import make_merchant

BY = "user:1"
HEAD = "day,amount,campaign_id\n"


def cost_file(rows: int = 10) -> str:
    return HEAD + "".join(f"2026-03-01,{n}.50,c{n}\n" for n in range(1, rows + 1))


@pytest.fixture(autouse=True)
def _state(settings, tmp_path):
    settings.STATE = tmp_path


@pytest.fixture
def small_chunks(monkeypatch):
    """Cost written three rows at once, through a writer that can be made to die."""
    spend, dies = kinds.get("spend"), []

    def write(merchant, rows, **more):
        if dies and dies.pop(0):
            raise KeyboardInterrupt  # what a killed process leaves behind: no handler runs
        return spend.write(merchant, rows, **more)

    fields = {name: getattr(spend, name) for name in Kind.__dataclass_fields__}
    monkeypatch.setitem(kinds._KINDS, "spend", Kind(**{**fields, "rows_at_once": 3, "write": write}))
    return dies


def hand_in(merchant, text: str | bytes, kind: str = "spend") -> Upload:
    data = text.encode() if isinstance(text, str) else text
    chunks = [data[start : start + 7] for start in range(0, len(data), 7)]
    return uploads.accept(merchant, kind=kind, filename="a/../b\\c.csv", chunks=chunks, by=BY).upload


def checked(merchant, text: str | bytes) -> Upload:
    upload = hand_in(merchant, text)
    uploads.check(merchant, upload.pk)
    upload.refresh_from_db()
    return upload


def grow_old(upload: Upload) -> None:
    """As if the worker had been silent for longer than its lease."""
    Upload.objects.filter(pk=upload.pk).update(touched_at=datetime.now(UTC) - 2 * uploads.LEASE)


def fens() -> list[int]:
    return sorted(Spend.objects.filter(replaced_at=None).values_list("fen", flat=True))


def test_a_file_is_kept_sealed_under_a_random_name(merchant, tmp_path):
    upload = hand_in(merchant, cost_file())
    assert upload.filename == "c.csv"
    assert upload.size == len(cost_file())
    sealed = (tmp_path / upload.path).read_bytes()
    assert b"campaign_id" not in sealed
    assert "c.csv" not in upload.path


def test_the_check_shows_figures_first_rows_and_problems(merchant):
    upload = checked(merchant, cost_file(3) + "2026-13-01,1,c9\n")
    assert (upload.state, upload.rows_read, upload.rows_good, upload.rows_rejected) == ("checked", 4, 3, 1)
    assert upload.preview["columns"] == ["day", "amount", "campaign_id"]
    assert upload.preview["rows"][0] == ["2026-03-01", "1.50", "c1"]
    assert [(e["line"], e["column"], e["code"]) for e in upload.errors] == [(5, "day", "not_a_day")]
    assert not Spend.objects.exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (HEAD, "no_rows"),
        (HEAD + "x,y,z\n", "not_a_day"),
        ("name,price\n", "columns_missing"),
        (b"\xd0\xcf\x11\xe0", "old_or_locked_excel"),
    ],
)
def test_a_file_without_a_good_row_is_refused(merchant, data, code):
    upload = checked(merchant, data)
    assert upload.state == "refused"
    assert upload.errors[0]["code"] == code
    with pytest.raises(uploads.WrongState):
        uploads.confirm(merchant, upload, by=BY)


def test_a_confirmed_file_is_applied_once_and_then_forgotten(merchant, tmp_path):
    upload = checked(merchant, cost_file())
    uploads.apply(merchant, upload.pk)
    assert fens() == []  # not confirmed
    uploads.confirm(merchant, upload, by=BY)
    uploads.apply(merchant, upload.pk)
    uploads.apply(merchant, upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.rows_applied) == ("applied", 10)
    assert upload.preview["receipt"] == {"received": 10, "added": 10}
    assert fens() == [n * 100 + 50 for n in range(1, 11)]
    assert not (tmp_path / upload.path).exists()
    assert RawDelivery.objects.get().rows == 10
    assert Connection.objects.get().last_received_at is not None
    acts = list(AuditEvent.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["merchants.upload.received", "merchants.upload.confirmed", "merchants.upload.applied"]


@pytest.mark.parametrize("chunk", range(4))
def test_a_worker_killed_at_any_chunk_loses_and_doubles_nothing(merchant, small_chunks, chunk):
    upload = checked(merchant, cost_file())
    uploads.confirm(merchant, upload, by=BY)
    small_chunks += [False] * chunk + [True]
    with pytest.raises(KeyboardInterrupt):
        uploads.apply(merchant, upload.pk)
    assert len(fens()) == 3 * chunk
    uploads.apply(merchant, upload.pk)  # the lease of the dead one still holds
    assert len(fens()) == 3 * chunk
    grow_old(upload)
    uploads.apply(merchant, upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.rows_applied) == ("applied", 10)
    assert fens() == [n * 100 + 50 for n in range(1, 11)]
    assert RawDelivery.objects.count() == 1


def test_a_worker_that_was_thought_dead_stops_when_another_took_over(merchant, small_chunks, monkeypatch):
    upload = checked(merchant, cost_file())
    uploads.confirm(merchant, upload, by=BY)
    write, taken = uploads._write, []

    def taken_over_in_between(merchant, row, kind, passed, chunk):
        write(merchant, row, kind, passed, chunk)
        if not taken:
            taken.append(True)
            grow_old(upload)
            uploads.apply(merchant, upload.pk)  # the other one finishes

    monkeypatch.setattr(uploads, "_write", taken_over_in_between)
    uploads.apply(merchant, upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.rows_applied, upload.attempts) == ("applied", 10, 2)
    assert fens() == [n * 100 + 50 for n in range(1, 11)]


def test_a_file_that_kills_every_worker_is_given_up(merchant, small_chunks):
    upload = checked(merchant, cost_file())
    uploads.confirm(merchant, upload, by=BY)
    small_chunks += [True] * 20
    for _ in range(uploads.ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            uploads.apply(merchant, upload.pk)
        grow_old(upload)
    uploads.apply(merchant, upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.message) == ("failed", "worker lost")
    small_chunks.clear()
    uploads.confirm(merchant, upload, by=BY)  # after the fix: go on
    uploads.apply(merchant, upload.pk)
    assert len(fens()) == 10


def test_an_error_of_ours_is_said_and_can_be_gone_on_from(merchant, monkeypatch, caplog):
    upload = checked(merchant, cost_file())
    uploads.confirm(merchant, upload, by=BY)
    with monkeypatch.context() as broken:
        broken.setattr(uploads, "_write", lambda *args: 1 / 0)
        uploads.apply(merchant, upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.message) == ("failed", "ZeroDivisionError")
    assert "Upload" in caplog.text
    uploads.confirm(merchant, upload, by=BY)
    uploads.apply(merchant, upload.pk)
    assert len(fens()) == 10


def test_a_changed_file_is_never_applied(merchant, tmp_path):
    upload = checked(merchant, cost_file())
    uploads.confirm(merchant, upload, by=BY)
    path = tmp_path / upload.path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    uploads.apply(merchant, upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.message) == ("failed", "the stored file was changed")
    assert fens() == []


def test_the_same_file_is_recognised_until_it_was_discarded(merchant):
    first = hand_in(merchant, cost_file())
    again = uploads.accept(merchant, kind="spend", filename="x", chunks=[cost_file().encode()], by=BY)
    assert (again.upload.pk, again.repeated) == (first.pk, True)
    uploads.discard(merchant, first, by=BY)
    assert hand_in(merchant, cost_file()).pk != first.pk


def test_discarding_forgets_the_file_and_is_refused_once_rows_were_written(merchant, tmp_path):
    upload = checked(merchant, cost_file(2) + "x,1,c\n")
    uploads.discard(merchant, upload, by=BY)
    assert list((tmp_path / "uploads" / str(merchant.pk)).iterdir()) == []
    other = checked(merchant, cost_file())
    uploads.confirm(merchant, other, by=BY)
    with pytest.raises(uploads.WrongState):
        uploads.discard(merchant, other, by=BY)


def test_a_file_over_the_limit_leaves_nothing(merchant, settings, tmp_path):
    settings.UPLOAD_LIMIT_BYTES = 20
    with pytest.raises(uploads.TooLarge):
        hand_in(merchant, cost_file())
    assert list((tmp_path / "uploads" / str(merchant.pk)).iterdir()) == []


def test_what_nobody_waits_for_is_thrown_away(merchant, tmp_path):
    waiting, fresh = checked(merchant, cost_file(2)), checked(merchant, cost_file(3))
    applied = checked(merchant, cost_file(4) + "x,1,c\n")
    uploads.confirm(merchant, applied, by=BY)
    uploads.apply(merchant, applied.pk)
    orphan = tmp_path / "uploads" / str(merchant.pk) / "of-a-killed-request"
    orphan.write_bytes(b"")
    later = datetime.now(UTC) + timedelta(days=uploads.WAITING_DAYS, hours=1)
    Upload.objects.filter(pk=fresh.pk).update(touched_at=later)
    assert uploads.has_rejected_rows(applied.__class__.objects.get(pk=applied.pk))
    retention.purge(merchant, now=later)
    assert Upload.objects.get(pk=waiting.pk).state == "discarded"
    assert Upload.objects.get(pk=fresh.pk).state == "checked"
    assert [file.name for file in orphan.parent.iterdir()] == [fresh.path.rpartition("/")[2]]


def test_expired_deliveries_go_and_others_stay(merchant):
    upload = checked(merchant, cost_file())
    uploads.confirm(merchant, upload, by=BY)
    uploads.apply(merchant, upload.pk)
    row = RawDelivery.objects.get()
    assert retention.purge(merchant, now=row.expires_at - timedelta(seconds=1)) == 0
    assert retention.purge(merchant, now=row.expires_at + timedelta(seconds=1)) == 1
    assert Spend.objects.count() == 10


def test_files_of_others_are_out_of_reach(merchant):
    upload = hand_in(merchant, cost_file())
    other = make_merchant("other")
    uploads.check(other, upload.pk)
    upload.refresh_from_db()
    assert upload.state == "received"


def test_the_beat_finds_files_whose_worker_was_lost(committed, settings, tmp_path, monkeypatch):
    from merchants import tenancy

    merchant = make_merchant()
    with tenancy.acting_for(merchant):
        old = checked(merchant, cost_file(2))
        uploads.confirm(merchant, old, by=BY)
        grow_old(old)
        lost = hand_in(merchant, cost_file(3))
        grow_old(lost)
        hand_in(merchant, cost_file(4))  # its message is on the way
    woken = []
    monkeypatch.setattr(tasks, "wake", lambda name, **kwargs: woken.append((name, kwargs["upload_id"])))
    tasks.resume_uploads()
    assert woken == [("merchants.apply_upload", old.pk), ("merchants.check_upload", lost.pk)]

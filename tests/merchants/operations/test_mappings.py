"""An export is learned once: said, tried on its file, confirmed, and then known for the next one."""

import pytest

from measurement.models import AllianceRow
from merchants.intake.mapping import ColumnMap, Pick
from merchants.models import AuditEvent, ColumnMapping, Upload
from merchants.operations import mappings, uploads
from tests.conftest import make_merchant

BY = "user:1"
HEAD = "数据日,推广任务,到店人数,成交总额\n"
FILE = HEAD + "2026/3/1,春季修护,1204,12.5\n2026/3/2,春季修护,0,0\n"
TOLD = ColumnMap(
    (
        Pick("数据日", "day"), Pick("推广任务", "task_name"), Pick("到店人数", "shop_entry_uv"),
        Pick("成交总额", "gmv", "wan"),
    ),
    {"programme": "小红星", "window_days": "15"},
)  # fmt: skip


@pytest.fixture(autouse=True)
def _state(settings, tmp_path):
    settings.STATE = tmp_path


def hand_in(merchant, text: str, kind: str = "alliance") -> Upload:
    upload = uploads.accept(merchant, kind=kind, filename="a.csv", chunks=[text.encode()], by=BY).upload
    uploads.check(merchant, upload.pk)
    upload.refresh_from_db()
    return upload


def state(merchant, upload: Upload, told: ColumnMap = TOLD) -> Upload:
    mappings.state(merchant, upload, told, by=BY)
    uploads.check(merchant, upload.pk)
    upload.refresh_from_db()
    return upload


def write(merchant, upload: Upload) -> Upload:
    uploads.confirm(merchant, upload, by=BY)
    uploads.apply(merchant, upload.pk)
    upload.refresh_from_db()
    return upload


def test_an_unknown_export_is_not_refused_but_asked_about(merchant):
    upload = hand_in(merchant, FILE)
    assert upload.state == "unmapped"
    assert upload.preview["headers"] == ["数据日", "推广任务", "到店人数", "成交总额"]
    assert upload.preview["samples"][0] == ["2026/3/1", "春季修护", "1204", "12.5"]
    with pytest.raises(uploads.WrongState):
        uploads.confirm(merchant, upload, by=BY)
    assert not AllianceRow.objects.exists()


def test_what_was_said_is_read_shown_and_written_only_when_confirmed(merchant):
    upload = state(merchant, hand_in(merchant, FILE))
    assert (upload.state, upload.rows_good) == ("checked", 2)
    assert upload.preview["rows"][0][-2:] == ["1204", "125000.00"]
    assert not AllianceRow.objects.exists()
    assert write(merchant, upload).state == "applied"
    rows = AllianceRow.objects.order_by("day")
    assert [row.metrics for row in rows] == [
        {"shop_entry_uv": 1204, "gmv_fen": 12_500_000},
        {"shop_entry_uv": 0, "gmv_fen": 0},
    ]
    assert {(row.programme, row.window_days, row.level) for row in rows} == {("xiaohongxing", 15, "task")}
    acts = AuditEvent.objects.filter(act__startswith="merchants.mapping").order_by("id")
    assert [event.act for event in acts] == ["merchants.mapping.stated", "merchants.mapping.learned"]


def test_the_next_file_of_the_shape_is_read_without_asking_in_any_order_of_columns(merchant):
    write(merchant, state(merchant, hand_in(merchant, FILE)))
    again = hand_in(merchant, "到店人数,数据日,成交总额,推广任务\n7,2026/3/3,1.5,春季修护\n")
    assert (again.state, again.rows_good) == ("checked", 1)
    write(merchant, again)
    assert AllianceRow.objects.get(day="2026-03-03").metrics == {"shop_entry_uv": 7, "gmv_fen": 1_500_000}
    assert ColumnMapping.objects.count() == 1


def test_what_was_never_confirmed_is_not_learned(merchant):
    state(merchant, hand_in(merchant, FILE))
    assert hand_in(merchant, FILE + "2026/3/4,x,1,1\n").state == "unmapped"


def test_saying_it_anew_makes_a_version_and_the_last_confirmed_one_holds(merchant):
    write(merchant, state(merchant, hand_in(merchant, FILE)))
    other = hand_in(merchant, HEAD + "2026/3/5,春季修护,1,300\n")
    thirty = ColumnMap(TOLD.picks[:3], {**TOLD.fixed, "window_days": "30"})
    write(merchant, state(merchant, other, thirty))
    assert [row.version for row in ColumnMapping.objects.order_by("id")] == [1, 2]
    third = hand_in(merchant, HEAD + "2026/3/6,春季修护,2,400\n")
    assert third.mapping.version == 2
    assert third.preview["unused"] == ["成交总额"]
    assert AllianceRow.objects.get(day="2026-03-05").window_days == 30


def test_nonsense_keeps_nothing_and_the_file_stays_open(merchant):
    upload = hand_in(merchant, FILE)
    with pytest.raises(mappings.Unreadable) as refused:
        mappings.state(merchant, upload, ColumnMap(TOLD.picks, {"programme": "小红星"}), by=BY)
    assert [(one.column, one.code) for one in refused.value.problems] == [("window_days", "column_needed")]
    assert not ColumnMapping.objects.exists()
    upload.refresh_from_db()
    assert upload.state == "unmapped"


def test_a_file_that_was_written_cannot_be_read_otherwise(merchant):
    upload = write(merchant, state(merchant, hand_in(merchant, FILE)))
    with pytest.raises(mappings.WrongState):
        mappings.state(merchant, upload, TOLD, by=BY)


def test_rejected_rows_come_back_in_our_own_words_and_can_be_handed_in_as_they_are(merchant):
    upload = state(merchant, hand_in(merchant, FILE + "2026/3/3,春季修护,-4,1\n"))
    assert (upload.rows_good, upload.rows_rejected) == (2, 1)
    assert upload.errors[0]["code"] == "count_below_zero"
    handed_back = b"".join(uploads.rejected_rows(upload)).decode("utf-8-sig")
    corrected = hand_in(merchant, handed_back.replace(",-4,", ",4,"))
    assert (corrected.state, corrected.rows_good) == ("checked", 1)
    assert corrected.mapping is None


def test_columns_twice_are_asked_about_instead_of_guessed(merchant):
    assert hand_in(merchant, "day,amount,金额\n2026-03-01,1,2\n", "spend").state == "unmapped"


def test_samples_hide_who_it_is(merchant):
    text = "what,how,when,who is it,mail\nread,phone,2026-03-01 10:00:00,13800138000,ann@example.com\n"
    [line] = hand_in(merchant, text, "touchpoints").preview["samples"]
    assert line == ["read", "phone", "2026-03-01 10:00:00", "•••", "•••"]


def test_another_merchant_has_learned_nothing(merchant):
    from merchants import tenancy

    write(merchant, state(merchant, hand_in(merchant, FILE)))
    other = make_merchant("other")
    with tenancy.acting_for(other):
        assert hand_in(other, FILE).state == "unmapped"

"""Live streams as a merchant hands them in, from the file to the live page."""

from __future__ import annotations

import json
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from measurement.models import Blogger, Channel, LiveStream
from measurement.operations import sales
from measurement.queries import lives
from merchants import tenancy
from merchants.intake.mapping import ColumnMap, Pick
from merchants.models import Merchant, Upload
from merchants.operations import mappings, tokens, uploads
from merchants.periods import Period
from tests.conftest import make_member
from tests.measurement.world import World

OCTOBER, NOVEMBER = Period(date(2026, 10, 1), date(2026, 11, 1)), Period(date(2026, 11, 1), date(2026, 12, 1))
FILE = """直播ID,直播标题,开播时间,下播时间,主播ID,主播昵称,买手ID,买手昵称
L1,Cat talk,2026-10-10 20:00,2026-10-10 23:00,b1,Lin,b2,Ning
L2,Owl talk,2026-11-01 00:00,2026-11-01 02:00,b1,Lin,,
"""


@pytest.fixture(autouse=True)
def state(settings: Any, tmp_path: Any) -> None:
    settings.STATE = tmp_path


def hand_in(merchant: Merchant, text: str, told: ColumnMap | None = None) -> Upload:
    """A file as a person brings it: read, its columns named where they must be, confirmed and applied; its row
    afterwards."""
    file = {"kind": "lives", "filename": "f.csv", "chunks": [text.encode()]}
    upload = checked(merchant, uploads.accept(merchant, **file, by="user:1").upload)
    if told is not None:
        assert upload.state == "unmapped"
        mappings.state(merchant, upload, told, by="user:1")
        upload = checked(merchant, upload)
    if upload.state == "checked" and upload.rows_rejected == 0:
        uploads.confirm(merchant, upload, by="user:1")
        uploads.apply(merchant, upload.pk)
    return now(merchant, upload)


def checked(merchant: Merchant, upload: Upload) -> Upload:
    uploads.check(merchant, upload.pk)
    return now(merchant, upload)


def now(merchant: Merchant, upload: Upload) -> Upload:
    with tenancy.acting_for(merchant):
        return Upload.objects.get(pk=upload.pk)


def told_by_its_id(merchant: Merchant, stream: str) -> None:
    """As touchpoints make a stream: its id, and what views of it are counted for."""
    with tenancy.acting_for(merchant):
        row = LiveStream.objects.create(merchant=merchant, external_id=stream)
        Channel.objects.create(merchant=merchant, key="live_view||", kind="live_view", live_stream=row)


def rows(merchant: Merchant, period: Period, by: str = "stream") -> list[tuple[Any, ...]]:
    found = lives.lives(merchant, period, by).rows
    return [(row.name, row.host, row.curator, row.viewers, row.paid_fen) for row in found]


def test_a_stream_known_by_its_touches_learns_its_time_and_people_and_leaves_the_other_periods(
    merchant: Merchant,
) -> None:
    """Ann watches stream L1 and buys for ¥100; of the stream nothing but its id is known."""
    world = World(merchant)
    told_by_its_id(merchant, "L1")
    world.touch("ann", "2026-10-10", kind="live_view", hour=21)
    world.order("T1", "2026-10-11", 10000, person="ann")
    world.compute()
    sales.renew(merchant, force=True)
    unknown = [("L1", "", "", 1, 10000)]
    assert (rows(merchant, OCTOBER), rows(merchant, NOVEMBER)) == (unknown, unknown)
    upload = hand_in(merchant, FILE)
    assert (upload.state, upload.rows_applied) == ("applied", 2)
    assert rows(merchant, OCTOBER) == [("Cat talk", "Lin", "Ning", 1, 10000)]
    assert rows(merchant, NOVEMBER) == [("Owl talk", "Lin", "", None, None)]
    assert [row[0] for row in rows(merchant, OCTOBER, "host")] == ["Lin"]
    assert [row[0] for row in rows(merchant, OCTOBER, "curator")] == ["Ning"]


def test_the_live_page_shows_a_stream_in_the_period_in_which_it_ran_alone(
    merchant: Merchant, client: Client
) -> None:
    hand_in(merchant, FILE)
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"
    address = reverse("measurement:live", args=[merchant.code])
    october, november = (
        unescape(client.get(address, {"from": start, "to": end}).content.decode())
        for start, end in (("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30"))
    )
    assert [word in october for word in ("Cat talk", "Lin", "Ning", "Owl talk")] == [True, True, True, False]
    assert [word in november for word in ("Cat talk", "Lin", "Ning", "Owl talk")] == [
        False,
        True,
        False,
        True,
    ]


def test_the_same_again_changes_nothing_and_a_silent_row_forgets_nothing(merchant: Merchant) -> None:
    hand_in(merchant, FILE)
    hand_in(merchant, "live_id,title\nL1,Cats\n")
    assert rows(merchant, OCTOBER) == [("Cats", "Lin", "Ning", None, None)]
    again = hand_in(merchant, "live_id,title,curator_id\nL1,Cats,b2\n")
    assert again.preview["receipt"] == {"received": 1, "repeated": 1}
    with tenancy.acting_for(merchant):
        assert (LiveStream.objects.count(), Blogger.objects.count()) == (2, 2)


def test_an_export_with_other_headers_is_learned_once(merchant: Merchant) -> None:
    export = "场次,主题,上播,下线,账号,达人\nL1,Cat talk,2026-10-10 20:00,2026-10-10 23:00,b1,Lin\n"
    ours = ("live_id", "title", "started_at", "ended_at", "host_id", "host_name")
    told = ColumnMap(tuple(map(Pick, ("场次", "主题", "上播", "下线", "账号", "达人"), ours)), {})
    hand_in(merchant, export, told)
    assert rows(merchant, OCTOBER) == [("Cat talk", "Lin", "", None, None)]
    second = hand_in(merchant, export.replace("L1,Cat", "L2,Owl"))
    assert (second.state, second.rows_applied) == ("applied", 1)
    assert sorted(row[0] for row in rows(merchant, OCTOBER)) == ["Cat talk", "Owl talk"]


def test_a_program_hands_in_streams_with_the_scope_of_the_catalogue(
    merchant: Merchant, client: Client, owner: Any
) -> None:
    row = {"live_id": "L1", "title": "Cat talk", "started_at": "2026-10-10T20:00:00+08:00", "host_id": "b1"}

    def post(scope: str, **change: str) -> Any:
        _, secret = tokens.issue(merchant, name=scope, scopes=[scope], user=owner)
        headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
        return client.post("/api/v1/lives", json.dumps([row | change]), "application/json", headers=headers)

    assert post("orders:write").status_code == 403
    assert post("catalogue:write").json() == {
        "kind": "lives", "received": 1, "added": 1, "replaced": 0, "repeated": 0,
    }  # fmt: skip
    assert post("catalogue:write").json()["repeated"] == 1
    assert rows(merchant, OCTOBER) == [("Cat talk", "b1", "", None, None)]
    [told] = post("catalogue:write", ended_at="2026-10-10T19:00:00+08:00").json()["error"]["details"]
    assert (told["index"], told["field"], told["code"]) == (0, "ended_at", "end_before_start")

"""Leads by file and by program: one each, however often and in whatever spelling they are handed in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from leads.columns import Around, lead_shape
from leads.models import Lead, LeadChange
from merchants import tenancy
from merchants.intake import kinds
from merchants.intake.tables import Row
from merchants.intake.validate import Bad, Validator
from merchants.models import Merchant, RawDelivery, Store, User
from merchants.operations import tokens, uploads

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ROW = {
    "线索编号": "XS-1", "提交时间": "2026-03-01 20:15:00", "姓名": "李女士", "手机号": "+86 138-0013-8000",
    "城市": "上海", "笔记id": "65f0c1d2000000001203a4b5", "备注": "五一前想拍婚纱照",
}  # fmt: skip


def first_problem(**cells: Any) -> tuple[str, str] | None:
    shape = lead_shape(Around(frozenset({"sea"}), NOW))
    checked = Validator(kinds.get("leads"), shape).check_row(Row(0, {**ROW, **cells}))
    return (checked.problems[0].column, checked.problems[0].code) if isinstance(checked, Bad) else None


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({}, None),
        ({"手机号": "", "微信号": "seed_ling"}, None),
        ({"手机号": ""}, ("phone", "nobody_to_answer")),
        ({"手机号": "没有"}, ("phone", "no_number_in_it")),
        ({"提交时间": ""}, ("submitted_at", "missing")),
        ({"提交时间": "2026-03-05 08:00:00"}, ("submitted_at", "time_in_future")),
        ({"门店": "sea"}, None),
        ({"门店": "moon"}, ("store", "unknown_store")),
        ({"线索编号": "4.12E+18"}, ("lead_id", "digits_lost")),
    ],
)
def test_a_row_that_nobody_could_answer_is_refused_with_its_column(
    cells: dict[str, str], problem: tuple[str, str] | None
) -> None:
    assert first_problem(**cells) == problem


@pytest.fixture
def post(client: Client, merchant: Merchant, owner: User) -> Any:
    secret = tokens.issue(merchant, name="crm", scopes=["leads:write"], user=owner)[1]

    def send(*rows: dict[str, Any]) -> Any:
        headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
        return client.post("/api/v1/leads", json.dumps(rows), "application/json", headers=headers)

    return send


LEFT = {
    "lead_id": "L-1",
    "submitted_at": "2026-03-01T20:15:00+08:00",
    "name": "李女士",
    "phone": "13800138000",
}


def test_a_program_hands_a_lead_in_once_and_a_correction_is_history(post: Any) -> None:
    assert post(LEFT).json() == {"kind": "leads", "received": 1, "added": 1, "repeated": 0}
    assert post(LEFT).json() == {"kind": "leads", "received": 1, "added": 0, "repeated": 1}
    assert post({**LEFT, "city": "杭州", "remark": "下周到店"}).json()["repeated"] == 1
    lead = Lead.objects.select_related("contact", "stage").get()
    assert (lead.source, lead.external_id, lead.stage.code) == ("file", "L-1", "new")
    assert lead.began_at == datetime(2026, 3, 1, 12, 15, tzinfo=UTC)
    assert lead.left_at == lead.began_at
    assert lead.contact.details.get().masked == "138****8000"
    assert lead.answers == [["备注", "下周到店"]]
    assert LeadChange.objects.filter(lead=lead, kind="content").count() == 1


def test_a_cell_with_two_numbers_is_two_and_one_in_the_remark_is_a_contact_too(post: Any) -> None:
    told = {"phone": "13800138000 / 13900139000", "remark": "也可打 13700137000"}
    assert post({**LEFT, **told}).status_code == 200
    lead = Lead.objects.select_related("contact").get()
    assert [one.masked for one in lead.contact.details.order_by("pk")] == [
        "138****8000", "139****9000", "137****7000",
    ]  # fmt: skip
    assert lead.answers == [["备注", "也可打 137****7000"]]


def test_a_lead_without_an_id_is_the_same_when_it_is_handed_in_again(post: Any) -> None:
    told = {name: value for name, value in LEFT.items() if name != "lead_id"}
    for _ in range(2):
        assert post(told).status_code == 200
    assert Lead.objects.count() == 1
    assert post(told, told).json()["error"]["details"][0]["code"] == "told_twice"


def test_one_bad_row_refuses_the_batch_and_shows_nobody(post: Any) -> None:
    answer = post(LEFT, {**LEFT, "lead_id": "L-2", "phone": "no phone"})
    assert answer.status_code == 400
    [told] = answer.json()["error"]["details"]
    assert (told["index"], told["field"], told["value"], told["code"]) == (
        1,
        "phone",
        "•••",
        "no_number_in_it",
    )
    assert not Lead.objects.exists()


def test_what_a_program_hands_in_is_kept_sealed(post: Any) -> None:
    post(LEFT)
    assert b"13800138000" not in bytes(RawDelivery.objects.get().body)


def test_a_file_becomes_leads_of_its_stores(merchant: Merchant, settings: Any, tmp_path: Path) -> None:
    settings.STATE = tmp_path
    with tenancy.acting_for(merchant):
        Store.objects.create(merchant=merchant, code="sea", name="Sea studio")
    header = "提交时间,姓名,微信,门店,项目"
    text = f"{header}\n2026-03-01 20:15:00,李女士,seed_ling,sea,婚纱照\n2026-03-01 21:00:00,王先生,wang88,sea,亲子\n"
    upload = uploads.accept(
        merchant, kind="leads", filename="线索.csv", chunks=[text.encode()], by="user:1"
    ).upload
    uploads.check(merchant, upload.pk)
    upload.refresh_from_db()
    uploads.confirm(merchant, upload, by="user:1")
    uploads.apply(merchant, upload.pk)
    with tenancy.acting_for(merchant):
        leads = list(Lead.objects.select_related("store", "contact").order_by("began_at"))
    assert [(lead.contact.name, lead.store.code, lead.skill) for lead in leads] == [
        ("李女士", "sea", "婚纱照"),
        ("王先生", "sea", "亲子"),
    ]
    assert leads[1].began_at - leads[0].began_at == timedelta(minutes=45)

"""Everything of a merchant leaves as one file; and a merchant goes, all of it, when two operators want it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from merchants import archive_files, tenancy, walls
from merchants.models import (
    Archive,
    AuditEvent,
    Deletion,
    DocumentVersion,
    Membership,
    Merchant,
    OperatorAct,
    User,
)
from merchants.operations import papers, tokens
from merchants.operations.supervision import archives, deletion, standing
from merchants.operations.supervision.noting import NoReason, NotNow
from tests.architecture.tenants import Tenant, settle
from tests.conftest import emptied, make_member
from tests.leads.desks import busy_desk
from tests.merchants.agreements.parties import gather

pytestmark = [pytest.mark.xdist_group("endings")]
NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def two(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path, settings: Any
) -> Iterator[list[Tenant]]:
    settings.STATE = tmp_path
    with emptied(django_db_blocker):
        tenants = [settle("one", "glowworm"), settle("two", "mossback")]
        for tenant in tenants:
            with tenancy.acting_for(tenant.merchant):
                busy_desk(tenant.merchant)
                Archive.objects.all().delete()  # one that waits would be joined
            tenant.an("document_id")
        yield tenants


@pytest.fixture
def operators(two: list[Tenant]) -> tuple[User, User]:
    first, second = (User.objects.create_superuser(name, password="correct horse") for name in ("ada", "bo"))
    return first, second


def counts(merchant: Merchant) -> dict[str, int]:
    """Rows by table, over all tenant tables."""
    with tenancy.acting_for(merchant):
        return {
            model._meta.db_table: model.objects.filter(
                Q(merchant=merchant) | Q(**{model.PARTNER or "merchant": merchant})
            ).count()  # type: ignore[attr-defined]
            for model in walls.tenant_models()
        }


# -- a file of everything


def written(merchant: Merchant, reason: str = "ticket 12") -> Archive:
    row, made = archives.ask(merchant, reason=reason, by="user:1", language="en")
    assert made
    archives.write(merchant, row.pk)
    with tenancy.acting_for(merchant):
        return Archive.objects.get(pk=row.pk)


def opened(merchant: Merchant, row: Archive) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archives.take(merchant, row, by="user:1"))))


def test_the_file_holds_every_row_of_every_table_and_of_nobody_else(two: list[Tenant]) -> None:
    mine, theirs = two
    before = counts(mine.merchant)
    archive = opened(mine.merchant, written(mine.merchant))
    assert archive.testzip() is None
    told = {}
    for model in walls.tenant_models():
        name = archive_files.name_of(model)
        rows = list(csv.DictReader(io.StringIO(archive.read(name).decode())))
        told[model._meta.db_table] = len(rows)
        sides = {"merchant_id", f"{model.PARTNER or 'merchant'}_id"}
        assert all(str(mine.merchant.pk) in {row[side] for side in sides} for row in rows), name
    later = {
        "merchants_archive": 1,
        "merchants_auditevent": before["merchants_auditevent"] + 1,
    }  # this one itself
    assert told == before | later
    assert sum(told.values()) > 100
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert mine.word.encode() in everything
    assert theirs.word.encode() not in everything
    said = archive.read("README.txt").decode()
    assert f"{told['leads_message']:>12}  leads/message.csv" in said


def test_the_file_holds_the_people_the_tokens_and_the_papers(two: list[Tenant]) -> None:
    merchant = two[0].merchant
    _, secret = tokens.issue(
        merchant, name="till", scopes=["orders:write"], user=make_member(merchant, "owner", "mei")
    )
    archive = opened(merchant, written(merchant))
    members = list(csv.DictReader(io.StringIO(archive.read("members.csv").decode())))
    assert len(members) == Membership.objects.filter(merchant=merchant).count()
    assert ("mei", "owner") in {(row["name"], row["role"]) for row in members}
    (token,) = [
        row
        for row in csv.DictReader(io.StringIO(archive.read("tokens.csv").decode()))
        if row["name"] == "till"
    ]
    assert token["scopes"] == "['orders:write']"
    assert not any(secret.encode() in archive.read(name) for name in archive.namelist())
    with tenancy.acting_for(merchant):
        rows = list(DocumentVersion.objects.all())
        contents = {row.pk: papers.content(row, by="user:1") for row in rows}
    assert rows
    for row in rows:
        assert archive.read(f"papers/{row.pk}.{row.media.rpartition('/')[2]}") == contents[row.pk]


def test_what_two_agreed_on_is_in_the_files_of_both(two: list[Tenant]) -> None:
    parties = gather()
    bound = parties.bound()
    for merchant in (parties.blogger, parties.agency):
        file = opened(merchant, written(merchant)).read("merchants/agreement.csv").decode()
        assert [row["id"] for row in csv.DictReader(io.StringIO(file))] == [str(bound.pk)]
    assert (
        opened(parties.rival, written(parties.rival)).read("merchants/agreement.csv").decode().count("\n")
        == 1
    )


def test_what_is_sealed_or_secret_is_not_in_it(two: list[Tenant]) -> None:
    archive = opened(two[0].merchant, written(two[0].merchant))
    files = [name for name in archive.namelist() if name.endswith(".csv")]
    heads = {name: archive.read(name).decode().split("\n")[0].strip().split(",") for name in files}
    assert "sealed" not in heads["leads/message.csv"]
    assert "sent_at" in heads["leads/message.csv"]
    assert "secret_hash" not in heads["merchants/invite.csv"]
    assert "body" not in heads["merchants/rawdelivery.csv"]


def test_a_second_wish_joins_the_first_and_the_trail_tells_of_each_step(two: list[Tenant]) -> None:
    merchant = two[0].merchant
    row, _ = archives.ask(merchant, reason="ticket 12", by="user:1", language="en")
    again, made = archives.ask(merchant, reason="ticket 13", by="user:2", language="en")
    assert (again.pk, made) == (row.pk, False)
    archives.write(merchant, row.pk)
    archives.write(merchant, row.pk)  # nothing more to do
    with tenancy.acting_for(merchant):
        row.refresh_from_db()
    opened(merchant, row)
    with tenancy.acting_for(merchant):
        acts = AuditEvent.objects.filter(act__startswith="merchants.archive").order_by("id")
        assert [(act.act.split(".")[-1], act.actor) for act in acts] == [
            ("asked", "user:1"), ("written", "system:worker"), ("taken", "user:1"),
        ]  # fmt: skip


def test_a_worker_that_died_is_followed_by_another_and_five_are_enough(two: list[Tenant]) -> None:
    merchant = two[0].merchant
    row, _ = archives.ask(merchant, reason="ticket 12", by="user:1", language="en")
    with tenancy.acting_for(merchant):
        Archive.objects.update(state="writing", attempts=1)
    archives.write(merchant, row.pk)  # somebody is at it
    assert archives.unfinished(timezone.now()) == []
    with tenancy.acting_for(merchant):
        Archive.objects.update(touched_at=NOW - DAY, attempts=5)
    assert archives.unfinished(timezone.now()) == [(merchant.pk, row.pk)]
    archives.write(merchant, row.pk)
    with tenancy.acting_for(merchant):
        assert Archive.objects.values_list("state", "error").get() == ("failed", "worker lost")


def test_it_is_deleted_after_seven_days(two: list[Tenant], tmp_path: Path) -> None:
    merchant = two[0].merchant
    row = written(merchant)
    assert len(list((tmp_path / "archives" / str(merchant.pk)).iterdir())) == 1
    archives.purge(merchant, now=timezone.now() + 7 * DAY)
    assert list((tmp_path / "archives" / str(merchant.pk)).iterdir()) == []
    with tenancy.acting_for(merchant):
        row.refresh_from_db()
    with pytest.raises(FileNotFoundError):
        archives.take(merchant, row, by="user:1")


def test_an_owner_takes_it_away_even_from_a_merchant_that_has_left(two: list[Tenant]) -> None:
    merchant = two[0].merchant
    standing.offboard(merchant, reason="leaves", by="user:1")
    client = two[0].client()
    assert client.post(reverse("merchants:ask_archive", args=["one"])).status_code == 302
    with tenancy.acting_for(merchant):
        row = Archive.objects.get()
    archives.write(merchant, row.pk)
    answer = client.get(reverse("merchants:archive", args=["one", row.pk]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None  # type: ignore[attr-defined]
    assert 'id="archives"' in client.get(reverse("merchants:settings", args=["one"])).content.decode()


# -- the end


def asked_for(tenant: Tenant, operators: tuple[User, User], *, ago: timedelta) -> Deletion:
    """The merchant has left, both operators have spoken, so long ago."""
    standing.offboard(tenant.merchant, reason="leaves", by="user:1")
    row = deletion.ask(tenant.merchant, reason="asked for it", operator=operators[0], now=NOW - ago)
    deletion.confirm(row, reason="seen the letter", operator=operators[1], now=NOW - ago)
    return Deletion.objects.using("operator").get(pk=row.pk)


def test_every_row_and_every_file_of_it_goes_and_nothing_of_another(
    two: list[Tenant], operators: tuple[User, User], tmp_path: Path
) -> None:
    mine, theirs = two
    gone = mine.merchant.pk
    for tenant in two:
        written(tenant.merchant)
    kept = counts(theirs.merchant)
    row = asked_for(mine, operators, ago=15 * DAY)
    (due,) = deletion.due(timezone.now())
    deletion.carry_out(due, now=timezone.now())
    assert deletion.remaining(gone) == {}
    assert not Merchant.objects.filter(pk=gone).exists()
    assert not Membership.objects.filter(merchant_id=gone).exists()
    assert list(tmp_path.glob(f"*/{gone}/*")) == []
    assert counts(theirs.merchant) == kept
    assert list(tmp_path.glob(f"archives/{theirs.merchant.pk}/*")) != []
    assert User.objects.filter(username="owner of one").exists()  # people belong to no merchant
    row = Deletion.objects.using("operator").get(pk=row.pk)
    assert row.done_at is not None
    assert row.counts["leads_message"] > 0
    acts = OperatorAct.objects.filter(act__contains="deletion").order_by("id")
    assert [(act.act.split(".")[-1], act.merchant_code) for act in acts] == [
        ("asked", "one"), ("confirmed", "one"), ("done", "one"),
    ]  # fmt: skip
    assert deletion.due(timezone.now()) == []


def test_a_deletion_that_was_interrupted_goes_on(
    two: list[Tenant], operators: tuple[User, User], tmp_path: Path
) -> None:
    row = asked_for(two[0], operators, ago=15 * DAY)
    with transaction.atomic(using="operator"), connections["operator"].cursor() as cursor:
        cursor.execute("SELECT merchants_erase(%s)", [row.pk])  # and then the worker died
    (due,) = deletion.due(timezone.now())
    deletion.carry_out(due, now=timezone.now())
    assert Deletion.objects.using("operator").get().done_at is not None
    assert list(tmp_path.glob(f"*/{row.of_merchant}/*")) == []


def refused_by_postgres(row: Deletion) -> bool:
    try:
        with transaction.atomic(using="operator"), connections["operator"].cursor() as cursor:
            cursor.execute("SELECT merchants_erase(%s)", [row.pk])
    except DatabaseError as refused:
        return "is not due" in str(refused) or "has not left" in str(refused)
    return False


def test_postgres_itself_refuses_before_the_day_and_without_the_second_word(
    two: list[Tenant], operators: tuple[User, User]
) -> None:
    standing.offboard(two[0].merchant, reason="leaves", by="user:1")
    row = deletion.ask(two[0].merchant, reason="asked for it", operator=operators[0], now=NOW - 90 * DAY)
    assert refused_by_postgres(row)
    deletion.confirm(row, reason="seen", operator=operators[1], now=NOW - 13 * DAY)
    assert refused_by_postgres(row)
    assert deletion.due(timezone.now()) == []
    with pytest.raises(IntegrityError), transaction.atomic(using="operator"):
        Deletion.objects.using("operator").update(confirmed_by=operators[0])
    with pytest.raises(DatabaseError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT merchants_erase(%s)", [row.pk])


def test_a_merchant_that_came_back_meanwhile_stays(two: list[Tenant], operators: tuple[User, User]) -> None:
    row = asked_for(two[0], operators, ago=15 * DAY)
    standing.resume(two[0].merchant, reason="came back", by="user:1")
    assert refused_by_postgres(row)
    assert Merchant.objects.filter(code="one").exists()


def test_two_people_a_reason_and_a_merchant_that_has_left_are_needed(
    two: list[Tenant], operators: tuple[User, User]
) -> None:
    merchant, (ada, bo) = two[0].merchant, operators
    with pytest.raises(NotNow):
        deletion.ask(merchant, reason="asked for it", operator=ada, now=NOW)
    standing.offboard(merchant, reason="leaves", by="user:1")
    with pytest.raises(NoReason):
        deletion.ask(merchant, reason=" ", operator=ada, now=NOW)
    row = deletion.ask(merchant, reason="asked for it", operator=ada, now=NOW)
    with pytest.raises(NotNow):
        deletion.ask(merchant, reason="again", operator=bo, now=NOW)
    with pytest.raises(deletion.SamePerson):
        deletion.confirm(row, reason="seen", operator=ada, now=NOW)
    deletion.confirm(row, reason="seen", operator=bo, now=NOW)
    with pytest.raises(NotNow):
        deletion.confirm(row, reason="seen", operator=bo, now=NOW)
    deletion.call_off(row, reason="a mistake", operator=ada, now=NOW)
    assert deletion.due(NOW + 90 * DAY) == []
    assert deletion.open_of(merchant) is None


def test_the_page_leads_through_it(two: list[Tenant], operators: tuple[User, User]) -> None:
    standing.offboard(two[0].merchant, reason="leaves", by="user:1")
    page = reverse("admin:merchants_merchant_acts", args=[two[0].merchant.pk])
    ada, bo = (Client(), Client())
    ada.force_login(operators[0])
    bo.force_login(operators[1])
    ada.post(page, {"act": "delete", "delete-reason": "asked for it", "delete-code": "two"})
    assert deletion.open_of(two[0].merchant) is None
    ada.post(page, {"act": "delete", "delete-reason": "asked for it", "delete-code": "one"})
    ada.post(page, {"act": "confirm", "confirm-reason": "seen", "confirm-code": "one"})
    row = deletion.open_of(two[0].merchant)
    assert row is not None
    assert row.confirmed_by is None
    bo.post(page, {"act": "confirm", "confirm-reason": "seen", "confirm-code": "one"})
    assert 'id="deletion"' in bo.get(page).content.decode()
    bo.post(page, {"act": "call-off", "call-off-reason": "a mistake"})
    assert deletion.open_of(two[0].merchant) is None


def test_every_folder_that_holds_files_of_merchants_is_known() -> None:
    """A new kind of file below the state folder must end with its merchant."""
    root = Path(__file__).resolve().parents[3]
    named = {
        name
        for app in ("merchants", "measurement", "leads", "portal")
        for file in (root / app).rglob("*.py")
        for name in re.findall(r'f"(\w+)/\{merchant\.pk\}', file.read_text())
    }
    assert named | {archives.FOLDER} == set(deletion.FOLDERS)

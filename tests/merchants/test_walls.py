"""The second wall: Postgres itself shows no merchant the rows of another, whoever asks and however."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, connections, transaction
from psycopg import sql

from measurement.models import (
    Category,
    CreditDayMark,
    CycleLearning,
    CyclePreview,
    Experiment,
    JourneyDay,
    JourneyMark,
    JourneyModel,
    Mailing,
    Schedule,
    TallySpan,
)
from measurement.operations import asking, recompute, touches
from merchants import audit, tenancy, walls
from merchants.models import Application, Connection, Event, Job, Merchant, RawDelivery, Store, Upload, User
from tests.conftest import emptied
from tests.leads.desks import busy_desk
from tests.worlds import BASE, World, deliver, trade

pytestmark = pytest.mark.xdist_group("walls")  # one worker, so that the two merchants are planted once
Two = tuple[Merchant, Merchant]
OURS = {"merchants", "measurement", "leads", "portal"}
OF_ALL_TABLES = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
EVERY_TENANT_TABLE = sorted(model._meta.db_table for model in walls.tenant_models())


@contextmanager
def as_role(alias: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of that login role, as its processes make it; what it did is taken back."""
    settings = connections[alias].settings_dict
    address = {"dbname": settings["NAME"], "user": settings["USER"], "host": settings["HOST"]}
    with psycopg.connect(**address, port=settings["PORT"] or None, password=settings["PASSWORD"]) as session:
        yield session
        session.rollback()


def count(session: psycopg.Connection[Any], table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    return int(session.execute(query).fetchone()[0])


def act_as(session: psycopg.Connection[Any], merchant: Merchant) -> None:
    session.execute("SELECT set_config(%s, %s, true)", [tenancy.SETTING, str(merchant.pk)])


@pytest.fixture(scope="module")
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[Two]:
    """Two merchants with a store and a credited order each, committed for other connections to look at."""
    with emptied(django_db_blocker):
        yield plant("glow"), plant("moss")


def plant(code: str) -> Merchant:
    world = World.plant(code)
    touches.put(world.merchant, [world.touch("1", "ann", timedelta(days=1))], source="f", by="system:test")
    deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"))
    recompute.drain(world.merchant)
    with tenancy.acting_for(world.merchant):
        Store.objects.create(merchant=world.merchant, code="main", name=f"{code}, main street")
        audit.record(world.merchant, "measurement.rebuild.asked", by="system:test")
    return world.merchant


# -- which tables stand behind the wall


@pytest.mark.django_db
def test_every_tenant_table_has_forced_row_security_and_its_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT relname {OF_ALL_TABLES} AND relrowsecurity AND relforcerowsecurity")
        assert sorted(row[0] for row in cursor.fetchall()) == EVERY_TENANT_TABLE
        own = f"(merchant_id = (NULLIF(current_setting('{tenancy.SETTING}'::text, true), ''::text))::bigint)"
        cursor.execute(
            "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
        )
        found = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
    expected: dict[tuple[str, str], Any] = {}
    for table, other in (("agreement", "partner"), ("dispute", "claimant")):  # of two: ADR 0039, 0040
        theirs = own.replace("merchant_id", f"{other}_id")
        expected[f"merchants_{table}", "partner"] = ("PERMISSIVE", "{public}", "ALL", theirs, theirs)
    for table in EVERY_TENANT_TABLE:
        expected[table, "own_merchant"] = ("PERMISSIVE", "{public}", "ALL", own, own)
        expected[table, "every_merchant"] = ("PERMISSIVE", "{seedbed_operator}", "ALL", "true", "true")
    work = ("PERMISSIVE", "{seedbed_dispatch}", "SELECT", "true", None)
    expected |= {(table, "work_of_every_merchant"): work for table in walls.DISPATCH_COLUMNS}
    assert found == expected


@pytest.mark.django_db
def test_the_tables_outside_are_the_listed_ones_and_those_of_the_packages() -> None:
    theirs = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in OURS
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT relname {OF_ALL_TABLES} AND NOT relispartition AND NOT relrowsecurity")
        outside = {row[0] for row in cursor.fetchall()}
    assert outside == set(walls.OUTSIDE) | theirs | {"django_migrations"}
    assert not {model._meta.db_table for model in walls.tenant_models()} & set(walls.OUTSIDE)


@pytest.mark.django_db
def test_nothing_leads_around_the_wall() -> None:
    """No view (it would read with its owner's eyes), and three functions with their owner's rights: two tell
    nothing of rows, one deletes a merchant on the day that two operators wanted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('v', 'm', 'f')"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT proname, pg_get_function_arguments(oid), proconfig FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY proname"
        )
        safely = ["search_path=public, pg_temp"]
        assert cursor.fetchall() == [
            ("measurement_add_touch_months", "first_day date, last_day date", safely),
            ("measurement_refresh_statistics", "", safely),
            ("merchants_erase", "deletion bigint", safely),
        ]


@pytest.mark.django_db
def test_every_tenant_row_says_whose_it_is() -> None:
    for model in walls.tenant_models():
        assert not model._meta.get_field("merchant").null, model
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'merchant_id' AND is_nullable = 'NO' AND table_name = ANY(%s)",
            [EVERY_TENANT_TABLE],
        )
        assert sorted(row[0] for row in cursor.fetchall()) == EVERY_TENANT_TABLE


# -- what each role sees


@pytest.mark.parametrize("alias", ["default", "report", "owner"])
def test_without_a_merchant_there_are_no_rows(two: Two, alias: str) -> None:
    with as_role(alias) as session:
        assert {table: count(session, table) for table in EVERY_TENANT_TABLE} == dict.fromkeys(
            EVERY_TENANT_TABLE, 0
        )


@pytest.mark.parametrize("alias", ["default", "report", "owner"])
@pytest.mark.parametrize("table", ["merchants_store", "measurement_touch", "measurement_posting"])
def test_with_a_merchant_there_are_its_rows_and_no_others(two: Two, alias: str, table: str) -> None:
    for merchant in two:
        with as_role(alias) as session:
            act_as(session, merchant)
            query = sql.SQL("SELECT DISTINCT merchant_id FROM {}").format(sql.Identifier(table))
            assert session.execute(query).fetchall() == [(merchant.pk,)]
            session.commit()
            assert count(session, table) == 0  # the setting ended with its transaction


@pytest.mark.parametrize("spoiled", ["", "0", "-1"])
def test_a_merchant_that_is_none_shows_nothing(two: Two, spoiled: str) -> None:
    with as_role("default") as session:
        session.execute("SELECT set_config(%s, %s, true)", [tenancy.SETTING, spoiled])
        assert count(session, "merchants_store") == 0


def test_a_merchant_that_is_no_number_is_refused(two: Two) -> None:
    with as_role("default") as session:
        session.execute("SELECT set_config(%s, %s, true)", [tenancy.SETTING, "1 OR 1=1"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            count(session, "merchants_store")


def test_the_operator_sees_every_merchant(two: Two) -> None:
    with as_role("operator") as session:
        assert count(session, "merchants_store") == 2


# -- what each role may write


def new_store(merchant: Merchant, code: str = "new") -> tuple[str, list[Any]]:
    columns = "INSERT INTO merchants_store (merchant_id, code, name, platform) VALUES (%s, %s, 'x', '')"
    return columns, [merchant.pk, code]


def test_without_a_merchant_nothing_can_be_written(two: Two) -> None:
    for alias in ("default", "owner"):
        with as_role(alias) as session:
            assert session.execute("UPDATE merchants_store SET name = 'taken'").rowcount == 0
            assert session.execute("DELETE FROM merchants_store").rowcount == 0
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                session.execute(*new_store(two[0]))


def test_another_merchants_rows_cannot_be_written(two: Two) -> None:
    mine, theirs = two
    with as_role("default") as session:
        act_as(session, mine)
        changed = session.execute(
            "UPDATE merchants_store SET name = 'taken' WHERE merchant_id = %s", [theirs.pk]
        )
        assert changed.rowcount == 0
        assert (
            session.execute("DELETE FROM merchants_store WHERE merchant_id = %s", [theirs.pk]).rowcount == 0
        )
        session.execute("SAVEPOINT before")
        for statement, values in (
            new_store(theirs),
            ("UPDATE merchants_store SET merchant_id = %s", [theirs.pk]),  # giving one's own rows away
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                session.execute(statement, values)
            session.execute("ROLLBACK TO before")
        session.execute(*new_store(mine))


def test_what_another_merchant_named_can_be_named_too(two: Two) -> None:
    """A key of both merchants would tell one what the other has."""
    with as_role("default") as session:
        for merchant in two:
            act_as(session, merchant)
            session.execute(*new_store(merchant, "the same code"))
            found = session.execute("SELECT count(*) FROM merchants_store WHERE code = 'the same code'")
            assert found.fetchone() == (1,)  # its own, and not the other's


@pytest.mark.parametrize("alias", ["default", "operator"])
@pytest.mark.parametrize("table", ["merchants_auditevent", "measurement_posting"])
def test_what_is_appended_is_never_changed(two: Two, alias: str, table: str) -> None:
    name = sql.Identifier(table)
    with as_role(alias) as session:
        act_as(session, two[0])
        assert count(session, table) > 0
        session.execute("SAVEPOINT before")
        for statement in ("UPDATE {} SET merchant_id = merchant_id", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
                session.execute(sql.SQL(statement).format(name))
            session.execute("ROLLBACK TO before")


def test_a_touch_can_be_retracted_and_nothing_else_of_it_changed(two: Two) -> None:
    with as_role("default") as session:
        act_as(session, two[0])
        assert session.execute("UPDATE measurement_touch SET retracted = false").rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            session.execute("UPDATE measurement_touch SET occurred_at = occurred_at")


def test_the_report_role_writes_nowhere(two: Two) -> None:
    with as_role("report") as session:
        rows = session.execute(
            f"SELECT relname {OF_ALL_TABLES}"
            " AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"  # any of them
        )
        assert rows.fetchall() == []


@pytest.mark.parametrize("alias", ["default", "report", "operator", "dispatch"])
def test_no_login_role_may_empty_a_table_or_make_one(two: Two, alias: str) -> None:
    with as_role(alias) as session:
        rows = session.execute(
            f"SELECT relname {OF_ALL_TABLES} AND has_table_privilege(oid, 'TRUNCATE, REFERENCES, TRIGGER')"
        )
        assert rows.fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("CREATE TABLE public.way_around AS SELECT 1")


def test_the_app_reads_what_all_merchants_share_and_cannot_change_it(two: Two) -> None:
    with as_role("default") as session:
        for table in sorted(walls.READ_BY_APP):
            assert count(session, table) > 0
            session.execute("SAVEPOINT before")
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
                session.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            session.execute("ROLLBACK TO before")


# -- the dispatcher


def test_the_dispatcher_sees_that_there_is_work_and_no_content(two: Two) -> None:
    for merchant in two:
        with tenancy.acting_for(merchant):
            source = Connection.objects.create(merchant=merchant, source="taobao", name="shop")
            RawDelivery.objects.create(
                merchant=merchant, connection=source, received_at=BASE, kind="exchange", body=b"sealed",
                content_hash="0" * 64, size=6, expires_at=BASE,
            )  # fmt: skip
            Upload.objects.create(merchant=merchant, kind="orders", filename="a.csv", size=1, path="x")
            days = {"starts_on": BASE, "ends_on": BASE}
            Experiment.objects.create(merchant=merchant, name="Held back", kind="holdout", **days)
            TallySpan.objects.create(merchant=merchant, first_day=BASE, last_day=BASE)
            CreditDayMark.objects.create(merchant=merchant, day=BASE)
            JourneyMark.objects.create(merchant=merchant, first_day=BASE)
            JourneyDay.objects.create(merchant=merchant, day=BASE)
            JourneyModel.objects.create(merchant=merchant, by="note", first_day=BASE, last_day=BASE)
            CycleLearning.objects.create(merchant=merchant, parts=1, data_through=BASE, requested_by="user:0")
            CyclePreview.objects.create(
                merchant=merchant, category=Category.objects.get(code="baby-food"), days=30, basis="hand",
                source="x", requested_by="user:0", total=0,
            )  # fmt: skip
            person = User.objects.create(username=f"reader of {merchant.code}")
            letters = Schedule.objects.create(
                merchant=merchant, owner=person, rhythm="daily", form="csv", next_at=BASE
            )
            Mailing.objects.create(merchant=merchant, schedule=letters, due_at=BASE)
            Job.objects.create(merchant=merchant, kind="whole", key="x")
            Event.objects.create(merchant=merchant, kind="deal.closed", payload={})
            Application.objects.create(merchant=merchant, name="x", form="company", brand="own")
            busy_desk(merchant)
        deliver(merchant, trade("2", [("700", 100)]))
        asking.ask(merchant)
    ids = sorted(merchant.pk for merchant in two)
    for table, columns in walls.DISPATCH_COLUMNS.items():
        with as_role("dispatch") as session:
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            rows = session.execute(sql.SQL("SELECT {} FROM {}").format(listed, sql.Identifier(table)))
            assert sorted({row[columns.index("merchant_id")] for row in rows.fetchall()}) == ids


def test_the_dispatcher_reads_the_listed_columns_and_nothing_else(two: Two) -> None:
    with as_role("dispatch") as session:
        rows = session.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
            " AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT')"
        )
        readable: dict[str, set[str]] = {}
        for table, column in rows.fetchall():
            readable.setdefault(table, set()).add(column)
        whole = {"merchants_merchant", "merchants_apitoken"}  # whose a token is
        assert {t: c for t, c in readable.items() if t not in whole} == {
            table: set(columns) for table, columns in walls.DISPATCH_COLUMNS.items()
        }
        writable = session.execute(
            f"SELECT relname {OF_ALL_TABLES}"
            " AND (has_any_column_privilege(oid, 'INSERT, UPDATE') OR has_table_privilege(oid, 'DELETE'))"
        )
        assert writable.fetchall() == []


# -- partitions


@pytest.mark.parametrize("alias", ["default", "report", "operator", "dispatch"])
def test_a_partition_cannot_be_reached_directly(two: Two, alias: str) -> None:
    """Row security of the whole table does not hold for a partition that is named itself."""
    with as_role(alias) as session:
        parts = [
            row[0]
            for row in session.execute(
                "SELECT inhrelid::regclass::text FROM pg_inherits"
                " WHERE inhparent = 'measurement_touch'::regclass ORDER BY 1"
            )
        ]
        assert "measurement_touch_202602" in parts
        act_as(session, two[0])
        session.execute("SAVEPOINT before")
        for part in parts:
            for statement in ("SELECT * FROM {}", "DELETE FROM {}", "UPDATE {} SET retracted = true"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
                    session.execute(sql.SQL(statement).format(sql.Identifier(part)))
                session.execute("ROLLBACK TO before")


def test_installing_the_walls_again_changes_nothing(two: Two) -> None:
    with as_role("owner") as session:
        query = (
            "SELECT relname, relacl::text, (SELECT array_agg(attname || attacl::text ORDER BY attname)"
            " FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL)"
            " FROM pg_class c WHERE relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        before = session.execute(query).fetchall()
        session.commit()
        with transaction.atomic(using="owner"):
            walls.install("owner")
        assert session.execute(query).fetchall() == before

"""Migrations say what the models say, in one line for each app, and lead back as well as forth."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
OURS = ("merchants", "measurement", "leads")


@pytest.fixture(scope="module")
def loader(django_db_setup: None) -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True)


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


def test_each_app_has_one_latest_migration(loader: MigrationLoader) -> None:
    assert loader.detect_conflicts() == {}
    for app in OURS:
        assert len(loader.graph.leaf_nodes(app)) == 1


def test_every_migration_of_ours_can_be_taken_back(loader: MigrationLoader) -> None:
    written = [m for (app, _), m in loader.disk_migrations.items() if app in OURS]
    assert len(written) >= 6
    for migration in written:
        for operation in migration.operations:
            assert operation.reversible, f"{migration}: {operation}"


@pytest.fixture
def another_database(django_db_setup: None) -> Iterator[dict[str, str]]:
    """A copy of the migrated database, and the environment that points to it."""
    template = connections["owner"].settings_dict["NAME"]
    name = f"{template}_migrations"
    connections.close_all()
    with psycopg.connect(os.environ["SEEDBED_TEST_ADMIN_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        _copy(admin, template, name)
        with psycopg.connect(
            os.environ["SEEDBED_TEST_ADMIN_URL"], dbname=name, autocommit=True
        ) as copied:  # the browser tests may have planted their world in it
            copied.execute("TRUNCATE merchants_merchant CASCADE")
        urls = {key: value for key, value in os.environ.items() if key.startswith("DATABASE_")}
        yield os.environ | {key: value.replace(f"/{template}?", f"/{name}?") for key, value in urls.items()}
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy(admin: psycopg.Connection, template: str, name: str) -> None:
    """Copies a database; a server of other tests may come back to it between the two statements."""
    for attempt in range(50):
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [template],
        )
        try:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER seedbed_owner").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        except psycopg.errors.ObjectInUse:
            if attempt == 49:
                raise
        else:
            return


def test_what_migrations_do_by_hand_leads_back_and_forth(another_database: dict[str, str]) -> None:
    """From the newest state to before the first hand-written step and to the newest again."""
    for target in (["measurement", "0001"], []):
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--database", "owner", "--noinput", *target],
            cwd=ROOT,
            env=another_database,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        tables = _touch_tables(another_database)
        assert ("measurement_touch" in tables) == (not target)


def _touch_tables(environment: dict[str, str]) -> set[str]:
    with psycopg.connect(environment["DATABASE_OWNER_URL"]) as session:
        return {
            row[0]
            for row in session.execute("SELECT relname FROM pg_class WHERE relname LIKE 'measurement_touch%'")
        }

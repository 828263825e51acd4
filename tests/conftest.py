"""Fixtures used everywhere. The servers are the real ones that `make test` started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from psycopg import sql

from merchants import tenancy
from merchants.models import Membership, Merchant, User

# A slow machine is no reason to fail a property; what is slow is shown by benchmarks.
hypothesis.settings.register_profile("seedbed", deadline=None, print_blob=True)
hypothesis.settings.load_profile("seedbed")

# A third of a second of processor for each of a thousand invented passwords proves nothing. The number of rounds
# stands in what is stored, so the portal's own processes take such a password as any other.
PBKDF2PasswordHasher.iterations = 1

# What a fresh migration plants; all other rows go after a test that commits.
PLANTED = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "measurement_category",
    "measurement_categorycycle",
    "merchants_requirementset",
}


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker) -> Iterator[None]:
    """The database was migrated before the tests began; a worker of its own gets a copy of it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    template = connections["default"].settings_dict["NAME"]
    name = f"{template}_{worker}" if worker else template
    if worker:
        with psycopg.connect(os.environ["SEEDBED_TEST_ADMIN_URL"], autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER seedbed_owner").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
        connections[alias].settings_dict["OPTIONS"].pop("pool", None)
        if worker:
            for variable in (
                "DATABASE",
                "DATABASE_OWNER",
                "DATABASE_REPORT",
                "DATABASE_OPERATOR",
                "DATABASE_DISPATCH",
            ):
                url = os.environ.get(f"{variable}_URL", "")
                os.environ[f"{variable}_URL"] = url.replace(f"/{template}?", f"/{name}?")
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """For what needs real commits: several connections, workers, browsers. Emptied by the owner after."""
    with emptied(django_db_blocker):
        yield


@contextmanager
def emptied(django_db_blocker: Any) -> Iterator[None]:
    """What ``committed`` does, for fixtures of a wider scope."""
    with django_db_blocker.unblock():
        _empty()
        yield
        _empty()


def _empty() -> None:
    """Empties every table but the planted ones, and lets their numbers begin anew. Rows are deleted by whoever may
    leave keys and triggers aside: to truncate nearly every table costs a second, however few rows there are."""
    for connection in connections.all(initialized_only=True):
        connection.close()
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(os.environ["SEEDBED_TEST_ADMIN_URL"], dbname=name) as admin:
        admin.execute("SET session_replication_role = replica")
        found = admin.execute(
            "SELECT relname, pg_relation_size(oid) > 0 OR EXISTS ("
            "  SELECT FROM pg_partition_tree(oid) AS part WHERE pg_relation_size(part.relid) > 0)"
            " FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)",
            [sorted(PLANTED)],
        )
        tables = dict(found.fetchall())
        for table in sorted(table for table, filled in tables.items() if filled):
            admin.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        admin.execute(
            "SELECT setval(numbers.oid::regclass, seqstart, false)"
            " FROM pg_class AS numbers JOIN pg_sequence ON seqrelid = numbers.oid"
            " JOIN pg_depend ON objid = numbers.oid AND deptype IN ('a', 'i')"
            " JOIN pg_class AS owning ON owning.oid = refobjid"
            " WHERE owning.relname = ANY(%s) AND pg_sequence_last_value(numbers.oid) IS NOT NULL",
            [sorted(tables)],
        )


def make_merchant(code: str = "glow", **fields: object) -> Merchant:
    return Merchant.objects.create(code=code, name=fields.pop("name", code.title()), **fields)


def make_member(merchant: Merchant, role: str = "owner", username: str = "") -> User:
    user = User.objects.create_user(
        username=username or f"{role}-{merchant.code}", password="correct horse battery"
    )
    Membership.objects.create(user=user, merchant=merchant, role=role)
    return user


@pytest.fixture
def merchant(db: None) -> Merchant:
    """A merchant that the test acts for: its transaction sees these rows and no others."""
    made = make_merchant()
    tenancy.enter(made)
    return made


@pytest.fixture
def stranger(db: None) -> Merchant:
    return make_merchant("stranger")


@pytest.fixture
def owner(merchant: Merchant) -> User:
    return make_member(merchant, "owner")

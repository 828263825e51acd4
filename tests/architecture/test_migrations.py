"""Migrations say what the models say, in one line of descent, and know the way back."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

OURS = ("merchants", "measurement", "leads", "portal")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    said = StringIO()
    call_command("makemigrations", *OURS[:2], check=True, dry_run=True, stdout=said)
    assert "No changes detected" in said.getvalue()


def loader() -> MigrationLoader:
    return MigrationLoader(connection, ignore_no_migrations=True, replace_migrations=False)


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["merchants", "measurement"])
def test_each_app_has_one_last_migration(app: str) -> None:
    assert len(loader().graph.leaf_nodes(app)) == 1


@pytest.mark.django_db
def test_every_hand_written_migration_knows_the_way_back() -> None:
    stuck = [
        f"{app}.{name}"
        for (app, name), migration in loader().disk_migrations.items()
        if app in OURS
        for operation in migration.operations
        if isinstance(operation, (RunPython, RunSQL)) and not operation.reversible
    ]
    assert stuck == []

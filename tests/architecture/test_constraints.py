"""What is unique is unique within a merchant: else one would learn what another has."""

from __future__ import annotations

import pytest
from django.db import connection, models

from merchants import walls


def test_every_unique_constraint_of_a_tenant_begins_with_the_merchant() -> None:
    for model in walls.tenant_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                assert constraint.fields[0] == "merchant", f"{model.__name__}: {constraint.name}"
        assert not model._meta.unique_together, model
        alone = [field.name for field in model._meta.fields if field.unique and not field.primary_key]
        assert alone == [], model


@pytest.mark.django_db
def test_so_say_the_indexes_of_the_database() -> None:
    tables = [model._meta.db_table for model in walls.tenant_models()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i"
            " JOIN pg_class c ON c.oid = i.indrelid"
            " LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE i.indisunique AND NOT i.indisprimary AND c.relname = ANY(%s)",
            [tables],
        )
        found = dict(cursor.fetchall())
    assert len(found) > 15
    assert {name: first for name, first in found.items() if first != "merchant_id"} == {}


def test_constraints_are_sentences_about_the_merchants_own_things() -> None:
    """Each says in words what it keeps, so that a refused write explains itself."""
    for model in walls.tenant_models():
        for constraint in model._meta.constraints:
            assert constraint.name.count("_") >= 3, f"{model.__name__}: {constraint.name}"
            assert constraint.name == constraint.name.lower()
            assert len(constraint.name) <= 63  # Postgres cuts longer names

"""Every page of a merchant with every role: the exact table of status codes, written down a second time.

``pages_and_roles.txt`` has a row for each method and address, and a column for each role: the status that the role
gets, or ``may`` where the call would act. The world is a fresh one, so that no other walk has changed anything in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from merchants.roles import ROLES
from tests.architecture.tenants import Tenant, settle
from tests.architecture.test_tenancy_walk import OF_MERCHANTS, send, url
from tests.conftest import emptied

pytestmark = pytest.mark.xdist_group("walk")
FIRST, *ROWS = (Path(__file__).parent / "pages_and_roles.txt").read_text().splitlines()
TABLE = {" ".join(row.split()[:2]): dict(zip(FIRST.split(), row.split()[2:], strict=True)) for row in ROWS}


@pytest.fixture(scope="module")
def mine(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tenant]:
    with emptied(django_db_blocker):
        yield settle("one", "glowworm")


@pytest.mark.parametrize("role", [role.code for role in ROLES])
def test_a_member_reaches_what_the_role_may_and_nothing_else(mine: Tenant, role: str) -> None:
    client, found = mine.client(role), {}
    for one in OF_MERCHANTS:
        for method in set(one.methods) - {"HEAD"}:
            acts = role in one.roles and method != "GET"
            status = "may" if acts else send(client, one, method, url(one, mine)).status_code
            found[f"{method} {one.name}"] = str(status)
    assert found == {call: cells[role] for call, cells in TABLE.items()}


@pytest.mark.parametrize("role", [role.code for role in ROLES])
def test_only_what_the_role_may_is_answered_otherwise_than_403(role: str) -> None:
    opened = {call for call, cells in TABLE.items() if cells[role] != "403"}
    assert opened == {
        f"{method} {one.name}"
        for one in OF_MERCHANTS
        for method in set(one.methods) - {"HEAD"}
        if role in one.roles
    }

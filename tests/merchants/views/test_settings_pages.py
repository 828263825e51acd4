"""Members, tokens, legal bases and the trail."""

import pytest
from django.urls import reverse

from merchants.models import ApiToken, AuditEvent, Connection, Membership
from tests.conftest import make_member


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner)
    return client


def to(name: str, *args: object) -> str:
    return reverse(f"merchants:{name}", args=["glow", *args])


def test_the_last_owner_stays(as_owner, merchant, owner):
    row = Membership.objects.get(user=owner)
    as_owner.post(to("set_role", row.pk), {"role": "viewer"})
    as_owner.post(to("remove_member", row.pk))
    assert Membership.objects.get(user=owner).role == "owner"


def test_a_role_changes_and_a_member_goes(as_owner, merchant):
    row = Membership.objects.get(user=make_member(merchant, "viewer"))
    as_owner.post(to("set_role", row.pk), {"role": "marketing"})
    row.refresh_from_db()
    assert row.role == "marketing"
    as_owner.post(to("remove_member", row.pk))
    assert not Membership.objects.filter(pk=row.pk).exists()
    acts = AuditEvent.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["merchants.member.role_changed", "merchants.member.removed"]


def test_a_member_of_another_merchant_cannot_be_touched(as_owner, stranger):
    row = Membership.objects.get(user=make_member(stranger, "viewer", "other"))
    assert as_owner.post(to("remove_member", row.pk)).status_code == 404


def test_a_token_is_shown_once_and_works_until_revoked(as_owner, client, merchant):
    page = as_owner.post(to("issue_token"), {"name": "till", "scopes": ["orders:write"]}).content.decode()
    token = ApiToken.objects.get()
    assert f'id="secret">{token.prefix}' in page
    secret = page.split('id="secret">')[1].split("<")[0]
    assert secret.startswith("sbd_")
    assert secret not in as_owner.get(to("settings")).content.decode()
    assert token.token_hash not in page
    as_owner.post(to("revoke_token", token.pk))
    answer = client.post(
        "/api/v1/orders", "[]", "application/json", headers={"authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 401


def test_a_legal_basis_is_recorded_with_a_trace(as_owner, merchant):
    row = Connection.objects.create(merchant=merchant, source="jd", shop="1", name="京东")
    as_owner.post(to("state_basis", row.pk), {"basis": "consent 2026-01, doc 7"})
    row.refresh_from_db()
    assert row.legal_basis == "consent 2026-01, doc 7"
    assert "consent 2026-01" in as_owner.get(to("trail")).content.decode()


@pytest.mark.parametrize("name", ["settings", "trail"])
def test_a_viewer_sees_neither_settings_nor_trail(client, merchant, name):
    client.force_login(make_member(merchant, "viewer"))
    assert client.get(to(name)).status_code == 403

"""Purpose and retention: who may say what, and what a sensitive trade may do."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from measurement.choices import Kept, Purpose, Sensitive
from measurement.intake_kinds.texts import closed
from measurement.models import KeptSource, SensitiveConsent
from measurement.operations import keeping
from measurement.queries.keeping import is_allowed
from merchants.models import AuditEvent, Merchant
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
TOLD = {"purpose": "measure", "basis": "consent, member terms 2026-01", "since": "2026-01-05", "days": "400"}


def to(merchant: Merchant, name: str, *of: object) -> str:
    return reverse(f"measurement:{name}", args=[merchant.code, *of])


@pytest.fixture
def kept(merchant: Merchant) -> KeptSource:
    return keeping.known(merchant, Kept.TOUCHES, "first_party")


@pytest.fixture
def sensitive(merchant: Merchant) -> Merchant:
    Merchant.objects.filter(pk=merchant.pk).update(sensitive_trade=True)
    merchant.refresh_from_db()
    return merchant


def test_a_source_is_stated_with_a_trace(client, merchant, kept) -> None:
    client.force_login(make_member(merchant, "marketing"))
    page = client.get(to(merchant, "keeping")).content.decode()
    assert "730" in page
    client.post(to(merchant, "state_keeping", kept.pk), TOLD)
    kept.refresh_from_db()
    assert (kept.purpose, kept.basis, kept.basis_since, kept.days) == (
        Purpose.MEASURE, "consent, member terms 2026-01", date(2026, 1, 5), 400,
    )  # fmt: skip
    assert kept.set_at is not None
    act = AuditEvent.objects.get(act="measurement.keeping.stated")
    assert (act.data["days"], act.data["source"], act.actor) == (400, "first_party", kept.set_by)


@pytest.mark.parametrize(
    ("change", "says"),
    [({"days": "5"}, "longest decision cycle in use"), ({"basis": ""}, "Legal basis"), ({"purpose": "x"}, "Purpose")],
)  # fmt: skip
def test_what_cannot_hold_is_refused_and_nothing_is_recorded(client, merchant, kept, change, says) -> None:
    client.force_login(make_member(merchant, "owner"))
    address = to(merchant, "state_keeping", kept.pk)
    page = client.post(address, TOLD | change, follow=True, headers={"accept-language": "en"})
    assert says in page.content.decode()
    kept.refresh_from_db()
    assert (kept.days, kept.set_by) == (None, "")


def test_others_read_and_do_not_state(client, merchant, kept, sensitive) -> None:
    client.force_login(make_member(merchant, "viewer"))
    assert client.get(to(merchant, "keeping")).status_code == 200
    assert client.post(to(merchant, "state_keeping", kept.pk), TOLD).status_code == 403
    client.force_login(make_member(merchant, "marketing"))
    consent = {"consent": "x", "since": "2026-01-05"}
    assert client.post(to(merchant, "allow_sensitive", "comments"), consent).status_code == 403
    assert not SensitiveConsent.objects.exists()


def test_only_the_owner_switches_a_sensitive_use_on_and_off_and_both_are_in_the_trail(
    client, merchant, sensitive
) -> None:
    client.force_login(make_member(merchant, "owner"))
    assert [is_allowed(merchant, use) for use in Sensitive] == [False, False, False]
    assert closed(merchant) == "sensitive_trade"
    consent = {"consent": "guardians, form 7", "since": "2026-01-05"}
    client.post(to(merchant, "allow_sensitive", "comments"), consent)
    assert [is_allowed(merchant, use) for use in Sensitive] == [True, False, False]
    assert closed(merchant) == "basis_missing"  # the basis of the source is asked for as of everybody
    assert "guardians, form 7" in client.get(to(merchant, "keeping")).content.decode()
    for _ in range(2):
        client.post(to(merchant, "forbid_sensitive", "comments"))
    assert closed(merchant) == "sensitive_trade"
    acts = AuditEvent.objects.filter(act__startswith="measurement.sensitive.").order_by("pk")
    assert [act.act.rpartition(".")[2] for act in acts] == ["allowed", "forbidden"]


def test_an_unknown_use_is_not_found(client, merchant, sensitive) -> None:
    client.force_login(make_member(merchant, "owner"))
    assert client.post(to(merchant, "forbid_sensitive", "evidence")).status_code == 404


def test_a_trade_that_is_not_sensitive_is_asked_for_nothing(client, merchant) -> None:
    client.force_login(make_member(merchant, "owner"))
    assert all(is_allowed(merchant, use) for use in Sensitive)
    assert 'id="sensitive"' not in client.get(to(merchant, "keeping")).content.decode()

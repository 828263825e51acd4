"""An owner invites an address; who has it comes in, once."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from merchants import tenancy
from merchants.models import AuditEvent, Invite, Membership, Merchant, User
from merchants.operations import invites
from tests.conftest import make_member

NEW = {"username": "mei", "password1": "tall fescue 1987", "password2": "tall fescue 1987"}


@pytest.fixture
def as_owner(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def to(name: str, *args: object) -> str:
    return reverse(f"merchants:{name}", args=["glow", *args])


def invite(as_owner: Client, email: str = "Mei@Example.org", role: str = "analyst") -> str:
    """Invites, and gives the path that the letter leads to."""
    as_owner.post(to("invite"), {"email": email, "role": role})
    return letter_path()


def letter_path() -> str:
    found = re.search(r"http://[^/]+(/join/glow/[\w-]+/)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def acts() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("act", flat=True))


def test_somebody_new_makes_an_account_with_a_proved_address_and_joins(as_owner, merchant):
    path = invite(as_owner)
    assert mail.outbox[0].to == ["mei@example.org"]
    assert not User.objects.filter(email="mei@example.org").exists()  # nobody is made before they come
    guest = Client()
    assert guest.get(path).status_code == 200
    guest.post(reverse("account_signup"), {**NEW, "email": "mei@example.org", "next": path})
    user = User.objects.get(username="mei")
    assert EmailAddress.objects.get(user=user).verified
    assert not Membership.objects.filter(user=user).exists()
    assert guest.post(path).headers["Location"] == "/m/glow/"
    assert Membership.objects.get(user=user, merchant=merchant).role == "analyst"
    assert acts() == ["merchants.invite.sent", "merchants.member.added", "merchants.invite.accepted"]


def test_a_person_who_is_known_elsewhere_joins_and_stands_in_both(as_owner, stranger):
    known = make_member(stranger, "viewer", "lin")
    User.objects.filter(pk=known.pk).update(email="lin@example.org")
    path = invite(as_owner, "lin@example.org")
    guest = Client()
    guest.force_login(known)
    guest.post(path)
    assert Membership.objects.filter(user=known).count() == 2
    page = guest.get("/m/glow/").content.decode()
    assert f'href="/m/{stranger.code}/"' in page  # the switcher leads back


def test_no_account_without_an_invitation_and_none_of_another_address(as_owner, merchant, settings):
    settings.APPLICATIONS_OPEN = False
    guest = Client()
    guest.post(reverse("account_signup"), {**NEW, "email": "mei@example.org"})
    assert not User.objects.filter(username="mei").exists()
    guest.get(invite(as_owner))
    guest.post(reverse("account_signup"), {**NEW, "email": "other@example.org"})
    assert not User.objects.filter(username="mei").exists()


def test_an_invitation_is_for_its_address_only(as_owner, stranger):
    path = invite(as_owner)
    other = make_member(stranger, "owner", "other")
    guest = Client()
    guest.force_login(other)
    assert guest.post(path).status_code == 403
    assert not Membership.objects.filter(user=other, merchant__code="glow").exists()


def test_an_invitation_opens_once(as_owner, merchant):
    mei = User.objects.create_user(username="mei", email="mei@example.org")
    path = invite(as_owner)
    guest = Client()
    guest.force_login(mei)
    guest.post(path)
    assert guest.get(path).status_code == 404
    Membership.objects.filter(user=mei).delete()
    assert guest.post(path).status_code == 404
    assert not Membership.objects.filter(user=mei).exists()


def test_a_letter_sent_again_replaces_the_first_and_a_revoked_one_opens_nothing(as_owner, merchant):
    first = invite(as_owner)
    with tenancy.acting_for(merchant):
        row = Invite.objects.get()
    as_owner.post(to("invite_again", row.pk))
    second = letter_path()
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    as_owner.post(to("revoke_invite", row.pk))
    assert Client().get(second).status_code == 404
    as_owner.post(to("invite_again", row.pk))
    assert len(mail.outbox) == 2
    assert acts() == ["merchants.invite.sent", "merchants.invite.sent_again", "merchants.invite.revoked"]


def test_an_invitation_holds_seven_days(merchant):
    sent = datetime(2026, 11, 1, tzinfo=UTC)
    row, secret = invites.send(merchant, email="mei@example.org", role="viewer", by="user:1", now=sent)
    last = sent + timedelta(days=7)
    assert invites.find("glow", secret, now=last - timedelta(seconds=1)) == row
    assert invites.find("glow", secret, now=last) is None
    mei = User.objects.create_user(username="mei", email="mei@example.org")
    with pytest.raises(invites.NotOpen):
        invites.accept(merchant, row, user=mei, now=last)


def test_an_address_is_invited_once_at_a_time_and_no_member(as_owner, merchant, owner):
    invite(as_owner)
    again = as_owner.post(to("invite"), {"email": "MEI@example.org", "role": "viewer"})
    User.objects.filter(pk=owner.pk).update(email="boss@example.org")
    member = as_owner.post(to("invite"), {"email": "boss@example.org", "role": "viewer"})
    nothing = as_owner.post(to("invite"), {"email": "nobody", "role": "viewer"})
    assert [page.status_code for page in (again, member, nothing)] == [422, 422, 422]
    assert len(mail.outbox) == 1


def test_the_letter_holds_the_secret_and_the_row_its_hash(merchant):
    row, secret = invites.send(merchant, email="mei@example.org", role="viewer", by="user:1")
    with tenancy.acting_for(merchant):
        assert secret not in str(Invite.objects.values().get())
        assert "mei@" not in str(AuditEvent.objects.values().get()["data"])
    assert invites.find("glow", secret) == row


def test_a_secret_of_one_merchant_opens_nothing_of_another(merchant: Merchant, stranger: Merchant):
    _, secret = invites.send(merchant, email="mei@example.org", role="viewer", by="user:1")
    assert invites.find(stranger.code, secret) is None
    assert invites.find("nobody", secret) is None


def test_a_letter_that_cannot_go_out_leaves_an_invitation_to_send_again(as_owner, merchant, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens
    page = as_owner.post(to("invite"), {"email": "mei@example.org", "role": "viewer"}, follow=True)
    assert "mei@example.org" in page.content.decode()
    with tenancy.acting_for(merchant):
        assert Invite.objects.count() == 1

"""Who may act for a merchant: people by membership, programs by token."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.roles import ROLES, Permission, permissions_of
from merchants.tenancy import MerchantOwned


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    merchant = models.ForeignKey("merchants.Merchant", models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=[(role.code, role.name) for role in ROLES])
    stores = models.JSONField(_("stores"), default=list, blank=True)  # ids; empty: all of them
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="a_person_has_one_role_per_merchant")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this member may do: less than the role, where it is kept to some stores."""
        return permissions_of(self.role, kept_to_stores=bool(self.stores))


class Invite(MerchantOwned):
    """A seat kept for an address until somebody takes it with the secret of the letter, which only its reader has:
    the row holds its hash. Sending it again makes a new secret, so that one letter at a time opens the door."""

    email = models.EmailField(_("e-mail"))  # in lower case
    role = models.CharField(_("role"), max_length=20, choices=[(role.code, role.name) for role in ROLES])
    secret_hash = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("holds until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="an_address_is_invited_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["merchant", "secret_hash"], name="a_secret_opens_one_invitation_per_merchant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.role}"


class ApiToken(models.Model):
    """A program's key to one merchant. Only the hash is stored; the secret is shown once."""

    merchant = models.ForeignKey("merchants.Merchant", models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

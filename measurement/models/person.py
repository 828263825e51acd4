"""Who is who, and why we think so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class IdentityLink(MerchantOwned):
    """Two person keys that are one person, with the reason. Joining and parting rewrite nothing
    else: touches and orders keep their own key for ever."""

    key_a = models.UUIDField()
    key_b = models.UUIDField()
    reason = models.CharField(_("reason"), max_length=120)  # e.g. "member id", "same phone"
    source = models.CharField(_("source"), max_length=60)
    joined_at = models.DateTimeField(_("joined"))
    parted_at = models.DateTimeField(_("parted"), null=True, blank=True)

    class Meta:
        verbose_name = _("identity link")
        verbose_name_plural = _("identity links")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "key_a", "key_b", "reason"],
                condition=models.Q(parted_at=None),
                name="two_keys_are_joined_once_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(key_a__lt=models.F("key_b")), name="a_link_names_the_lower_key_first"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "key_b"], name="links_by_second_key")]

    def __str__(self) -> str:
        return self.reason


class Identity(MerchantOwned):
    """Derived from the links that hold: every joined key with its person (the lowest key of the
    group). A key without a link is its own person and has no row."""

    person_key = models.UUIDField()
    person = models.UUIDField()

    class Meta:
        verbose_name = _("joined key")
        verbose_name_plural = _("joined keys")
        constraints = [models.UniqueConstraint(fields=["merchant", "person_key"], name="a_key_is_one_person")]
        indexes = [models.Index(fields=["merchant", "person"], name="keys_of_a_person")]

    def __str__(self) -> str:
        return str(self.person_key)

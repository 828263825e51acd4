"""The tenant and its stores."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.tenancy import MerchantOwned


class Merchant(models.Model):
    """The tenant that every other row points at. ``never_let_in``: it has left as one that applied."""

    class Kind(models.TextChoices):
        BRAND = "brand", _("Brand")
        SERVICE = "service", _("Lifestyle service")
        AGENCY = "agency", _("Agency (MCN)")
        BLOGGER = "blogger", pgettext_lazy("merchant", "Blogger")

    class Status(models.TextChoices):
        APPLYING = "applying", pgettext_lazy("merchant", "Applying")
        ACTIVE = "active", pgettext_lazy("merchant", "Active")
        SUSPENDED = "suspended", pgettext_lazy("merchant", "Suspended")
        LEFT = "left", pgettext_lazy("merchant", "Has left")

    CLOSED = frozenset({Status.SUSPENDED, Status.LEFT})
    """Read and taken away, never changed."""

    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("Stands in addresses."))
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.BRAND)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    status_reason = models.CharField(_("reason of the status"), max_length=300, blank=True, editable=False)
    never_let_in = models.BooleanField(_("never let in"), default=False, db_default=False, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    sensitive_trade = models.BooleanField(
        _("sensitive trade"), default=False, help_text=_("Evidence of single orders is switched off.")
    )
    pepper_version = models.PositiveSmallIntegerField(
        _("version of the person keys"), default=1, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        return self.status in self.CLOSED

    @property
    def is_outside(self) -> bool:
        """Not let in, or not any more on its way: it sees its application and nothing else."""
        return self.status == self.Status.APPLYING or self.never_let_in


SELLERS = (Merchant.Kind.BRAND, Merchant.Kind.SERVICE)
"""Who sells: the kinds that have orders or leads of their own."""


class Store(MerchantOwned):
    """A place where the merchant sells: a shop on a platform or a store in a street."""

    STORE = "pk"

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    platform = models.CharField(_("platform"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "code"], name="a_store_code_is_used_once_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.name

"""What is kept of people: why, on what basis, for how long; and what sensitive trades were allowed to do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measurement.choices import Kept, Purpose, Sensitive
from merchants.tenancy import MerchantOwned


class KeptSource(MerchantOwned):
    """One source of rows about people. Made by the first of its rows; people say the rest.

    ``days`` None: the default of its kind (``measurement.queries.keeping``). Every change is in the trail, so
    the row holds what stands now.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=[(k, k) for k in Kept])
    source = models.CharField(_("source"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=12, choices=[(p, p) for p in Purpose], blank=True)
    basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    basis_since = models.DateField(_("since"), null=True, blank=True)
    days = models.PositiveIntegerField(_("days kept"), null=True, blank=True)
    set_by = models.CharField(_("set by"), max_length=80, blank=True)
    set_at = models.DateTimeField(_("set"), null=True, blank=True)

    class Meta:
        verbose_name = _("source of rows about people")
        verbose_name_plural = _("sources of rows about people")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "source"], name="a_kept_source_is_registered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class SensitiveConsent(MerchantOwned):
    """A use that the owner of a sensitive trade switched on, with the consent it rests on. No row: off."""

    use = models.CharField(_("use"), max_length=10, choices=[(u, u) for u in Sensitive])
    consent = models.CharField(_("consent"), max_length=300)
    since = models.DateField(_("since"))
    recorded_by = models.CharField(_("recorded by"), max_length=80)

    class Meta:
        verbose_name = _("consent of a sensitive trade")
        verbose_name_plural = _("consents of sensitive trades")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "use"], name="a_sensitive_use_is_allowed_once")
        ]

    def __str__(self) -> str:
        return self.use

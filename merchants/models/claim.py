"""Who says that a note, a blogger or a brand is theirs, and who says that it is not."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.tenancy import MerchantOwned


class Claim(MerchantOwned):
    """``value`` is the id on the platform of a note or a blogger, or the name of a brand, folded. Of one thing one
    claim stands in the whole installation (an exclusion constraint; ADR 0040)."""

    WRITES = ("INSERT", "UPDATE (state, changed_at)")

    class Kind(models.TextChoices):
        NOTE = "note", pgettext_lazy("claim", "Note")
        BLOGGER = "blogger", pgettext_lazy("claim", "Blogger")
        BRAND = "brand", pgettext_lazy("claim", "Brand")

    class State(models.TextChoices):
        STANDING = "standing", pgettext_lazy("claim", "Stands")
        DISPUTED = "disputed", pgettext_lazy("claim", "Disputed")
        GIVEN_UP = "given_up", pgettext_lazy("claim", "Given up")
        LOST = "lost", pgettext_lazy("claim", "Lost")

    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    value = models.CharField(_("id or name"), max_length=120)
    grounds = models.CharField(_("grounds"), max_length=400)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STANDING)
    claimed_at = models.DateTimeField(_("claimed"), db_default=Now())
    changed_at = models.DateTimeField(_("changed"), db_default=Now())

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [models.Index(fields=["merchant", "kind", "value"], name="claims_of_a_merchant")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class Dispute(MerchantOwned):
    """``merchant`` says that a claim of ``claimant`` is wrong; both see the row. The operator decides, with a reason
    that both read: who made the claim keeps it, or who disputed it gets it, or nobody has it."""

    WRITES = ("INSERT", "UPDATE (state, decided_by_id, decided_at, decision)")
    PARTNER = "claimant"

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("dispute", "Open")
        WITHDRAWN = "withdrawn", pgettext_lazy("dispute", "Taken back")
        KEPT = "kept", pgettext_lazy("dispute", "The claim stays where it is")
        GIVEN = "given", pgettext_lazy("dispute", "The claim goes to who disputed it")
        NOBODYS = "nobodys", pgettext_lazy("dispute", "Nobody has the claim")

    claimant = models.ForeignKey("merchants.Merchant", models.CASCADE, related_name="+")
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="disputes")
    kind = models.CharField(_("what"), max_length=10, choices=Claim.Kind)
    value = models.CharField(_("id or name"), max_length=120)
    reason = models.CharField(_("why it is wrong"), max_length=400)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision = models.CharField(_("reason of the decision"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.CheckConstraint(
                name="nobody_disputes_their_own_claim", condition=~Q(merchant=F("claimant"))
            ),
            models.CheckConstraint(
                name="what_was_decided_has_a_reason",
                condition=Q(state__in=("open", "withdrawn")) | Q(decided_by__isnull=False) & ~Q(decision=""),
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-opened_at"], name="disputes_of_a_merchant")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"

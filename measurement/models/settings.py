"""How a merchant wants its credit computed; history, the latest holds."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class RuleSetting(MerchantOwned):
    version = models.PositiveIntegerField(_("version"))
    match_product = models.BooleanField(
        _("same SPU only"), default=True, help_text=_("Off: touches with any SPU of the merchant count.")
    )
    half_life_hours = models.PositiveIntegerField(_("half-life, hours"), default=168)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("rule setting")
        verbose_name_plural = _("rule settings")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "version"], name="a_rule_version_is_used_once"),
            models.CheckConstraint(
                condition=models.Q(half_life_hours__gte=1, half_life_hours__lte=24 * 365),
                name="a_half_life_lasts_1_hour_to_1_year",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"

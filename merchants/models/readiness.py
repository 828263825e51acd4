"""A category before it is launched: what the operator asks, what the merchant said, and that it was launched."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.readiness.figures import SIGNS, Rule
from merchants.readiness.launching import Gate, Mode
from merchants.tenancy import MerchantOwned

MODES: Mapping[StrEnum, Any] = {
    Mode.OFF: pgettext_lazy("launch gate", "Off: the list is for the merchant's own use"),
    Mode.WARN: pgettext_lazy("launch gate", "Warn: who launches with something open says so"),
    Mode.BLOCK: pgettext_lazy("launch gate", "Block: nobody launches with something open"),
}
HUNDRED = Decimal(100)


def _percent(label: Any) -> Any:
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("In percent. Empty: the figure is shown, and judged by nobody."),
    )


class LaunchGate(models.Model):
    """What the operator asks before a category is launched; without a row nothing is asked. It belongs to no
    merchant: one holds for all."""

    trade = models.SlugField(_("category"), max_length=60, unique=True)
    mode = models.CharField(
        _("gate"), max_length=10, choices=[(code.value, label) for code, label in MODES.items()]
    )
    refund_most = _percent(_("orders with a refund, at most"))
    late_shipment_most = _percent(_("orders shipped late, at most"))
    reply_in_time_least = _percent(_("consultations answered in time, at least"))
    fewest = models.PositiveIntegerField(
        _("rows that make a figure"),
        default=30,
        validators=[MinValueValidator(1)],
        help_text=_("A share of fewer orders or consultations is unknown, and blocks nothing."),
    )
    changed_by = models.CharField(_("changed by"), max_length=80, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("launch gate")
        verbose_name_plural = _("launch gates")
        ordering = ["trade"]
        constraints = [
            models.CheckConstraint(
                name="a_limit_of_a_launch_is_a_percentage",
                condition=(Q(refund_most=None) | Q(refund_most__range=(0, 100)))
                & (Q(late_shipment_most=None) | Q(late_shipment_most__range=(0, 100)))
                & (Q(reply_in_time_least=None) | Q(reply_in_time_least__range=(0, 100))),
            )
        ]

    def __str__(self) -> str:
        return self.trade

    def read(self) -> Gate:
        """As the judgement takes it."""
        stated: dict[Rule, Decimal | None] = {
            Rule.REFUND: self.refund_most,
            Rule.LATE_SHIPMENT: self.late_shipment_most,
            Rule.REPLY_IN_TIME: self.reply_in_time_least,
        }
        limits = {
            rule.value: f"{SIGNS[rule]} {value / HUNDRED}"
            for rule, value in stated.items()
            if value is not None
        }
        return Gate(Mode(self.mode), limits, self.fewest)


class ReadinessAnswer(MerchantOwned):
    """What the merchant says of itself for one category; the latest holds, the trail keeps who said it."""

    trade = models.SlugField(_("category"), max_length=60)
    key = models.CharField(_("requirement"), max_length=60)
    values = models.JSONField(_("answers"), default=dict)
    answered_at = models.DateTimeField(_("answered"), auto_now=True)
    answered_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("answer of readiness")
        verbose_name_plural = _("answers of readiness")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "trade", "key"], name="readiness_is_answered_once_a_category"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trade} {self.key}"


class Launch(MerchantOwned):
    """A merchant began in a category: under which gate, and what was open then. Never changed."""

    WRITES = ("INSERT",)

    trade = models.SlugField(_("category"), max_length=60)
    gate = models.CharField(_("gate"), max_length=10)
    open_items = models.JSONField(_("open then"), default=list)
    sets = models.JSONField(_("requirement sets"), default=list)
    launched_at = models.DateTimeField(_("launched"), db_default=Now())
    launched_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("launch of a category")
        verbose_name_plural = _("launches of categories")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "trade"], name="a_category_is_launched_once"),
        ]

    def __str__(self) -> str:
        return self.trade

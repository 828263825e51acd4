"""What is sold, in which trade, and how long people take to decide."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from measurement.choices import CycleBasis, Platform
from merchants.tenancy import MerchantOwned


class Category(models.Model):
    """The shared tree of trades."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class CategoryCycle(models.Model):
    """The decision cycle of a trade, for every merchant without one of its own. Rows are history:
    the latest holds, none is changed."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="cycles")
    days = models.PositiveSmallIntegerField(_("days"))
    basis = models.CharField(_("basis"), max_length=10, choices=[(b, b) for b in CycleBasis])
    source = models.CharField(_("source"), max_length=300)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("decision cycle")
        verbose_name_plural = _("decision cycles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=730), name="a_cycle_lasts_1_to_730_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.days} d"


class MerchantCycle(MerchantOwned):
    """A merchant's own decision cycle of a trade; history like :class:`CategoryCycle`. Zero days: the
    merchant went back to the shared cycle."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField(_("days"))
    basis = models.CharField(_("basis"), max_length=10, choices=[(b, b) for b in CycleBasis])
    source = models.CharField(_("source"), max_length=300)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("decision cycle of a merchant")
        verbose_name_plural = _("decision cycles of merchants")
        indexes = [models.Index(fields=["merchant", "category", "-id"], name="cycles_of_a_merchant")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__lte=730), name="an_own_cycle_lasts_at_most_730_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.days} d"


class Spu(MerchantOwned):
    """The product unit that content seeds."""

    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("SPU")
        verbose_name_plural = _("SPUs")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="an_spu_code_is_used_once_per_merchant")
        ]

    def __str__(self) -> str:
        return self.name


class SpuMargin(MerchantOwned):
    """Margin of an SPU in basis points of revenue (4,500 = 45 %), from a day on; history."""

    spu = models.ForeignKey(Spu, models.CASCADE, related_name="margins")
    margin_bp = models.IntegerField(_("margin, basis points"))
    valid_from = models.DateField(_("from"))
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("margin")
        verbose_name_plural = _("margins")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(margin_bp__gte=-10_000, margin_bp__lte=10_000),
                name="a_margin_lies_between_minus_and_plus_all",
            )
        ]

    def __str__(self) -> str:
        return f"{self.spu} {self.margin_bp / 100:.2f} %"


class ItemMapping(MerchantOwned):
    """Which SPU a platform's item (and SKU, or every SKU of it: empty) is."""

    platform = models.CharField(_("platform"), max_length=30, choices=[(p, p) for p in Platform])
    item_id = models.CharField(_("item"), max_length=80)
    sku_id = models.CharField(_("SKU"), max_length=80, blank=True)
    spu = models.ForeignKey(Spu, models.CASCADE, related_name="items")

    class Meta:
        verbose_name = _("item mapping")
        verbose_name_plural = _("item mappings")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "platform", "item_id", "sku_id"], name="an_item_is_mapped_to_one_spu"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform}:{self.item_id}{'/' + self.sku_id if self.sku_id else ''}"

"""What was sold and to whom, and what live streams brought: counted by a worker, read by pages."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantBulk


class SoldDay(MerchantBulk):
    """Orders of one SPU (null: items mapped to none) paid on one day. ``known`` of the orders name their
    buyer; ``joinable`` are those whose buyer ever touched content or that name content themselves, and
    ``seeded`` those of them with a credited touch."""

    spu = models.ForeignKey(
        "measurement.Spu", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField(_("day"))
    orders = models.IntegerField(_("orders"))
    units = models.IntegerField(_("units"))
    paid_fen = models.BigIntegerField(_("paid"))
    refunded_fen = models.BigIntegerField(_("refunded"))
    known = models.IntegerField()
    joinable = models.IntegerField()
    seeded = models.IntegerField()
    computed_at = models.DateTimeField(_("computed"), db_default=Now())

    class Meta:
        verbose_name = _("day of sales")
        verbose_name_plural = _("days of sales")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "spu"], nulls_distinct=False, name="sales_are_counted_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.spu_id}"


class BuyerDay(MerchantBulk):
    """People who bought on a day, by the day they bought before (null: never) and for the how-manieth time
    (3: third or later). ``spu`` 0: any product. From these, distinct buyers of any span are a sum: who bought
    in it and not before within it."""

    spu_id = models.BigIntegerField()
    day = models.DateField(_("day"))
    before = models.DateField(_("day before"), null=True)
    nth = models.SmallIntegerField()
    people = models.IntegerField(_("people"))

    class Meta:
        verbose_name = _("buyers of a day")
        verbose_name_plural = _("buyers of a day")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "spu_id", "before", "nth"],
                nulls_distinct=False,
                name="buyers_are_counted_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.spu_id}"


class LiveResult(MerchantBulk):
    """What viewers of a live stream bought, by platform ("" for all): within 24 hours of their first view,
    and in the 30 days after that. ``refunded`` as it stands now."""

    live_stream = models.ForeignKey(
        "measurement.LiveStream", models.CASCADE, db_constraint=False, db_index=False, related_name="results"
    )
    platform = models.CharField(max_length=30, blank=True)
    views = models.IntegerField(_("views"))
    viewers = models.IntegerField(_("viewers"))
    buyers = models.IntegerField(_("buyers"))
    orders = models.IntegerField(_("orders"))
    paid_fen = models.BigIntegerField(_("paid"))
    refunded_fen = models.BigIntegerField(_("refunded"))
    later_buyers = models.IntegerField()
    later_orders = models.IntegerField()
    later_paid_fen = models.BigIntegerField()
    later_refunded_fen = models.BigIntegerField()
    computed_at = models.DateTimeField(_("computed"), db_default=Now())

    class Meta:
        verbose_name = _("result of a live stream")
        verbose_name_plural = _("results of live streams")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "live_stream", "platform"], name="a_live_has_one_result_per_platform"
            )
        ]

    def __str__(self) -> str:
        return f"{self.live_stream_id} {self.platform}"

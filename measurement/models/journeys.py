"""Journeys counted by the day on which they ended, and what the models of all journeys say of a period."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantBulk, MerchantOwned


class JourneyMark(MerchantBulk):
    """Days whose journeys are to be counted anew, up to ``last_day``, or all that follow (null). Appended in
    the transaction that changed what they are made of."""

    first_day = models.DateField()
    last_day = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("mark of journeys")
        verbose_name_plural = _("marks of journeys")
        indexes = [models.Index(fields=["merchant", "first_day"], name="journey_marks_by_day")]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day or ''}"


class JourneyDay(MerchantBulk):
    """The journeys that ended on one day: with an order of that day, or because their window closed then.

    ``paths`` holds them by product and path (``measurement.attribution.path_blocks``); days add up. A stale
    day is counted again; until then it shows what it held.
    """

    day = models.DateField(_("day"))
    stale = models.BooleanField(_("to be counted"), default=True)
    counted_at = models.DateTimeField(_("counted"), null=True)
    ordered = models.PositiveIntegerField(_("ended with an order"), default=0)
    declared = models.PositiveIntegerField(_("named by the order"), default=0)
    lost = models.PositiveIntegerField(_("ended without one"), default=0)
    paths = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("journeys of a day")
        verbose_name_plural = _("journeys by day")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day"], name="journeys_are_counted_once_a_day")
        ]
        indexes = [
            models.Index(fields=["merchant", "day"], name="days_to_count", condition=models.Q(stale=True))
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class JourneyModel(MerchantOwned):
    """What the Markov chain, the Shapley value and leave-one-out say of the journeys that ended in a period;
    computed by a worker when it was asked for. ``answer`` is as ``measurement.attribution.answers`` writes
    it."""

    by = models.CharField(_("channel is"), max_length=12)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    spu_id = models.BigIntegerField(_("SPU"), default=0)  # 0: all of them
    order = models.PositiveSmallIntegerField(_("order of the chain"), default=1)
    with_nulls = models.BooleanField(_("journeys without an order count"), default=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True)
    answer = models.JSONField(null=True)

    class Meta:
        verbose_name = _("models of a period")
        verbose_name_plural = _("models of periods")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "by", "first_day", "last_day", "spu_id", "order", "with_nulls"],
                name="a_model_is_kept_once_per_question",
            ),
            models.CheckConstraint(
                condition=models.Q(order__gte=1, order__lte=3), name="a_chain_remembers_1_to_3_channels"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant"], name="models_to_compute", condition=models.Q(computed_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.first_day} – {self.last_day}"

"""What people did with content, counted day by day; what pages read instead of the touches."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantBulk, MerchantOwned


class TouchTally(MerchantBulk):
    """Touches of one channel (and so of one kind) about one SPU on one day, and the people behind them.

    ``spu`` is what the touch itself names; one that names none counts for its channel's, which is looked
    up on reading. ``people`` are distinct person keys of this very cell: summed over cells they are
    person-days by channel, never distinct people.
    """

    channel = models.ForeignKey(
        "measurement.Channel", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    spu = models.ForeignKey(
        "measurement.Spu", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField(_("day"))
    touches = models.BigIntegerField(_("touches"))
    people = models.BigIntegerField(_("people"))

    class Meta:
        verbose_name = _("tally of touches")
        verbose_name_plural = _("tallies of touches")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "channel", "spu"],
                nulls_distinct=False,
                name="touches_are_tallied_once_a_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["merchant"], name="tallies_that_emptied", condition=models.Q(touches__lte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.channel_id}"


class TallyMark(MerchantBulk):
    """Touches of a person that came or went and are not tallied yet: ``touches`` is their signed number.

    Appended in the transaction that changed the touches. A worker deletes the marks and looks at the touches
    in one statement, so that both are of one moment.
    """

    person_key = models.UUIDField()
    channel_id = models.BigIntegerField()
    spu_id = models.BigIntegerField(null=True)
    day = models.DateField()
    touches = models.IntegerField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("mark of a tally")
        verbose_name_plural = _("marks of tallies")
        indexes = [models.Index(fields=["merchant", "day"], name="tally_marks_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.channel_id}"


class TallySpan(MerchantBulk):
    """Days whose touches are to be counted anew: so many came at once that marks would cost more."""

    first_day = models.DateField()
    last_day = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("days to tally")
        verbose_name_plural = _("days to tally")
        indexes = [models.Index(fields=["merchant", "first_day"], name="days_to_tally")]

    def __str__(self) -> str:
        return f"{self.first_day} {self.last_day}"


class ProcessSetting(MerchantOwned):
    """What a merchant calls engagement and what a hit; history, the latest holds."""

    version = models.PositiveIntegerField(_("version"))
    parts = models.JSONField(_("parts of engagement"))  # codes of ``measurement.process.engagement.Part``
    hit_likes = models.PositiveIntegerField(_("likes of a hit"))
    hit_total = models.PositiveIntegerField(_("engagements of a hit"))
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("definition of engagement")
        verbose_name_plural = _("definitions of engagement")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "version"], name="a_definition_of_engagement_is_used_once"
            ),
            models.CheckConstraint(
                condition=models.Q(hit_likes__gte=1, hit_total__gte=1), name="a_hit_has_at_least_one"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"

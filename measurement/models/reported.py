"""What platforms and files report in sums: never per person, never added to what the ledger credits.

History like :class:`~measurement.models.spend.Spend`: one statement of each key stands (``replaced_at`` is
empty), former ones keep the time they were replaced, so that a past report can be asked again.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measurement.choices import (
    Layer,
    MarketMeasure,
    Platform,
    ProfileDimension,
    ProfileScope,
    Programme,
    PromotionKind,
    ReportAxis,
    ReportLevel,
)
from merchants.tenancy import MerchantOwned


class Stated(MerchantOwned):
    source = models.CharField(_("source"), max_length=40)  # file, api, juguang, ...
    natural_key = models.CharField(max_length=300)
    stated_at = models.DateTimeField(_("stated"))  # modified time, or time of fetching
    told_at = models.DateTimeField(_("last told"))  # the last time the very same was stated once more
    replaced_at = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField(max_length=64)

    class Meta:
        abstract = True


class AllianceRow(Stated):
    """One day of a task or a note in an Alliance programme, as its platform reports it.

    ``metrics`` holds whole numbers by the names of ``measurement.reported.alliance.METRICS``; one that is
    missing is unknown. Rows of a task and of its notes are views of one thing: read one ``level``. Windows,
    axes and rows with and without de-duplication by last click are views too, never summed together.
    """

    programme = models.CharField(_("programme"), max_length=20, choices=[(p, p) for p in Programme])
    level = models.CharField(_("level"), max_length=10, choices=[(x, x) for x in ReportLevel])
    task_id = models.CharField(_("task"), max_length=80, blank=True)
    task_name = models.CharField(_("name of the task"), max_length=200, blank=True)
    note = models.ForeignKey("measurement.Note", models.SET_NULL, null=True, blank=True, related_name="+")
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")
    day = models.DateField(_("day"))
    window_days = models.PositiveSmallIntegerField(_("window, days"))  # 7, 15, 30
    axis = models.CharField(_("time axis"), max_length=10, choices=[(x, x) for x in ReportAxis])
    last_click = models.BooleanField(_("last click only"), null=True, blank=True)  # empty: not said
    metrics = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Alliance row")
        verbose_name_plural = _("Alliance rows")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "natural_key"],
                condition=models.Q(replaced_at=None),
                name="an_alliance_row_is_stated_once_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["merchant", "day"], name="alliance_rows_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.natural_key}"


class CrowdReport(Stated):
    """People in a layer on a day, as the platform counts them; no SPU: the whole brand."""

    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")
    day = models.DateField(_("day"))
    layer = models.CharField(_("layer"), max_length=4, choices=[(x, x) for x in Layer])
    people = models.PositiveBigIntegerField(_("people"))
    added = models.PositiveBigIntegerField(_("newly added"), null=True, blank=True)

    class Meta:
        verbose_name = _("reported layer")
        verbose_name_plural = _("reported layers")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "natural_key"],
                condition=models.Q(replaced_at=None),
                name="a_reported_layer_is_stated_once_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["merchant", "day"], name="reported_layers_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.layer}"


class ProfileRow(Stated):
    """One bucket of a profile as a platform tells it: how many of the people of ``scope`` (in ``layer``) are
    so, between two days, both included. It knows nobody: no person is joined to a bucket, here or elsewhere."""

    scope = models.CharField(_("scope"), max_length=10, choices=[(s, s) for s in ProfileScope])
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.ForeignKey("measurement.Note", models.SET_NULL, null=True, blank=True, related_name="+")
    campaign = models.ForeignKey(
        "measurement.Campaign", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    live_stream = models.ForeignKey(
        "measurement.LiveStream", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    layer = models.CharField(_("layer"), max_length=4, blank=True, choices=[(x, x) for x in Layer])
    dimension = models.CharField(_("dimension"), max_length=10, choices=[(d, d) for d in ProfileDimension])
    bucket = models.CharField(_("bucket"), max_length=40)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    people = models.PositiveBigIntegerField(_("people"), null=True, blank=True)
    share = models.DecimalField(_("share"), max_digits=7, decimal_places=6, null=True, blank=True)
    tgi = models.DecimalField(_("TGI"), max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("reported profile")
        verbose_name_plural = _("reported profiles")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "natural_key"],
                condition=models.Q(replaced_at=None),
                name="a_bucket_is_stated_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="a_profile_ends_no_earlier_than_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(people__isnull=False) | models.Q(share__isnull=False),
                name="a_bucket_tells_people_or_a_share",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "scope", "last_day"], name="profiles_by_day")]

    def __str__(self) -> str:
        return f"{self.last_day} {self.dimension} {self.bucket}"


class MarketSeries(Stated):
    """A day of a marketplace's own series; a price is in fen. No SPU: the whole brand."""

    platform = models.CharField(_("platform"), max_length=30, choices=[(p, p) for p in Platform])
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")
    day = models.DateField(_("day"))
    measure = models.CharField(_("measure"), max_length=20, choices=[(m, m) for m in MarketMeasure])
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4)

    class Meta:
        verbose_name = _("marketplace series")
        verbose_name_plural = _("marketplace series")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "natural_key"],
                condition=models.Q(replaced_at=None),
                name="a_market_day_is_stated_once_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["merchant", "day"], name="market_series_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.platform} {self.measure}"


class Promotion(Stated):
    """Days on which people buy for other reasons too: a promotion, a festival, another price. Both days
    are included."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=[(k, k) for k in PromotionKind])
    platform = models.CharField(_("platform"), max_length=30, blank=True)  # empty: everywhere
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "natural_key"],
                condition=models.Q(replaced_at=None),
                name="a_promotion_is_stated_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="a_promotion_ends_no_earlier_than_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "first_day"], name="promotions_by_day")]

    def __str__(self) -> str:
        return self.name


class Comment(MerchantOwned):
    """What somebody wrote under a note. Only the latest text is kept, and only for a while
    (``measurement.queries.keeping``): what a person took back must not live on as history. ``author_key`` is a
    keyed hash; the author's id itself is never stored."""

    note = models.ForeignKey("measurement.Note", models.CASCADE, related_name="comments")
    external_id = models.CharField(_("id on the platform"), max_length=80)
    author_key = models.UUIDField(_("key of the author"), null=True, blank=True)
    text = models.CharField(_("text"), max_length=2000)
    posted_at = models.DateTimeField(_("posted"))
    likes = models.PositiveBigIntegerField(_("likes"), null=True, blank=True)
    reply_to = models.CharField(_("answers to"), max_length=80, blank=True)
    by_author = models.BooleanField(_("by the note's author"), default=False)
    stated_at = models.DateTimeField(_("stated"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "external_id"], name="a_comment_is_known_once_per_merchant"
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "note", "-posted_at"], name="comments_of_a_note"),
            models.Index(fields=["merchant", "posted_at"], name="comments_by_time"),
        ]

    def __str__(self) -> str:
        return self.external_id

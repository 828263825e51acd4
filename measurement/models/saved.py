"""What people keep of reports: views to come back to, letters that come by themselves, notes on a day."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from measurement.choices import Rhythm
from merchants.tenancy import MerchantOwned


class SavedView(MerchantOwned):
    """A report page with all its state, which is its address; seen by its owner, or by everybody."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(_("page"), max_length=60)  # name of its address, measurement:results
    query = models.CharField(_("address"), max_length=1000, blank=True)  # without the question mark
    shared = models.BooleanField(_("shared"), default=False)
    created_at = models.DateTimeField(_("saved"), db_default=Now())

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "owner", "name"], name="a_view_is_named_once_by_its_owner"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Schedule(MerchantOwned):
    """When a saved view, or without one the digest, goes to whom. ``next_at`` is the truth: the beat looks
    for those that are due."""

    view = models.ForeignKey(SavedView, models.CASCADE, null=True, blank=True, related_name="schedules")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=[(r, r) for r in Rhythm])
    day = models.PositiveSmallIntegerField(_("day"), default=1)  # 1 Monday to 7, or 1 to 28 of the month
    hour = models.PositiveSmallIntegerField(_("hour"), default=7)  # in Shanghai
    form = models.CharField(_("file"), max_length=5, choices=[("xlsx", "XLSX"), ("csv", "CSV")])
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    recipients = models.JSONField(_("recipients"), default=list)  # ids of members
    paused = models.BooleanField(_("paused"), default=False)
    next_at = models.DateTimeField(_("next"))

    class Meta:
        verbose_name = _("report by e-mail")
        verbose_name_plural = _("reports by e-mail")
        constraints = [
            models.CheckConstraint(condition=models.Q(hour__lte=23), name="a_report_goes_out_at_a_full_hour"),
            models.CheckConstraint(
                condition=models.Q(day__gte=1, day__lte=28), name="a_report_goes_out_on_a_day_of_each_month"
            ),
        ]

    def __str__(self) -> str:
        return str(self.view) if self.view_id else str(_("Digest"))


class Mailing(MerchantOwned):
    """One letter of a schedule, once for each time it was due; the row is the outbox."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="mailings")
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    sent_to = models.PositiveSmallIntegerField(_("recipients"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "schedule", "due_at"], name="a_letter_is_written_once_when_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M}"


class Annotation(MerchantOwned):
    """What happened on a day, for whoever reads a curve later. Taken back, not deleted."""

    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    text = models.CharField(_("what happened"), max_length=160)
    campaign = models.ForeignKey(
        "measurement.Campaign", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")
    author = models.CharField(_("by"), max_length=80)
    created_at = models.DateTimeField(_("written"), db_default=Now())
    removed_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")
        indexes = [models.Index(fields=["merchant", "first_day"], name="annotations_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="an_annotation_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.text

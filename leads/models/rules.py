"""What a merchant's desk goes by: service hours, clock policies, stages, reasons, bookings, snippets."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.tenancy import MerchantOwned


class StageType(models.TextChoices):
    """What reports count by; names and order of stages are the merchant's own."""

    OPEN = "open", pgettext_lazy("stage", "Open")
    ONGOING = "ongoing", pgettext_lazy("stage", "Ongoing")
    HOLD = "hold", pgettext_lazy("stage", "On hold")
    WON = "won", pgettext_lazy("stage", "Won")
    LOST = "lost", pgettext_lazy("stage", "Lost")


class ServiceSchedule(MerchantOwned):
    """A version of the hours in which a store (none: every store without its own) answers.

    ``weekdays`` is {"0".."6" (Monday first): [["09:00", "12:00"], …]}; an end not after its start lies on
    the next day. ``exceptions`` is {"2026-10-01": [] or intervals} and goes before the weekday.
    """

    store = models.ForeignKey("merchants.Store", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(_("version"))
    weekdays = models.JSONField(_("hours of the weekdays"))
    exceptions = models.JSONField(_("holidays and make-up days"), default=dict, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("service hours")
        verbose_name_plural = _("service hours")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "version"],
                nulls_distinct=False,
                name="service_hours_of_a_store_have_one_row_a_version",
            )
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class ClockPolicy(MerchantOwned):
    """A version of the merchant's own targets; clocks that run keep the version they began with."""

    store = models.ForeignKey("merchants.Store", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(_("version"))
    reply_seconds = models.PositiveIntegerField(_("reply within, in seconds"), default=180)
    warn_seconds = models.PositiveIntegerField(_("warn before, in seconds"), default=60)
    return_seconds = models.PositiveIntegerField(
        _("taken back from a silent agent after, in seconds"), default=60
    )
    idle_hours = models.PositiveIntegerField(_("new session after idle hours"), default=24)
    lead_seconds = models.PositiveIntegerField(_("first contact of a form within, in seconds"), default=1800)
    lead_hours = models.PositiveIntegerField(_("forms left longer ago, in hours, do not wait"), default=24)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("clock policy")
        verbose_name_plural = _("clock policies")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "version"],
                nulls_distinct=False,
                name="a_clock_policy_of_a_store_has_one_row_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(reply_seconds__gt=0), name="a_reply_target_is_longer_than_nothing"
            ),
            models.CheckConstraint(
                condition=models.Q(lead_seconds__gt=0), name="a_target_of_forms_is_longer_than_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class Stage(MerchantOwned):
    """A step of the pipeline. ``code`` is what rules know it by; an empty label reads as the usual name."""

    code = models.SlugField(_("code"), max_length=30)
    type = models.CharField(_("type"), max_length=10, choices=StageType)
    label = models.CharField(_("name"), max_length=60, blank=True)
    colour = models.CharField(_("colour"), max_length=20, default="grey")
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = pgettext_lazy("pipeline", "stage")
        verbose_name_plural = pgettext_lazy("pipeline", "stages")
        constraints = [models.UniqueConstraint(fields=["merchant", "code"], name="a_stage_code_is_used_once")]

    def __str__(self) -> str:
        return self.label or self.code


class Reason(MerchantOwned):
    """Why a lead is lost or invalid."""

    class Kind(models.TextChoices):
        LOST = "lost", pgettext_lazy("stage", "Lost")
        INVALID = "invalid", _("Invalid")

    code = models.SlugField(_("code"), max_length=30)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    label = models.CharField(_("name"), max_length=60, blank=True)
    archived_at = models.DateTimeField(_("put away"), null=True, blank=True)

    class Meta:
        verbose_name = _("reason of an end")
        verbose_name_plural = _("reasons of an end")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "code"], name="a_reason_code_is_used_once")
        ]

    def __str__(self) -> str:
        return self.label or self.code


def day_and_two_hours() -> list[int]:
    return [24, 2]


class BookingRule(MerchantOwned):
    """How many appointments a store takes at once for a service (empty: any), and how many hours before one
    there is a reminder of it."""

    store = models.ForeignKey("merchants.Store", models.PROTECT, related_name="+")
    service = models.CharField(_("service"), max_length=60, blank=True)
    slot_minutes = models.PositiveIntegerField(_("minutes of a slot"), default=60)
    capacity = models.PositiveIntegerField(_("appointments at once"), default=1)
    remind_hours = models.JSONField(_("reminders, hours before"), default=day_and_two_hours, blank=True)

    class Meta:
        verbose_name = _("rule of appointments")
        verbose_name_plural = _("rules of appointments")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "service"], name="a_service_of_a_store_is_booked_by_one_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service} × {self.capacity}"


class Snippet(MerchantOwned):
    """A text that agents put in with ``/``; ``{name}`` or ``{name|fallback}`` are filled in."""

    shortcut = models.SlugField(_("shortcut"), max_length=30, allow_unicode=True)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), max_length=1000)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("snippet")
        verbose_name_plural = _("snippets")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "shortcut"], name="a_snippet_shortcut_is_used_once")
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"

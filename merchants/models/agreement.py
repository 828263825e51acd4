"""What merchants, agencies and bloggers agreed on with each other, and who a blogger is."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.tenancy import MerchantOwned


class Right(models.TextChoices):
    """What one side gives the other. Of ``NOTES`` and ``LIVE`` a blogger gives to one agency at a time."""

    NOTES = "notes", _("represents the blogger in notes")
    LIVE = "live", _("represents the blogger in live streams")
    FIGURES = "figures", _("sees figures of its notes")


class Shown(models.TextChoices):
    """What a merchant's consent covers, beside title and day of the notes themselves."""

    DELIVERY = "delivery", _("impressions, clicks and interactions")
    COST = "cost", _("cost")
    RETURN = "return", _("orders and credited revenue")
    RECORD = "record", _("that we worked together, in the blogger's portable record")


BINDING = (Right.NOTES, Right.LIVE)


class Agreement(MerchantOwned):
    """One right that ``merchant`` gives and ``partner`` takes, from ``starts_on`` up to, and without, ``until``
    (None: open). A binding is given by the blogger to its agency, a cooperation by the merchant to a blogger or
    an agency. The row belongs to both sides (ADR 0039): one offers, the other answers, either ends it.

    ``blogger`` is the id on the platform, as both sides saw it; empty in a cooperation with an agency, which
    covers the bloggers that are bound to it. What was agreed on never changes: the app's role may write the
    answer and the end, and a trigger lets each side write its own only.
    """

    WRITES = ("INSERT", "UPDATE (state, until, answered_by_id, answered_at, ended_by_id, ended_at)")
    PARTNER = "partner"

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("agreement", "Offered")
        ACCEPTED = "accepted", pgettext_lazy("agreement", "Accepted")
        DECLINED = "declined", pgettext_lazy("agreement", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("agreement", "Taken back")
        REVOKED = "revoked", pgettext_lazy("agreement", "Revoked")

    partner = models.ForeignKey("merchants.Merchant", models.CASCADE, related_name="+")
    right = models.CharField(_("right"), max_length=10, choices=Right)
    blogger = models.CharField(_("id on the platform"), max_length=80, blank=True)
    blogger_name = models.CharField(_("blogger"), max_length=120, blank=True)
    figures = models.JSONField(_("figures"), default=list)
    starts_on = models.DateField(_("first day"))
    until = models.DateField(_("until, without that day"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OFFERED)
    offered_by = models.ForeignKey("merchants.Merchant", models.CASCADE, related_name="+", db_index=False)
    offered_at = models.DateTimeField(_("offered"), db_default=Now())
    answered_by = models.ForeignKey(
        "merchants.Merchant", models.CASCADE, related_name="+", null=True, db_index=False
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    ended_by = models.ForeignKey(
        "merchants.Merchant", models.CASCADE, related_name="+", null=True, db_index=False
    )
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        indexes = [models.Index(fields=["merchant", "state"], name="agreements_of_a_merchant")]
        constraints = [
            models.CheckConstraint(name="nobody_agrees_with_themselves", condition=~Q(merchant=F("partner"))),
            models.CheckConstraint(
                name="an_agreement_ends_after_it_starts",
                condition=Q(until=None) | Q(until__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="one_side_offers_the_other_answers",
                condition=(Q(offered_by=F("merchant")) | Q(offered_by=F("partner")))
                & (
                    Q(answered_by=None)
                    | (Q(answered_by=F("merchant")) | Q(answered_by=F("partner")))
                    & ~Q(answered_by=F("offered_by"))
                ),
            ),
            models.CheckConstraint(
                name="what_was_accepted_was_answered",
                condition=~Q(state__in=("accepted", "revoked", "declined")) | Q(answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_binding_names_its_blogger", condition=Q(right="figures") | ~Q(blogger="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_right_display()}: {self.merchant} → {self.partner}"


class BloggerProfile(MerchantOwned):
    """Who a blogger's account is on the platform, in the blogger's own words."""

    external_id = models.CharField(_("id on the platform"), max_length=80)
    name = models.CharField(_("name on the platform"), max_length=120)
    followers = models.PositiveBigIntegerField(_("followers"), null=True, blank=True)
    about = models.TextField(_("about"), max_length=1000, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("profile of a blogger")
        verbose_name_plural = _("profiles of bloggers")
        constraints = [
            models.UniqueConstraint(fields=["merchant"], name="a_blogger_has_one_profile"),
        ]

    def __str__(self) -> str:
        return self.name


class Rate(MerchantOwned):
    """What a blogger asks for one piece of work from a day on, in fen without the platform's fee. Never changed:
    the newest row that holds on a day is the price of that day, so what was asked before stays told."""

    WRITES = ("INSERT",)

    class Work(models.TextChoices):
        PICTURES = "pictures", pgettext_lazy("rate", "Note with pictures")
        VIDEO = "video", pgettext_lazy("rate", "Video note")
        LIVE = "live", pgettext_lazy("rate", "Live stream, per hour")
        LICENCE = "licence", pgettext_lazy("rate", "Use of a note in ads, per month")

    work = models.CharField(_("work"), max_length=10, choices=Work)
    fen = models.PositiveBigIntegerField(_("price"))
    valid_from = models.DateField(_("holds from"))
    recorded_at = models.DateTimeField(_("stated"), db_default=Now())

    class Meta:
        verbose_name = _("rate of a blogger")
        verbose_name_plural = _("rates of bloggers")
        indexes = [models.Index(fields=["merchant", "work", "-valid_from"], name="rates_of_a_blogger")]

    def __str__(self) -> str:
        return f"{self.get_work_display()} {self.valid_from}"

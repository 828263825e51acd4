"""Where consultations come from, and which leads each source has shown us, pushed or pulled."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class Source(MerchantOwned):
    """A source of leads: its unguessable address, what we share with it (sealed), and what it refused us.

    ``labels`` is {label of a form: name, phone, wechat, email or city} and goes before the usual table.
    ``accounts`` is {id of an account: {"bound": whether it lets us read and answer, "at": since when, "name"}}.
    ``wrong_signatures`` counts what was refused unread; nothing else of it is kept.

    A source that we ask has ``pull_at``, when next; ``pulled_to`` is until when everything was asked for, and
    ``pull_span`` where a round goes on, empty between two rounds: of days, {"start": day, "end": day, "page": next},
    or through forms (``leads.channels.form_round``).
    """

    connection = models.ForeignKey("merchants.Connection", models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=40)
    address = models.CharField(_("address"), max_length=64, editable=False)
    sealed = models.BinaryField(editable=False)
    active = models.BooleanField(_("switched on"), default=True)
    store = models.ForeignKey("merchants.Store", models.PROTECT, null=True, blank=True, related_name="+")
    skill = models.CharField(_("skill"), max_length=60, blank=True)
    labels = models.JSONField(_("labels"), default=dict, blank=True)
    accounts = models.JSONField(_("accounts"), default=dict, blank=True, editable=False)
    wrong_signatures = models.PositiveBigIntegerField(_("wrong signatures"), default=0)
    wrong_at = models.DateTimeField(_("last wrong signature"), null=True, blank=True)
    pull_at = models.DateTimeField(_("asked next"), null=True, blank=True)
    pulled_to = models.DateTimeField(_("asked for until"), null=True, blank=True)
    pull_span = models.JSONField(default=dict, blank=True, editable=False)
    pull_failures = models.PositiveSmallIntegerField(_("failures since the last answer"), default=0)
    pull_error = models.CharField(_("last error of asking"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("source of leads")
        verbose_name_plural = _("sources of leads")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "address"], name="an_address_belongs_to_one_source"),
            models.UniqueConstraint(
                fields=["merchant", "connection"], name="a_connection_is_one_source_of_leads"
            ),
        ]
        indexes = [
            models.Index(
                fields=["pull_at"],
                name="sources_to_ask",
                condition=models.Q(active=True, pull_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Sighting(MerchantOwned):
    """A lead id that a source has shown us: when by a push, when by a pull, and the lead that came of it (of
    a conversation it may be one that was there before). One that was pulled and never pushed is a gap;
    ``contents_at`` is when its contents were known, null while they are to be fetched:
    next at ``fetch_at``."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="sightings")
    external_id = models.CharField(_("id at the source"), max_length=128)
    lead = models.ForeignKey("leads.Lead", models.SET_NULL, null=True, blank=True, related_name="+")
    pushed_at = models.DateTimeField(_("pushed"), null=True, blank=True)
    pulled_at = models.DateTimeField(_("pulled"), null=True, blank=True)
    contents_at = models.DateTimeField(_("contents known"), null=True, blank=True)
    fetch_attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fetch_at = models.DateTimeField(_("fetched next"), db_default=Now())
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("sighting of a lead")
        verbose_name_plural = _("sightings of leads")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "external_id"], name="a_lead_of_a_source_is_sighted_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["merchant", "source", "-pulled_at"],
                name="gaps_of_a_source",
                condition=models.Q(pushed_at=None),
            ),
            models.Index(
                fields=["merchant", "source", "fetch_at"],
                name="contents_to_fetch",
                condition=models.Q(contents_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

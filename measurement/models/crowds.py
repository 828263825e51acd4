"""Crowds: the rule, who stood where and when, and the sums that pages read."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantBulk, MerchantOwned


class CrowdRule(MerchantOwned):
    """A version of a merchant's rule of the layers. It is computed for all people before it holds; a former
    one is computed no more and keeps its sums, so that a past page can be read as it was."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being tried")
        ACTIVE = "active", _("In force")
        FORMER = "former", _("Former")
        DISCARDED = "discarded", _("Discarded")

    version = models.PositiveIntegerField(_("version"))
    rows = models.JSONField(_("rows"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)
    in_force_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateTimeField(_("in force until"), null=True, blank=True)
    built_at = models.DateTimeField(_("computed for everybody"), null=True, blank=True)
    changed_at = models.DateTimeField(_("last change of its sums"), null=True, blank=True)
    last_event_day = models.DateField(_("last day with an event"), null=True, blank=True)

    class Meta:
        verbose_name = _("rule of the layers")
        verbose_name_plural = _("rules of the layers")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "version"], name="a_crowd_rule_version_is_used_once"),
            models.UniqueConstraint(
                fields=["merchant", "state"],
                condition=models.Q(state__in=["draft", "active"]),
                name="one_crowd_rule_holds_and_one_is_tried",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class CrowdMark(MerchantBulk):
    """These people are to be looked at anew: one person key, or everybody whose key begins with a byte from
    ``first`` to ``last``, under one rule or (none named) under all that are computed. Appended, never merged."""

    rule = models.ForeignKey(CrowdRule, models.CASCADE, null=True, db_index=False, db_constraint=False)
    person_key = models.UUIDField(null=True)
    first = models.SmallIntegerField(null=True)
    last = models.SmallIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("crowd mark")
        verbose_name_plural = _("crowd marks")
        indexes = [models.Index(fields=["merchant", "id"], name="crowd_marks_in_order")]

    def __str__(self) -> str:
        return str(self.person_key or f"{self.first}-{self.last}")


class CrowdSpell(MerchantBulk):
    """Whole days that a person stood in one layer; ``scope`` is an SPU, 0 the merchant as a whole. Days to
    come are in it, as they will be if nothing more happens."""

    rule = models.ForeignKey(CrowdRule, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    person = models.UUIDField()
    scope = models.BigIntegerField()
    layer = models.SmallIntegerField(_("layer"))
    from_day = models.DateField(_("from"))
    to_day = models.DateField(_("to"))
    before = models.SmallIntegerField()
    after = models.SmallIntegerField()
    channel_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("spell in a layer")
        verbose_name_plural = _("spells in layers")
        indexes = [
            models.Index(fields=["merchant", "person"], name="spells_of_a_person"),
            models.Index(fields=["merchant", "rule", "scope", "to_day"], name="spells_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.from_day} – {self.to_day}"


class CrowdMove(MerchantBulk):
    """People who went from one layer (0: none) to another on a day; sums of the spells."""

    rule = models.ForeignKey(CrowdRule, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    scope = models.BigIntegerField()
    day = models.DateField(_("day"))
    before = models.SmallIntegerField(_("layer before"))
    after = models.SmallIntegerField(_("layer after"))
    people = models.BigIntegerField(_("people"))

    class Meta:
        verbose_name = _("move between layers")
        verbose_name_plural = _("moves between layers")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "rule", "scope", "day", "before", "after"],
                name="a_move_between_layers_is_summed_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.before}→{self.after}"


class CrowdEntry(MerchantBulk):
    """People who came into a layer from below on a day, by what carried them; sums of the spells."""

    rule = models.ForeignKey(CrowdRule, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    scope = models.BigIntegerField()
    day = models.DateField(_("day"))
    layer = models.SmallIntegerField(_("layer"))
    channel_id = models.BigIntegerField()  # 0: an order, which no content carried
    people = models.BigIntegerField(_("people"))

    class Meta:
        verbose_name = _("entry into a layer")
        verbose_name_plural = _("entries into layers")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "rule", "scope", "layer", "day", "channel_id"],
                name="an_entry_into_a_layer_is_summed_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.layer}"


class CrowdFlow(MerchantOwned):
    """The matrix between the ends of two days, of every scope; computed by a worker when it was asked for.
    ``cells`` is {scope: {"before>after": people}}: exact, and never shown as it is."""

    rule = models.ForeignKey(CrowdRule, models.CASCADE, related_name="+")
    first_day = models.DateField(_("from the end of"))
    last_day = models.DateField(_("to the end of"))
    cells = models.JSONField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True)

    class Meta:
        verbose_name = _("flow between two days")
        verbose_name_plural = _("flows between two days")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "rule", "first_day", "last_day"], name="a_flow_is_kept_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class Audience(MerchantOwned):
    """People by definition, never a list. ``people`` is the exact count of ``counted_at``; pages show it
    above the privacy threshold and in steps only."""

    name = models.CharField(_("name"), max_length=120)
    definition = models.JSONField(_("definition"))
    people = models.BigIntegerField(null=True, editable=False)
    counted_at = models.DateTimeField(_("counted"), null=True, blank=True)
    created_at = models.DateTimeField(_("saved"), db_default=Now())
    created_by = models.CharField(_("by"), max_length=80)
    archived_at = models.DateTimeField(_("put away"), null=True, blank=True)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"],
                condition=models.Q(archived_at=None),
                name="an_audience_name_is_used_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AudienceHandover(MerchantOwned):
    """An operator handed an audience over to delivery: for what, until when, how many by then."""

    audience = models.ForeignKey(Audience, models.PROTECT, related_name="handovers")
    purpose = models.CharField(_("purpose"), max_length=300)
    destination = models.CharField(_("handed to"), max_length=120)
    expires_on = models.DateField(_("to be deleted there by"))
    people = models.BigIntegerField(_("people, in steps"), null=True)
    handed_at = models.DateTimeField(_("handed over"), db_default=Now())
    handed_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("handover of an audience")
        verbose_name_plural = _("handovers of audiences")

    def __str__(self) -> str:
        return f"{self.audience} → {self.destination}"


class PrivacyQuestion(MerchantOwned):
    """A distinct question about people that was asked on a day; the budget counts them."""

    user_id = models.BigIntegerField()
    day = models.DateField()
    digest = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("question about people")
        verbose_name_plural = _("questions about people")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "digest", "user_id"], name="a_question_counts_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.digest}"

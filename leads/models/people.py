"""Who asks and who answers. What identifies a person rests sealed and is found by its keyed hash."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.tenancy import MerchantOwned


class Contact(MerchantOwned):
    """A person or household that asks. Only a merge joins two, and a merge can be undone."""

    name = models.CharField(_("name"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("first seen"), db_default=Now())
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="absorbed", verbose_name=_("merged into")
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="contacts_by_time")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class ContactIdentity(MerchantOwned):
    """The contact's id on a platform: what makes two messages one person's."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="identities")
    platform = models.CharField(_("platform"), max_length=40)
    external_id = models.CharField(_("id on the platform"), max_length=128)

    class Meta:
        verbose_name = _("identity of a contact")
        verbose_name_plural = _("identities of contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "platform", "external_id"], name="a_platform_user_is_one_contact"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.external_id}"


class ContactDetail(MerchantOwned):
    """A phone, WeChat id or address: sealed, with its keyed hash to find it by and its masked form to show."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        WECHAT = "wechat", _("WeChat")
        EMAIL = "email", _("E-mail")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="details")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    key = models.UUIDField(_("keyed hash"), editable=False)
    sealed = models.BinaryField(editable=False)
    masked = models.CharField(_("masked"), max_length=80)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("contact detail")
        verbose_name_plural = _("contact details")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "contact", "kind", "key"], name="a_contact_detail_is_kept_once"
            )
        ]
        indexes = [models.Index(fields=["merchant", "kind", "key"], name="contact_details_by_hash")]

    def __str__(self) -> str:
        return self.masked


class ContactPair(MerchantOwned):
    """Two contacts that may be one: suggested by a rung of the ladder, then judged by a person."""

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("Suggested")
        APART = "apart", _("Not the same person")
        MERGED = "merged", _("Merged")

    first = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    second = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    why = models.CharField(_("why"), max_length=20)  # phone, wechat, name
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUGGESTED)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    judged_by = models.CharField(_("by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "first", "second"], name="two_contacts_are_compared_once"
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="the_older_contact_of_a_pair_is_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class Merge(MerchantOwned):
    """Two contacts became one. ``moved`` is {model: [ids]} and ``before`` the fields that were overwritten,
    so that it can be taken back until ``undo_until``."""

    survivor = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    absorbed = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    merged_at = models.DateTimeField(_("merged"), db_default=Now())
    merged_by = models.CharField(_("by"), max_length=80)
    undo_until = models.DateTimeField(_("can be taken back until"))
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("merge of contacts")
        verbose_name_plural = _("merges of contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "absorbed"],
                condition=models.Q(undone_at=None),
                name="a_contact_is_absorbed_by_one_other",
            )
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"


class Agent(MerchantOwned):
    """A member who answers: where, what, when, how many at once. ``stores`` and ``skills`` are lists, empty
    for all; ``shifts`` has the shape of service hours, empty for always. ``seen_at`` is when a page of the desk last
    looked for the agent; null where none ever did, and then the presence stands as it was set. ``morning_letter``:
    whether the agent hears each morning of what waits, if anything does."""

    class Presence(models.TextChoices):
        ONLINE = "online", _("Online")
        BUSY = "busy", _("Busy")
        AWAY = "away", _("Away")
        OFF = "off", _("Off duty")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    stores = models.JSONField(_("stores"), default=list, blank=True)
    skills = models.JSONField(_("skills"), default=list, blank=True)
    shifts = models.JSONField(_("shifts"), default=dict, blank=True)
    presence = models.CharField(_("presence"), max_length=10, choices=Presence, default=Presence.OFF)
    seen_at = models.DateTimeField(_("last looked"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(_("units at once"), default=5)
    leads_shift = models.BooleanField(_("leads the shift"), default=False)
    morning_letter = models.BooleanField(_("a letter each morning"), default=True)
    last_assigned_at = models.DateTimeField(_("last assigned"), null=True, blank=True)
    left_at = models.DateTimeField(pgettext_lazy("agent", "left"), null=True, blank=True)

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [models.UniqueConstraint(fields=["merchant", "user"], name="a_member_is_one_agent")]

    def __str__(self) -> str:
        return self.name

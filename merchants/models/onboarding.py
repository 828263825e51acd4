"""A merchant's way in: the case, what was answered, the papers, and who looked at them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.onboarding.cases import Case
from merchants.onboarding.requirements import Brand, Capability, Form
from merchants.onboarding.standing import State
from merchants.tenancy import MerchantOwned

FORMS: dict[StrEnum, Any] = {
    Form.PERSON: pgettext_lazy("legal form", "Person"),
    Form.SELF_EMPLOYED: _("Self-employed"),
    Form.COMPANY: pgettext_lazy("legal form", "Company"),
}
BRANDS: dict[StrEnum, Any] = {
    Brand.OWN: _("Our own brand"),
    Brand.EXCLUSIVE: _("Exclusive licence of a brand"),
    Brand.AUTHORISED: _("Authorised to sell brands"),
    Brand.NONE: _("No brand of goods"),
}
CASES: dict[StrEnum, Any] = {
    Case.DRAFT: _("Being prepared"),
    Case.SUBMITTED: _("Waiting for a reviewer"),
    Case.IN_REVIEW: _("In review"),
    Case.CHANGES_NEEDED: _("Changes needed"),
    Case.APPROVED: pgettext_lazy("application", "Approved"),
    Case.REFUSED: pgettext_lazy("application", "Refused"),
    Case.WITHDRAWN: pgettext_lazy("application", "Withdrawn"),
}
ITEMS: dict[StrEnum, Any] = {
    State.MISSING: pgettext_lazy("paper", "Missing"),
    State.UPLOADED: pgettext_lazy("paper", "Ready to submit"),
    State.CHECKING: pgettext_lazy("paper", "Being checked"),
    State.IN_REVIEW: pgettext_lazy("paper", "In review"),
    State.ACCEPTED: pgettext_lazy("paper", "Accepted"),
    State.CHANGES_NEEDED: pgettext_lazy("paper", "Changes needed"),
    State.WAIVED: pgettext_lazy("paper", "Waived"),
}

CAPABILITIES: dict[StrEnum, Any] = {
    Capability.GO_LIVE: pgettext_lazy("capability", "launching a category"),
    Capability.RECEIVE_LEADS: pgettext_lazy("capability", "giving new consultations to agents"),
    Capability.ASSIGN_LEADS: pgettext_lazy("capability", "giving new consultations to agents"),
    Capability.REPORT_BACK: pgettext_lazy("capability", "telling sources what became of leads"),
    Capability.SELL: pgettext_lazy("capability", "selling in the category"),
    Capability.REPRESENT: pgettext_lazy("capability", "acting for bloggers"),
}


def _choices(words: Mapping[StrEnum, Any]) -> list[tuple[str, Any]]:
    return [(code.value, label) for code, label in words.items()]


def _person(**more: Any) -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **more)


class Application(MerchantOwned):
    """The case of a merchant. ``version`` grows with every change, so that nobody decides about what they have
    not seen; ``round`` counts the submissions. Until ``held_until`` the case is kept for ``holder``, who claimed it.
    ``further``: trades that a merchant which was let in applies for beside its ``trades``, which they join when they
    are approved. ``refusal``: why the whole is refused, as ``refused_first`` proposes and ``refused_second`` confirms;
    the database keeps the two apart."""

    name = models.CharField(_("name of the business"), max_length=120)
    form = models.CharField(_("legal form"), max_length=20, choices=_choices(FORMS))
    brand = models.CharField(_("relation to the brand"), max_length=20, choices=_choices(BRANDS))
    country = models.CharField(_("country"), max_length=2, default="CN")
    trades = models.JSONField(_("trades"), default=list)
    further = models.JSONField(_("further trades"), default=list)
    stores = models.JSONField(_("stores"), default=list)
    state = models.CharField(_("state"), max_length=20, choices=_choices(CASES), default=Case.DRAFT.value)
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    version = models.PositiveIntegerField(_("version"), default=1)
    appealed_at = models.DateTimeField(_("appealed"), null=True, blank=True)
    appeal = models.TextField(_("appeal"), max_length=1000, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    refusal = models.CharField(_("reason of the refusal"), max_length=40, blank=True)
    refusal_note = models.CharField(_("note"), max_length=400, blank=True)
    refused_first = _person(null=True, blank=True)
    refused_second = _person(null=True, blank=True)
    holder = _person(null=True, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(fields=["merchant"], name="a_merchant_has_one_application"),
            models.CheckConstraint(
                name="an_application_is_refused_by_two",
                condition=~Q(state="refused")
                | Q(refused_first__isnull=False, refused_second__isnull=False)
                & ~Q(refused_second=F("refused_first")),
            ),
        ]
        permissions = [("review_application", _("Can review applications"))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_final(self) -> bool:
        """Refused, and the one appeal was made."""
        return self.state == Case.REFUSED and self.appealed_at is not None


class ApplicationItem(MerchantOwned):
    """The answer to one requirement. Who handed it in never decides about it, and no two eyes are one: the
    database keeps both. ``refused_by``: who asked for changes last, whom an appeal goes past. ``backed_until``: how
    long the proof that was accepted before holds, its days of grace with it, while it is renewed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="items")
    key = models.CharField(_("requirement"), max_length=60)
    state = models.CharField(_("state"), max_length=20, choices=_choices(ITEMS), default=State.MISSING.value)
    values = models.JSONField(_("answers"), default=dict)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)
    waived_until = models.DateField(_("waived until"), null=True, blank=True)
    backed_until = models.DateField(_("former proof holds until"), null=True, blank=True)
    submitter = _person(null=True)
    first_reviewer = _person(null=True, blank=True)
    second_reviewer = _person(null=True, blank=True)
    refused_by = _person(null=True, blank=True)
    touched_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("answer to a requirement")
        verbose_name_plural = _("answers to requirements")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="a_merchant_answers_a_requirement_once"),
            models.CheckConstraint(
                name="nobody_reviews_what_they_submitted",
                condition=~Q(first_reviewer=F("submitter")) & ~Q(second_reviewer=F("submitter")),
            ),
            models.CheckConstraint(
                name="the_second_reviewer_is_somebody_else",
                condition=~Q(second_reviewer=F("first_reviewer")),
            ),
            models.CheckConstraint(
                name="a_second_reviewer_follows_a_first",
                condition=Q(second_reviewer=None) | Q(first_reviewer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class DocumentVersion(MerchantOwned):
    """A paper as it was handed in, made harmless, sealed below the state folder; never changed (the app's role
    may only insert). ``path`` names the file, its page pictures lie beside it; ``digest`` is the SHA-256 of what was
    handed in, ``number`` counts the versions of an answer."""

    WRITES = ("INSERT",)

    item = models.ForeignKey(ApplicationItem, models.CASCADE, related_name="documents")
    number = models.PositiveSmallIntegerField(_("version"))
    filename = models.CharField(_("file"), max_length=200)
    media = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("bytes"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    pages = models.PositiveSmallIntegerField(_("pages"))
    path = models.CharField(max_length=300, editable=False)
    receipt = models.CharField(_("receipt"), max_length=20)
    uploaded_by = models.CharField(_("by"), max_length=80)
    created_at = models.DateTimeField(_("handed in"), auto_now_add=True)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "item", "number"], name="a_paper_has_each_version_once"
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ReviewEvent(MerchantOwned):
    """What happened to a case, appended and never changed. ``sets`` are the versions it was judged by,
    ``digest`` the paper that was looked at, ``values`` what was answered then, ``version`` the case's after it."""

    WRITES = ("INSERT",)

    application = models.ForeignKey(Application, models.CASCADE, related_name="events")
    item = models.ForeignKey(ApplicationItem, models.CASCADE, null=True, related_name="events")
    at = models.DateTimeField(_("at"), db_default=Now())
    actor = models.CharField(_("by"), max_length=80)
    act = models.CharField(_("act"), max_length=40)
    before = models.CharField(_("from"), max_length=20, blank=True)
    after = models.CharField(_("to"), max_length=20, blank=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)
    sets = models.JSONField(_("requirement sets"), default=list)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    values = models.JSONField(_("answers"), default=dict)
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("event of a review")
        verbose_name_plural = _("events of reviews")
        indexes = [models.Index(fields=["merchant", "application", "at"], name="review_events_by_case")]

    def __str__(self) -> str:
        return f"{self.act} · {self.actor}"

"""What comments say, by words, by the model, or by a person; and how good the model is."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from measurement.empathy.labels import Polarity
from merchants.tenancy import MerchantOwned


class CommentLabel(MerchantOwned):
    """The label of a comment as it stands. ``source`` says who decided; a person's stands for ever."""

    class Source(models.TextChoices):
        WORDS = "words", _("words")
        MODEL = "model", _("model")
        PERSON = "person", _("a person")

    comment = models.ForeignKey("measurement.Comment", models.CASCADE, related_name="label")
    polarity = models.CharField(_("says"), max_length=10, choices=[(p, p) for p in Polarity])
    intents = models.JSONField(_("intents"), default=list)
    speaks_of_self = models.BooleanField(_("of oneself"), default=False)
    echoes = models.BooleanField(_("echoes the buying point"), default=False)
    because = models.JSONField(_("because of"), default=list)
    source = models.CharField(_("decided by"), max_length=8, choices=Source)
    version = models.CharField(_("version"), max_length=40)  # of the words and of the learning
    stated_at = models.DateTimeField(_("text of"))  # of the comment that was labelled

    class Meta:
        verbose_name = _("label of a comment")
        verbose_name_plural = _("labels of comments")
        indexes = [models.Index(fields=["merchant", "version"], name="labels_by_version")]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "comment"], name="a_comment_has_one_label")
        ]

    def __str__(self) -> str:
        return self.polarity


class LabelCorrection(MerchantOwned):
    """What a person says a comment says. History: the latest holds, none is changed. ``intents`` is None where
    the person told of none; ``intents_before`` stood on the label, ``intents_read`` is what the words found."""

    comment = models.ForeignKey("measurement.Comment", models.CASCADE, related_name="corrections")
    polarity = models.CharField(_("says"), max_length=10, choices=[(p, p) for p in Polarity])
    said_before = models.CharField(_("said before"), max_length=10)
    intents = models.JSONField(_("intents"), null=True, blank=True)
    intents_before = models.JSONField(_("intents before"), null=True, blank=True)
    intents_read = models.JSONField(_("intents by words"), null=True, blank=True)
    by = models.CharField(_("by"), max_length=80)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("correction of a label")
        verbose_name_plural = _("corrections of labels")
        indexes = [models.Index(fields=["merchant", "comment", "-id"], name="corrections_of_a_comment")]

    def __str__(self) -> str:
        return self.polarity


class CommentLearning(MerchantOwned):
    """One learning from the corrections: how many, and how many of them words and model got right. ``intents``
    has the same by intent: ``{intent: {n, rules_right, model_right, used}}``."""

    corrections = models.PositiveIntegerField(_("corrections"))
    rules_right = models.PositiveIntegerField(_("words right"))
    model_right = models.PositiveIntegerField(_("model right"), null=True)
    used = models.BooleanField(_("used"))
    intents = models.JSONField(_("intents"), null=True, blank=True)
    learned_at = models.DateTimeField(_("learned"), db_default=Now())

    class Meta:
        verbose_name = _("learning from corrections")
        verbose_name_plural = _("learnings from corrections")
        indexes = [models.Index(fields=["merchant", "-id"], name="learnings_by_time")]

    def __str__(self) -> str:
        return f"{self.corrections}"

"""What people saw: notes, live streams, paid delivery; and the channel that a touch came by."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measurement.choices import TouchKind
from merchants.tenancy import MerchantOwned


class Agency(MerchantOwned):
    """An MCN agency, as this merchant knows it."""

    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "code"], name="an_agency_code_is_used_once_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Blogger(MerchantOwned):
    external_id = models.CharField(_("id on the platform"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    avatar = models.CharField(_("avatar"), max_length=300, blank=True)
    followers = models.PositiveBigIntegerField(_("followers"), null=True, blank=True)
    agency = models.ForeignKey(Agency, models.SET_NULL, null=True, blank=True, related_name="bloggers")

    class Meta:
        verbose_name = _("blogger")
        verbose_name_plural = _("bloggers")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "external_id"], name="a_blogger_is_known_once_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Note(MerchantOwned):
    external_id = models.CharField(_("id on the platform"), max_length=80)
    title = models.CharField(_("title"), max_length=200, blank=True)
    cover = models.CharField(_("cover"), max_length=300, blank=True)
    blogger = models.ForeignKey(Blogger, models.SET_NULL, null=True, blank=True, related_name="notes")
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="notes")
    buying_point = models.CharField(_("buying point"), max_length=120, blank=True)
    scene = models.CharField(_("scene"), max_length=120, blank=True)
    is_video = models.BooleanField(_("video"), default=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "external_id"], name="a_note_is_known_once_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.external_id


class LiveStream(MerchantOwned):
    external_id = models.CharField(_("id on the platform"), max_length=80)
    title = models.CharField(_("title"), max_length=200, blank=True)
    blogger = models.ForeignKey(Blogger, models.SET_NULL, null=True, blank=True, related_name="live_streams")
    # the buyer-curator (买手) who sells in it; none: the shop's own stream
    curator = models.ForeignKey(Blogger, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("live stream")
        verbose_name_plural = _("live streams")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "external_id"], name="a_live_is_known_once_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.external_id


class Campaign(MerchantOwned):
    external_id = models.CharField(_("id on the platform"), max_length=80)
    name = models.CharField(_("name"), max_length=200, blank=True)
    advertiser_id = models.CharField(_("advertiser"), max_length=40, blank=True)
    placement = models.CharField(_("placement"), max_length=20, blank=True)  # the ad system's code

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "external_id"], name="a_campaign_is_known_once_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class Unit(MerchantOwned):
    external_id = models.CharField(_("id on the platform"), max_length=80)
    name = models.CharField(_("name"), max_length=200, blank=True)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="units")

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "external_id"], name="a_unit_is_known_once_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class Creative(MerchantOwned):
    external_id = models.CharField(_("id on the platform"), max_length=80)
    name = models.CharField(_("name"), max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="creatives")
    campaign = models.ForeignKey(Campaign, models.CASCADE, null=True, blank=True, related_name="creatives")
    note = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="creatives")

    class Meta:
        verbose_name = _("creative")
        verbose_name_plural = _("creatives")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "external_id"], name="a_creative_is_known_once_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class Keyword(MerchantOwned):
    """A word people searched, bought or not."""

    word = models.CharField(_("word"), max_length=120)

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "word"], name="a_keyword_is_known_once_per_merchant")
        ]

    def __str__(self) -> str:
        return self.word


class Channel(MerchantOwned):
    """What carried a touch: content and, where paid, its delivery, with the kind of act.

    Touches, credits and rollups name one channel; note, blogger, campaign and kind are read from
    it, so that a note that gets its blogger later needs no ledger row changed. ``key`` is the natural
    key: the external ids in fixed order (``measurement.operations.channels``).
    """

    key = models.CharField(max_length=400)
    kind = models.CharField(_("kind"), max_length=20, choices=[(k, k) for k in TouchKind])
    note = models.ForeignKey(Note, models.SET_NULL, null=True, blank=True, related_name="channels")
    live_stream = models.ForeignKey(
        LiveStream, models.SET_NULL, null=True, blank=True, related_name="channels"
    )
    blogger = models.ForeignKey(Blogger, models.SET_NULL, null=True, blank=True, related_name="channels")
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="channels")
    creative = models.ForeignKey(Creative, models.SET_NULL, null=True, blank=True, related_name="channels")
    keyword = models.ForeignKey(Keyword, models.SET_NULL, null=True, blank=True, related_name="channels")
    # what the content is about; a touch that names no SPU itself counts for this one
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="a_channel_is_known_once_per_merchant")
        ]

    def __str__(self) -> str:
        return self.key


class ChannelCode(MerchantOwned):
    """Which channel a code on an order means: a pid, a position, a tag, a coupon, an answer."""

    kind = models.CharField(_("kind"), max_length=20)
    namespace = models.CharField(_("name space"), max_length=60)
    code = models.CharField(_("code"), max_length=160)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="codes")

    class Meta:
        verbose_name = _("channel code")
        verbose_name_plural = _("channel codes")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "namespace", "code"], name="a_code_means_one_channel_per_merchant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

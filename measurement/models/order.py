"""Orders: what platforms said of them piece by piece, and what they amount to."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from measurement.choices import Platform
from merchants.tenancy import MerchantOwned


class OrderPiece(MerchantOwned):
    """One statement of a platform about one order (``measurement.alliance.facts.Piece``). Persons'
    identifiers in the body are already keyed hashes."""

    platform = models.CharField(max_length=30)
    shop = models.CharField(max_length=60, blank=True)
    feed = models.CharField(max_length=10)
    order_external_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=160)
    modified_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64)
    body = models.JSONField()
    delivery = models.ForeignKey(
        "merchants.RawDelivery", models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    contested = models.BooleanField(default=False)  # equal time, other content: the greater hash won
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("piece of an order")
        verbose_name_plural = _("pieces of orders")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "platform", "shop", "feed", "order_external_id", "kind", "key"],
                name="a_piece_is_kept_once_in_its_latest_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Order(MerchantOwned):
    platform = models.CharField(_("platform"), max_length=30, choices=[(p, p) for p in Platform])
    shop = models.CharField(_("shop"), max_length=60, blank=True)
    feed = models.CharField(_("feed"), max_length=10)  # shop, or affiliate: evidence, never revenue
    external_id = models.CharField(_("order id"), max_length=80)
    status = models.CharField(_("status"), max_length=20)
    paid_fen = models.BigIntegerField(_("paid"))
    refunded_fen = models.BigIntegerField(_("refunded"), null=True)
    shipping_fen = models.BigIntegerField(_("postage"))
    rest_fen = models.BigIntegerField(
        default=0
    )  # paid − refunded that no line holds: postage and its refunds
    created_at = models.DateTimeField(_("created"), null=True)
    paid_at = models.DateTimeField(_("paid at"), null=True)
    paid_at_source = models.CharField(max_length=20, blank=True)
    promised_at = models.DateTimeField(_("promised"), null=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    signed_at = models.DateTimeField(_("signed"), null=True)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    after_sale_reason = models.CharField(_("reason of after-sale"), max_length=120, blank=True)
    modified_at = models.DateTimeField(_("modified"), null=True)
    person_key = models.UUIDField(null=True)
    parent_external_id = models.CharField(max_length=80, blank=True)
    superseded = models.BooleanField(default=False)  # a split parent: its children carry on
    commission_fen = models.BigIntegerField(null=True)
    delivery = models.ForeignKey(
        "merchants.RawDelivery", models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    store = models.ForeignKey("merchants.Store", models.SET_NULL, null=True, blank=True, related_name="+")
    is_new_buyer = models.BooleanField(_("new buyer"), null=True)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "platform", "shop", "feed", "external_id"],
                name="an_order_is_kept_once_per_shop",
            ),
            models.CheckConstraint(condition=models.Q(paid_fen__gte=0), name="a_payment_is_not_negative"),
        ]
        indexes = [
            models.Index(fields=["merchant", "paid_at"], name="orders_by_pay_time"),
            models.Index(fields=["merchant", "platform", "external_id"], name="orders_by_number"),
        ]

    def __str__(self) -> str:
        return self.external_id


class OrderLine(MerchantOwned):
    """The grain of credit. What the rule needs stands on the line itself."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    external_id = models.CharField(_("line id"), max_length=160)
    item_id = models.CharField(_("item"), max_length=80, blank=True)
    sku_id = models.CharField(_("SKU"), max_length=80, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, db_index=False, related_name="+")
    quantity = models.IntegerField(_("pieces"))
    paid_fen = models.BigIntegerField(_("paid"))
    refunded_fen = models.BigIntegerField(_("refunded"))
    refund_assumed = models.BooleanField(default=False)  # the feed named no line: spread by paid amount
    net_fen = models.BigIntegerField()  # paid − refunded: what is credited
    platform = models.CharField(max_length=30)
    paid_at = models.DateTimeField(null=True)  # null: not paid, or superseded; takes no credit
    person_key = models.UUIDField(null=True)
    bucket = models.SmallIntegerField()  # by the person's hash; stays when identities join
    declared_channel = models.ForeignKey("measurement.Channel", models.SET_NULL, null=True, related_name="+")
    declared_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "external_id"], name="a_line_is_kept_once_per_order"
            ),
            models.CheckConstraint(
                condition=models.Q(net_fen__gte=0, net_fen__lte=models.F("paid_fen")),
                name="a_line_keeps_0_to_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "person_key"], name="lines_of_a_person"),
            models.Index(fields=["merchant", "spu"], name="lines_of_an_spu"),
            models.Index(fields=["merchant", "paid_at"], name="lines_by_pay_time"),
            models.Index(fields=["merchant", "platform", "item_id"], name="lines_of_an_item"),
        ]

    def __str__(self) -> str:
        return self.external_id


class OrderKey(MerchantOwned):
    """Every join key an order carries: persons as keyed hashes, channel codes plain."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="keys")
    line_external_id = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=20)
    namespace = models.CharField(max_length=60)
    value = models.CharField(max_length=160)

    class Meta:
        verbose_name = _("join key")
        verbose_name_plural = _("join keys")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "line_external_id", "kind", "namespace", "value"],
                name="a_join_key_is_kept_once_per_order",
            )
        ]
        indexes = [models.Index(fields=["merchant", "kind", "namespace", "value"], name="orders_by_join_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"

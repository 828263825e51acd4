"""What orders say of a merchant's readiness: shipped late, refunded and why. A shop's own feeds only; an affiliate's
feed is evidence and no sale."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from measurement.alliance.facts import Feed
from measurement.models import Order
from merchants.models import Merchant
from merchants.periods import Period
from merchants.readiness.figures import Effect, Figure, Line

REASONS = 8  # that are named; the rest is one line
REFUNDED = Q(refunded_fen__gt=0)
TOLD = Q(promised_at__isnull=False, shipped_at__isnull=False)


def _paid(merchant: Merchant, period: Period) -> Any:
    first, last = period.instants(ZoneInfo(merchant.time_zone))
    return Order.objects.for_merchant(merchant).filter(
        feed=Feed.SHOP, superseded=False, paid_at__gte=first, paid_at__lt=last
    )


def refunds(merchant: Merchant, period: Period) -> Figure:
    """Orders with money given back, of those whose platform tells of refunds."""
    told = _paid(merchant, period).aggregate(
        of=Count("pk"), size=Count("refunded_fen"), hits=Count("pk", filter=REFUNDED)
    )
    return Figure(told["hits"], told["size"], told["of"])


def late_shipments(merchant: Merchant, period: Period) -> Figure:
    """Orders shipped after what was promised, of those whose platform tells both times."""
    told = _paid(merchant, period).aggregate(
        of=Count("pk"),
        size=Count("pk", filter=TOLD),
        hits=Count("pk", filter=TOLD & Q(shipped_at__gt=F("promised_at"))),
    )
    return Figure(told["hits"], told["size"], told["of"])


def late_beside_lost(merchant: Merchant, period: Period) -> Effect:
    """Orders that ended with a refund, among those shipped in time and those shipped late."""
    way = Case(
        When(~TOLD, then=Value("unknown")),
        When(shipped_at__gt=F("promised_at"), then=Value("late")),
        default=Value("in_time"),
    )
    rows = _paid(merchant, period).annotate(way=way).values("way").order_by("way")
    found = {
        row["way"]: row
        for row in rows.annotate(n=Count("pk"), lost=Count("pk", filter=REFUNDED), fen=Sum("refunded_fen"))
    }
    names = {"in_time": _("Shipped in time"), "late": _("Shipped late")}
    return Effect(
        code="late_shipment",
        title=_("Late parcels beside refunds"),
        of_n=_("Orders"),
        of_lost=_("Refunded"),
        lines=tuple(_line(name, found[way]) for way, name in names.items() if way in found),
        unknown=found["unknown"]["n"] if "unknown" in found else 0,
        why_unknown=_("the platform told no promise or no time of shipping"),
    )


def reasons_beside_refunds(merchant: Merchant, period: Period) -> Effect:
    """Orders with a refund, by the reason that the platform told; the commonest first."""
    rows = _paid(merchant, period).filter(REFUNDED).values("after_sale_reason")
    found = sorted(
        rows.annotate(n=Count("pk"), fen=Sum("refunded_fen")),
        key=lambda row: (-row["n"], row["after_sale_reason"]),
    )
    told = [row for row in found if row["after_sale_reason"]]
    lines = [Line(row["after_sale_reason"], row["n"], None, row["fen"]) for row in told[:REASONS]]
    if rest := told[REASONS:]:
        lines.append(
            Line(_("Other reasons"), sum(row["n"] for row in rest), None, sum(row["fen"] for row in rest))
        )
    return Effect(
        code="refund",
        title=_("Why orders were refunded"),
        of_n=_("Refunded orders"),
        of_lost="",
        lines=tuple(lines),
        unknown=sum(row["n"] for row in found if not row["after_sale_reason"]),
        why_unknown=_("the platform told no reason"),
    )


def _line(name: Any, row: dict[str, Any]) -> Line:
    return Line(name, row["n"], row["lost"], row["fen"] or 0)

"""Ripening as a file: every campaign, what was to be expected of it and what came."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measurement import charts as common
from measurement import takeaways_moves
from measurement.charts import ripening as ripening_charts
from measurement.exports import Head, Sheet, Table, Told
from measurement.models import RipeningRow
from measurement.printed.printed import Asking, Printed, around, defined, money, stamped, told
from measurement.queries import ripening, saved
from measurement.reports import past_day
from measurement.words import past
from merchants.models import Merchant
from merchants.periods import Period


def print_ripening(asking: Asking) -> Printed:
    """Every campaign; the picture is that of the campaign in the address, else of the least ripe."""
    campaign = asking.given.get("campaign", "")
    as_of, _problems = past_day(asking.given, asking.today)
    found = ripening.ripening(asking.merchant, campaign, now=asking.now, as_of=as_of)
    through = found.judging.through if found.judging else None
    notes = ripening_notes(asking.merchant, found.chosen)
    currency = asking.merchant.currency
    heads = (
        Head("name", _("Campaign")),
        Head("first", _("First day")),
        Head("last", _("Last day")),
        money("cost", _("Cost"), currency),
        Head("cycle", _("Decision cycle, days"), "count"),
        Head("share", told()["share_in"].name, "share"),
        Head("p80", _("Four fifths are in on")),
        Head("full", _("Complete on")),
        Head("orders", _("Orders so far"), "count"),
        Head("expected", told()["expected_orders"].name, "count"),
        Head("low", _("lower end"), "count"),
        Head("high", _("upper end"), "count"),
        Head("rule", _("Rule written down at launch")),
    )
    chosen = found.chosen
    return Printed(
        stem="ripening",
        sheet=Sheet(
            Table(pgettext("tab", "Ripening"), heads, tuple(_line(row, found) for row in found.rows)),
            said=(
                *past.lines("ripening", as_of),
                (_("Data to"), str(through or "–")),
                (_("Computed"), stamped(found.judging.judged_at if found.judging else None)),
                *around(asking.merchant, None),
            ),
            definitions=defined(("share_in", "expected_orders", "signal_relation")),
        ),
        query={
            **({"campaign": campaign} if campaign and campaign.isdigit() else {}),
            **({"asof": as_of.isoformat()} if as_of else {}),
        },
        takeaway=takeaways_moves.of_ripening(found.rows),
        chart=ripening_chart(chosen, through, notes),
        chart_title=_("Orders expected and come: %(name)s") % {"name": chosen.campaign if chosen else ""},
        period=_days_of(chosen),
        notes=notes,
        listed=("name", "share", "p80", "orders"),
    )


def _days_of(row: RipeningRow | None) -> Period | None:
    if row is None or not row.curve:
        return None
    first, last = (date.fromisoformat(row.curve[place][0]) for place in (0, -1))
    return Period(first, date.fromordinal(last.toordinal() + 1))


def ripening_notes(merchant: Merchant, row: RipeningRow | None) -> Told:
    period = _days_of(row)
    return saved.told(merchant, period) if period else ()


def ripening_chart(row: RipeningRow | None, through: date | None, notes: Told) -> dict[str, Any] | None:
    if row is None or row.past < 1:
        return None
    days = [date.fromisoformat(point[0]) for point in row.curve]
    return common.annotated(ripening_charts.of_campaign(row, through), notes, days)


def _line(row: RipeningRow, found: ripening.Ripening) -> dict[str, Any]:
    rule = found.rules.get(row.campaign_id)
    return {
        "name": str(row.campaign),
        "first": str(row.first_day),
        "last": str(row.last_day),
        "cost": row.fen,
        "cycle": row.cycle_days,
        "share": row.share_in,
        "p80": str(row.p80_on),
        "full": str(row.full_on),
        "orders": row.orders,
        "expected": None if row.expected is None else round(row.expected),
        "low": row.low,
        "high": row.high,
        "rule": takeaways_moves.of_rule(rule) if rule else "",
    }

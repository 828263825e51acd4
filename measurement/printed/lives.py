"""Live streams as a file: by stream, host or buyer-curator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from measurement import privacy, words
from measurement.exports import Head, Sheet, Table
from measurement.printed.matrix import asked as dated
from measurement.printed.printed import (
    Asking,
    Figure,
    Printed,
    around,
    defined,
    head,
    money,
    stem_of,
    told,
)
from measurement.queries import lives, saved
from measurement.reports import Problem, ReportQuery
from measurement.words import past
from measurement.words import process as named
from merchants.models import Merchant

CODES = ("live_views", "live_viewers", "live_buyers", "live_gmv", "live_refunded", "live_later", "credited")


def asked(given: Mapping[str, str], today: date) -> tuple[ReportQuery, str, list[Problem]]:
    """The days, what to compare with, and what a row is."""
    query, _by, problems = dated(given, today)
    by = given.get("by", "stream")
    return query, by if by in named.LIVE_ROWS else "stream", problems


def people_of(given: Mapping[str, str]) -> dict[str, str]:
    """Whose streams are shown: the id of a host or curator in the address, if there is one."""
    named_ones = {name: given.get(name, "") for name in lives.PEOPLE}
    return {
        name: key for name, key in named_ones.items() if key.isascii() and key.isdigit() and len(key) < 16
    }


def viewers(row: lives.Sum) -> int | None:
    """Viewers are not the merchant's own customers: in steps of the threshold, hidden below it."""
    k = privacy.threshold(settings.PRIVACY_THRESHOLD)
    return None if row.viewers is None else privacy.published(row.viewers, k)


def viewers_of(rows: tuple[lives.Sum, ...]) -> int | None:
    """The sum of what is shown, so that it tells nothing of a hidden row."""
    shown = [seen for row in rows if (seen := viewers(row)) is not None]
    return sum(shown) if shown else None


def name_of(row: lives.Sum) -> str:
    return row.name or _("the shop's own")


def takeaway(found: lives.Lives) -> str:
    paid, later = found.total.paid_fen, found.total.later_paid_fen
    if not paid or later is None:
        return ""
    return _("For each yuan within 24 hours, the same viewers paid %(more)s more in the 30 days after.") % {
        "more": f"{later / paid:.2f}"
    }


def before(merchant: Merchant, query: ReportQuery, by: str, of: Mapping[str, str]) -> lives.Lives | None:
    """The period to compare with; what viewers did by a past day is not known, so that has none."""
    if query.before is None or query.as_of:
        return None
    return lives.lives(merchant, query.before, by, of=of)


def print_lives(asking: Asking) -> Printed:
    query, by, _problems = asked(asking.given, asking.today)
    of = people_of(asking.given)
    found = lives.lives(asking.merchant, query.period, by, of=of, as_of=query.as_of)
    before_it = before(asking.merchant, query, by, of)
    former = {row.key: row for row in before_it.rows} if before_it and by != "stream" else {}
    currency = asking.merchant.currency
    rows = [_line(row, former.get(row.key), viewers(row)) for row in found.rows]
    total = _line(found.total, before_it.total if before_it else None, viewers_of(found.rows))
    return Printed(
        stem=stem_of(f"live-{by}", query.period),
        sheet=Sheet(
            Table(_("Live streams"), _heads(by, currency), (*rows, {**total, "name": _("Total")})),
            said=(
                (_("Window"), _("24 hours from a viewer's first view, then 30 days")),
                (_("Compared with"), f"{query.before.start} – {query.before.last}" if query.before else "–"),
                *past.lines("live", query.as_of),
                (_("Viewers"), _("in steps of the threshold; fewer are an empty cell")),
                *around(asking.merchant, query.period),
            ),
            definitions=defined(CODES),
        ),
        query={**query.parameters(), **({"by": by} if by != "stream" else {}), **of},
        takeaway=takeaway(found),
        period=query.period,
        notes=saved.told(asking.merchant, query.period),
        figures=(
            Figure(told()["live_views"].name, found.total.views, "count"),
            Figure(told()["live_buyers"].name, found.total.buyers, "count"),
            Figure(told()["live_gmv"].name, found.total.paid_fen, "fen"),
            Figure(told()["live_later"].name, found.total.later_paid_fen, "fen"),
            Figure(told()["credited"].name, found.total.credited, "fen"),
        ),
        listed=("name", "views", "buyers", "paid_fen"),
        rows=len(rows),
    )


def _heads(by: str, currency: str) -> tuple[Head, ...]:
    return (
        Head("name", str(named.LIVE_ROWS[by])),
        Head("host", str(named.LIVE_ROWS["host"])),
        Head("curator", str(named.LIVE_ROWS["curator"])),
        Head("started", _("Started")),
        Head("streams", _("Streams"), "count"),
        head("views", of="live_views"),
        head("viewers", of="live_viewers"),
        head("buyers", of="live_buyers"),
        Head("orders", _("Paid orders"), "count"),
        head("paid_fen", currency, of="live_gmv"),
        money("before", _("Paid, period before"), currency),
        head("refunded_fen", currency, of="live_refunded"),
        Head("later_buyers", _("Buyers, next 30 days"), "count"),
        head("later_paid_fen", currency, of="live_later"),
        head("credited", currency),
        Head("complete_on", _("Full by")),
        Head("platforms", _("Orders by platform")),
    )


def _line(row: lives.Sum, before: lives.Sum | None, seen: int | None) -> dict[str, Any]:
    counts = (
        "streams",
        "views",
        "buyers",
        "orders",
        "paid_fen",
        "refunded_fen",
        "later_buyers",
        "later_paid_fen",
        "credited",
    )
    return {
        "name": name_of(row),
        "host": row.host,
        "curator": row.curator,
        "started": f"{row.started_at:%Y-%m-%d %H:%M} UTC" if row.started_at else "",
        "viewers": seen,
        "before": before.paid_fen if before else None,
        "complete_on": str(row.complete_on or ""),
        "platforms": platforms(row),
        **{code: getattr(row, code) for code in counts},
    }


def platforms(row: lives.Sum) -> str:
    return words.listed(
        f"{words.platform(name)} {orders}" for name, orders in sorted(row.platforms.items()) if orders
    )

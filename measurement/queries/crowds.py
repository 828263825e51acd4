"""Crowds as pages show them: published counts only, every figure from them.

Nothing here returns an exact count of people. Sizes, flows and rates all come from one published matrix, so
start + in − out = end on every page; what was too small to publish is said beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from measurement import privacy
from measurement.computed import computes
from measurement.crowds.asked import By, CrowdQuestion
from measurement.crowds.flow import RANKS, Flow, Rate, people_interval, rate_of
from measurement.crowds.rules import LAYERS, Rule, rank, read
from measurement.models import CrowdFlow, CrowdReport, CrowdRule, Note, Spu
from measurement.privacy import Published
from measurement.queries import costs
from measurement.queries.names import Name, names_of
from measurement.queries.products import products_of
from measurement.queries.reported import standing
from measurement.reports import Compare, Dimension, ReportQuery
from merchants.models import Merchant
from merchants.periods import Period

TI = rank(LAYERS[2])
CORE, INTEREST, WIDE = (3, 4, 5), (2,), (1,)
"""The inverse funnel, from the inside out: who is deep in, who looks, who has only seen."""
AUDIENCE = "nullif(n.scene, '')"
READABLE = (CrowdRule.State.ACTIVE, CrowdRule.State.FORMER)


def k() -> int:
    return privacy.threshold(settings.PRIVACY_THRESHOLD)


def rules_of(merchant: Merchant) -> list[CrowdRule]:
    """Every version that can be read, the latest first."""
    return list(CrowdRule.objects.for_merchant(merchant).filter(state__in=READABLE).order_by("-version"))


def draft_of(merchant: Merchant) -> CrowdRule | None:
    row: CrowdRule | None = (
        CrowdRule.objects.for_merchant(merchant).filter(state=CrowdRule.State.DRAFT).first()
    )
    return row


def rule_in(rules: list[CrowdRule], version: int) -> CrowdRule | None:
    """The version that was asked for, else the one in force."""
    asked = next((rule for rule in rules if rule.version == version), None)
    return asked or next((rule for rule in rules if rule.state == CrowdRule.State.ACTIVE), None)


def rows_of(rule: CrowdRule) -> Rule:
    return read(rule.rows)


def spus_of(merchant: Merchant) -> dict[int, str]:
    return dict(Spu.objects.for_merchant(merchant).order_by("name").values_list("id", "name"))


@dataclass(frozen=True, slots=True)
class Movement:
    """A published matrix: ``flow`` of the cells that are shown, and what ``table`` hid."""

    flow: Flow
    table: Published[tuple[int, int]]

    @property
    def people(self) -> int:
        """Everybody who is shown at the end."""
        return sum(self.flow.end(layer) for layer in RANKS[1:])

    def seen(self, pairs: Iterable[tuple[int, int]]) -> int | None:
        """The sum of cells; None where none of them is shown: unknown, not nobody."""
        shown = [self.table.shown[pair] for pair in pairs if pair in self.table.shown]
        return sum(shown) if shown else None

    def start(self, layer: int) -> int | None:
        return self.seen((layer, after) for after in RANKS)

    def end(self, layer: int) -> int | None:
        return self.seen((before, layer) for before in RANKS)

    def came(self, layer: int) -> int | None:
        return self.seen((before, layer) for before in RANKS if before != layer)

    def left(self, layer: int) -> int | None:
        return self.seen((layer, after) for after in RANKS if after != layer)

    def rate(self, layer: int, to: Iterable[int]) -> Rate | None:
        """The share of those who started in a layer that ended in one of ``to``; None where no such cell is
        shown. The interval covers chance (Wilson) and whatever the steps and hidden cells leave open."""
        chosen = set(to)
        start, hits = self.start(layer), self.seen((layer, after) for after in chosen)
        if not start or hits is None:
            return None
        ends = {after: privacy.possible(self.table.get((layer, after)), k()) for after in RANKS}
        fewest = sum(low for after, (low, _) in ends.items() if after in chosen)
        most = sum(high for after, (_, high) in ends.items() if after in chosen)
        others = [ends[after] for after in RANKS if after not in chosen]
        least = rate_of(fewest, fewest + sum(high for _, high in others))
        greatest = rate_of(most, most + sum(low for low, _ in others))
        return Rate(hits / start, least.low if least else 0.0, greatest.high if greatest else 1.0, start)


@computes("layer_people", "layer_flow", "inverse_funnel")
def movement(row: CrowdFlow, scope: int) -> Movement | None:
    """The published matrix of a scope; None while it is not computed."""
    if row.cells is None:
        return None
    told: Mapping[str, int] = row.cells.get(str(scope), {})
    pairs = [(before, after) for before in RANKS for after in RANKS if before or after]
    table = privacy.publish({pair: told.get(f"{pair[0]}>{pair[1]}", 0) for pair in pairs}, k())
    return Movement(Flow(table.shown), table)


@dataclass(frozen=True, slots=True)
class Reported:
    """What the platform says of a layer: people at the end, and how many more than at the start."""

    people: int
    change: int | None
    day: date
    source: str


@computes("platform_layer")
def reported_layers(merchant: Merchant, question: CrowdQuestion) -> dict[int, Reported]:
    """By rank, the platform's latest count up to the last day, against the one at the first."""
    rows = standing(CrowdReport, merchant).filter(day__lte=question.last, spu_id=question.spu or None)
    rows = rows.filter(day__gte=question.first - timedelta(days=7)).order_by("day")
    found: dict[int, list[tuple[date, int, str]]] = {}
    for layer, day, people, source in rows.values_list("layer", "day", "people", "source"):
        found.setdefault(rank(layer), []).append((day, people, source))
    told = {}
    for layer, counts in found.items():
        day, people, source = counts[-1]
        before = [earlier for when, earlier, _ in counts if when <= question.first]
        told[layer] = Reported(people, people - before[-1] if before else None, day, source)
    return told


@dataclass(frozen=True, slots=True)
class Carrier:
    """A note (blogger, audience, campaign, word) and the people it carried into TI, as published; ``cost`` in fen."""

    key: str
    name: Name
    people: int | None
    cost: int | None
    cpti: Decimal | None
    low: Decimal | None
    high: Decimal | None
    maturity: Decimal | None
    reported: int | None = None
    reported_cpti: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """``rows`` first the most people; those of too few are together ``rest`` people (None: too few still);
    ``whole`` all of it; ``interest`` new people in I; ``unnamed`` those whom nothing named carried."""

    rows: tuple[Carrier, ...] = ()
    whole: Carrier | None = None
    rest: int | None = None
    interest: int | None = None
    unnamed: int | None = None


SHOWN_ROWS = 40


@computes("new_ti", "cpti")
def carried(merchant: Merchant, rule: CrowdRule, question: CrowdQuestion) -> Carried:
    """Who carried new people into TI between the two days, and what one of them cost."""
    period = Period(question.first + timedelta(days=1), question.last + timedelta(days=1))
    found, interest = _entries(merchant, rule, question)
    table = privacy.publish(found, k())
    spent = _spent(merchant, question, period)
    told = _platform(merchant, question, period)
    keys = {key for key in (*table.shown, *spent.rows) if key}
    rows = [
        _carrier(key, Name(""), table.get(key), spent.rows.get(key), told.get(key))
        for key in sorted(
            keys, key=lambda key: (-(table.get(key) or 0), -_fen(spent.rows.get(key)), len(key), key)
        )
    ][:SHOWN_ROWS]
    names = _names(merchant, question.by, [row.key for row in rows])
    return Carried(
        rows=tuple(
            _carrier(row.key, names[row.key], row.people, spent.rows.get(row.key), told.get(row.key))
            for row in rows
        ),
        whole=_carrier("", Name(""), table.total or None, spent.whole, _sum(told)),
        rest=table.rest,
        interest=privacy.published(interest, k()),
        unnamed=table.get(""),
    )


def _names(merchant: Merchant, by: By, keys: list[str]) -> dict[str, Name]:
    if by == By.AUDIENCE:  # its own name
        return {key: Name(key) for key in keys}
    return names_of(merchant, Dimension(by.value), keys)


def _fen(cost: costs.Cost | None) -> int:
    return cost.fen if cost else 0


def _sum(told: Mapping[str, tuple[int, int]]) -> tuple[int, int] | None:
    return (sum(n for n, _ in told.values()), sum(fen for _, fen in told.values())) if told else None


def _carrier(
    key: str, name: Name, people: int | None, cost: costs.Cost | None, told: tuple[int, int] | None
) -> Carrier:
    """Cost per new person in TI; its interval is that of the count, over all it can stand for."""
    fen = cost.fen if cost else None
    cpti = low = high = None
    if people and fen is not None:
        fewest, most = people_interval(*privacy.possible(people, k()))
        cpti, low = Decimal(fen) / people, Decimal(fen) / Decimal(most)
        high = Decimal(fen) / Decimal(fewest) if fewest else None
    return Carrier(
        key,
        name,
        people,
        fen,
        cpti,
        low,
        high,
        cost.ripe / cost.fen if cost and cost.fen > 0 else None,
        told[0] if told else None,
        Decimal(told[1]) / told[0] if told and told[0] else None,
    )


def _entries(merchant: Merchant, rule: CrowdRule, question: CrowdQuestion) -> tuple[dict[str, int], int]:
    """{key of what carried them: people who came into TI}, "" for what is not named; and all who came into I."""
    key = {
        By.NOTE: "c.note_id",
        By.BLOGGER: "coalesce(n.blogger_id, c.blogger_id)",
        By.AUDIENCE: AUDIENCE,
        By.CAMPAIGN: "c.campaign_id",
        By.KEYWORD: "c.keyword_id",
    }[question.by]
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRIES.format(key=key),
            {
                "merchant": merchant.pk,
                "rule": rule.pk,
                "scope": question.spu,
                "first": question.first,
                "last": question.last,
            },
        )
        rows = cursor.fetchall()
    found = {name or "": people for layer, name, people in rows if layer == TI and people}
    return found, sum(people for layer, _, people in rows if layer == TI - 1)


_ENTRIES = """
SELECT e.layer, ({key})::text, sum(e.people)::bigint
FROM measurement_crowdentry e
LEFT JOIN measurement_channel c ON c.merchant_id = e.merchant_id AND c.id = e.channel_id
LEFT JOIN measurement_note n ON n.merchant_id = c.merchant_id AND n.id = c.note_id
WHERE e.merchant_id = %(merchant)s AND e.rule_id = %(rule)s AND e.scope = %(scope)s AND e.layer IN (2, 3)
  AND e.day > %(first)s AND e.day <= %(last)s
GROUP BY 1, 2
"""


def _spent(merchant: Merchant, question: CrowdQuestion, period: Period) -> costs.Costs:
    within = (("spu", str(question.spu)),) if question.spu else ()
    by = Dimension.NOTE if question.by == By.AUDIENCE else Dimension(question.by.value)
    asked = ReportQuery(period=period, compare=Compare.NONE, by=by, within=within)
    spent = costs.cost(merchant, asked, products_of(merchant), question.last)
    if question.by == By.AUDIENCE:
        spent.rows = _by_audience(merchant, spent.rows)
    return spent


def _by_audience(merchant: Merchant, notes: Mapping[str, costs.Cost]) -> dict[str, costs.Cost]:
    """The cost of notes, summed up by whom they were written for; notes that say nothing of it left out."""
    told = Note.objects.for_merchant(merchant).filter(pk__in=[int(note) for note in notes]).exclude(scene="")
    found: dict[str, costs.Cost] = {}
    for note, scene in told.values_list("pk", "scene"):
        cost = notes[str(note)]
        found.setdefault(scene, costs.Cost()).add(cost.fen, cost.ripe)
    return found


def _platform(merchant: Merchant, question: CrowdQuestion, period: Period) -> dict[str, tuple[int, int]]:
    """{key: (new TI users, fen of the rows that state them)} as the ad platform's reports state them: sums of
    days, in which people may stand twice. Of the levels of a report the one that names most is read."""
    if question.by == By.KEYWORD:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _TOLD.format(
                key=AUDIENCE if question.by == By.AUDIENCE else costs.KEYS[Dimension(question.by.value)]
            ),
            {"merchant": merchant.pk, "spu": question.spu, "start": period.start, "end": period.end},
        )
        rows = cursor.fetchall()
    levels: dict[str, int] = {}
    for level, _, people, _ in rows:
        levels[level] = levels.get(level, 0) + people
    best = max(levels, key=lambda level: (levels[level], level), default="")
    return {key: (people, fen) for level, key, people, fen in rows if level == best and people}


_TOLD = """
SELECT s.level, ({key})::text, sum((s.metrics->>'ti_user_num')::numeric)::bigint, sum(s.fen)::bigint
FROM measurement_spend s
LEFT JOIN measurement_creative x ON x.id = s.creative_id AND x.merchant_id = s.merchant_id
LEFT JOIN measurement_note n ON n.id = coalesce(s.note_id, x.note_id) AND n.merchant_id = s.merchant_id
WHERE s.merchant_id = %(merchant)s AND s.day >= %(start)s AND s.day < %(end)s AND s.replaced_at IS NULL
  AND (%(spu)s = 0 OR coalesce(s.spu_id, n.spu_id) = %(spu)s)
  AND s.metrics->>'ti_user_num' ~ '^[0-9]+$' AND ({key}) IS NOT NULL
GROUP BY 1, 2
"""


def products(row: CrowdFlow, spus: Mapping[int, str]) -> list[tuple[int, str, Any, int]]:
    """(SPU, name, published movement, people) of every product, the largest first."""
    told = [(spu, name, movement(row, spu)) for spu, name in spus.items()]
    sized = [(spu, name, moved, moved.people) for spu, name, moved in told if moved is not None]
    return sorted(sized, key=lambda one: (-one[3], one[1]))

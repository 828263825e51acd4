"""Whom a row of the process brought into I and TI under the merchant's own rule: published counts only.

One statement over the daily sums of the spells; the rows are one published table a layer, so that a total
gives nothing that its rows do not give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection

from measurement import privacy
from measurement.crowds.rules import LAYERS, rank
from measurement.models import CrowdRule
from measurement.privacy import Published
from measurement.process.questions import Question, Row, State
from measurement.queries.delivered import TALLY_KEYS, scope_of
from merchants.models import Merchant

INTEREST, TRUE_INTEREST = rank(LAYERS[1]), rank(LAYERS[2])
WHOLE_BRAND = 0  # the scope of a spell that is no product's
UNNAMED = ""
KEYS = {**TALLY_KEYS, Row.SPU: "nullif(e.scope, 0)", Row.DAY: "e.day"}
"""What a row is, over an entry e, the channel c that carried it, its note n and creative x."""


@dataclass(frozen=True, slots=True)
class New:
    """People who came into I and into TI from below, as published; None: hidden or not known."""

    interested: int | None = None
    deep: int | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """``rows`` by key; ``unnamed`` those whom nothing named carried; ``former`` of the period before.
    ``version`` is that of the rule."""

    state: State = State.NOT_ASKED
    version: int = 0
    rows: Mapping[str, New] = field(default_factory=dict)
    unnamed: New = New()
    whole: New = New()
    former: New = New()


def rule_of(merchant: Merchant) -> CrowdRule | None:
    """The rule in force, once everybody is computed under it."""
    rules = CrowdRule.objects.for_merchant(merchant).filter(state=CrowdRule.State.ACTIVE)
    row: CrowdRule | None = rules.exclude(built_at=None).first()
    return row


def k() -> int:
    return privacy.threshold(settings.PRIVACY_THRESHOLD)


def entered(merchant: Merchant, question: Question, rule: CrowdRule) -> Entered:
    """New people of the question's rows. By SPU a row counts who is new to the product, and the whole who is
    new to the brand: somebody may be new to two products."""
    told = _read(merchant, question, rule)
    tables, wholes, formers = {}, {}, {}
    for layer in (INTEREST, TRUE_INTEREST):
        tables[layer] = privacy.publish(told.rows.get(layer, {}), k())
        wholes[layer] = (
            privacy.published(told.whole.get(layer, 0), k())
            if question.products_apart
            else tables[layer].total or None
        )
        formers[layer] = privacy.published(told.former.get(layer, 0), k())
    return Entered(
        State.COUNTED,
        rule.version,
        {key: _new(tables, key) for table in tables.values() for key in table.shown if key != UNNAMED},
        _new(tables, UNNAMED),
        New(wholes[INTEREST], wholes[TRUE_INTEREST]),
        New(formers[INTEREST], formers[TRUE_INTEREST]),
    )


def _new(tables: Mapping[int, Published[str]], key: str) -> New:
    return New(tables[INTEREST].get(key), tables[TRUE_INTEREST].get(key))


@dataclass(slots=True)
class _Exact:
    """People by layer: of rows by key, of the whole, of the period before. Never shown as they are."""

    rows: dict[int, dict[str, int]] = field(default_factory=dict)
    whole: dict[int, int] = field(default_factory=dict)
    former: dict[int, int] = field(default_factory=dict)


def _read(merchant: Merchant, question: Question, rule: CrowdRule) -> _Exact:
    product = int(question.filters.get("spu", WHOLE_BRAND))
    filters = "".join(f" AND {KEYS[Row(name)]} = %({name})s" for name in question.filters if name != "spu")
    scoped = {
        **scope_of(merchant, question),
        "rule": rule.pk,
        "scope": product,
        "apart": question.products_apart,
        "layers": [INTEREST, TRUE_INTEREST],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENTERED.format(key=KEYS[question.by], filters=filters), scoped)
        lines = cursor.fetchall()
    found = _Exact()
    for now, of_product, layer, key, people in lines:
        if of_product == question.products_apart and now:
            rows = found.rows.setdefault(layer, {})
            rows[key or UNNAMED] = rows.get(key or UNNAMED, 0) + people
        if not of_product:
            sums = found.whole if now else found.former
            sums[layer] = sums.get(layer, 0) + people
    return found


_ENTERED = """
SELECT e.day >= %(start)s, e.scope <> %(scope)s, e.layer,
       CASE WHEN e.day >= %(start)s THEN ({key})::text END, sum(e.people)::bigint
FROM measurement_crowdentry e
LEFT JOIN measurement_channel c ON c.merchant_id = e.merchant_id AND c.id = e.channel_id
LEFT JOIN measurement_note n ON n.merchant_id = e.merchant_id AND n.id = c.note_id
LEFT JOIN measurement_creative x ON x.merchant_id = e.merchant_id AND x.id = c.creative_id
WHERE e.merchant_id = %(merchant)s AND e.rule_id = %(rule)s AND e.layer = ANY(%(layers)s)
  AND (e.scope = %(scope)s OR %(apart)s)
  AND (e.day >= %(start)s AND e.day < %(end)s OR e.day >= %(before)s AND e.day < %(before_end)s) {filters}
GROUP BY 1, 2, 3, 4 HAVING sum(e.people) > 0
"""

"""Joining and parting keys that are one person. Nothing is rewritten but the links and their groups."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from django.db.models import Q

from measurement.choices import Kept
from measurement.models import Identity, IdentityLink
from measurement.operations import keeping, marks
from measurement.operations.locks import Lock, hold
from merchants import audit, tenancy
from merchants.models import Merchant

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Two person keys and why they are one person."""

    key_a: uuid.UUID
    key_b: uuid.UUID
    reason: str

    @property
    def pair(self) -> tuple[uuid.UUID, uuid.UUID]:
        return min(self.key_a, self.key_b), max(self.key_a, self.key_b)


@dataclass(slots=True)
class Receipt:
    received: int = 0
    changed: int = 0


def link(merchant: Merchant, rows: Iterable[LinkRow], *, source: str, by: str) -> Receipt:
    """Joins the keys of each row; a link that stands is left alone. Lines of all joined keys are marked."""
    receipt, stream = Receipt(), iter(rows)
    while batch := list(islice(stream, BATCH)):
        receipt.received += len(batch)
        wanted = {(*row.pair, row.reason[:120]) for row in batch if row.key_a != row.key_b}
        with tenancy.acting_for(merchant):
            hold(merchant, Lock.IDENTITIES)
            keeping.known(merchant, Kept.IDENTITIES, source)
            known = _standing(merchant, wanted)
            new = sorted(wanted - set(known))
            IdentityLink.objects.bulk_create(
                [
                    IdentityLink(
                        merchant=merchant,
                        key_a=a,
                        key_b=b,
                        reason=reason,
                        source=source,
                        joined_at=datetime.now(UTC),
                    )
                    for a, b, reason in new
                ]
            )
            _regroup(merchant, {key for a, b, _ in new for key in (a, b)})
            if new:
                audit.record(merchant, "measurement.identity.linked", by=by, links=len(new), source=source)
        receipt.changed += len(new)
    return receipt


def part(merchant: Merchant, rows: Iterable[LinkRow], *, by: str) -> Receipt:
    """Ends links; keys joined by other links stay together."""
    receipt, stream = Receipt(), iter(rows)
    while batch := list(islice(stream, BATCH)):
        receipt.received += len(batch)
        with tenancy.acting_for(merchant):
            hold(merchant, Lock.IDENTITIES)
            known = _standing(merchant, {(*row.pair, row.reason[:120]) for row in batch})
            IdentityLink.objects.for_merchant(merchant).filter(pk__in=known.values()).update(
                parted_at=datetime.now(UTC)
            )
            _regroup(merchant, {key for a, b, _ in known for key in (a, b)})
            if known:
                audit.record(merchant, "measurement.identity.parted", by=by, links=len(known))
        receipt.changed += len(known)
    return receipt


def _standing(
    merchant: Merchant, wanted: set[tuple[uuid.UUID, uuid.UUID, str]]
) -> dict[tuple[uuid.UUID, uuid.UUID, str], int]:
    rows = IdentityLink.objects.for_merchant(merchant).filter(
        parted_at=None, key_a__in={a for a, _, _ in wanted}, key_b__in={b for _, b, _ in wanted}
    )
    return {(r.key_a, r.key_b, r.reason): r.pk for r in rows if (r.key_a, r.key_b, r.reason) in wanted}


def _regroup(merchant: Merchant, keys: set[uuid.UUID]) -> None:
    """Derives the groups of these keys anew, from all links that stand around them, and marks their lines."""
    if not keys:
        return
    around, links = _around(merchant, keys)
    groups = _groups(around, links)
    Identity.objects.for_merchant(merchant).filter(person_key__in=around).delete()
    Identity.objects.bulk_create(
        [
            Identity(merchant=merchant, person_key=key, person=min(group))
            for group in groups
            if len(group) > 1
            for key in sorted(group)
        ],
        batch_size=2000,
    )
    marks.change(merchant, "identity", keys=[str(key) for key in sorted(around)])


def _around(
    merchant: Merchant, keys: set[uuid.UUID]
) -> tuple[set[uuid.UUID], list[tuple[uuid.UUID, uuid.UUID]]]:
    """Every key that can be reached from these, over links that stand or over the groups as they were."""
    seen: set[uuid.UUID] = set()
    links: set[tuple[uuid.UUID, uuid.UUID]] = set()
    front = set(keys)
    persons = (
        Identity.objects.for_merchant(merchant).filter(person_key__in=front).values_list("person", flat=True)
    )
    front |= set(
        Identity.objects.for_merchant(merchant)
        .filter(person__in=list(persons))
        .values_list("person_key", flat=True)
    )
    while front:
        seen |= front
        rows = IdentityLink.objects.for_merchant(merchant).filter(
            Q(key_a__in=front) | Q(key_b__in=front), parted_at=None
        )
        found = set(rows.values_list("key_a", "key_b"))
        links |= found
        front = {key for pair in found for key in pair} - seen
    return seen, sorted(links)


def _groups(keys: set[uuid.UUID], links: list[tuple[uuid.UUID, uuid.UUID]]) -> list[set[uuid.UUID]]:
    """Connected components, by joining the smaller root to the larger tree's."""
    root = {key: key for key in keys}

    def find(key: uuid.UUID) -> uuid.UUID:
        while root[key] != key:
            root[key] = root[root[key]]
            key = root[key]
        return key

    for a, b in links:
        one, other = find(a), find(b)
        root[max(one, other)] = min(one, other)
    groups: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for key in keys:
        groups[find(key)].add(key)
    return list(groups.values())

"""Contacts: found or made, reached, revealed, merged and parted again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from leads import duplicates, sealing
from leads.models import (
    Consultation,
    Contact,
    ContactDetail,
    ContactIdentity,
    ContactPair,
    Conversation,
    Lead,
    Merge,
)
from leads.operations import alarms
from merchants import audit, tenancy
from merchants.models import Merchant

UNDO_FOR = timedelta(days=30)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "phone": duplicates.phone,
    "wechat": duplicates.wechat,
    "email": lambda text: text.strip().lower(),
}
MOVED: tuple[Any, ...] = (ContactIdentity, ContactDetail, Conversation, Consultation, Lead)
COMPARED = 200  # contacts of the last two days that a new name is compared with


class Refused(ValueError):
    """The code of why: same, merged, too_late, changed, later."""


def of_platform_user(merchant: Merchant, *, platform: str, external_id: str, name: str = "") -> Contact:
    """The contact that this platform user is; made when there is none. The id is told apart by its platform."""
    identity = (
        ContactIdentity.objects.for_merchant(merchant)
        .select_related("contact")
        .filter(platform=platform, external_id=external_id)
        .first()
    )
    if identity is None:
        contact = Contact.objects.create(merchant=merchant, name=name[:80])
        identity, made = ContactIdentity.objects.get_or_create(
            merchant=merchant, platform=platform, external_id=external_id, defaults={"contact": contact}
        )
        if not made:  # somebody was quicker
            contact.delete()
    found: Contact = identity.contact
    if name and not found.name:
        found.name = name[:80]
        found.save(update_fields=["name"])
    return found


def put_detail(merchant: Merchant, contact: Contact, *, kind: str, text: str) -> ContactDetail | None:
    """Keeps a phone, WeChat id or address of a contact, sealed; None when nothing is left of it. Others with
    the same one are suggested as the same person, never joined."""
    clear = SPELLINGS[kind](text)
    if not clear:
        return None
    key = sealing.key_of(merchant, kind, clear)
    detail: ContactDetail
    detail, made = ContactDetail.objects.get_or_create(
        merchant=merchant,
        contact=contact,
        kind=kind,
        key=key,
        defaults={
            "sealed": sealing.seal(merchant, kind, clear),
            "masked": duplicates.masked(kind, clear),
        },
    )
    if made:
        others = ContactDetail.objects.for_merchant(merchant).filter(kind=kind, key=key)
        for other in others.exclude(contact=contact).values_list("contact_id", flat=True):
            _suggest(merchant, contact.pk, other, "detail")
    return detail


def find(merchant: Merchant, *, kind: str, text: str) -> list[int]:
    """Ids of the contacts with this phone, WeChat id or address, in any spelling."""
    key = sealing.key_of(merchant, kind, SPELLINGS[kind](text))
    rows = ContactDetail.objects.for_merchant(merchant).filter(kind=kind, key=key)
    return sorted(rows.values_list("contact_id", flat=True))


def find_any(merchant: Merchant, text: str) -> list[int]:
    """Ids of the contacts that can be reached under this text, whatever kind of detail it is."""
    return sorted({pk for kind in SPELLINGS for pk in find(merchant, kind=kind, text=text)})


def compare_names(merchant: Merchant, lead: Lead) -> None:
    """Suggests contacts with an alike name at the same store within two days."""
    if lead.store_id is None or not lead.contact.name:
        return
    near = (
        Lead.objects.for_merchant(merchant)
        .filter(
            store=lead.store_id,
            began_at__range=(lead.began_at - duplicates.NEAR, lead.began_at + duplicates.NEAR),
        )
        .exclude(contact=lead.contact_id)
        .order_by("-began_at")
        .values_list("contact_id", "contact__name", "store_id", "began_at")[:COMPARED]
    )
    mine = duplicates.Known(lead.contact_id, frozenset(), lead.contact.name, lead.store_id, lead.began_at)
    others = [
        duplicates.Known(contact, frozenset(), name, store, began_at)
        for contact, name, store, began_at in near
    ]
    for other, why in duplicates.suggestions(mine, others):
        _suggest(merchant, lead.contact_id, other, why)


def _suggest(merchant: Merchant, one: int, other: int, why: str) -> None:
    first, second = sorted((one, other))
    ContactPair.objects.get_or_create(
        merchant=merchant, first_id=first, second_id=second, defaults={"why": why}
    )


def reveal(merchant: Merchant, detail: ContactDetail, *, by: str) -> str:
    """The detail in the clear; the look is kept in the trail, and many of them raise an alarm."""
    with tenancy.acting_for(merchant):
        audit.record(merchant, "leads.contact.revealed", by=by, on=detail, contact=detail.contact_id)
        alarms.heed_reveal(merchant, by=by)
        return sealing.unseal(merchant, detail.kind, detail.sealed)


def keep_apart(merchant: Merchant, pair: ContactPair, *, by: str) -> None:
    """They are not the same person, and are not suggested again."""
    with tenancy.acting_for(merchant):
        ContactPair.objects.for_merchant(merchant).filter(pk=pair.pk, state="suggested").update(
            state=ContactPair.State.APART, judged_by=by
        )


def merge(
    merchant: Merchant,
    *,
    survivor: Contact,
    absorbed: Contact,
    name: str = "",
    city: str = "",
    by: str,
    now: datetime | None = None,
) -> Merge:
    """Everything of ``absorbed`` becomes the survivor's, who is called ``name`` and lives in ``city``; where they
    are empty the survivor's own hold, else those of the absorbed. Raises :class:`Refused` when they are one
    already."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        rows = (
            Contact.objects.for_merchant(merchant)
            .select_for_update()
            .filter(pk__in=[survivor.pk, absorbed.pk])
        )
        both = {row.pk: row for row in rows.order_by("pk")}
        if len(both) != 2:
            raise Refused("same")
        keeps, goes = both[survivor.pk], both[absorbed.pk]
        if keeps.merged_into_id or goes.merged_into_id:
            raise Refused("merged")
        before = {"name": keeps.name, "city": keeps.city}
        kept_keys = set(
            ContactDetail.objects.for_merchant(merchant).filter(contact=keeps).values_list("kind", "key")
        )
        moved: dict[str, list[int]] = {}
        for model in MOVED:
            mine = model.objects.for_merchant(merchant).filter(contact=goes)
            ids = [
                row.pk
                for row in mine.order_by("pk")
                if model is not ContactDetail or (row.kind, row.key) not in kept_keys
            ]
            model.objects.for_merchant(merchant).filter(pk__in=ids).update(contact=keeps)
            moved[model.__name__] = ids
        keeps.name, keeps.city = name or keeps.name or goes.name, city or keeps.city or goes.city
        keeps.save(update_fields=["name", "city"])
        goes.merged_into = keeps
        goes.save(update_fields=["merged_into"])
        row: Merge = Merge.objects.create(
            merchant=merchant,
            survivor=keeps,
            absorbed=goes,
            moved=moved,
            before=before | {"after_name": keeps.name, "after_city": keeps.city},
            merged_at=moment,
            merged_by=by,
            undo_until=moment + UNDO_FOR,
        )
        first, second = sorted((keeps.pk, goes.pk))
        ContactPair.objects.for_merchant(merchant).filter(first_id=first, second_id=second).update(
            state=ContactPair.State.MERGED, judged_by=by
        )
        audit.record(merchant, "leads.contact.merged", by=by, on=row, survivor=keeps.pk, absorbed=goes.pk)
    return row


def unmerge(merchant: Merchant, merged: Merge, *, by: str, now: datetime | None = None) -> None:
    """Gives back what the merge moved and is still the survivor's; names that were not changed since return.
    Raises :class:`Refused` after 30 days, when it was taken back already, and while a later merge of the survivor
    stands: that one is taken back first."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = Merge.objects.for_merchant(merchant).select_for_update().get(pk=merged.pk)
        if row.undone_at is not None:
            raise Refused("changed")
        if moment > row.undo_until:
            raise Refused("too_late")
        keeps = Contact.objects.for_merchant(merchant).select_for_update().get(pk=row.survivor_id)
        if keeps.merged_into_id is not None:  # what it had is somebody else's now
            raise Refused("later")
        for model in MOVED:
            mine = model.objects.for_merchant(merchant).filter(
                pk__in=row.moved[model.__name__], contact=keeps
            )
            mine.update(contact_id=row.absorbed_id)
        for name in ("name", "city"):
            if getattr(keeps, name) == row.before[f"after_{name}"]:
                setattr(keeps, name, row.before[name])
        keeps.save(update_fields=["name", "city"])
        Contact.objects.for_merchant(merchant).filter(pk=row.absorbed_id).update(merged_into=None)
        row.undone_at = moment
        row.save(update_fields=["undone_at"])
        first, second = sorted((row.survivor_id, row.absorbed_id))
        ContactPair.objects.for_merchant(merchant).filter(first_id=first, second_id=second).update(
            state=ContactPair.State.APART, judged_by=by
        )
        audit.record(merchant, "leads.contact.unmerged", by=by, on=row)

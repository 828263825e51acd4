"""How requirement sets come in: those that Seedbed ships, and the versions that an operator makes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.apps import AppConfig
from django.db import connections, transaction

from merchants.models import RequirementSet
from merchants.onboarding.requirements import PAPERS, Capability, Form, Invalid, Kind, Portal, Stage
from merchants.onboarding.set_data import CODE, parsed
from merchants.onboarding.shipped import shipped
from merchants.periods import day_of

OPERATOR = "operator"


_BOTH = {"zh-hans": "", "en": ""}
EMPTY: dict[str, Any] = {
    "stage": str(Stage.ENTRY),
    "portal": str(Portal.BRAND),
    "label": _BOTH,
    "applies": {"country": "CN", "categories": [], "forms": [str(form) for form in Form]},
    "requirements": [
        {
            "key": "",
            "kind": str(Kind.VERIFIED),
            "label": _BOTH,
            "why": _BOTH,
            "example": _BOTH,
            "source": "",
            "source_date": "",
            "accept": list(PAPERS),
            "fields": [],
            "eyes": 1,
            "blocks": [str(Capability.GO_LIVE)],
            "reasons": ["unreadable", "cropped", "name_mismatch"],
        }
    ],
}
"""What a set is made of, with places that are refused until they are filled in."""


class Frozen(ValueError):
    """A published version never changes."""


def load_after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """Brings the shipped sets in, once the tables are there."""
    if (
        sender.name == "merchants"
        and RequirementSet._meta.db_table in connections[using].introspection.table_names()
    ):
        load(using=using)


def load(*, using: str = OPERATOR) -> int:
    """Publishes the shipped versions that are not in yet, and says how many; what is in stays as it is."""
    added = 0
    for data in shipped():
        found = parsed(data)
        _, made = RequirementSet.objects.using(using).get_or_create(
            code=found.code,
            version=found.version,
            defaults={
                "starts_on": found.starts_on,
                "data": data,
                "published_at": datetime.now(UTC),
                "published_by": "system:shipped",
            },
        )
        added += made
    return added


def copy(row: RequirementSet, *, version: date) -> RequirementSet:
    """A draft of another version with the same content. Raises :class:`Invalid` for a version that exists."""
    if RequirementSet.objects.using(OPERATOR).filter(code=row.code, version=version).exists():
        raise Invalid("version", f"{row.code} has a version {version} already")
    data = row.data | {"version": version.isoformat(), "starts_on": version.isoformat()}
    return RequirementSet.objects.using(OPERATOR).create(
        code=row.code, version=version, starts_on=version, data=data
    )


def begun(code: str, like: RequirementSet | None, *, version: date) -> RequirementSet:
    """The draft of the first version of another set, not yet stored: with the content of one that there is, or with
    the places to be filled in. Raises :class:`Invalid` for a code that is none or is taken."""
    if not CODE.fullmatch(code):
        raise Invalid("code", "small letters, digits, _ and . are needed, as cn.coffee")
    if RequirementSet.objects.using(OPERATOR).filter(code=code).exists():
        raise Invalid("code", f"{code} exists already; copy it as the draft of a next version")
    day = version.isoformat()
    told = {"set": code, "version": day, "starts_on": day}
    data = told | (like.data if like else EMPTY) | told  # twice, since the first are to stand first
    return RequirementSet(code=code, version=version, starts_on=version, data=data)


def checked(row: RequirementSet, data: Any) -> RequirementSet:
    """The draft with another content, not yet stored. Raises :class:`Invalid` with the place of what is wrong, and
    where the content names another set or version than the row."""
    found = parsed(data)
    for path, stated, kept in (("set", found.code, row.code), ("version", found.version, row.version)):
        if stated != kept:
            raise Invalid(path, f"this is the draft of {kept}; copy a version to make another")
    row.data, row.starts_on = data, found.starts_on
    return row


def edit(row: RequirementSet, data: Any) -> RequirementSet:
    """Replaces the content of a draft. Raises what :func:`checked` raises, and :class:`Frozen` for a published
    one."""
    with transaction.atomic(using=OPERATOR):
        draft = checked(_locked_draft(row), data)
        draft.save(using=OPERATOR, update_fields=["data", "starts_on"])
    return draft


def publish(row: RequirementSet, *, starts_on: date, by: str) -> RequirementSet:
    """Freezes a draft, to hold from a day: today or later, since nobody can have kept to a rule before it was
    told. Raises :class:`Invalid` for an earlier day, :class:`Frozen` for a published one."""
    now = datetime.now(UTC)
    if starts_on < day_of(now):
        raise Invalid("starts_on", "a version holds from today on at the earliest")
    with transaction.atomic(using=OPERATOR):
        draft = _locked_draft(row)
        draft.data = draft.data | {"starts_on": starts_on.isoformat()}
        parsed(draft.data)
        draft.starts_on, draft.published_at, draft.published_by = starts_on, now, by
        draft.save(using=OPERATOR, update_fields=["data", "starts_on", "published_at", "published_by"])
    return draft


def _locked_draft(row: RequirementSet) -> RequirementSet:
    found = RequirementSet.objects.using(OPERATOR).select_for_update().get(pk=row.pk)
    if found.published_at is not None:
        raise Frozen
    return found

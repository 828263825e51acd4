"""The trail as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps

from merchants.models import ApiToken, AuditEvent, Merchant, User


@dataclass(frozen=True, slots=True)
class Told:
    """One act: when, by whom (a name, or what the program is called), what, on what, with what."""

    at: datetime
    who: str
    act: str
    on: str
    details: tuple[tuple[str, str], ...]


def events(merchant: Merchant) -> Any:
    return AuditEvent.objects.for_merchant(merchant).order_by("-at", "-id")


def told(rows: Sequence[AuditEvent]) -> list[Told]:
    """With the names of people and programs, looked up once for all rows."""
    names = names_of({row.actor for row in rows})
    return [
        Told(
            at=row.at,
            who=called(row.actor, names),
            act=row.act,
            on=f"{kind_of(row.object_kind)} {row.object_id}".strip(),
            details=tuple((name, str(value)[:120]) for name, value in row.data.items()),
        )
        for row in rows
    ]


def called(actor: str, names: dict[str, str]) -> str:
    """Who that is, for a person to read."""
    return names.get(actor, actor.replace("system:", "Seedbed · "))


def kind_of(object_kind: str) -> str:
    """What an object of the trail is, in words."""
    return str(_kinds().get(object_kind, object_kind))


@cache
def _kinds() -> dict[str, Any]:
    return {str(model._meta.model_name): model._meta.verbose_name for model in apps.get_models()}


def names_of(actors: set[str]) -> dict[str, str]:
    """Names of people and programs by actor; without what is no person's and no program's."""
    ids: dict[str, list[int]] = {"user": [], "token": []}
    for actor in actors:
        what, _, pk = actor.partition(":")
        if what in ids and pk.isdigit():
            ids[what].append(int(pk))
    people = {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids["user"])}
    programs = {f"token:{token.pk}": token.name for token in ApiToken.objects.filter(pk__in=ids["token"])}
    return people | programs

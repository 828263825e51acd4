"""A requirement set out of its data: taken whole, or refused with the place and what would be right.

Whatever the data is, nothing but :class:`Invalid` comes of it. A published set is frozen, so a slip that gets
through stays: what no page could work with is refused here, and so are words that nothing knows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from merchants.onboarding.checks import FAULTS
from merchants.onboarding.requirements import (
    LANGUAGES,
    PAPERS,
    Brand,
    Capability,
    Expiry,
    Field,
    Form,
    Invalid,
    Kind,
    Portal,
    Requirement,
    RequirementSet,
    Stage,
    Words,
)

REASONS = (
    "unreadable", "cropped", "expired", "name_mismatch", "wrong_document", "not_genuine", "seal_missing",
    "contact_wrong", "trademark_clash", "chain_broken", "scope_missing", "order_expired",
)  # fmt: skip
"""Codes of ``merchants.reasons.REASONS``, which gives them words."""

RULES = ("refund", "late_shipment", "reply_in_time")
"""The figures of ``merchants.readiness.figures.Rule``, which counts them."""

OF_A_SET = ("set", "version", "starts_on", "stage", "portal", "label", "applies", "requirements")
OF_APPLIES = ("country", "categories", "forms", "alone")
OF_A_REQUIREMENT = (
    "key", "kind", "label", "why", "example", "source", "source_date", "blocks", "fields", "accept", "max_mb",
    "any_of", "brands", "forms", "deadline_days", "expires", "eyes", "reasons", "rule", "limit", "area",
    "amount_fen",
)  # fmt: skip
OF_A_FIELD = ("key", "type", "label", "allow_permanent")
OF_EXPIRES = ("field", "remind_days", "grace_days")

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")  # stands in addresses and columns of 60 signs
CODE = re.compile(r"[a-z][a-z0-9_.]{0,59}")
COUNTRY = re.compile(r"[A-Z]{2}")
LIMIT = re.compile(r"(<=|>=) [0-9]{1,6}(\.[0-9]{1,6})?")
DEEPEST = 20  # tables within tables
YEARS = range(2000, 2200)
MOST_DAYS = 3650
MOST_MB = 50
MOST_FEN = 10**12


def plain(found: Any, path: str = "", depth: int = 0) -> Any:
    """The data as it can be stored: tables, lists, texts, numbers, yes and no; days become texts. Raises
    :class:`Invalid` for whatever else YAML can hold."""
    if depth > DEEPEST:
        raise Invalid(path, "tables lie too deep within each other")
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, str):
        if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in found):
            raise Invalid(path or "set", "a text holds a sign that cannot be kept; write it anew")
        return found
    if isinstance(found, date):
        return date.isoformat(found)
    if isinstance(found, int) and abs(found) <= MOST_FEN:
        return found
    if isinstance(found, float) and math.isfinite(found):
        return found
    if isinstance(found, list):
        return [plain(one, f"{path}[{n}]", depth + 1) for n, one in enumerate(found)]
    if isinstance(found, dict):
        return {_name(key, path): plain(one, _in(path, key), depth + 1) for key, one in found.items()}
    raise Invalid(path or "set", "tables, lists, texts, days and numbers of a usual size are taken")


def parsed(data: Any) -> RequirementSet:
    """A set from its data. Raises :class:`Invalid` with the place and what would be right."""
    _table(data, "set", OF_A_SET, "")
    applies = _table(data.get("applies"), "applies", OF_APPLIES)
    rows = _list(data, "requirements", "")
    if not rows:
        raise Invalid("requirements", "a set asks for one thing at least")
    found = RequirementSet(
        code=_text(data, "set", pattern=CODE),
        version=_day(data, "version"),
        starts_on=_day(data, "starts_on" if "starts_on" in data else "version"),
        label=_words(data, "label"),
        country=_text(applies, "country", "applies.", COUNTRY),
        categories=_names(applies, "categories", "applies."),
        forms=_each(Form, applies, "forms", "applies.") or tuple(Form),
        requirements=tuple(_requirement(row, f"requirements[{n}]") for n, row in enumerate(rows)),
        stage=_one(Stage, data.get("stage", Stage.ENTRY), "stage"),
        alone=_flag(applies, "alone", "applies."),
        portal=_one(Portal, data.get("portal", Portal.BRAND), "portal"),
    )
    _once((one.key for one in found.requirements), "requirements")
    for n, one in enumerate(found.requirements):
        if one.kind == Kind.COMPUTED and found.stage != Stage.LAUNCH:
            raise Invalid(
                f"requirements[{n}].kind", "figures are counted before a launch alone: stage launch"
            )
    return found


def _requirement(row: Any, path: str) -> Requirement:
    _table(row, path, OF_A_REQUIREMENT)
    at = f"{path}."
    kind: Kind = _one(Kind, row.get("kind"), f"{at}kind")
    blocks: tuple[Capability, ...] = _each(Capability, row, "blocks", at)
    if not blocks:
        raise Invalid(f"{at}blocks", "name at least one capability that waits for it")
    fields = tuple(_field(one, f"{at}fields[{n}]") for n, one in enumerate(_list(row, "fields", at)))
    _once((field.key for field in fields), f"{at}fields")
    has_amount = row.get("amount_fen") is not None
    return Requirement(
        key=_text(row, "key", at, NAME),
        kind=kind,
        label=_words(row, "label", at),
        why=_words(row, "why", at),
        source=_text(row, "source", at),
        source_date=_day(row, "source_date", at),
        blocks=blocks,
        fields=fields,
        accept=_accept(row, kind, at),
        max_mb=_whole(row.get("max_mb", 10), f"{at}max_mb", least=1, most=MOST_MB),
        any_of=_text(row, "any_of", at, NAME) if row.get("any_of") is not None else "",
        brands=_each(Brand, row, "brands", at),
        forms=_each(Form, row, "forms", at),
        deadline_days=None
        if row.get("deadline_days") is None
        else _whole(row["deadline_days"], f"{at}deadline_days", most=MOST_DAYS),
        expiry=_expiry(row.get("expires"), {field.key: field for field in fields}, f"{at}expires"),
        eyes=_eyes(row, at),
        reasons=_known(_list(row, "reasons", at), REASONS, f"{at}reasons"),
        rule=_rule(row, kind, at),
        limit=_limit(row, at),
        area=_text(row, "area", at, NAME) if row.get("area") is not None else "",
        example=_words(row, "example", at) if "example" in row else {},
        costs="amount_fen" in row,
        amount_fen=_whole(row["amount_fen"], f"{at}amount_fen", most=MOST_FEN) if has_amount else None,
    )


def _accept(row: Mapping[str, Any], kind: Kind, at: str) -> tuple[str, ...]:
    found = _known(_list(row, "accept", at), PAPERS, f"{at}accept")
    if kind == Kind.VERIFIED and not found:
        raise Invalid(f"{at}accept", f"say which papers prove it: {', '.join(PAPERS)}")
    return found


def _eyes(row: Mapping[str, Any], at: str) -> int:
    found = row.get("eyes", 1)
    if type(found) is not int or found not in (1, 2):
        raise Invalid(f"{at}eyes", "one or two people look at it: 1 or 2")
    return found


def _rule(row: Mapping[str, Any], kind: Kind, at: str) -> str:
    found = row.get("rule")
    if found is None and kind != Kind.COMPUTED:
        return ""
    if found is None:
        raise Invalid(f"{at}rule", f"a computed requirement names the figure that tells: {', '.join(RULES)}")
    return _known([found], RULES, f"{at}rule")[0]


def _limit(row: Mapping[str, Any], at: str) -> str:
    found = row.get("limit")
    if found is None:
        return ""
    if not isinstance(found, str) or not LIMIT.fullmatch(found):
        raise Invalid(f"{at}limit", "a bound as '<= 0.05' or '>= 3' is needed")
    return found


def _field(row: Any, path: str) -> Field:
    _table(row, path, OF_A_FIELD)
    [kind] = _known([row.get("type")], FAULTS, f"{path}.type")
    return Field(
        key=_text(row, "key", f"{path}.", NAME),
        type=kind,
        label=_words(row, "label", f"{path}."),
        allow_permanent=_flag(row, "allow_permanent", f"{path}."),
    )


def _expiry(row: Any, fields: Mapping[str, Field], path: str) -> Expiry | None:
    if row is None:
        return None
    _table(row, path, OF_EXPIRES)
    field = _text(row, "field", f"{path}.")
    if field not in fields or fields[field].type != "date":
        raise Invalid(f"{path}.field", f"{field} is no date field of this requirement")
    usual = Expiry(field)
    days = _list(row, "remind_days", f"{path}.") if "remind_days" in row else usual.remind_days
    return Expiry(
        field,
        tuple(_whole(one, f"{path}.remind_days", least=1, most=MOST_DAYS) for one in days),
        _whole(row.get("grace_days", usual.grace_days), f"{path}.grace_days", most=MOST_DAYS),
    )


def _table(found: Any, path: str, names: Iterable[str], at: str | None = None) -> Mapping[str, Any]:
    """The table itself, which holds nothing but these names."""
    if not isinstance(found, Mapping):
        raise Invalid(
            path, f"{'is missing; ' if found is None else ''}a table with {', '.join(names)} is needed"
        )
    for name in found:
        if name not in names:
            here = f"{path}." if at is None else at
            raise Invalid(
                f"{here}{str(name)[:60]}", f"nothing is called so here; there are {', '.join(names)}"
            )
    return found


def _list(data: Mapping[str, Any], name: str, path: str) -> list[Any]:
    """Empty for one that is left out."""
    found = data.get(name)
    if found is None:
        return []
    if not isinstance(found, list | tuple):
        raise Invalid(f"{path}{name}", "a list is needed, as [one, another]")
    return list(found)


def _names(data: Mapping[str, Any], name: str, path: str) -> tuple[str, ...]:
    found = _list(data, name, path)
    for one in found:
        if not isinstance(one, str) or not NAME.fullmatch(one):
            raise Invalid(f"{path}{name}", f"{_shown(one)} is no code; write small letters, digits and _")
    _once(found, f"{path}{name}")
    return tuple(found)


def _each(kind: type[StrEnum], data: Mapping[str, Any], name: str, path: str) -> tuple[Any, ...]:
    return tuple(_one(kind, one, f"{path}{name}") for one in _list(data, name, path))


def _known(found: Iterable[Any], known: Iterable[str], path: str) -> tuple[str, ...]:
    names = tuple(known)
    for one in (chosen := tuple(found)):
        if not isinstance(one, str) or one not in names:
            raise Invalid(path, f"{_shown(one)} is none of {', '.join(names)}")
    return chosen


def _once(keys: Iterable[str], path: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise Invalid(path, f"{key} stands there twice; give each its own key")
        seen.add(key)


def _whole(found: Any, path: str, *, least: int = 0, most: int) -> int:
    if type(found) is not int or not least <= found <= most:
        raise Invalid(path, f"a whole number from {least} to {most} is needed")
    return found


def _flag(data: Mapping[str, Any], name: str, path: str) -> bool:
    found = data.get(name, False)
    if not isinstance(found, bool):
        raise Invalid(f"{path}{name}", "true or false is needed")
    return found


def _text(data: Mapping[str, Any], name: str, path: str = "", pattern: re.Pattern[str] | None = None) -> str:
    found = data.get(name)
    if not isinstance(found, str) or not found.strip():
        raise Invalid(f"{path}{name}", "a text is needed")
    if pattern is not None and not pattern.fullmatch(found):
        wanted = "two capitals, as CN" if pattern is COUNTRY else "small letters, digits and _, at most 60"
        raise Invalid(f"{path}{name}", f"{_shown(found)} is no code; write {wanted}")
    return found


def _words(data: Mapping[str, Any], name: str, path: str = "") -> Words:
    found = data.get(name)
    told = [found.get(language) for language in LANGUAGES] if isinstance(found, Mapping) else [None]
    if not all(isinstance(text, str) and text.strip() for text in told):
        raise Invalid(f"{path}{name}", f"a text in each of {', '.join(LANGUAGES)} is needed")
    return {language: str(text) for language, text in zip(LANGUAGES, told, strict=True)}


def _day(data: Mapping[str, Any], name: str, path: str = "") -> date:
    found = data.get(name)
    try:
        day = found if isinstance(found, date) else date.fromisoformat(str(found))
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        raise Invalid(f"{path}{name}", "a day as 2026-11-01 is needed")
    return day


def _one(kind: type[StrEnum], value: Any, path: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise Invalid(path, f"{_shown(value)} is none of {', '.join(kind)}") from None


def _shown(value: Any) -> str:
    return repr(value)[:60]


def _in(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)


def _name(key: Any, path: str) -> str:
    if not isinstance(key, str):
        raise Invalid(path or "set", f"{_shown(key)} is no name of a part; write a text")
    return str(plain(key, path))

"""Requirement sets: what is asked of whom, as versioned data.

A set names the country, the categories and the legal forms it applies to, the day from which it holds, and its
requirements. Requirements of one ``any_of`` group are alternatives of each other. Each states the capability
that it blocks, where the rule was read and when. Published sets never change; another version takes over on its
day. A checklist, not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from merchants.onboarding.checks import FAULTS, valid_until

Words = Mapping[str, str]
"""A text in each language, under ``zh-hans`` and ``en``."""

LANGUAGES = ("zh-hans", "en")
PAPERS = ("pdf", "jpg", "png", "webp")


class Kind(StrEnum):
    COMPUTED = "computed"  # told by figures that Seedbed has
    ATTESTED = "attested"  # the merchant says so
    VERIFIED = "verified"  # a reviewer has seen the proof


class Capability(StrEnum):
    GO_LIVE = "go_live"
    RECEIVE_LEADS = "receive_leads"
    ASSIGN_LEADS = "assign_leads"
    REPORT_BACK = "report_back"
    SELL = "sell"
    REPRESENT = "represent"  # an agency for its bloggers


class Form(StrEnum):
    PERSON = "person"
    SELF_EMPLOYED = "self_employed"
    COMPANY = "company"


class Brand(StrEnum):
    OWN = "own"
    EXCLUSIVE = "exclusive"
    AUTHORISED = "authorised"
    NONE = "none"


class Stage(StrEnum):
    ENTRY = "entry"  # asked on the way in
    LAUNCH = "launch"  # asked before a category is launched


class Invalid(ValueError):
    """A set that cannot be used: ``path`` says where, the text why and what would be right."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    type: str
    label: Words
    allow_permanent: bool = False

    def fault(self, text: str) -> str:
        """The code of what is wrong with an answer; empty if nothing."""
        if self.allow_permanent and text == "permanent":
            return ""
        return FAULTS[self.type](text)


@dataclass(frozen=True, slots=True)
class Expiry:
    """``field`` holds the last day; reminders come so many days before it, and so many days after it the
    capabilities are restricted."""

    field: str
    remind_days: tuple[int, ...] = (60, 30, 7, 1)
    grace_days: int = 7


@dataclass(frozen=True, slots=True)
class Requirement:
    """``example`` tells what a good answer looks like; ``costs`` whether somebody charges for it, ``amount_fen``
    how much: None where no source tells, until the operator writes it into a version of their own. ``brands`` or
    ``forms`` empty: of whoever; ``deadline_days``: due so long after the set begins to hold for a merchant that
    is live, None for at once; ``rule`` names the figure of a computed one and ``limit`` its bound as ``<= 0.05``;
    ``area`` is the part of readiness it belongs to; ``holds_from`` the day on which its set began to hold."""

    key: str
    kind: Kind
    label: Words
    why: Words
    source: str
    source_date: date
    blocks: tuple[Capability, ...]
    fields: tuple[Field, ...] = ()
    accept: tuple[str, ...] = ()
    max_mb: int = 10
    any_of: str = ""
    brands: tuple[Brand, ...] = ()
    forms: tuple[Form, ...] = ()
    deadline_days: int | None = None
    expiry: Expiry | None = None
    eyes: int = 1
    reasons: tuple[str, ...] = ()
    rule: str = ""
    limit: str = ""
    area: str = ""
    example: Words = field(default_factory=dict)
    costs: bool = False
    amount_fen: int | None = None
    holds_from: date = date.min

    def faults(self, values: Mapping[str, str], today: date) -> dict[str, str]:
        """What is wrong with an answer, as a code by field; ``past`` for a proof that has run out."""
        found = {field.key: field.fault(values.get(field.key, "")) for field in self.fields}
        if self.expiry and not found[self.expiry.field]:
            last = valid_until(values[self.expiry.field])
            found[self.expiry.field] = "past" if last is not None and last < today else ""
        return {key: code for key, code in found.items() if code}


@dataclass(frozen=True, slots=True)
class RequirementSet:
    """``alone``: asked in place of the sets without categories, which are asked of everybody else."""

    code: str
    version: date
    starts_on: date
    label: Words
    country: str
    categories: tuple[str, ...]
    forms: tuple[Form, ...]
    requirements: tuple[Requirement, ...]
    stage: Stage = Stage.ENTRY
    alone: bool = False

    def applies(self, about: Applicant) -> bool:
        return (
            about.country == self.country
            and about.form in self.forms
            and (not self.categories or not about.categories.isdisjoint(self.categories))
        )


@dataclass(frozen=True, slots=True)
class Applicant:
    """What decides which requirements hold: where, in which legal form, in which trades, with whose brand."""

    country: str
    form: Form
    categories: frozenset[str]
    brand: Brand


def in_force(sets: Iterable[RequirementSet], day: date) -> list[RequirementSet]:
    """The latest version of each set that holds on a day, by code."""
    latest: dict[str, RequirementSet] = {}
    for one in sets:
        known = latest.get(one.code)
        if one.starts_on <= day and (known is None or known.starts_on <= one.starts_on):
            latest[one.code] = one
    return [latest[code] for code in sorted(latest)]


def to_come(sets: Iterable[RequirementSet], day: date) -> list[RequirementSet]:
    """Versions that begin to hold later, the next one first."""
    return sorted((one for one in sets if one.starts_on > day), key=lambda one: (one.starts_on, one.code))


def trades(sets: Iterable[RequirementSet]) -> dict[str, Words]:
    """The trades one can apply for, each with the label of the first set that names it."""
    found: dict[str, Words] = {}
    for one in sets:
        for code in one.categories:
            found.setdefault(code, one.label)
    return found


def closed_trades(sets: Iterable[RequirementSet], about: Applicant) -> list[str]:
    """Trades of an applicant that no set opens to their legal form: nothing would be asked of them there."""
    open_to = {code for one in sets if one.applies(about) for code in one.categories}
    return sorted(about.categories - open_to)


def applying(sets: Iterable[RequirementSet], about: Applicant) -> list[RequirementSet]:
    """The sets that hold for an applicant."""
    found = [one for one in sets if one.applies(about)]
    alone = any(one.alone for one in found)
    return [one for one in found if one.categories or not alone]


def asked(sets: Iterable[RequirementSet], about: Applicant) -> list[Requirement]:
    """What is asked of an applicant. One answer satisfies every set that asks for the same key; the stricter
    number of eyes holds, and every capability that any of them blocks."""
    found: dict[str, Requirement] = {}
    for one in applying(sets, about):
        for requirement in one.requirements:
            if about.brand not in (requirement.brands or Brand) or about.form not in (
                requirement.forms or Form
            ):
                continue
            dated = replace(requirement, holds_from=one.starts_on)
            known = found.get(requirement.key)
            found[requirement.key] = dated if known is None else _both(known, dated)
    return list(found.values())


def _both(one: Requirement, other: Requirement) -> Requirement:
    blocks = tuple(dict.fromkeys((*one.blocks, *other.blocks)))
    deadlines = [days for days in (one.deadline_days, other.deadline_days) if days is not None]
    at_once = None in (one.deadline_days, other.deadline_days)
    return replace(
        one,
        blocks=blocks,
        eyes=max(one.eyes, other.eyes),
        deadline_days=None if at_once else min(deadlines),
        holds_from=min(one.holds_from, other.holds_from),
    )


def differ(one: Requirement, other: Requirement) -> bool:
    """Whether they ask for something else, whenever they hold and wherever they were read."""
    return replace(one, holds_from=other.holds_from, source="", source_date=date.min) != replace(
        other, source="", source_date=date.min
    )


def parsed(data: Mapping[str, Any]) -> RequirementSet:
    """A set from its data. Raises :class:`Invalid` with the place and what would be right."""
    applies = _part(data, "applies", Mapping)
    rows = _part(data, "requirements", Sequence)
    found = RequirementSet(
        code=_text(data, "set"),
        version=_day(data, "version"),
        starts_on=_day(data, "starts_on" if "starts_on" in data else "version"),
        label=_words(data, "label"),
        country=_text(applies, "country", "applies."),
        categories=tuple(applies.get("categories") or ()),
        forms=tuple(_one(Form, form, "applies.forms") for form in applies.get("forms") or tuple(Form)),
        requirements=tuple(_requirement(row, f"requirements[{n}]") for n, row in enumerate(rows)),
        stage=_one(Stage, data.get("stage", Stage.ENTRY), "stage"),
        alone=bool(applies.get("alone", False)),
    )
    keys = [requirement.key for requirement in found.requirements]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise Invalid("requirements", f"{twice} stands there twice; give each its own key")
    return found


def _requirement(row: Any, path: str) -> Requirement:
    if not isinstance(row, Mapping):
        raise Invalid(path, "a requirement is a table with key, kind and label")
    kind = _one(Kind, row.get("kind"), f"{path}.kind")
    blocks = tuple(_one(Capability, name, f"{path}.blocks") for name in row.get("blocks") or ())
    if not blocks:
        raise Invalid(f"{path}.blocks", "name at least one capability that waits for it")
    if kind == Kind.COMPUTED and not row.get("rule"):
        raise Invalid(f"{path}.rule", "a computed requirement names the figure that tells")
    if row.get("eyes", 1) not in (1, 2):
        raise Invalid(f"{path}.eyes", "one or two people look at it")
    if kind == Kind.VERIFIED and not set(row.get("accept") or ()) <= set(PAPERS):
        raise Invalid(f"{path}.accept", f"papers are handed in as {', '.join(PAPERS)}")
    fields = tuple(_field(one, f"{path}.fields[{n}]") for n, one in enumerate(row.get("fields") or ()))
    return Requirement(
        key=_text(row, "key", f"{path}."),
        kind=kind,
        label=_words(row, "label", f"{path}."),
        why=_words(row, "why", f"{path}."),
        source=_text(row, "source", f"{path}."),
        source_date=_day(row, "source_date", f"{path}."),
        blocks=blocks,
        fields=fields,
        accept=tuple(row.get("accept") or ()),
        max_mb=_whole(row.get("max_mb", 10), f"{path}.max_mb"),
        any_of=str(row.get("any_of") or ""),
        brands=tuple(_one(Brand, name, f"{path}.brands") for name in row.get("brands") or ()),
        forms=tuple(_one(Form, name, f"{path}.forms") for name in row.get("forms") or ()),
        deadline_days=None
        if row.get("deadline_days") is None
        else _whole(row["deadline_days"], f"{path}.deadline_days"),
        expiry=_expiry(row.get("expires"), {field.key: field for field in fields}, f"{path}.expires"),
        eyes=int(row.get("eyes", 1)),
        reasons=tuple(row.get("reasons") or ()),
        rule=str(row.get("rule") or ""),
        limit=str(row.get("limit") or ""),
        area=str(row.get("area") or ""),
        example=_words(row, "example", f"{path}.") if "example" in row else {},
        costs="amount_fen" in row,
        amount_fen=None if row.get("amount_fen") is None else _whole(row["amount_fen"], f"{path}.amount_fen"),
    )


def _whole(found: Any, path: str) -> int:
    if type(found) is not int or found < 0:
        raise Invalid(path, "a whole number is needed, not below zero")
    return found


def _field(row: Any, path: str) -> Field:
    kind = row.get("type") if isinstance(row, Mapping) else None
    if kind not in FAULTS:
        raise Invalid(f"{path}.type", f"{kind!r} is no type of field; there are {', '.join(FAULTS)}")
    return Field(
        key=_text(row, "key", f"{path}."),
        type=str(kind),
        label=_words(row, "label", f"{path}."),
        allow_permanent=bool(row.get("allow_permanent", False)),
    )


def _expiry(row: Any, fields: Mapping[str, Field], path: str) -> Expiry | None:
    if row is None:
        return None
    field = _text(row, "field", f"{path}.")
    if field not in fields or fields[field].type != "date":
        raise Invalid(f"{path}.field", f"{field} is no date field of this requirement")
    return Expiry(field, tuple(row.get("remind_days", (60, 30, 7, 1))), int(row.get("grace_days", 7)))


def _part(data: Mapping[str, Any], name: str, kind: type) -> Any:
    found = data.get(name)
    if not isinstance(found, kind) or isinstance(found, str):
        raise Invalid(name, "is missing" if found is None else f"is no {kind.__name__.lower()}")
    return found


def _text(data: Mapping[str, Any], name: str, path: str = "") -> str:
    found = data.get(name)
    if not isinstance(found, str) or not found:
        raise Invalid(f"{path}{name}", "a text is needed")
    return found


def _words(data: Mapping[str, Any], name: str, path: str = "") -> Words:
    found = data.get(name)
    if not isinstance(found, Mapping) or any(not found.get(language) for language in LANGUAGES):
        raise Invalid(f"{path}{name}", f"a text in each of {', '.join(LANGUAGES)} is needed")
    return {language: str(found[language]) for language in LANGUAGES}


def _day(data: Mapping[str, Any], name: str, path: str = "") -> date:
    found = data.get(name)
    try:
        return found if isinstance(found, date) else date.fromisoformat(str(found))
    except ValueError:
        raise Invalid(f"{path}{name}", "a day as 2026-11-01 is needed") from None


def _one(kind: Any, value: Any, path: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise Invalid(path, f"{value!r} is none of {', '.join(kind)}") from None

"""What the page of a case says, in the reviewer's language."""

from __future__ import annotations

from typing import Any

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import Application, ReviewEvent
from merchants.models.onboarding import BRANDS, FORMS, ITEMS
from merchants.onboarding.checks import PERMANENT
from merchants.onboarding.requirements import Brand, Form, trades
from merchants.onboarding_forms import said
from merchants.operations import reviews
from merchants.queries import clashes, requirement_sets
from merchants.queries import reviews as reading
from merchants.reasons import ACTS, FINDINGS, REASONS, REFUSALS


def facts(case: Application) -> list[tuple[Any, Any]]:
    """What the business says of itself."""
    words = trades(requirement_sets.in_force(timezone.localdate()))

    def named(codes: list[str]) -> str:
        return " · ".join(said(words[code]) if code in words else code for code in codes)

    return [
        (_("Legal form"), FORMS[Form(case.form)]),
        (_("Relation to the brand"), BRANDS[Brand(case.brand)]),
        (_("Trades"), named(case.trades)),
        *([(_("Applies for"), named(case.further))] if case.further else []),
        (_("Stores"), " · ".join(case.stores)),
    ]


KINDS = {
    "name": gettext_lazy("name"),
    "uscc": gettext_lazy("credit code"),
    "trademark_number": gettext_lazy("trademark number"),
    "paper": gettext_lazy("same file"),
}
"""What two businesses have in common, by the kind of ``clashes``."""


def clashing(case: Application) -> list[dict[str, Any]]:
    """Of a case that waits, what somebody else has already."""
    return [
        {"kind": KINDS[one.kind], "theirs": one.theirs, "likeness": one.likeness, "merchant": one.merchant}
        for one in clashes.clashes(case)
    ]


def listed(row: reading.Row, current: bool) -> dict[str, Any]:
    return {
        "key": row.one.key,
        "label": said(row.one.label),
        "state": row.state,
        "state_label": ITEMS[row.state],
        "second": row.second,
        "waits": row.waits,
        "barrier": row.waits and row.barrier,
        "current": current,
    }


def looked_at(row: reading.Row) -> dict[str, Any]:
    """One answer with all that helps to decide about it."""
    one, item = row.one, row.item
    labels = {field.key: said(field.label) for field in one.fields}
    told = {finding.field: finding for finding in row.findings}
    return {
        **listed(row, current=True),
        "why": said(one.why),
        "example": said(one.example),
        "eyes": one.eyes,
        "item": item,
        "note": item.note if item else "",
        "reason": _both(REASONS[item.reason]) if item and item.reason in REASONS else None,
        "fields": [
            {
                "label": labels[field.key],
                "value": _value(item.values.get(field.key, "")) if item else "",
                "finding": FINDINGS[told[field.key].code] if field.key in told else "",
                "grave": field.key in told and told[field.key].grave,
            }
            for field in one.fields
        ],
        "papers": row.papers,
        "paper": row.papers[-1] if row.papers else None,
        "refusal": row.refusal,
        "refused_for": _both(REASONS[row.refusal.reason])
        if row.refusal and row.refusal.reason in REASONS
        else None,
        "changes": [(labels[one.field], _value(one.before), _value(one.after)) for one in row.changes],
        "same_paper": row.same_paper,
        "reasons": [(code, _both(REASONS[code])) for code in reviews.reasons_of(one)],
    }


def refusals() -> list[tuple[str, dict[str, str]]]:
    """The reasons for which a whole application is refused."""
    return [(code, _both(words)) for code, words in REFUSALS.items()]


def refusal(case: Application, names: dict[str, str]) -> dict[str, Any] | None:
    """Why the whole is refused, or is proposed to be; None where it is not."""
    if case.refusal not in REFUSALS:
        return None
    return {
        **_both(REFUSALS[case.refusal]),
        "note": case.refusal_note,
        "who": names.get(f"user:{case.refused_first_id}", ""),
    }


def _value(text: str) -> str:
    return _("permanent") if text == PERMANENT else text


def _both(words: tuple[Promise, Promise]) -> dict[str, str]:
    """A reason and its remedy in the reviewer's language, and in the other one, since both go out."""
    here = translation.get_language() or ""
    with translation.override("en" if here.startswith("zh") else "zh-hans"):
        other = " · ".join(str(part) for part in words)
    what, remedy = (str(part) for part in words)
    return {"what": what, "remedy": remedy, "other": other}


def told(event: ReviewEvent, names: dict[str, str], labels: dict[str, str]) -> dict[str, Any]:
    what, _remedy = {**REASONS, **REFUSALS}.get(event.reason, ("", ""))
    key = event.item.key if event.item else ""
    return {
        "at": event.at,
        "who": names.get(event.actor, event.actor),
        "act": ACTS.get(event.act, event.act),
        "on": labels.get(key, key),
        "reason": what,
        "note": event.note,
    }

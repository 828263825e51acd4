"""What agents choose from, in the merchant's own words: snippets, stages, reasons of an end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from leads.models import Reason, Snippet, Stage
from leads.operations import setup
from merchants import audit, tenancy
from merchants.models import Merchant


class Refused(ValueError):
    """The code of why: used (another one has this shortcut)."""


def put_snippet(merchant: Merchant, snippet: Snippet | None, *, by: str, **fields: Any) -> Snippet:
    """A new snippet, or another content of one: ``shortcut``, ``title``, ``text``, ``position``. Raises
    :class:`Refused`."""
    with tenancy.acting_for(merchant):
        row = snippet or Snippet(merchant=merchant)
        same = Snippet.objects.for_merchant(merchant).filter(shortcut=fields["shortcut"])
        if same.exclude(pk=row.pk).exists():
            raise Refused("used")
        _put(merchant, row, "leads.snippet.set", by, fields)
    return row


def drop_snippet(merchant: Merchant, snippet: Snippet, *, by: str) -> None:
    with tenancy.acting_for(merchant):
        audit.record(merchant, "leads.snippet.dropped", by=by, on=snippet, shortcut=snippet.shortcut)
        snippet.delete()


def put_stage(merchant: Merchant, stage: Stage | None, *, by: str, **fields: Any) -> Stage:
    """A stage of the merchant's own, or another name and place (``label``, ``position``) of one that is there; the
    ``type`` of a stage is said once, because figures count by it."""
    with tenancy.acting_for(merchant):
        setup.ensure(merchant)
        row = stage or Stage(merchant=merchant, code=_own(Stage, merchant), type=fields["type"])
        named = {name: fields[name] for name in ("label", "position")}
        _put(merchant, row, "leads.stage.set", by, named)
    return row


def put_reason(merchant: Merchant, reason: Reason | None, *, by: str, **fields: Any) -> Reason:
    """A reason of the merchant's own of a ``kind``, or another ``label`` of one that is there; one that is
    ``archived`` is chosen no more, and stays with the leads that have it."""
    with tenancy.acting_for(merchant):
        setup.ensure(merchant)
        row = reason or Reason(merchant=merchant, code=_own(Reason, merchant), kind=fields["kind"])
        archived_at = (row.archived_at or datetime.now(UTC)) if fields["archived"] else None
        named = {"label": fields["label"], "archived_at": archived_at}
        _put(merchant, row, "leads.reason.set", by, named)
    return row


def _put(merchant: Merchant, row: Any, act: str, by: str, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    audit.record(merchant, act, by=by, on=row, name=str(row))


def _own(model: Any, merchant: Merchant) -> str:
    """A code that no row of the merchant has: what it is called is the label."""
    taken = set(model.objects.for_merchant(merchant).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := f"own-{n}") not in taken)

"""A case as a PDF to keep: what was declared, decided and by whom; papers by receipt and SHA-256, not themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from merchants.documents.written import Line


def lines(told: dict[str, Any], answers: list[dict[str, Any]]) -> Iterator[Line]:
    """The lines of a case from what its page says: ``told`` its context, ``answers`` each requirement."""
    case = told["case"]
    yield Line(case.name, "title")
    yield Line(f"{told['state']} · {_('round %(n)s') % {'n': case.round}} · {told['merchant'].code}")
    for name, fact in told["facts"]:
        yield Line(f"{name}: {fact or '–'}")
    if refusal := told["refusal"]:
        yield Line(f"{_('The refusal:')} {refusal['what']} {refusal['note']}".strip())
    if case.appeal:
        yield Line(f"{_('The appeal:')} {case.appeal}")
    for row in answers:
        yield Line(f"{row['label']} · {row['state_label']}", "heading")
        yield from (Line(f"{field['label']}: {field['value'] or '–'}", indent=1) for field in row["fields"])
        for field in row["fields"]:
            if field["finding"]:
                yield Line(f"! {field['label']}: {field['finding']}", indent=1)
        for paper in row["papers"]:
            yield Line(f"{paper.filename} · {paper.receipt} · {_moment(paper.created_at)}", indent=1)
            yield Line(f"SHA-256 {paper.digest}", "small", 1)
    yield Line(_("Events"), "heading")
    for event in told["events"]:
        parts = (event["who"], event["act"], event["on"], event["reason"], event["note"])
        yield Line(" · ".join([_moment(event["at"]), *(str(part) for part in parts if part)]), indent=1)
    yield Line(f"{_('Judged by:')} {', '.join(told['sets'])}", "heading")


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")

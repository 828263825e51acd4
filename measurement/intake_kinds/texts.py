"""Comments: words of people, so closed until a legal basis is recorded, and in sensitive trades until the owner
has switched them on with a consent."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from measurement.choices import Sensitive
from measurement.columns.comments import COMMENTS, comment_shape
from measurement.intake_kinds.prepared import prepared
from measurement.operations import reported
from measurement.queries.keeping import is_allowed
from measurement.reported.statements import CommentStatement
from merchants import tenancy
from merchants.intake.kinds import Kind, register
from merchants.models import Connection, Merchant, RawDelivery
from merchants.operations import sources

CODE = "comments"


def put_comments(
    merchant: Merchant, rows: Iterable[CommentStatement], *, delivery: RawDelivery | None = None, by: str
) -> reported.Receipt:
    return reported.put_comments(merchant, rows, source="file", by=by)


def closed(merchant: Merchant) -> str:
    """Why this merchant may not bring comments now; empty when it may. Where only the legal basis is missing,
    the source is made known, so that the settings page can take it."""
    with tenancy.acting_for(merchant):
        if not is_allowed(merchant, Sensitive.COMMENTS):
            return "sensitive_trade"
        known = Connection.objects.for_merchant(merchant).filter(shop=CODE, source__in=("file", "api"))
        if known.exclude(legal_basis="").exists():
            return ""
        sources.of_kind(merchant, source=sources.FILE, kind=CODE, name="评论 Comments")
    return "basis_missing"


register(
    Kind(
        code=CODE,
        label=_("Comments"),
        columns=COMMENTS,
        examples=(
            {
                "comment_id": "c-20260301-01", "note_id": "65f0c1d2000000001203a4b5", "text": "敏感肌可以用吗？",
                "posted_at": "2026-03-01 20:15:00", "author": "5e8f0a1b000000000100c2d3", "likes": "12",
            },
        ),
        prepare=prepared(comment_shape),
        write=put_comments,
        rows_at_once=2_000,
        closed=closed,
    )
)  # fmt: skip

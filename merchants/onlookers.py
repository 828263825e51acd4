"""The door for an operator who looks on: as what, without what, and that each page is noted.

Beginning and ending are operations (``merchants.operations.supervision.looking_on``); the door lies below them, and
beside the trail, so that it writes its row itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from merchants import tenancy
from merchants.models import AuditEvent, Membership, Merchant, SupportView
from merchants.roles import Permission

WITHHELD = frozenset(
    {
        Permission.EXPORT,
        Permission.EXPORT_DESK,
        Permission.EXPORT_EVERYTHING,
        Permission.REVEAL_CONTACT,
        Permission.MANAGE_TOKENS,
    }
)
"""What the role may and an operator who looks on may not: files, contacts in the clear, keys."""


def membership(request: Any, merchant_code: str) -> Membership | None:
    """What an operator who looks at this merchant just now is allowed as; ``request.support_view`` is the look."""
    if not request.user.is_staff:
        return None
    merchant = Merchant.objects.filter(code=merchant_code).first()
    if merchant is None:
        return None
    tenancy.enter(merchant)
    row = (
        SupportView.objects.for_merchant(merchant)
        .filter(operator=request.user, ended_at=None, until__gt=datetime.now(UTC))
        .first()
    )
    if row is None:
        return None
    request.support_view = row
    return Membership(user=request.user, merchant=merchant, role=row.role)


def withheld(request: Any) -> frozenset[Permission]:
    return WITHHELD if getattr(request, "support_view", None) else frozenset()


def opened(request: Any) -> None:
    """Notes the page, once for each look. The last thing that its transaction writes."""
    row: SupportView = request.support_view
    if request.path in row.pages:
        return
    row.pages.append(request.path)
    row.save(update_fields=["pages"])
    AuditEvent.objects.create(
        merchant=request.merchant,
        act="merchants.support.opened",
        actor=f"user:{row.operator_id}",
        object_kind="supportview",
        object_id=str(row.pk),
        data={"page": request.path},
    )

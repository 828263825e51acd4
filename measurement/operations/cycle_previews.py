"""What another decision cycle would change: every line computed under it and compared, nothing written but the
preview's own figures. Then, when somebody adopts it, the cycle itself.

Lines go by their numbers, a batch a transaction, with the place reached in the same row; a killed worker
goes on from there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import F

from measurement.choices import CycleBasis
from measurement.models import Category, CyclePreview, MerchantCycle, OrderLine, Progress, Spu, SpuCycle
from measurement.operations import rules as setting
from measurement.operations import states
from measurement.queries import rules
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant

LINES = 2_000  # of one transaction


def begin(
    merchant: Merchant,
    *,
    of: Category | Spu,
    days: int,
    source: str,
    by: str,
    basis: CycleBasis = CycleBasis.HAND,
) -> CyclePreview:
    """Starts a preview for a category or a product. Raises ``ValueError`` outside of 1 to 730 days."""
    if not 1 <= days <= 730:
        raise ValueError("a decision cycle lasts 1 to 730 days")
    with tenancy.acting_for(merchant):
        row: CyclePreview = CyclePreview(
            merchant=merchant,
            category=of if isinstance(of, Category) else None,
            spu=of if isinstance(of, Spu) else None,
            days=days,
            basis=basis,
            source=source,
            requested_by=by,
        )
        row.total = _lines(merchant, row).count()
        row.save()
        audit.record(merchant, "measurement.cycle.previewed", by=by, on=row, days=days)
        wake("measurement.preview_cycle", merchant_id=merchant.pk)
    return row


def advance(merchant: Merchant, *, batch: int = LINES) -> bool:
    """Compares a batch of lines of the oldest preview that goes on; False when there is nothing left to do
    or another worker is at it."""
    with tenancy.acting_for(merchant):
        rows: Any = CyclePreview.objects.for_merchant(merchant).filter(state=Progress.RUNNING)
        row = rows.select_for_update(skip_locked=True, of=("self",)).order_by("id").first()
        if row is None:
            return False
        lines = list(
            _lines(merchant, row)
            .filter(pk__gt=row.last_line)
            .order_by("pk")
            .values_list("pk", flat=True)[:batch]
        )
        if lines:
            _compare(merchant, row, lines)
        else:
            row.state, row.finished_at = Progress.DONE, datetime.now(UTC)
        row.touched_at = datetime.now(UTC)
        row.save()
        return True


def finish(merchant: Merchant, *, batch: int = LINES) -> None:
    """Works until no preview goes on."""
    while advance(merchant, batch=batch):
        pass


def _lines(merchant: Merchant, row: CyclePreview) -> Any:
    lines: Any = OrderLine.objects.for_merchant(merchant)
    if row.spu_id:
        return lines.filter(spu=row.spu_id)
    spus = Spu.objects.for_merchant(merchant).filter(category=row.category_id)
    return lines.filter(spu__in=spus.values("pk"))


def _compare(merchant: Merchant, row: CyclePreview, lines: list[int]) -> None:
    windows = rules.windows_of(merchant) | {_key(row): row.days}
    with connection.cursor() as cursor:
        states.compute(cursor, merchant, lines, rules.setting_of(merchant), windows=windows)
        found = states.difference(cursor, merchant, lines)
    row.done += len(lines)
    row.last_line = lines[-1]
    row.changed_lines += found.changed
    row.gained_lines += found.gained_lines
    row.gained_fen += found.gained
    row.lost_lines += found.lost_lines
    row.lost_fen += found.lost
    row.credited_before += found.before
    row.credited_after += found.after
    row.net_fen += found.net


def _key(row: CyclePreview) -> int:
    """The name of the window in the rule."""
    return -row.spu_id if row.spu_id else int(row.category_id or 0)


def adopt(merchant: Merchant, preview: CyclePreview, *, by: str) -> MerchantCycle | SpuCycle:
    """Sets the cycle that was tried; once, however often it is asked for. Raises ``ValueError`` when the
    preview goes on, or was adopted before."""
    with tenancy.acting_for(merchant):
        done: Any = CyclePreview.objects.for_merchant(merchant).filter(
            pk=preview.pk, state=Progress.DONE, adopted_at=None
        )
        if not done.update(adopted_at=datetime.now(UTC), touched_at=F("touched_at")):
            raise ValueError("the preview is not finished, or was adopted")
        said: dict[str, Any] = {
            "days": preview.days, "source": preview.source, "by": by, "basis": CycleBasis(preview.basis)
        }  # fmt: skip
        if preview.spu is not None:
            return setting.set_product_cycle(merchant, spu=preview.spu, **said)
        assert preview.category is not None
        return setting.set_cycle(merchant, category=preview.category, **said)

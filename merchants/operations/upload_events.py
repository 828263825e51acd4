"""What programs of the merchant hear of files."""

from __future__ import annotations

from merchants import events
from merchants.models import Upload

FINISHED = "upload.finished"
ENDS = frozenset({Upload.State.APPLIED, Upload.State.REFUSED, Upload.State.FAILED})


def tell(row: Upload) -> None:
    """Announces a file that has come to an end, inside the transaction that wrote so."""
    if row.state not in ENDS:
        return
    told = {"upload_id": row.pk, "kind": row.kind, "filename": row.filename, "state": str(row.state)}
    counts = {name: getattr(row, f"rows_{name}") for name in ("read", "good", "rejected", "applied")}
    events.announce(row.merchant, FINISHED, {**told, "rows": counts})

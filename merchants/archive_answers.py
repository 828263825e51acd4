"""The file of everything as an answer, for who may have it."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpResponseBase, StreamingHttpResponse

from merchants.models import Archive, Merchant
from merchants.operations.supervision import archives


def archived(merchant: Merchant, row: Archive, *, by: str) -> HttpResponseBase:
    """The file as an answer that streams; 404 when there is none (any more)."""
    try:
        blocks = archives.take(merchant, row, by=by)
    except FileNotFoundError:
        raise Http404 from None
    answer = StreamingHttpResponse(blocks, content_type="application/zip")
    name = quote(f"{merchant.code}-{row.asked_at:%Y%m%d}.zip")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "private, no-store"
    return answer

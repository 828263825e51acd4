"""Papers as they are given out: never inside a page, never to a cache, and each look in the trail."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone

from merchants.documents.pictures import watermarked
from merchants.models import DocumentVersion, User
from merchants.operations import papers


def file(row: DocumentVersion, viewer: User) -> HttpResponse:
    """The paper as it was made harmless."""
    extension = row.media.rpartition("/")[2]
    return _sandboxed(
        _content(row, viewer, 0), row.media, f'attachment; filename="paper-{row.pk}.{extension}"'
    )


def sheet(row: DocumentVersion, number: int, viewer: User) -> HttpResponse:
    """The picture of one page, from 1, with the name of who looks and the time all over it."""
    data = _content(row, viewer, number) if number else b""
    if not data:
        raise Http404
    stamp = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    return _sandboxed(watermarked(data, f"{viewer} · {stamp}"), "image/jpeg", "inline")


def _content(row: DocumentVersion, viewer: User, number: int) -> bytes:
    try:
        return papers.content(row, by=f"user:{viewer.pk}", sheet=number)
    except FileNotFoundError:
        raise Http404 from None


def _sandboxed(data: bytes, media: str, disposition: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media)
    answer["Content-Disposition"] = disposition
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer

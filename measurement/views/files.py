"""Reports as files: any page that can be saved, as a table or as the picture of its chart."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from measurement import exports, printed
from measurement.views.questions import asking
from merchants import audit
from merchants.access import MerchantRequest, merchant_required
from merchants.roles import Permission


@merchant_required(Permission.EXPORT)
def export(
    request: MerchantRequest, page: str, form: str
) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """All rows of the page at this address, with the columns of the screen, or the picture of its chart; the
    act is kept in the trail. What is still being worked out, or has no picture, leads back to the page."""
    try:
        found = printed.PAGES[page](asking(request))
    except printed.NotReady as waits:
        return _back(request, page, str(waits))
    picture = printed.content(found, form) if form == "png" else None
    if form == "png" and picture is None:
        return _back(request, page, _("There is no picture of this: no chart stands on the page."))
    audit.record(
        request.merchant,
        "measurement.report.exported",
        by=f"user:{request.user.pk}",
        form=form,
        report=page,
        rows=found.counted,
        query=dict(found.query),
    )
    name = f"{request.merchant.code}-{found.stem}.{form}"
    if form == "xlsx":
        book = exports.workbook(found.sheet, found.notes)
        return FileResponse(book, as_attachment=True, filename=name, content_type=exports.KINDS[form])
    answer: HttpResponse | StreamingHttpResponse
    if picture is not None:
        answer = HttpResponse(picture, content_type=exports.KINDS[form])
    else:
        lines = exports.csv_lines(found.sheet)
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _back(request: MerchantRequest, page: str, why: str) -> HttpResponse:
    messages.warning(request, why)
    query = request.GET.urlencode()
    address = reverse(f"measurement:{page}", args=[request.merchant.code])
    return redirect(f"{address}?{query}" if query else address)

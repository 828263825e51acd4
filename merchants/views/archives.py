"""Everything a merchant has as a file: asked for by an owner, written by a worker, taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.archive_answers import archived
from merchants.models import Archive
from merchants.operations.supervision import archives
from merchants.roles import Permission


@merchant_required(Permission.EXPORT_EVERYTHING, methods=("POST",), taking=True)
def ask(request: MerchantRequest) -> HttpResponse:
    _row, made = archives.ask(
        request.merchant,
        reason=_("asked for by an owner"),
        by=f"user:{request.user.pk}",
        language=get_language() or "zh-hans",
    )
    if made:
        messages.success(request, _("The file is being written; it stands here when it is ready."))
    else:
        messages.info(request, _("A file is being written already."))
    return redirect("merchants:settings", request.merchant.code)


@merchant_required(Permission.EXPORT_EVERYTHING)
def take(request: MerchantRequest, archive_id: int) -> HttpResponseBase:
    row = get_for_merchant_or_404(Archive, request.merchant, pk=archive_id)
    return archived(request.merchant, row, by=f"user:{request.user.pk}")

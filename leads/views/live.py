"""The stream that tells an open inbox when to look again."""

from __future__ import annotations

from django.http import HttpResponseBase

from merchants import live
from merchants.access import MerchantRequest, merchant_required
from merchants.live import streams
from merchants.roles import Permission


@merchant_required(Permission.SEE_DESK)
def stream(request: MerchantRequest) -> HttpResponseBase:
    """Signals of this merchant's desk, for two minutes; then the browser asks again and is checked again."""
    return streams.answer(request, channel=live.channel_of(request.merchant), person=request.user.pk)

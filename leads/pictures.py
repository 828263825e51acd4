"""Pictures that the desk draws."""

from __future__ import annotations

import qrcode
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathFillImage

from leads.models import Appointment
from merchants.models import Merchant

BORDER = 2  # modules of white around it


def code_of_visit(merchant: Merchant, row: Appointment) -> SafeString:
    """A QR code as SVG, on white in either theme: the address of the page that takes the code, with the code in it,
    so that a phone's camera opens it and a scanner at the door types it in."""
    address = f"{settings.SITE_URL}{reverse('leads:redeem', args=[merchant.code])}?code={row.code}"
    drawn: SvgPathFillImage = qrcode.make(
        address, image_factory=SvgPathFillImage, error_correction=ERROR_CORRECT_M, border=BORDER
    )
    picture: str = drawn.to_string(encoding="unicode")
    return mark_safe(picture)  # noqa: S308 - drawn from digits and our own address

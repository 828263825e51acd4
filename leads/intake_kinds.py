"""What a merchant may hand in to the desk. Importing registers it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from leads.columns import LEADS, Around, lead_shape
from leads.operations import handed_in
from merchants.intake.kinds import Kind, Shape, register
from merchants.models import Merchant, Store


def prepare(merchant: Merchant) -> Shape:
    codes = Store.objects.for_merchant(merchant).values_list("code", flat=True)
    return lead_shape(Around(frozenset(codes), datetime.now(UTC)))


register(
    Kind(
        code="leads",
        label=_("Leads"),
        columns=LEADS,
        examples=(
            {
                "lead_id": "XS-20260301-01", "submitted_at": "2026-03-01 20:15:00", "name": "李女士",
                "phone": "13800138000", "city": "上海", "note_id": "65f0c1d2000000001203a4b5",
                "remark": "五一前想拍婚纱照",
            },
            {
                "submitted_at": "2026-03-01 21:40:00", "wechat": "seed_ling", "skill": "亲子写真",
                "channel": "展会",
            },
        ),
        prepare=prepare,
        write=handed_in.put,
        rows_at_once=500,
    )
)  # fmt: skip

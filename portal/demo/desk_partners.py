"""The sources of the studio's desk, answered by fakes below the demo's own address."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings
from django.urls import reverse

from leads.channels.calls import Answer, Call
from portal.demo.partners import xiaohongshu_desk


@cache
def xiaohongshu() -> xiaohongshu_desk.Desk:
    """The platform as this process knows it; its key is this installation's own."""
    key = hashlib.sha256(b"demo desk:" + settings.SECRET_KEY.encode()).hexdigest()[:32]
    return xiaohongshu_desk.Desk(key, third_account_id="demo-account", advertiser_id="demo-advertiser")


def base(partner: str) -> str:
    """Where a partner is asked."""
    return settings.SITE_URL + reverse("portal:demo-partner", kwargs={"key": partner, "url": ""}).rstrip("/")


def answer(partner: str, call: Call) -> Answer | None:
    """What a partner says; None for one that is not played here."""
    return xiaohongshu()(call) if partner == "xiaohongshu" else None

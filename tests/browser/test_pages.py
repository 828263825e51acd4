"""Every page, in both languages and themes, on a phone and on a desk: readable, and without a complaint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from measurement.models import Credit
from merchants import tenancy
from merchants.models import Merchant, WebhookMessage
from merchants.operations import webhooks
from tests.browser.conftest import MERCHANT

pytestmark = pytest.mark.xdist_group("browser")

PAGES = {
    "home": "/m/{m}/",
    "results": "/m/{m}/results/?period=90d",
    "results-by-campaign": "/m/{m}/results/?rows=campaign",
    "over-time": "/m/{m}/over-time/?period=90d",
    "over-time-of-a-past-day": "/m/{m}/over-time/?period=90d&asof=2026-05-01",
    "over-time-beside": "/m/{m}/over-time/?period=90d&beside=days",
    "models": "/m/{m}/models/",
    "process": "/m/{m}/process/?period=90d&show=seeding",
    "process-all": "/m/{m}/process/?period=90d&show=all&by=blogger",
    "process-days": "/m/{m}/process/?by=day&show=touches",
    "matrix": "/m/{m}/matrix/",
    "matrix-rows": "/m/{m}/matrix/rows/?period=90d&of=cost&spu=0&point=&scene=&carrier=feed",
    "live": "/m/{m}/live/",
    "alliance": "/m/{m}/alliance/?period=90d",
    "moves": "/m/{m}/moves/",
    "moves-by-note": "/m/{m}/moves/?by=note&days=180&sort=best",
    "ripening": "/m/{m}/ripening/",
    "orders": "/m/{m}/orders/",
    "evidence": "/m/{m}/evidence/{line}/",
    "crowds": "/m/{m}/crowds/",
    "crowds-by-blogger": "/m/{m}/crowds/?by=blogger&span=90d",
    "flow": "/m/{m}/flow/",
    "audiences": "/m/{m}/audiences/",
    "crowd-rule": "/m/{m}/crowds/rule/",
    "cycles": "/m/{m}/cycles/",
    "cycle": "/m/{m}/cycles/of/facial-essence/",
    "whole": "/m/{m}/whole/",
    "experiments": "/m/{m}/experiments/",
    "new-experiment": "/m/{m}/experiments/new/?kind=pause",
    "experiment-ended": "/m/{m}/experiments/1/",
    "experiment-running": "/m/{m}/experiments/2/",
    "experiment-draft": "/m/{m}/experiments/3/",
    "definitions": "/m/{m}/dictionary/",
    "data": "/m/{m}/data/",
    "keeping": "/m/{m}/data/keeping/",
    "products": "/m/{m}/products/",
    "lead-sources": "/m/{m}/lead-sources/",
    "empathy": "/m/{m}/empathy/?period=90d",
    "comments": "/m/{m}/empathy/comments/?period=90d",
    "saved": "/m/{m}/saved/",
    "digest": "/m/{m}/saved/digest/",
    "inbox": "/m/{m}/inbox/",
    "leads": "/m/{m}/leads/",
    "desk": "/m/{m}/desk/",
    "duplicates": "/m/{m}/duplicates/",
    "desk-lists": "/m/{m}/desk/lists/",
    "exports": "/m/{m}/exports/?kind=leads&stage=new",
    "alarms": "/m/{m}/alarms/",
    "visit": "/m/{m}/leads/visit/",
    "calendar": "/m/{m}/calendar/",
    "funnel": "/m/{m}/funnel/",
    "funnel-rows": "/m/{m}/funnel/rows/?of=enquiry",
    "lead-costs": "/m/{m}/lead-costs/?by=note",
    "settings": "/m/{m}/settings/",
    "readiness": "/m/{m}/readiness/?trade=beauty",
    "quick-start": "/m/{m}/settings/quick-start/",
    "webhooks": "/m/{m}/settings/webhooks/",
    "webhook": "/m/{m}/settings/webhooks/{hook}/",
    "webhook-message": "/m/{m}/settings/webhooks/messages/{told}/",
    "partners": "/m/{m}/partners/",
    "claims": "/m/{m}/claims/",
    "trail": "/m/{m}/trail/?who=system%3Aworker",
    "sessions": "/accounts/sessions/",
    "business": "/m/{m}/onboarding/business/",
    "gallery": "/gallery/",
}
SHOWN = {"home", "results", "models", "evidence", "data"}  # in the documents
# Every theme at every width, every language with each of both: all pairs in half of the eight ways.
SEEN = [("zh-hans", False, 390), ("zh-hans", True, 1280), ("en", False, 1280), ("en", True, 390)]
SHOWN_AS = SEEN[:3]


@pytest.fixture(scope="package")
def line(portal: object, django_db_blocker: pytest.FixtureRequest) -> int:
    """A line of several touches."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        merchant = Merchant.objects.get(code=MERCHANT)
        with tenancy.acting_for(merchant):
            row = (
                Credit.objects.for_merchant(merchant)
                .filter(grade="A", touch_count__gte=3)
                .order_by("id")
                .first()
            )
        return int(row.line_id)


@pytest.fixture(scope="package")
def told(portal: object, django_db_blocker: pytest.FixtureRequest) -> WebhookMessage:
    """A message of a webhook that nobody accepts."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        merchant = Merchant.objects.get(code=MERCHANT)
        address = "https://hooks.seedbed.invalid/events"
        endpoint, _ = webhooks.add(
            merchant, url=address, kinds=["lead.created", "upload.finished"], by="user:0"
        )
        message = webhooks.send_test(merchant, endpoint, by="user:0")
        webhooks.send_one(merchant, endpoint.pk, now=datetime.now(UTC) + timedelta(seconds=1))
        return message


@pytest.mark.parametrize(("language", "dark", "width"), SEEN)
def test_no_page_has_a_serious_barrier_or_overflows(
    visit: Callable[..., Page],
    line: int,
    told: WebhookMessage,
    pictures: Path | None,
    language: str,
    dark: bool,
    width: int,
) -> None:
    page = visit("/switch/", language=language, dark=dark, width=width)
    found: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        answer = page.goto(path.format(m=MERCHANT, line=line, hook=told.endpoint_id, told=told.pk))
        assert answer is not None
        assert (name, answer.status) == (name, 200)
        if barriers := barriers_of(page, width):
            found[name] = barriers
        if pictures and name in SHOWN and (language, dark, width) in SHOWN_AS:
            tone = "dark" if dark else "light"
            page.screenshot(path=pictures / f"{name}-{language}-{tone}-{width}.png")
    assert found == {}


def barriers_of(page: Page, width: int) -> list[str]:
    """What keeps somebody from reading the page."""
    page.wait_for_load_state("networkidle")
    barriers = [
        f"{violation['id']}: {violation['nodes'][0]['html'][:120]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        barriers.append("the page is wider than the screen")
    return barriers

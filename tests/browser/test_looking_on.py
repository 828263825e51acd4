"""An operator looks at a merchant's pages: says why, sees that nothing can be changed, and stops."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from merchants.models import Merchant, User
from tests.browser.conftest import MERCHANT, PASSWORD

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def acts(portal: object, django_db_blocker: Any) -> str:
    """The page of an operator's acts about the merchant."""
    with django_db_blocker.unblock():
        if not User.objects.filter(username="operator@browser").exists():
            User.objects.create_superuser("operator@browser", password=PASSWORD)
        return f"/admin/merchants/merchant/{Merchant.objects.get(code=MERCHANT).pk}/acts/"


@pytest.mark.parametrize(("language", "dark", "width"), [("zh-hans", False, 390), ("en", True, 1280)])
def test_an_operator_says_why_looks_on_and_stops(
    visit: Callable[..., Page], acts: str, language: str, dark: bool, width: int
) -> None:
    page = visit(acts, user="operator@browser", language=language, dark=dark, width=width)
    page.fill("#act-look input[name=look-reason]", "ticket 12")
    page.click("#act-look input[type=submit]")
    page.wait_for_url(re.compile(rf"/m/{MERCHANT}/$"))
    page.goto(f"/m/{MERCHANT}/trail/")
    banner = page.locator("#looking-on")
    expect(banner).to_contain_text("ticket 12")
    expect(page.locator("main table tbody tr").first).to_contain_text(f"/m/{MERCHANT}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    barriers = [
        one["id"]
        for one in Axe().run(page).response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
    assert barriers == []
    banner.locator("button[type=submit]").click()
    page.wait_for_url(re.compile(re.escape(acts)))
    answer = page.goto(f"/m/{MERCHANT}/trail/")
    assert answer is not None
    assert answer.status == 404

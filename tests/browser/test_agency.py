"""An agency and a blogger at work: what they see of a merchant, until it ends the agreement."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from merchants.periods import day_of
from tests.browser.conftest import MERCHANT
from tests.browser.test_pages import SEEN, barriers_of

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize(("language", "dark", "width"), SEEN)
def test_the_pages_of_an_agency_and_a_blogger_are_readable(
    visit: Callable[..., Page], language: str, dark: bool, width: int
) -> None:
    found = {}
    for user in ("judeng", "ali"):
        page = visit(f"/m/{user}/", user=f"{user}@browser", language=language, dark=dark, width=width)
        opened = page.locator("main a[href*='/shared/'], main a[href*='/bloggers/']").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        shared = next(path for path in opened if "/shared/" in path)
        bloggers = [path for path in opened if re.search(r"/bloggers/[^/]+/", path)][:1]
        assert len(bloggers) == (user == "judeng")
        for path in (f"/m/{user}/bloggers/", shared, *bloggers, f"/m/{user}/partners/"):
            answer = page.goto(path)
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            if barriers := barriers_of(page, width):
                found[path] = barriers
            if folder := os.environ.get("SEEDBED_LOOK"):
                name = path.strip("/").replace("/", "-")
                page.screenshot(path=f"{folder}/{name}-{language}-{width}.png", full_page=True)
    assert found == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_merchant_offers_ends_and_offers_again(visit: Callable[..., Page], language: str) -> None:
    """The blogger sees the notes, sees nothing once the merchant has ended it, and accepts a new offer."""
    blogger = visit("/m/ali/bloggers/", user="ali@browser", language=language)
    link = blogger.locator("main a[href*='/shared/']")
    shared = link.get_attribute("href")
    link.click()
    expect(blogger.locator("main tbody tr").first).to_be_visible()

    brand = visit(f"/m/{MERCHANT}/partners/", language=language)
    row = brand.locator("main tr", has_text="阿栗不熬夜").filter(has=brand.locator("[data-opens^=end-]"))
    row.locator("[data-opens^=end-]").click()
    brand.locator("dialog[open] form button[type=submit]").click()
    expect(brand.locator(".notice.success")).to_be_visible()
    answer = blogger.goto(str(shared))
    assert answer is not None
    assert answer.status == 404

    blogger.goto("/m/ali/partners/")
    number = blogger.locator("main code").first.inner_text()
    brand.locator("[data-opens=offer]").click()
    form = brand.locator("dialog[open] form")
    form.locator("input[name=number]").fill(number)
    form.locator("input[name=figures][value=delivery]").check()
    form.locator("input[name=starts_on]").fill((day_of(timezone.now()) - timedelta(days=90)).isoformat())
    form.locator("button[type=submit]").click()
    expect(brand.locator(".notice.success")).to_be_visible()

    blogger.reload()
    blogger.locator("form[action$='/accept/'] button").click()
    expect(blogger.locator(".notice.success")).to_be_visible()
    blogger.goto("/m/ali/bloggers/")
    blogger.locator("main a[href*='/shared/']").click()
    blogger.wait_for_url(re.compile(r"/shared/\d+/"))
    expect(blogger.locator("main tbody tr").first).to_be_visible()

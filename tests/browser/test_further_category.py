"""A studio that was let in applies for another category, is refused, appeals and gets it, while it works on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from django.test import override_settings
from playwright.sync_api import Page, expect

from merchants.models import User
from merchants.operations import reviews
from tests.browser.conftest import PASSWORD
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import PAPERS, Door, reviewer

pytestmark = pytest.mark.xdist_group("browser")

STEPS = os.environ.get("SEEDBED_STEPS")  # a folder for a picture of each step, for whoever looks at them
WAYS = [("zh-hans", 390), ("en", 1280)]
SAID = {
    "zh-hans": {
        "new": "尚未申请美妆护肤类目", "apply": "申请该类目", "applies": "正在申请新增：美妆护肤",
        "refused": "美妆护肤类目的申请未通过", "why": "材料不真实", "approved": "通过", "keep": "保存",
    },
    "en": {
        "new": "You have not applied for Beauty and skin care yet", "apply": "Apply for this category",
        "applies": "You apply for Beauty and skin care",
        "refused": "The application for Beauty and skin care is refused", "why": "A paper is not genuine",
        "approved": "Approved", "keep": "Keep",
    },
}  # fmt: skip


@pytest.fixture
def door(portal: Any, django_db_blocker: Any, request: pytest.FixtureRequest) -> Door:
    """A wedding studio that was let in."""
    with django_db_blocker.unblock(), override_settings(SECOND_LOOKS=0):
        name = f"studio-{request.node.callspec.params['language']}"
        opened = Door.opened(name=name).submitted()
        opened.user.set_password(PASSWORD)
        opened.user.save()
        judge = reviewer(f"first-{name}")
        for key in PAPERS:
            reviews.decide(
                opened.merchant, key, accepted=True, reviewer=judge, version=opened.case.version, draw=1
            )
        for n in (1, 2, 3):
            person = User.objects.create_user(
                f"judge{n}-{name}", f"judge{n}-{name}@example.com", PASSWORD, is_staff=True
            )
            person.user_permissions.add(Permission.objects.get(codename="review_application"))
    return opened


def shoot(page: Page, name: str) -> None:
    if STEPS:
        page.screenshot(path=f"{STEPS}/{name}.png", full_page=True)


def barriers(page: Page, part: str = "body") -> list[str]:
    found = Axe().run(page, context=part).response["violations"]
    return [one["id"] for one in found if one["impact"] in {"serious", "critical"}]


def applies(page: Page, tmp_path: Path, said: dict[str, str], language: str) -> None:
    """The category is asked for on the page of readiness; its two answers are given and handed in."""
    expect(page.locator("main")).to_contain_text(said["new"])
    shoot(page, f"{language}-1-readiness")
    assert barriers(page) == []
    page.get_by_role("button", name=said["apply"]).click()
    expect(page.locator("main")).to_contain_text(said["applies"])
    expect(page.locator("section.requirement")).to_have_count(2)
    shoot(page, f"{language}-2-checklist")
    assert barriers(page) == []
    paper = tmp_path / "filing.jpg"
    paper.write_bytes(picture())
    form = page.locator("form[action$='/answers/product_qualification/']")
    form.locator("[name='product_qualification-filing_number']").fill("国妆网备字2026000001")
    form.locator("[name=paper]").set_input_files(str(paper))
    form.locator("button[type=submit]").click()
    page.wait_for_load_state("load")
    page.locator("form[action$='/answers/category_deposit/'] button[type=submit]").click()
    page.wait_for_load_state("load")
    page.locator("form[action$='/submit/'] button").click()
    expect(page.locator("form[action$='/submit/']")).to_have_count(0)
    shoot(page, f"{language}-3-waits")


def is_refused_by_two(desk: Callable[[int], Page], language: str) -> None:
    first = desk(1)
    first.locator("details.whole summary").click()
    first.locator("input[value=forged]").check()
    first.fill("#refusal-note", "备案号与网站不符")
    shoot(first, f"{language}-5-proposes")
    assert barriers(first, ".case") == []
    first.locator("details.whole button.proposing").click()
    expect(first.locator(".case-appeal")).to_be_visible()
    second = desk(2)
    shoot(second, f"{language}-6-second")
    assert barriers(second, ".case") == []
    second.locator(".case-hold button.refusing").click()
    expect(second.locator(".case-title .mark.refused")).to_be_visible()


def appeals(page: Page, said: dict[str, str], language: str) -> None:
    for words in (said["refused"], said["why"], "备案号与网站不符"):
        expect(page.locator("main")).to_contain_text(words)
    shoot(page, f"{language}-7-refused")
    assert barriers(page) == []
    page.locator("[data-opens=appeal]").click()
    page.fill("#appeal-words", "备案号是新的，网站尚未更新。")
    shoot(page, f"{language}-8-appeals")
    page.locator("form[action$='/appeal/'] button[type=submit]").click()
    expect(page.locator("[data-opens=appeal]")).to_have_count(0)


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_a_category_is_applied_for_refused_appealed_and_had(
    visit: Callable[..., Page], door: Door, tmp_path: Path, language: str, width: int
) -> None:
    said, name, path = SAID[language], door.user.username, f"/m/{door.merchant.code}"

    def desk(n: int) -> Page:
        page = visit("/admin/merchants/application/", user=f"judge{n}-{name}", language=language)
        page.locator("#result_list tbody th a", has_text=door.merchant.name).first.click()
        expect(page.locator(".case-hold form")).to_be_visible()
        page.keyboard.press("c")
        expect(page.locator("input[value=release]")).to_have_count(1)
        return page

    page = visit(f"{path}/readiness/?trade=beauty", user=name, language=language, width=width)
    applies(page, tmp_path, said, language)
    page.goto(f"{path}/")
    expect(page.locator("h1")).to_be_visible()  # it works on meanwhile
    shoot(page, f"{language}-4-home")
    is_refused_by_two(desk, language)
    page.goto(f"{path}/onboarding/")
    appeals(page, said, language)

    third = desk(3)
    expect(third.locator(".verdict")).to_be_visible()
    shoot(third, f"{language}-9-appeal-desk")
    third.keyboard.press("a")
    expect(third.locator(".case-title .mark.approved")).to_be_visible()
    page.goto(f"{path}/readiness/?trade=beauty")
    expect(page.locator("main")).not_to_contain_text(said["new"])
    shoot(page, f"{language}-10-readiness")

"""A studio comes in: its address confirmed, its papers refused once and then accepted, in either language."""

from __future__ import annotations

import email
import email.policy
import io
import itertools
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

from merchants import tenancy
from merchants.documents.pictures import font_path
from merchants.models import AuditEvent, Merchant, User
from tests.browser.conftest import PASSWORD
from tests.merchants.onboarding.doors import ANSWERS, PAPERS

pytestmark = pytest.mark.xdist_group("browser")

LONG = 60_000  # ms that the worker may take on a busy machine
STEPS = os.environ.get("SEEDBED_STEPS")  # a folder for a picture of each step, for whoever looks at them
_numbers = itertools.count(1)

SAID = {
    "zh-hans": {
        "queue": "您排在第", "refused": "画面不完整", "remedy": "四角入镜", "open": "1 项待处理",
        "mail": "部分材料需要修改", "approved": "审核通过", "claim": "认领", "another": "已换文件", "home": "概览",
    },
    "en": {
        "queue": "in the queue", "refused": "Part of it is missing",
        "remedy": "Take the whole page with all four corners", "open": "1 open item",
        "mail": "some answers need changes", "approved": "is approved", "claim": "Claim",
        "another": "Another file.", "home": "Home",
    },
}  # fmt: skip


@dataclass
class Play:
    """Who applies and who reviews, each in a browser of their own."""

    visit: Callable[..., Page]
    page: Page
    language: str
    name: str
    folder: Path

    @property
    def said(self) -> dict[str, str]:
        return SAID[self.language]

    @property
    def business(self) -> str:
        return f"木棉摄影 {self.name}"

    @property
    def address(self) -> str:
        return f"{self.name}@example.com"

    def shoot(self, page: Page, step: str) -> None:
        """The step at both widths in both lights, where somebody wants to look at it."""
        if STEPS is None:
            return
        for width, light in itertools.product((1280, 390), ("light", "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
            page.screenshot(path=f"{STEPS}/{self.language}-{step}-{width}-{light}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")

    def scan(self, *lines: str) -> str:
        """A file with a picture of a paper on which this stands."""
        paper = Image.new("RGB", (900, 1240), "#fbfaf5")
        pen, path = ImageDraw.Draw(paper), font_path()
        pen.rectangle((40, 40, 860, 1200), outline="#a33", width=6)
        for n, line in enumerate(lines):
            font = ImageFont.truetype(path, 44) if path else ImageFont.load_default(44)
            pen.text((90, 120 + 90 * n), line, fill="#222", font=font)
        into = io.BytesIO()
        paper.save(into, "PNG")
        file = self.folder / f"{next(_numbers)}.png"
        file.write_bytes(into.getvalue())
        return str(file)

    def letter(self, words: str) -> str:
        """The text of the letter to who applies whose subject or text has these words, once it has come."""
        for _ in range(LONG // 250):
            for file in (Path(os.environ["SEEDBED_STATE"]) / "mail").glob("*.log"):
                found = email.message_from_bytes(
                    file.read_bytes().partition(b"-" * 79)[0].strip(), policy=email.policy.default
                )
                body = found.get_body(("plain",))
                text = f"{found['Subject']}\n{body.get_content() if body else ''}"
                if found["To"] == self.address and words in text:
                    return text
            self.page.wait_for_timeout(250)
        raise AssertionError(f"no letter to {self.address} with {words}")


def barriers(page: Page, part: str = "body") -> list[str]:
    """What hinders people on a page, or in the part of it that is ours."""
    page.wait_for_load_state("networkidle")
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in Axe().run(page, context=part).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]


def keep(play: Play, key: str, paper: str = "") -> None:
    """Fills in what one requirement asks for, and keeps it."""
    form = play.page.locator(f"form[action$='/answers/{key}/']")
    for field, text in ANSWERS[key].items():
        form.locator(f"[name='{key}-{field}']").fill(text)
    if paper:
        form.locator("[name=paper]").set_input_files(paper)
    form.locator("button[type=submit]").click()
    play.page.wait_for_load_state("load")


@pytest.fixture
def reviewer(portal: Any, django_db_blocker: Any) -> str:
    """Somebody who may review applications and nothing else."""
    name = f"judge{next(_numbers)}"
    with django_db_blocker.unblock():
        person = User.objects.create_user(name, email=f"{name}@example.com", password=PASSWORD, is_staff=True)
        person.user_permissions.add(Permission.objects.get(codename="review_application"))
    return name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_studio_is_let_in_with_one_refusal_in_between(
    visit: Callable[..., Page], reviewer: str, language: str, tmp_path: Path
) -> None:
    page = visit("/accounts/signup/", user="", language=language)
    play = Play(visit, page, language, f"newcomer{next(_numbers)}-{uuid4().hex[:8]}", tmp_path)
    it_registers_and_confirms_its_address(play)
    it_describes_its_business(play)
    it_answers_and_submits(play)
    desk = visit("/admin/merchants/application/", user=reviewer, language=language)
    a_reviewer_refuses_one_answer(play, desk)
    it_corrects_what_was_refused(play)
    the_reviewer_sees_the_difference_and_approves(play, desk)
    the_portal_is_open(play)
    merchant = Merchant.objects.get(memberships__user__username=play.name)
    with tenancy.acting_for(merchant):
        looks = AuditEvent.objects.filter(act="merchants.paper.viewed")
        assert looks.values_list("actor", flat=True).distinct().count() == 1  # the reviewer's
        assert looks.count() >= len(PAPERS) + 1


def it_registers_and_confirms_its_address(play: Play) -> None:
    page = play.page
    play.shoot(page, "01-register")
    for field, text in {
        "email": play.address, "username": play.name, "password1": PASSWORD, "password2": PASSWORD,
    }.items():  # fmt: skip
        page.fill(f"[name={field}]", text)
    page.click("form button[type=submit]")
    page.wait_for_load_state("load")
    page.goto("/apply/")
    expect(page.locator("[name=trades]")).to_have_count(0)  # the address comes first
    play.shoot(page, "02-confirm")
    [link] = re.findall(r"http\S+/confirm-email/\S+/", play.letter("/confirm-email/"))
    page.goto(link)
    play.shoot(page, "03-confirmed")
    page.click("main form button[type=submit]")
    page.wait_for_load_state("load")


def it_describes_its_business(play: Play) -> None:
    page = play.page
    page.goto("/apply/")
    page.fill("[name=name]", play.business)
    page.select_option("[name=form]", "company")
    page.select_option("[name=brand]", "own")
    page.check("[name=trades][value=wedding_photography]")
    page.fill("[name=stores]", "静安店\n徐汇店")
    play.shoot(page, "04-describe")
    assert barriers(page) == []
    page.click("main form button[type=submit]")
    page.wait_for_url("**/onboarding/")


def it_answers_and_submits(play: Play) -> None:
    page = play.page
    play.shoot(page, "05-checklist")
    assert barriers(page) == []
    for key in ANSWERS:
        paper = play.scan(key, "木棉摄影有限公司", *ANSWERS[key].values()) if key in PAPERS else ""
        keep(play, key, paper)
    play.shoot(page, "06-ready")
    page.click("form[action$='/submit/'] button")
    expect(page.locator("main")).to_contain_text(play.said["queue"])
    play.shoot(page, "07-waiting")
    assert barriers(page) == []


def a_reviewer_refuses_one_answer(play: Play, desk: Page) -> None:
    """With the keys alone: C claims, A accepts, R gives a reason, and the next answer is there by itself."""
    play.shoot(desk, "08-queue")
    desk.locator("#result_list tbody th a", has_text=play.business).click()
    expect(desk.locator(".case-hold")).to_contain_text(play.said["claim"])
    desk.keyboard.press("c")
    expect(desk.locator(".verdict")).to_be_visible()
    for key in PAPERS:
        expect(desk.locator(".case-items [aria-current]")).to_have_attribute("href", f"?item={key}")
        expect(desk.locator(".sheet img")).to_have_js_property("complete", True)
        assert desk.locator(".sheet img").evaluate("image => image.naturalWidth") > 0
        if key == "business_licence":
            desk.locator("[data-zoom='1']").click()
            desk.locator("[data-turn]").click()
            play.shoot(desk, "09-case-turned")
            desk.keyboard.press("j")
            expect(desk.locator(".case-items [aria-current]")).not_to_have_attribute("href", f"?item={key}")
            desk.keyboard.press("k")
            expect(desk.locator(".case-items [aria-current]")).to_have_attribute("href", f"?item={key}")
            expect(desk.locator(".sheet img")).to_have_js_property("complete", True)
            play.shoot(desk, "09-case")
            assert barriers(desk, ".case") == []
        if key == "shop_name":
            desk.keyboard.press("r")
            desk.locator(".reason", has_text=play.said["refused"]).click()
            desk.fill("#verdict-note", "左上角缺失")
            play.shoot(desk, "10-refuse")
            assert barriers(desk, ".case") == []
            desk.click(".refusing")
        else:
            desk.keyboard.press("a")
        desk.wait_for_load_state("load")
    expect(desk.locator(".case-title .mark").first).to_have_class(re.compile("changes_needed"))
    play.shoot(desk, "11-decided")


def it_corrects_what_was_refused(play: Play) -> None:
    """Only that is open, with reason, remedy and note; the letter says the same."""
    page, said = play.page, play.said
    page.reload()
    for words in (said["open"], said["refused"], said["remedy"], "左上角缺失"):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("main > div > section.requirement, .one-column > section.requirement")).to_have_count(
        1
    )
    play.shoot(page, "12-refused")
    assert barriers(page) == []
    letter = play.letter(said["mail"])
    assert said["remedy"] in letter
    assert "左上角缺失" in letter
    keep(play, "shop_name", play.scan("木棉摄影", "静安店"))
    page.click("form[action$='/submit/'] button")
    expect(page.locator("main")).to_contain_text(said["queue"])


def the_reviewer_sees_the_difference_and_approves(play: Play, desk: Page) -> None:
    desk.reload()
    desk.keyboard.press("c")
    expect(desk.locator(".verdict")).to_be_visible()
    expect(desk.locator(".difference")).to_contain_text(play.said["another"])
    expect(desk.locator(".viewer-versions a")).to_have_count(2)
    play.shoot(desk, "13-difference")
    assert barriers(desk, ".case") == []
    desk.keyboard.press("a")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    expect(desk.locator(".case-title .mark").first).to_have_class(re.compile("approved"))
    play.shoot(desk, "14-approved")


def the_portal_is_open(play: Play) -> None:
    page = play.page
    assert play.said["approved"] in play.letter(play.said["approved"])
    page.reload()
    play.shoot(page, "15-approved")
    page.goto("/")
    page.wait_for_url(re.compile(r"/m/[^/]+/$"))
    expect(page.locator("body")).to_contain_text("木棉摄影")
    play.shoot(page, "16-home")

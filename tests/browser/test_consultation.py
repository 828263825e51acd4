"""One consultation as it is lived: pushed by the platform, answered, booked, visited and won, in either language."""

from __future__ import annotations

import itertools
import json
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from leads.models import Deal, DealPosting, Lead, Message, Source, Visit
from leads.operations import setup, sources
from merchants import tenancy
from tests.browser.conftest import Portal
from tests.conftest import make_member, make_merchant
from tests.leads.channels import wire
from tests.leads.desks import BY, Desk

pytestmark = pytest.mark.xdist_group("browser")

LONG = 60_000  # ms that the worker may take on a busy machine
PHONE = "+86 138-0013-8000"
SHANGHAI = ZoneInfo("Asia/Shanghai")
_numbers = itertools.count(1)

SAID = {
    "zh-hans": {
        "title": "收件箱", "nobody": "没有人在等", "late": "已超时", "copied": "已手动复制", "answered": "已回复",
        "replied": "已首响", "qualified": "有效", "booked": "已预约", "visited": "已到店", "won": "已成交",
        "accepted": "核销成功", "used": "已使用", "needs": "进入该阶段还需要：带金额的成交。", "deposit": "定金",
        "steps": ["进线", "开口", "留资", "有效留资", "到店", "成交"], "source": "小红书私信",
    },
    "en": {
        "title": "Inbox", "nobody": "Nobody waits", "late": "late", "copied": "Copied by hand", "answered": "answered",
        "replied": "Answered once", "qualified": "Valid", "booked": "Booked", "visited": "Visited", "won": "Won",
        "accepted": "Accepted", "used": "Used already", "needs": "This stage needs: a deal with its value.",
        "deposit": "Deposit", "steps": ["Enquiries", "Openings", "Leads", "Valid leads", "Visits", "Deals"],
        "source": "Xiaohongshu private messages",
    },
}  # fmt: skip


@dataclass
class Studio:
    """A studio with a store, one agent, who owns it, and an account on the platform."""

    desk: Desk
    source: Source
    address: str

    @property
    def code(self) -> str:
        return str(self.desk.merchant.code)

    def pushed(self, told: dict[str, Any], below: str) -> None:
        """As the platform calls: the bytes of the sheet, over HTTP."""
        asked = urllib.request.Request(
            f"{self.address}/in/{self.source.address}/api/open/im/{below}",
            data=json.dumps(told, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert (answer.status, json.load(answer)) == (200, {"code": 0, "msg": "", "success": True})

    def has(self, model: Any, **fields: Any) -> Any:
        with tenancy.acting_for(self.desk.merchant):
            return model.objects.for_merchant(self.desk.merchant).select_related().get(**fields)


@pytest.fixture
def studio(portal: Portal, django_db_blocker: pytest.FixtureRequest) -> Studio:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        merchant = make_merchant(f"talk-{next(_numbers)}", kind="service", name="云汀里")
        desk = Desk(merchant)
        owner = make_member(merchant, "owner", f"owner@{merchant.code}")
        setup.set_agent(merchant, user=owner, name="林夏", by=BY, presence="away")  # takes what she likes
        source = sources.open_source(
            merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, store=desk.store, by=BY
        )
        return Studio(desk, source, portal.address)


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def barriers(page: Page) -> list[str]:
    page.wait_for_load_state("networkidle")
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]


def go_on(page: Page, form: str, **fields: str) -> None:
    """Fills in a form of the page, unfolded if it is folded, and sends it."""
    sent = page.locator(form)
    folded = page.locator(f"details:not([open]):has({form}) > summary")
    if folded.count():
        folded.click()
    for name, text in fields.items():
        field = sent.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    sent.locator("button[type=submit]").click()
    page.wait_for_load_state("load")


@dataclass
class Play:
    """The page on which it is played, and what it says in its language."""

    page: Page
    studio: Studio
    said: dict[str, Any]
    now: datetime

    @property
    def home(self) -> str:
        return f"/m/{self.studio.code}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_consultation_from_the_push_to_the_deal(
    visit: Callable[..., Page], studio: Studio, language: str
) -> None:
    page = visit(f"/m/{studio.code}/inbox/", user=f"owner@{studio.code}", language=language)
    play = Play(page, studio, SAID[language], datetime.now(UTC))
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live", timeout=LONG)
    expect(page.locator("#queue")).to_contain_text(play.said["nobody"])
    expect(page).to_have_title(f"{play.said['title']} · 云汀里 · Seedbed")
    it_arrives_while_the_page_is_open(play)
    it_is_answered_by_hand(play)
    the_person_leaves_a_number(play)
    it_becomes_a_visit(play)
    it_becomes_a_deal(play)
    the_funnel_has_one_of_each(play)
    assert studio.has(Message, author="user").external_id == "m-1"
    assert studio.has(Lead).contact.name == "李女士"
    assert (studio.has(Visit).by_code, studio.has(Deal).fen) == (True, 899_900)
    assert studio.has(Deal).evidence == "合同 20261126"
    assert studio.has(DealPosting).fen == 50_000


def it_arrives_while_the_page_is_open(play: Play) -> None:
    """The page says who waits. It is dated yesterday: whole days are counted, what began today counts tomorrow."""
    page, said = play.page, play.said
    asked = wire.message("m-1", "海边的套系多少钱？", timestamp=millis(play.now - timedelta(days=1)))
    play.studio.pushed(asked, "send")
    play.studio.pushed(asked, "send")  # the platform saw no answer
    row = page.locator("#queue [data-ask]")
    expect(row).to_contain_text("海边的套系多少钱？", timeout=LONG)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("小🍓")
    expect(row).to_contain_text(said["late"])
    expect(page).to_have_title(re.compile(rf"^\(1\) {said['title']} "))
    assert barriers(page) == []


def it_is_answered_by_hand(play: Play) -> None:
    """No sender is set up, and the page says that the words are to be copied."""
    page, said = play.page, play.said
    page.locator("#queue [data-ask]").click()
    page.locator("[aria-keyshortcuts='t']").click()
    expect(page.locator("[aria-keyshortcuts='t']")).to_have_count(0)
    page.fill("#reply", "您好，海边两天一岛 8,999 元。")
    page.locator("#composer button[type=submit]").click()
    ours = page.locator("#lines .line.agent")
    expect(ours).to_contain_text("您好，海边两天一岛 8,999 元。")
    expect(ours).to_contain_text("林夏 · ")
    expect(ours).to_contain_text(said["copied"])
    expect(page.locator("#talk-head")).to_contain_text(said["answered"])
    expect(page.locator("#queue .queue-head")).to_contain_text("0")
    expect(page).to_have_title(re.compile(r"^小🍓 "))


def the_person_leaves_a_number(play: Play) -> None:
    """With the platform: the conversation's lead has it, masked."""
    page, said = play.page, play.said
    left = {"name": "李女士", "phone": PHONE, "user_id": "u1", "note_id": "n-sea", "source": "私信"}
    play.studio.pushed({"content": wire.enciphered(left), "timestamp": millis(play.now)}, "third/data")
    expect_after_reload(page, ".desk-person", "138****8000")
    assert "13800138000" not in page.content()
    assert barriers(page) == []
    page.locator("[aria-keyshortcuts='l']").click()
    page.wait_for_url(f"**/leads/{play.studio.has(Lead).pk}/")
    expect(page.locator(".page-title .pill")).to_have_text(said["replied"])
    expect(page.locator("aside")).to_contain_text(said["source"])
    assert barriers(page) == []


def it_becomes_a_visit(play: Play) -> None:
    """Valid; not won before there is a deal; booked, and visited by its code, which counts once."""
    page, said = play.page, play.said
    stage = page.locator(".page-title .pill")
    go_on(page, "#move", to="qualified")
    expect(stage).to_have_text(said["qualified"])
    go_on(page, "#move", to="won")
    expect(page.locator("#move")).to_contain_text(said["needs"])
    expect(stage).to_have_text(said["qualified"])
    begins, store = (play.now + timedelta(hours=2)).astimezone(SHANGHAI), str(play.studio.desk.store.pk)
    go_on(page, "form[action$='/book/']", store=store, starts_at=f"{begins:%Y-%m-%dT%H:%M}")
    expect(stage).to_have_text(said["booked"])
    code = page.locator("aside code").inner_text()
    assert re.fullmatch(r"\d{8}", code)
    for outcome in ("accepted", "used"):
        page.goto(f"{play.home}/leads/visit/")
        go_on(page, "main form", code=code)
        expect(page.locator("#scans .notice")).to_contain_text(said[outcome])
    assert barriers(page) == []


def it_becomes_a_deal(play: Play) -> None:
    page, said = play.page, play.said
    page.goto(f"{play.home}/leads/{play.studio.has(Lead).pk}/")
    stage = page.locator(".page-title .pill")
    expect(stage).to_have_text(said["visited"])
    go_on(page, "form[action$='/deal/']", yuan="8999.00", order_number="YT-1", evidence="合同 20261126")
    expect(stage).to_have_text(said["won"])
    expect(page.locator("main")).to_contain_text("¥8,999.00")
    go_on(page, "form[action$='/deal/post/']", kind="deposit", yuan="500", reference="微信 4200001")
    paid = page.locator("table", has_text="微信 4200001")
    expect(paid).to_contain_text(said["deposit"])
    expect(paid).to_contain_text("500.00")
    assert barriers(page) == []


def the_funnel_has_one_of_each(play: Play) -> None:
    page, said = play.page, play.said
    page.goto(f"{play.home}/funnel/?days=7&by=source")
    steps = page.locator(".funnel li")
    assert [one.split("\n")[0] for one in steps.all_inner_texts()] == said["steps"]
    assert page.locator(".funnel .figure").all_inner_texts() == ["1"] * 6
    line = page.locator("table tbody tr", has_text=said["source"])
    assert [one.split("\n")[0] for one in line.locator("td").all_inner_texts()] == ["1"] * 6
    assert barriers(page) == []


def expect_after_reload(page: Page, selector: str, text: str) -> None:
    """What a colleague or a worker changed beside the conversation stands there when it is loaded again."""
    until = datetime.now(UTC) + timedelta(milliseconds=LONG)
    while text not in page.locator(selector).inner_text():
        assert datetime.now(UTC) < until, page.locator(selector).inner_text()
        page.reload()

"""Two agents in two browsers: each sees what the other does, also after the broker has been away."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from leads.operations import setup
from merchants.models import Merchant
from tests.browser.conftest import PASSWORD, _wait_for
from tests.conftest import make_member, make_merchant
from tests.leads.desks import BY, Desk
from tests.reliability.conftest import Broker, broker, ended, started  # noqa: F401 - a fixture

pytestmark = pytest.mark.xdist_group("browser")

SOON = 2_000  # ms within which a colleague sees a change
LONG = 30_000  # ms that a busy machine may take to load a page


@dataclass
class Studio:
    """A desk of two agents on a web server and a broker of their own."""

    address: str
    desk: Desk
    process: object
    broker: Broker

    def ask(self, who: str, text: str) -> int:
        return self.desk.say(who, text, at=datetime.now(UTC) - timedelta(seconds=5), nickname=who).pk


@pytest.fixture
def studio(
    portal: object,
    django_db_blocker: pytest.FixtureRequest,
    broker: Broker,  # noqa: F811
    tmp_path: Path,
) -> Iterator[Studio]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        merchant = Merchant.objects.filter(code="live").first() or make_merchant("live", kind="service")
        desk = Desk(merchant)
        for name in ("lin", "mo"):
            user = make_member(merchant, "agent", f"{name}@{tmp_path.name}")
            setup.set_agent(merchant, user=user, name=name, by=BY, presence="online")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        process = started(
            sys.executable, "-m", "gunicorn", "portal.wsgi", "-w", "2", "--threads", "4", "-b", address,
            log=tmp_path / "web.log", BROKER_URL=broker.url, SEEDBED_POOL="0",
        )  # fmt: skip
        try:
            _wait_for(f"http://{address}/healthz", [process])
            yield Studio(f"http://{address}", desk, process, broker)
        finally:
            ended(process)


@pytest.fixture
def sit_down(browser: Browser, studio: Studio, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """An agent in a browser of their own: ``sit_down("lin", path)``."""
    contexts = []

    def open_page(name: str, path: str) -> Page:
        context = browser.new_context(base_url=studio.address, locale="en-GB")
        context.set_default_timeout(LONG)
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": "en", "url": studio.address}])
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", f"{name}@{tmp_path.name}")
        page.fill("input[name=password]", PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
        page.goto(f"/m/live/inbox/{path}")
        expect(page.locator("[data-live]")).to_have_attribute("data-state", "live", timeout=LONG)
        return page

    yield open_page
    for context in contexts:
        context.close()


def say(page: Page, text: str) -> None:
    page.fill("#reply", text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#lines")).to_contain_text(text, timeout=LONG)


def test_two_agents_see_each_other_before_and_after_the_broker_was_away(
    studio: Studio, sit_down: Callable[..., Page]
) -> None:
    session = studio.ask("ann", "What does the sea set cost?")
    lin, mo = sit_down("lin", f"{session}/"), sit_down("mo", f"{session}/")
    lin.locator("#reply").press_sequentially("He")
    expect(mo.locator("#lines")).to_contain_text("lin is writing here.", timeout=SOON)
    say(lin, "Hello Ann")
    expect(mo.locator("#lines")).to_contain_text("Hello Ann", timeout=SOON)
    studio.ask("ben", "Any day left in December?")
    for page in (lin, mo):
        expect(page.locator("#queue")).to_contain_text("Any day left in December?", timeout=SOON)

    studio.broker.stop()
    say(mo, "It is 8,999")  # the page answers without a broker
    expect(mo.locator("[data-live]")).to_have_attribute("data-state", "slow", timeout=LONG)  # 8 s and more
    expect(mo.locator("[data-live]")).to_contain_text("Delayed")
    studio.broker.start()

    for page in (lin, mo):
        expect(page.locator("[data-live]")).to_have_attribute("data-state", "live", timeout=LONG)
        expect(page.locator("#lines")).to_contain_text("It is 8,999")
    say(lin, "And the prints are yours")
    expect(mo.locator("#lines")).to_contain_text("And the prints are yours", timeout=SOON)
    studio.ask("cleo", "Is the deposit returned?")
    for page in (lin, mo):
        expect(page.locator("#queue")).to_contain_text("Is the deposit returned?", timeout=SOON)
    assert studio.process.poll() is None  # type: ignore[attr-defined]


def test_without_a_stream_the_page_looks_by_itself_and_says_so(
    studio: Studio, sit_down: Callable[..., Page]
) -> None:
    lin = sit_down("lin", "")
    lin.context.route("**/inbox/live/", lambda route: route.abort())
    lin.reload()
    studio.ask("emil", "Is anybody there?")
    expect(lin.locator("#queue")).to_contain_text("Is anybody there?", timeout=LONG)
    expect(lin.locator("[data-live]")).to_contain_text("Delayed", timeout=LONG)

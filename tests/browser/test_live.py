"""Two agents in two browsers: each sees what the other does, also after the broker has been away."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from leads.models import Agent, Consultation, Snippet
from leads.operations import assignment, setup, stages
from merchants import tenancy
from merchants.models import Merchant
from tests.browser.conftest import PASSWORD, _wait_for
from tests.conftest import make_member, make_merchant
from tests.leads.desks import BY, Desk
from tests.reliability.conftest import Broker, broker, ended, started, until  # noqa: F401 - a fixture

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
        at = datetime.now(UTC) - timedelta(seconds=5)
        return int(self.desk.say(who, text, at=at, nickname=who).pk)

    def session(self, pk: int) -> Consultation:
        with tenancy.acting_for(self.desk.merchant):
            found: Consultation = Consultation.objects.select_related("conversation").get(pk=pk)
            return found

    def agent(self, name: str) -> Agent:
        with tenancy.acting_for(self.desk.merchant):
            found: Agent = Agent.objects.filter(name=name).latest("pk")
            return found


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
        setup.set_hours(
            merchant, weekdays={day: [["00:00", "24:00"]] for day in "0123456"}, by=BY
        )  # at any hour
        for name in ("lin", "mo"):
            user = make_member(merchant, "agent", f"{name}@{tmp_path.name}")
            setup.set_agent(merchant, user=user, name=name, by=BY, presence="away")  # given nothing
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
    waiting = lin.locator(".queue-head b").inner_text().removesuffix(" waiting")
    expect(lin).to_have_title(re.compile(rf"^\({waiting}\) Inbox "))


def test_a_consultation_is_found_taken_answered_and_moved_without_a_mouse(
    studio: Studio, sit_down: Callable[..., Page]
) -> None:
    merchant = studio.desk.merchant
    with tenancy.acting_for(merchant):
        Snippet.objects.create(merchant=merchant, shortcut="hi", title="Greeting", text="Hello {name|there}")
        Snippet.objects.create(merchant=merchant, shortcut="price", title="Price", text="It is 8,999")
    session = studio.ask("fay", "Do you have studios in Xiamen?")
    lin = sit_down("lin", "")
    press, row = lin.keyboard.press, lin.locator(f"#ask-{session}")

    press("?")
    expect(lin.locator("#keys")).to_be_visible()
    press("Escape")
    expect(lin.locator("#keys")).to_be_hidden()
    for _ in range(lin.locator("[data-ask]").count()):
        press("j")
        if row.evaluate("row => row === document.activeElement"):
            break
    studio.ask("gil", "And in Sanya?")
    expect(lin.locator("#queue")).to_contain_text("And in Sanya?", timeout=LONG)
    expect(row).to_be_focused()  # what is new does not take the place away
    press("Enter")
    press_when_there(lin, "[aria-keyshortcuts='t']", "t")
    press_when_there(lin, "#talk-head:not(:has([aria-keyshortcuts='t'])) ~ #composer", "/")
    press("ArrowDown")
    press("Enter")
    expect(lin.locator("#reply")).to_have_value("It is 8,999")
    press("Control+Enter")
    expect(lin.locator("#lines")).to_contain_text("It is 8,999", timeout=LONG)
    press_when_there(lin, "#reply", "r")
    lin.keyboard.type("、")  # the slash of a Chinese keyboard
    expect(lin.locator(".snippet").first).to_be_focused()
    press("Escape")
    press("Escape")
    press("n")
    lin.keyboard.type("wants the sea")
    press("Enter")
    expect(lin.locator("#lines")).to_contain_text("wants the sea", timeout=LONG)

    lead = studio.desk.lead_of(studio.session(session))
    stages.move(merchant, lead, to="lost", reason="price", by=BY)
    press("l")
    press_when_there(lin, "[aria-keyshortcuts='u']", "u")
    expect(lin.locator("[aria-keyshortcuts='u']")).to_have_count(0, timeout=LONG)
    assert studio.desk.lead_of(studio.session(session)).stage.code == "replied"
    press_when_there(lin, "[aria-keyshortcuts='c']", "c")
    press_when_there(lin, "[aria-keyshortcuts='b']", "b")
    expect(lin.locator(".desk:not(.opened)")).to_be_visible(timeout=LONG)


def press_when_there(page: Page, selector: str, key: str) -> None:
    """Presses a key as soon as what it is for has been loaded."""
    page.locator(selector).first.wait_for(timeout=LONG)
    page.wait_for_load_state("load")
    page.keyboard.press(key)


RECORDED = """
window.told = [];
const real = window.Notification;
window.Notification = class extends real {
  constructor(words, more) { super(words, more); window.told.push([words, more.tag]); }
};
"""


def test_who_is_given_a_consultation_is_notified_once_and_only_when_asked_for(
    studio: Studio, sit_down: Callable[..., Page]
) -> None:
    lin = sit_down("lin", "")
    lin.context.grant_permissions(["notifications"])
    lin.context.add_init_script(RECORDED)
    lin.reload()
    merchant, agent = studio.desk.merchant, studio.agent("lin")

    def gives(who: str) -> int:
        session = studio.ask(who, f"{who} asks")
        assignment.take(merchant, studio.session(session), agent, by=BY)
        expect(lin.locator(f"#ask-{session}")).to_have_attribute("data-agent", str(agent.pk), timeout=LONG)
        until(lambda: lin.evaluate(SEEN_AS, session) == str(agent.pk))  # it looks once a second
        return session

    gives("hal")
    assert lin.evaluate("window.told") == []  # off by default
    lin.click("[data-opens=notices]")
    lin.check("[data-notice=shown]")
    lin.check("[data-notice=heard]")
    lin.keyboard.press("Escape")
    session = gives("ida")
    until(lambda: lin.evaluate("window.told.length") > 0)
    lin.reload()
    expect(lin.locator(f"#ask-{session}")).to_be_visible(timeout=LONG)
    gives("joe")
    until(lambda: lin.evaluate("window.told.length") > 0)
    told = lin.evaluate("window.told")
    assert [words for words, _ in told] == ["A consultation is yours now"]
    assert f"yours-ask-{session}" not in [tag for _, tag in told]


SEEN_AS = "session => JSON.parse(sessionStorage.getItem('seedbed-queue')).agents[session]"
DUE_MS = """
session => {
  const due = Date.parse(document.querySelector(`#ask-${session} [data-due]`).dataset.due);
  return due - document.getElementById("queue").skew; // when it is due by this browser's clock
}
"""


@pytest.mark.parametrize("leads_shift", [False, True])
def test_whose_reply_is_due_within_a_minute_is_notified_once(
    studio: Studio, sit_down: Callable[..., Page], leads_shift: bool
) -> None:
    merchant, agents = studio.desk.merchant, [studio.agent(name) for name in ("lin", "mo")]
    setup.set_agent(
        merchant, user=agents[0].user, name="lin", by=BY, presence="away", leads_shift=leads_shift
    )
    setup.set_policy(merchant, reply_seconds=1_800, return_seconds=3_600, by=BY)  # slow machines, too
    lin = sit_down("lin", "")
    lin.context.grant_permissions(["notifications"])
    lin.context.add_init_script(RECORDED)
    lin.evaluate("localStorage.setItem('seedbed-notices', JSON.stringify({shown: true}))")
    mine, hers = (studio.ask(who, f"{who} asks") for who in (f"kim {leads_shift}", f"lea {leads_shift}"))
    for session, agent in zip((mine, hers), agents, strict=True):
        assignment.take(merchant, studio.session(session), agent, by=BY)
    lin.clock.install()
    lin.reload()
    expect(lin.locator("[data-live]")).to_have_attribute("data-state", "live", timeout=LONG)

    def told() -> list[str]:
        tags = [tag for _, tag in lin.evaluate("window.told")]
        return sorted(tag for tag in tags if tag in {f"soon-ask-{mine}", f"soon-ask-{hers}"})

    first, last = sorted(lin.evaluate(DUE_MS, session) for session in (mine, hers))
    lin.clock.pause_at((first - 63_000) / 1000)
    assert told() == []
    lin.clock.run_for(last - first + 5_000)
    expected = [f"soon-ask-{session}" for session in ((mine, hers) if leads_shift else (mine,))]
    assert told() == sorted(expected)
    assert ["A reply is due soon", f"soon-ask-{mine}"] in lin.evaluate("window.told")
    lin.clock.run_for(40_000)
    lin.reload()
    expect(lin.locator(f"#ask-{mine}")).to_be_visible(timeout=LONG)
    lin.clock.run_for(5_000)
    assert told() == []  # in this tab it was said before

"""The portal as a person meets it: gunicorn, a Celery worker, a real Chromium."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from merchants.models import Merchant
from portal import env
from tests.conftest import _empty, make_member

PASSWORD = "correct horse battery"
MERCHANT = "seed-1-1"  # a skin-care brand of the demo, at a tenth of its size
STARTS_WITHIN = 60  # seconds


@dataclass
class Portal:
    """A running portal with a small invented world in it."""

    address: str
    merchant: str = MERCHANT


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django would take its presence for an async caller
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=os.environ["SEEDBED_CHROMIUM"],
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )


@pytest.fixture(scope="package")
def portal(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """One server and one worker for all browser tests, over one merchant of the demo's world.

    It ends with the last of them: other tests on the same database must not meet its merchants.
    """
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _empty()
        call_command("seed", seed=1, merchants=1, orders=900, stdout=StringIO())
        merchant = Merchant.objects.get(code=MERCHANT)
        for role in ("owner", "viewer"):
            make_member(merchant, role, f"{role}@browser")
        for code in ("judeng", "ali"):  # the agency of its bloggers, and one of them
            make_member(Merchant.objects.get(code=code), "owner", f"{code}@browser")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        running = [_start("gunicorn", "portal.wsgi", "-w", "1", "--threads", "4", "-b", f"127.0.0.1:{port}"),
                   _start("celery", "-A", "portal.celery", "worker", "-c", "1", "-l", "warning", "-B",
                          "-s", str(tmp_path_factory.mktemp("beat") / "schedule"))]  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", running)
            yield Portal(f"http://127.0.0.1:{port}")
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=60)
            _empty()


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    # a queue of its own: other tests leave hints for merchants that this database does not know
    queue = f"browser-{os.environ.get('PYTEST_XDIST_WORKER', '')}:"
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=env.ROOT,
        env={**os.environ, "SEEDBED_POOL": "0", "SEEDBED_QUEUE_PREFIX": queue},
    )


def _wait_for(url: str, running: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert all(process.poll() is None for process in running), "a process of the portal ended"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            running[0].poll()
    raise AssertionError(f"no page within {STARTS_WITHIN} s")


@pytest.fixture
def visit(portal: Portal, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page as somebody: ``visit("/m/luya/", user="...", language="en", dark=True, width=390)``.

    Whatever the page throws, logs as an error or is refused by the content policy fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        refused = any(status in message.text for status in ("403", "404", "422"))  # as meant
        if message.type == "error" and not refused:
            complaints.append(f"{message.location.get('url')}: {message.text}")

    def open_page(
        path: str,
        *,
        user: str = "owner@browser",
        language: str = "zh-hans",
        dark: bool = False,
        width: int = 1280,
    ) -> Page:
        context = browser.new_context(
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
            base_url=portal.address,
            accept_downloads=True,
        )
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": portal.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        if user:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", user)
            page.fill("input[name=password]", PASSWORD)
            page.click("form button[type=submit]")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="package")
def pictures() -> Path | None:
    """Where screenshots for the documents go, when asked for with SEEDBED_SCREENSHOTS=1."""
    if os.environ.get("SEEDBED_SCREENSHOTS") != "1":
        return None
    folder = env.ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

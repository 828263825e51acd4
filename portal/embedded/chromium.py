"""A Chromium for the browser tests: found, else installed, else one clear line. Never skipped."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from portal.embedded.state import ROOT, Refused, State

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT_FOLDER = ROOT / ".venv" / "browsers"  # inside the environment: the home folder may be read-only
PATIENCE = 600  # seconds for a download
FONTS = "/usr/share/fonts"


def find_or_install(state: State, say: Callable[[str], None]) -> str:
    """The path of a Chromium that starts. Raises Refused with the line that root must run."""
    found = _first_that_starts(_on_path()) or _first_that_starts(_of_playwright())
    if not found:
        say("no Chromium on PATH: installing Playwright's own")
        found = _install_with_playwright()
    if not found and _may_use_apt():
        say("installing Debian's Chromium")
        _apt("chromium")
        found = _first_that_starts(_on_path())
    if not found:
        raise Refused(f"The browser tests need a Chromium, and none could be installed. {_remedy()}")
    _try_for_chinese_fonts(state, say)
    return found


def _on_path() -> Iterator[str]:
    given = os.environ.get("SEEDBED_CHROMIUM")
    if given:
        yield given
    for name in NAMES:
        path = shutil.which(name)
        if path:
            yield path


def _of_playwright() -> Iterator[str]:
    for folder in (PLAYWRIGHT_FOLDER, Path.home() / ".cache" / "ms-playwright"):
        for path in sorted(folder.glob("chromium-*/chrome-*/chrome"), reverse=True):
            yield str(path)


def _first_that_starts(paths: Iterator[str]) -> str | None:
    """The first that can tell its version: a snap stub or one without its libraries cannot."""
    for path in paths:
        try:
            done = subprocess.run([path, "--version"], check=False, capture_output=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return path
    return None


def _install_with_playwright() -> str | None:
    argv = [sys.executable, "-m", "playwright", "install", "chromium"]
    env = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(PLAYWRIGHT_FOLDER)}
    try:
        subprocess.run(argv, check=False, env=env, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None
    return _first_that_starts(_of_playwright())


def _may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt(package: str) -> bool:
    """Install a Debian package; the package lists are fetched only when it is not found without."""
    quiet = ["apt-get", "-qq", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]
    install = [*quiet, "install", "--yes", "--no-install-recommends", package]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for argv in (install, [*quiet, "update"], install):
            done = subprocess.run(argv, check=False, env=env, capture_output=True, timeout=PATIENCE)
            if argv is install and done.returncode == 0:
                return True
    except subprocess.TimeoutExpired:
        pass
    return False


def _remedy() -> str:
    if shutil.which("apt-get"):
        return "As root, run once:  apt-get update && apt-get install -y chromium fonts-noto-cjk"
    return f"As root, run once:  {sys.executable} -m playwright install --with-deps chromium"


def _try_for_chinese_fonts(state: State, say: Callable[[str], None]) -> None:
    """Without them Chinese text is boxes on screenshots; no test depends on it, so one attempt is enough."""
    tried = state.folder / "fonts-tried"
    if tried.exists() or not _may_use_apt() or any(Path(FONTS).glob("**/*CJK*")):
        return
    say("installing Chinese fonts for the screenshots")
    tried.touch()
    if not _apt("fonts-noto-cjk"):
        say("not possible; Chinese text on screenshots will be boxes")

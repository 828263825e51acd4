"""`make setup`: builds `.venv` from the locked, hashed requirements and compiles the messages.

Run by any Python from 3.11 on (the Makefile finds one), with nothing installed. Does nothing when nothing has
changed, and starts over when an earlier build was cut off. With uv it takes seconds; venv and pip do as well.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-dev.txt"
STAMP = VENV / "seedbed-stamp"
UNFINISHED = VENV / "seedbed-unfinished"
LOCALE = ROOT / "portal" / "locale"


def main() -> None:
    with open(LOCK) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # make demo and make test may begin at the same time
        if not is_current():
            build()
        compile_messages()


def fingerprint() -> str:
    """Changes with the locked versions and with the place of the checkout (scripts name it)."""
    return hashlib.sha256(LOCK.read_bytes() + os.fsencode(VENV)).hexdigest()


def is_current() -> bool:
    if UNFINISHED.exists() or not STAMP.exists() or STAMP.read_text() != fingerprint():
        return False
    return os.access(PYTHON, os.X_OK)


def build() -> None:
    """Fill `.venv`; what a broken-off build left is thrown away, an older one brought up to date."""
    print("Setting up .venv (once) ...", flush=True)
    if UNFINISHED.exists() or not python_works():
        shutil.rmtree(VENV, ignore_errors=True)
    STAMP.unlink(missing_ok=True)
    uv = working_uv()
    if not (uv and install_with_uv(uv)):
        install_with_pip()
    STAMP.write_text(fingerprint())
    UNFINISHED.unlink()


def python_works() -> bool:
    """Whether `.venv` holds a Python that starts and is new enough."""
    try:
        return run([str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
    except OSError:
        return False


def working_uv() -> str | None:
    """uv on PATH, if it starts: the shim of a version manager may stand for nothing."""
    uv = shutil.which("uv")
    try:
        works = uv and subprocess.run([uv, "--version"], check=False, capture_output=True).returncode == 0
    except OSError:
        return None
    return uv if works else None


def install_with_uv(uv: str) -> bool:
    """Whether it worked. No bytecode is made ahead: a first page imports few of the modules."""
    env = {"UV_SYSTEM_CERTS": "1", **os.environ}  # as pip does: a company's own certificates count
    if home_is_read_only():
        env["UV_NO_CACHE"] = "1"
    if not PYTHON.exists() and not run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], env):
        shutil.rmtree(VENV, ignore_errors=True)
        return False
    UNFINISHED.touch()
    install = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", str(LOCK)]
    if run(install, env):
        return True
    print("uv could not install the packages; trying with pip.", flush=True)
    return False


def install_with_pip() -> None:
    """Half of the packages in each of two processes: pip itself uses one core.

    The lock names every package, so nothing is left to resolve.
    """
    if not has_pip():
        make_venv()
    UNFINISHED.touch()
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install"]
    pip += ["--no-compile", "--no-deps", "--require-hashes"]
    if home_is_read_only():
        pip.append("--no-cache-dir")
    entries = locked_packages(LOCK.read_text())
    with tempfile.TemporaryDirectory() as folder:
        started = []
        for half in (0, 1):
            part = Path(folder, f"part{half}.txt")
            part.write_text("".join(entries[half::2]))
            started.append(subprocess.Popen([*pip, "-r", str(part)]))
        failed = [process.wait() for process in started]
    if any(failed):
        sys.exit("The packages could not be installed; the lines above say why. Then run make setup again.")


def locked_packages(text: str) -> list[str]:
    """The entries of a lock file: from "name==version" to the last of its hashes."""
    return re.findall(r"^[\w.-]+==(?:.*\\\n)*.*\n", text, re.MULTILINE)


def has_pip() -> bool:
    return PYTHON.exists() and run([str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL)


def make_venv() -> None:
    try:
        import ensurepip  # noqa: F401 - Debian takes it out of the Python package, and venv fails without it
        import venv  # noqa: F401
    except ImportError:
        sys.exit(
            f"{sys.executable} has no venv module. On Debian and Ubuntu, as root, run once:  "
            "apt-get install -y python3-venv   (or install uv). Then run make again."
        )
    if not run([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        sys.exit("The virtual environment could not be made; the lines above say why.")


def home_is_read_only() -> bool:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    while not home.exists():
        home = home.parent
    return not os.access(home, os.W_OK)


def run(argv: list[str], env: dict[str, str] | None = None, stderr: int | None = None) -> bool:
    return subprocess.run(argv, check=False, env=env, stderr=stderr).returncode == 0


def compile_messages() -> None:
    """Make each .mo that is older than its .po; they are not committed."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        language, domain = source.parts[-3], source.stem
        argv = [str(PYTHON), "-m", "babel.messages.frontend", "--quiet", "compile", "-d", str(LOCALE)]
        if not run([*argv, "-D", domain, "-l", language]):
            sys.exit(f"{source} could not be compiled; the lines above say why.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Interrupted; run it again to go on.")

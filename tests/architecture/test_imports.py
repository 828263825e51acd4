"""The direction of the house, held by a machine."""

import os
import subprocess
import sys

from portal import env


def test_every_import_keeps_the_contract() -> None:
    """Its own process: import-linter reads the sources, not what this test has loaded."""
    told = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"],
        cwd=env.ROOT,
        env={**os.environ, "PYTHONPATH": str(env.ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "0 broken" in told.stdout

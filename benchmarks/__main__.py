"""All measurements: `python -m benchmarks [NAME] [options]`, by the names below; all without a name."""

from __future__ import annotations

import subprocess
import sys

MEASUREMENTS = {
    "files": "benchmarks.attribute_files",
    "paths": "benchmarks.paths",
    "database": "benchmarks.database",
    "crowds": "benchmarks.crowds",
    "inbox": "benchmarks.inbox",
    "webhook": "benchmarks.webhook",
    "clock": "benchmarks.clock",
}


def main() -> int:
    named = sys.argv[1:2] if sys.argv[1:2] and sys.argv[1] in MEASUREMENTS else []
    options = sys.argv[1 + len(named) :]
    failed = 0
    for name in named or MEASUREMENTS:
        failed |= subprocess.run([sys.executable, "-m", MEASUREMENTS[name], *options], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())

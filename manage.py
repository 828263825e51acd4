#!/usr/bin/env python3
"""Command entry point: chooses the settings and nothing else."""

import os
import sys
from pathlib import Path

# These read and write files only; they need no server, no secret and no environment.
FILE_ONLY = {"attribute", "attribute_paths", "cycle", "lift", "messages", "replay", "response"}


def main() -> None:
    home = Path(__file__).resolve().parent
    python = home / ".venv" / "bin" / "python"
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        if not python.exists() or Path(sys.prefix) == python.parent.parent:
            sys.exit("Seedbed is not set up yet. Run: make setup")
        os.execv(python, [str(python), *sys.argv])  # noqa: S606 - the system's Python was used: go on in ours
    files_only = len(sys.argv) > 1 and sys.argv[1] in FILE_ONLY
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", "portal.settings_files" if files_only else "portal.settings"
    )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

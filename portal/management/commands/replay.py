"""``manage.py replay PLATFORM FILE``: what a recorded exchange file says, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leads.channels import recording as channels
from measurement import alliance
from measurement.alliance import recording as orders

PLATFORMS = (*alliance.PLATFORMS, *channels.PLATFORMS)


class Command(BaseCommand):
    """Prints one JSON object in the shape ``docs/wire-formats.md`` describes."""

    help = "Read a recorded exchange file of a platform and print the normalised result as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("platform", metavar="PLATFORM", help=", ".join(PLATFORMS))
        parser.add_argument("file", metavar="FILE", type=Path, help="recorded exchanges, JSON")

    def handle(self, *args: Any, platform: str, file: Path, **options: Any) -> None:
        if platform not in PLATFORMS:
            raise CommandError(f"Unknown platform {platform!r}. Known: {', '.join(PLATFORMS)}.")
        recording = _recording(file)
        of_leads = platform in channels.PLATFORMS
        result = channels.replay(recording) if of_leads else orders.replay(platform, recording)
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))


def _recording(file: Path) -> dict[str, Any]:
    try:
        recording = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file} is not JSON: {error}.") from error
    if not isinstance(recording, dict):
        raise CommandError(f"{file} holds no JSON object.")
    return recording

"""`manage.py vendor FOLDER`: bring the front-end assets of unpacked packages into `static/vendor`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.vendored import Package, copy, lock, write_lock

ICONS = """
    adjustments-horizontal alert-circle alert-triangle arrow-down arrow-left arrow-right arrow-up arrow-up-right
    bookmark building-store calendar chart-bar check chevron-down chevron-left chevron-right circle circle-check
    circle-dashed click clock columns copy database device-desktop dots download external-link eye eye-check file-text
    filter filter-off heart history home hourglass info-circle key language leaf link list-check lock logout mail
    menu-2 message message-circle mouse note pencil photo player-pause player-play plug-connected plug-connected-x
    plus refresh scale screenshot search settings share shield-lock shopping-bag shopping-cart star sun moon trash
    upload user users video x
"""

PACKAGES = (
    Package("tabler", "1.6.1", "MIT", {"dist/css/tabler.min.css": "tabler.min.css"}),
    Package(
        "tabler-icons",
        "3.51.0",
        "MIT",
        {"LICENSE": "LICENSE"} | {f"icons/outline/{name}.svg": f"{name}.svg" for name in ICONS.split()},
    ),
    Package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        {
            "dist/echarts.min.js": "echarts.min.js",
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
        },
    ),
)


class Command(BaseCommand):
    help = "Copy the listed files of packages unpacked in FOLDER/<name>-<version>/ and write the lock."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        vendor = settings.ROOT / "static" / "vendor"
        entries = []
        for package in PACKAGES:
            source = folder / f"{package.name}-{package.version}"
            if not source.is_dir():
                raise CommandError(
                    f"{source} is not there: unpack {package.name} {package.version} into it first."
                )
            copy(package, source, vendor)
            entries += lock(package, vendor)
        write_lock(vendor, entries)
        self.stdout.write(f"{len(entries)} files locked.")

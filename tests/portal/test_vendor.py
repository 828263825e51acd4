"""What others wrote is what was reviewed: the lock and the files agree, and nothing points elsewhere."""

import json
import re
from pathlib import Path

import pytest

from portal import vendored
from portal.management.commands.vendor import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"


def test_every_vendored_file_is_as_locked():
    assert vendored.differences(VENDOR) == []


def test_the_lock_holds_the_packages_that_the_command_would_bring():
    locked = {(entry.name, entry.version, entry.licence) for entry in vendored.read_lock(VENDOR)}
    assert locked == {(package.name, package.version, package.licence) for package in PACKAGES}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_package_brings_its_licence(package):
    licence = (VENDOR / package.name / package.version / "LICENSE").read_text()
    assert {"MIT": "MIT License", "Apache-2.0": "Apache License"}[package.licence] in licence


def test_templates_and_scripts_load_only_from_this_server():
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "seedbed").glob("*.[cj]ss")]
    sources += (ROOT / "static" / "seedbed").glob("*.js")
    assert len(sources) > 40
    loads = re.compile(r"""(?:src|href|action|url|import)\s*[=(]?\s*["'(]?\s*(?:https?:)?//""")
    assert [path.name for path in sources if loads.search(path.read_text())] == []


def test_no_template_writes_an_inline_style_or_script():
    inline = re.compile(r"""\sstyle=|<style|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=["']|hx-on""")
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "letters" not in path.parts]
    found = {path.name: inline.findall(path.read_text()) for path in pages}  # letters have no style sheet
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.fixture
def small_vendor(tmp_path):
    package = vendored.Package("leaf", "1.0", "MIT", {"dist/leaf.js": "leaf.js", "LICENSE": "LICENSE"})
    source = tmp_path / "leaf-1.0"
    (source / "dist").mkdir(parents=True)
    (source / "dist" / "leaf.js").write_text("grow()\n//# sourceMappingURL=leaf.js.map")
    (source / "LICENSE").write_text("MIT License")
    vendor = tmp_path / "vendor"
    vendored.copy(package, source, vendor)
    vendored.write_lock(vendor, vendored.lock(package, vendor))
    return vendor


def test_a_copied_script_loses_its_source_map(small_vendor):
    assert (small_vendor / "leaf/1.0/leaf.js").read_text() == "grow()\n"


def test_the_lock_says_what_was_changed_added_or_taken_away(small_vendor):
    assert vendored.differences(small_vendor) == []
    (small_vendor / "leaf/1.0/leaf.js").write_text("grow(2)\n")
    (small_vendor / "leaf/1.0/LICENSE").unlink()
    (small_vendor / "weed.js").write_text("")
    assert vendored.differences(small_vendor) == [
        "weed.js: not in the lock",
        "leaf/1.0/LICENSE: missing",
        "leaf/1.0/leaf.js: changed",
    ]


def test_a_digest_is_that_of_subresource_integrity(small_vendor):
    rows = json.loads((small_vendor / "vendor.lock.json").read_text())
    row = next(row for row in rows if row["file"].endswith(".js"))
    assert row["size"] == 7
    assert row["sha384"].startswith("sha384-")
    assert len(row["sha384"]) == len("sha384-") + 64

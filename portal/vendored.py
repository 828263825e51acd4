"""The front-end assets that others wrote: what is taken from which package, and the lock that proves it.

The lock (`static/vendor/vendor.lock.json`) is a list of `{name, version, licence, file, size, sha384}`, where
`file` is relative to the lock. `differences` answers what on disk no longer agrees with it.
"""

import base64
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

SOURCE_MAP_COMMENT = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?\s*$")


@dataclass(frozen=True)
class Package:
    """A published package and the files of it that are served; `files` maps its path to ours."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


@dataclass(frozen=True)
class LockedFile:
    name: str
    version: str
    licence: str
    file: str
    size: int
    sha384: str


def without_source_map(content: bytes) -> bytes:
    """Drop the trailing source map comment: the map is not served, and hashing refuses a dead link."""
    return SOURCE_MAP_COMMENT.sub(b"\n", content)


def copy(package: Package, source: Path, vendor: Path) -> None:
    """Copy the files of an unpacked package into `vendor/<name>/<version>/`."""
    for origin, target in package.files.items():
        content = (source / origin).read_bytes()
        if target.endswith((".js", ".css")):
            content = without_source_map(content)
        path = vendor / package.name / package.version / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def locked(package: Package, vendor: Path, path: Path) -> LockedFile:
    content = path.read_bytes()
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    file = path.relative_to(vendor).as_posix()
    return LockedFile(
        package.name,
        package.version,
        package.licence,
        file,
        len(content),
        f"sha384-{digest}",
    )


def lock(package: Package, vendor: Path) -> list[LockedFile]:
    """Describe every file of the package as it lies on disk, its licence included."""
    folder = vendor / package.name / package.version
    return [locked(package, vendor, path) for path in sorted(folder.rglob("*")) if path.is_file()]


def write_lock(vendor: Path, entries: list[LockedFile]) -> None:
    rows = [asdict(entry) for entry in sorted(entries, key=lambda entry: entry.file)]
    (vendor / "vendor.lock.json").write_text(json.dumps(rows, indent=1) + "\n")


def read_lock(vendor: Path) -> list[LockedFile]:
    return [LockedFile(**row) for row in json.loads((vendor / "vendor.lock.json").read_text())]


def differences(vendor: Path) -> list[str]:
    """Say what is missing, changed or unlisted under `vendor`; an empty list when all of it is as locked."""
    entries = {entry.file: entry for entry in read_lock(vendor)}
    found = {path.relative_to(vendor).as_posix(): path for path in vendor.rglob("*") if path.is_file()}
    found.pop("vendor.lock.json", None)
    said = [f"{file}: not in the lock" for file in sorted(found.keys() - entries.keys())]
    for file, entry in entries.items():
        if file not in found:
            said.append(f"{file}: missing")
            continue
        package = Package(entry.name, entry.version, entry.licence, {})
        if locked(package, vendor, found[file]) != entry:
            said.append(f"{file}: changed")
    return said

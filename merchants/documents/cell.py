"""Cleaning in a process of its own, with little memory and little time: what a file does to its reader, it does
there. Run as a module it is that process: the file on its input, the paper on its output."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from merchants.documents.cleaning import Paper, cleaned
from merchants.documents.sniffing import Refused, kind_of

MEMORY = 2 * 1024**3
SECONDS = 30
_ROOT = Path(__file__).resolve().parents[2]


def cleaned_apart(data: bytes, accept: Collection[str], limit: int) -> Paper:
    """As :func:`merchants.documents.cleaning.cleaned`; also ``too_heavy`` for a file that takes more than
    :data:`MEMORY` or :data:`SECONDS`."""
    if len(data) > limit:
        raise Refused("too_large")
    kind_of(data)  # what is plainly none of ours starts no process
    command = [sys.executable, "-m", "merchants.documents.cell", ",".join(accept), str(limit)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, with words of our own
            command, input=data, capture_output=True, cwd=_ROOT, env={}, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused("too_heavy") from None
    head, _, rest = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise Refused("too_heavy")
    told = json.loads(head)
    if "refused" in told:
        raise Refused(told["refused"])
    parts = []
    for size in told["sizes"]:
        parts.append(rest[:size])
        rest = rest[size:]
    return Paper(told["kind"], parts[0], tuple(parts[1:]))


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    accept, limit = sys.argv[1].split(","), int(sys.argv[2])
    out = sys.stdout.buffer
    try:
        paper = cleaned(sys.stdin.buffer.read(), accept, limit)
    except Refused as why:
        out.write(json.dumps({"refused": why.code}).encode() + b"\n")
        return
    parts = [paper.data, *paper.pages]
    out.write(json.dumps({"kind": paper.kind, "sizes": list(map(len, parts))}).encode() + b"\n")
    for part in parts:
        out.write(part)


if __name__ == "__main__":
    _main()

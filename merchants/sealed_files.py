"""Files that rest encrypted: written once as a stream, read anywhere without holding more than one block.

A file is a row of blocks, each sealed by :mod:`merchants.vault` together with the file's name, its own
number and whether it is the last, so that blocks cannot be changed, swapped, dropped or moved elsewhere.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any, BinaryIO, cast

from merchants import vault

BLOCK = 256 * 1024
_OVERHEAD = 28  # nonce and tag of one block


class SealedWriter:
    """A context that takes bytes; the file appears under its name when all of it is on the disk."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        self._waiting = bytearray()
        self._number = 0

    def __enter__(self) -> SealedWriter:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = open(self._part, "wb", opener=_private)
        return self

    def write(self, clear: bytes) -> None:
        self._waiting += clear
        while len(self._waiting) > BLOCK:
            self._seal(bytes(self._waiting[:BLOCK]), last=False)
            del self._waiting[:BLOCK]

    def __exit__(self, failed: type[BaseException] | None, *_: Any) -> None:
        try:
            if failed is None:
                self._seal(bytes(self._waiting), last=True)
                self._file.flush()
                os.fsync(self._file.fileno())
        finally:
            self._file.close()
        if failed is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)

    def _seal(self, block: bytes, *, last: bool) -> None:
        self._file.write(vault.seal(block, about=_about(self._path, self._number, last)))
        self._number += 1


def open_sealed(path: Path) -> BinaryIO:
    """The clear bytes as a seekable file. Reading raises ``cryptography.exceptions.InvalidTag`` when the file
    was changed, cut or moved."""
    return cast(BinaryIO, io.BufferedReader(_Blocks(path), BLOCK))


class _Blocks(io.RawIOBase):
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = open(path, "rb")  # noqa: SIM115 - closed with the reader
        sealed = os.fstat(self._file.fileno()).st_size
        self._count = max(1, -(-sealed // (BLOCK + _OVERHEAD)))
        self._size = sealed - self._count * _OVERHEAD
        self._at = 0
        self._held = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, target: Any) -> int:
        if self._at >= self._size and self._size > 0:
            return 0
        block = self._block(self._at // BLOCK)
        start = self._at % BLOCK
        taken = block[start : start + len(target)]
        target[: len(taken)] = taken
        self._at += len(taken)
        return len(taken)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _block(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(number * (BLOCK + _OVERHEAD))
            sealed = self._file.read(BLOCK + _OVERHEAD)
            last = number == self._count - 1
            self._held = (number, vault.unseal(sealed, about=_about(self._path, number, last)))
        return self._held[1]


def _about(path: Path, number: int, last: bool) -> str:
    return f"file:{path.name}:{number}:{'last' if last else 'more'}"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

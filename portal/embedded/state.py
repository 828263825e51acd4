"""The state folder: one supervisor at a time, its sockets, its secrets, what other shells read."""

import fcntl
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import Self

from portal.embedded import processes

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_FOLDER = 80  # sun_path holds 107 bytes on Linux, 103 on macOS, and Postgres adds its file name


class Refused(Exception):
    """Something a person has to change first; the message says what."""


class State:
    """A state folder. `take` it before use; it is given back when the process (and its guard) has ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock: int | None = None

    @classmethod
    def from_environment(cls, default: str) -> Self:
        """`SEEDBED_STATE`, relative to where the command was given, else `default` in the checkout."""
        given = os.environ.get("SEEDBED_STATE")
        return cls(Path(given).expanduser().absolute() if given else ROOT / default)

    def take(self, patience: float = 40) -> None:
        """Make the folder and lock it. Raises Refused when it is in use or is somebody else's folder.

        A lock whose holder is dead belongs to a guard that is still cleaning up: wait for it.
        """
        lock_file = self.folder / "seedbed.lock"
        if self.folder.exists() and not lock_file.exists() and any(self.folder.iterdir()):
            raise Refused(
                f"{self.folder} is not empty and no state folder of Seedbed: choose another SEEDBED_STATE."
            )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.lock = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience
        while not self._try_lock():
            holder = int(lock_file.read_text() or 0)
            if (holder and processes.is_alive(holder)) or time.monotonic() > deadline:
                raise Refused(
                    f"Already running in {self.folder} (pid {holder}). Stop that one first (Ctrl-C, or kill "
                    f"{holder}), or start this one with another folder and port: SEEDBED_STATE=... PORT=..."
                )
            time.sleep(0.05)
        os.ftruncate(self.lock, 0)
        os.pwrite(self.lock, str(os.getpid()).encode(), 0)

    def _try_lock(self) -> bool:
        assert self.lock is not None
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def empty(self) -> None:
        """Delete everything but the lock. Only a folder that `take` accepted is ever emptied."""
        for path in self.folder.iterdir():
            if path.name == "seedbed.lock":
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def subfolder(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def socket_folder(self) -> Path:
        """A 0700 folder whose path is short and plain enough for a socket address and a URL."""
        path = self.folder / "s"
        if len(os.fsencode(path)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(
            r"[\w./+-]+", str(path), re.ASCII
        ):
            return self.subfolder("s")
        name = f"seedbed-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]}"
        temp = tempfile.gettempdir()
        short = Path(temp if re.fullmatch(r"[\w./+-]{1,40}", temp, re.ASCII) else "/tmp") / name
        short.mkdir(mode=0o700, exist_ok=True)
        found = short.lstat()  # others may write into the temp directory: trust only a folder of our own
        ours = {os.geteuid()} | ({pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else set())
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours or found.st_mode & 0o077:
            raise Refused(
                f"{short} exists and is not a private folder of this user: remove it, or set TMPDIR."
            )
        return short

    def secrets(self) -> dict[str, str]:
        """`SEEDBED_SECRET` and `SEEDBED_PEPPER`: those of the environment, else made once and kept."""
        path = self.folder / "secrets.json"
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        names = ("SEEDBED_SECRET", "SEEDBED_PEPPER")
        missing = [name for name in names if name not in kept]
        if missing:
            kept |= {name: secrets.token_urlsafe(48) for name in missing}
            self.write_private("secrets.json", json.dumps(kept, indent=1))
        return {name: os.environ.get(name) or kept[name] for name in names}

    def write_private(self, name: str, text: str) -> None:
        """Replace a file of mode 0600 in one step, so that a reader never sees half of it."""
        temporary = self.folder / f"{name}.tmp"
        temporary.unlink(missing_ok=True)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        temporary.rename(self.folder / name)

"""Start one process that ends with its parent, and that is not root: `tether.py SIGNAL USER PARENT argv...`.

Linux sends SIGNAL to the process when PARENT (a pid, the supervisor) is gone, even after kill -9. A death
signal is forgotten when a process changes its user or its user namespace, so both happen here, in this order,
and then `argv` replaces this program. USER is one of

- `same`: keep the user,
- `namespace`: root of the machine looks like user 1000 inside a user namespace; files stay root's,
- `nobody`: for machines that forbid user namespaces.

Exit code 126 when the user cannot be changed, 127 when `argv` is no program.
"""

import ctypes
import os
import pwd
import shutil
import signal
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def enter_namespace() -> None:
    """Appear as user and group 1000; outside nothing changes. Raises OSError where it is forbidden."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed")
    for name, text in (("setgroups", "deny"), ("uid_map", f"1000 {uid} 1"), ("gid_map", f"1000 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def become_nobody() -> None:
    """Give up root for good. Raises OSError or KeyError when the machine has no such user."""
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def die_with(parent: int, signum: int) -> None:
    """Ask Linux for `signum` when the parent ends; elsewhere the supervisor's guard does it alone."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(0)


def main(signal_name: str, user: str, parent: str, *argv: str) -> None:
    program = shutil.which(argv[0])  # now: this Python may lie where `nobody` cannot import any more
    if program is None:
        print(f"tether: {argv[0]} is no program", file=sys.stderr)
        sys.exit(127)
    try:
        {"same": lambda: None, "namespace": enter_namespace, "nobody": become_nobody}[user]()
    except (OSError, KeyError) as error:
        print(f"tether: cannot leave root as {user}: {error}", file=sys.stderr)
        sys.exit(126)
    die_with(int(parent), signal.Signals[signal_name])
    os.execv(program, argv)  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Ends everything the supervisor started when the supervisor itself is gone, even after kill -9.

The supervisor holds the other end of our standard input and writes one JSON object per line:

    {"mark": "SEEDBED_RUN=..."}                                    what every process of this run carries
    {"name": "worker", "pid": 1234, "signal": 15, "grace": 20}     started; the pid leads its own group
    {"gone": 1234}                                                 has ended
    {"done": true}                                                 all stopped in good order

An end of file without `done` means that the supervisor was killed. Death signals (tether.py) already reach
its direct children on Linux; the guard waits for them, then kills what hung, with all grandchildren. It also
inherits the lock of the state folder, so a new start waits until nothing of the old run is left.
"""

import json
import signal
import sys
from typing import Any

from portal.embedded import processes


def listen() -> tuple[str, list[dict[str, Any]], bool]:
    """Follow the supervisor's lines to their end: the mark, what still runs, whether all is done."""
    mark, done = "", False
    running: dict[int, dict[str, Any]] = {}
    for line in sys.stdin:
        word = json.loads(line)
        mark = word.get("mark", mark)
        done = word.get("done", done)
        running.pop(word.get("gone"), None)
        if "pid" in word:
            running[word["pid"]] = word
    return mark, list(running.values()), done


def clean_up(mark: str, running: list[dict[str, Any]]) -> None:
    for word in running:
        processes.send(word["pid"], word["signal"])
    for word in reversed(running):
        processes.wait_until_gone([word["pid"]], word["grace"])
        processes.send(word["pid"], signal.SIGKILL, group=True)
    if mark:
        processes.end_marked(mark)


def main() -> None:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)  # whoever ends the supervisor must not end its guard
    mark, running, done = listen()
    if not done:
        clean_up(mark, running)


if __name__ == "__main__":
    main()

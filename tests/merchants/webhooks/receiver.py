"""A program that receives webhooks: a real HTTP server that keeps what came and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """``answers`` are raw, one for each request, the last one for all that follow."""

    origin: str = ""
    answers: list[bytes] = field(default_factory=lambda: [answer(204)])
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


def answer(status: int, *lines: str, body: str = "") -> bytes:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status} Told", *lines))
    return f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()


@contextmanager
def receiving() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.came.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
            self.wfile.write(told.answers.pop(0) if len(told.answers) > 1 else told.answers[0])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

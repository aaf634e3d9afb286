"""A language model's server on loopback that answers as it is told to, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Stub:
    """One server."""

    url: str = ""
    answer: Answer = field(default=lambda handler: None)
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Bodies, in order."""
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


def says(content: Any, **choice: Any) -> Answer:
    """A reply of the usual form; `content` is what the model said."""
    text = content if isinstance(content, str) else json.dumps(content)
    message = choice.pop("message", {"role": "assistant", "content": text})
    return raw(json.dumps({"choices": [{"message": message, **choice}]}).encode())


def raw(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def never(handler: BaseHTTPRequestHandler) -> None:
    """Takes the request and says nothing."""
    time.sleep(3)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A byte every now and then: no single wait is long."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def floods(handler: BaseHTTPRequestHandler) -> None:
    """Does not stop."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(2_000):
        handler.wfile.write(b"x" * 10_000)


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """In the middle of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.close_connection = True


@contextmanager
def running() -> Iterator[Stub]:
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            stub.paths.append(self.path)
            stub.requests.append(json.loads(self.rfile.read(length)))
            stub.headers.append(dict(self.headers))
            try:
                stub.answer(self)
            except OSError:
                # Whoever asked has hung up.
                self.close_connection = True

        def do_GET(self) -> None:
            stub.paths.append(self.path)
            stub.requests.append({})
            raw(b"{}")(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        # Not server_close(): it waits for those that are still asleep.
        server.socket.close()

"""A web server on this machine that serves what a test puts into it."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest


@dataclass
class Answer:
    """What the server says at one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Web:
    """A running server: set `answers`, read `requests`."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, str]] = []

    def serve(self, path: str, body: bytes, **headers: str) -> str:
        """Serve `body` at `path`; return its address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(body, headers={"Content-Type": "application/octet-stream"} | named)
        return self.address + path

    def serve_hub(self, repo: str, file: str, body: bytes) -> None:
        """Serve a file of a repository as the hub's own interface does, with its hash as its tag."""
        tag = hashlib.sha256(body).hexdigest()
        self.serve(f"/{repo}/resolve/main/{file}", body, ETag=f'"{tag}"', X_Repo_Commit="c" * 40, Accept_Ranges="bytes")


@pytest.fixture
def web() -> Iterator[Web]:
    """Serve until the test ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            path = urlsplit(self.path).path  # a proxy is asked for whole addresses
            found.requests.append((self.command, path))
            answer = found.answers.get(path, Answer(b"not here", 404, {"X-Error-Code": "EntryNotFound"}))
            self.send_response(answer.status)
            for name, value in ({"Content-Length": str(len(answer.body))} | answer.headers).items():
                if value:  # an empty one: the header is left out
                    self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name that http.server gives it)
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Web(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def slow_server(pause_seconds: float, asked: threading.Event | None = None) -> Iterator[str]:
    """A server that sends a byte, then nothing for `pause_seconds`, again and again; sets `asked` when one asks it."""
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            if asked is not None:
                asked.set()
            try:
                while not stopping.is_set():
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    stopping.wait(pause_seconds)
            except OSError:
                return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (http.server's name)
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/a.jsonl"
    finally:
        stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()

"""Records on the web: a real server, over http and https, that answers well, badly and slowly."""

import http.server
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pwc_bench.core.errors import NotFoundError, SourceError
from pwc_bench.core.record import record_to_json
from pwc_bench.exchange import AbsentError, web_shelf
from pwc_bench.exchange.web_files import Limits, fetch
from tests.factories import make_record
from tests.web_server import Answer, Web, slow_server

RECORD = make_record()
LINES = (record_to_json(RECORD) + "\n").encode()
SHORT = Limits(silence_seconds=0.3, total_seconds=0.3, records_bytes=len(LINES), predictions_bytes=100)


def test_records_and_what_lies_beside_them(web: Web) -> None:
    """A file is fetched at once, predictions from beside it when they are asked for; keys are not shown."""
    address = web.serve("/base/a.jsonl", LINES) + "?token=secret"
    web.serve("/base/predictions/x.parquet", b"content")
    shelf = web_shelf(address)
    assert shelf.records == (RECORD,)
    assert shelf.name == f"{web.address}/base/a.jsonl"
    assert [path for _, path in web.requests] == ["/base/a.jsonl"]
    assert shelf.read("predictions/x.parquet") == b"content"
    with pytest.raises(AbsentError, match=r"predictions/y\.parquet cannot be had: the server answered 404"):
        shelf.read("predictions/y.parquet")
    with pytest.raises(AbsentError, match="does not lie beside it"):
        shelf.read("https://elsewhere.invalid/x")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(b"x", 404), "cannot be had: the server answered 404"),
        (Answer(b"x", 500), "the server answered 500"),
        (Answer(LINES[:-100], headers={"Content-Length": str(len(LINES))}), "broke off after a part"),
        (Answer(b"<p>", headers={"Content-Type": "text/html; charset=utf-8"}), "gave an HTML page, not records"),
        (Answer(b"", 302, {"Location": "http://example.org/x"}), "example.org/x is not an https address"),
        (Answer(b"", 302, {"Location": "file:///etc/hostname"}), "/etc/hostname is not an https address"),
        (Answer(LINES + b" "), "bytes: more than the"),
        (Answer(LINES + b" ", headers={"Content-Length": ""}), "sends more than the"),
        (Answer(LINES, headers={"Content-Length": "unknown"}), "stopped answering, or broke off"),
        (Answer(b"", 302, {"Location": "/a.jsonl"}), "cannot be fetched"),
    ],
    ids=["404", "500", "short", "html", "redirect-plain", "redirect-file", "stated-large", "large", "odd", "circle"],
)
def test_wrong_answers_are_told_in_one_line(web: Web, answer: Answer, message: str) -> None:
    """Each names the address without its keys."""
    web.answers["/a.jsonl"] = answer
    with pytest.raises((NotFoundError, SourceError), match=message) as caught:
        web_shelf(f"{web.address}/a.jsonl?token=secret", SHORT)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("pause_seconds", "message"), [(60.0, "stopped answering"), (0.05, "is too slow")])
def test_slow_servers_are_left(pause_seconds: float, message: str) -> None:
    """Neither silence nor a trickle holds a check for ever."""
    with slow_server(pause_seconds) as address, pytest.raises(SourceError, match=message):
        fetch(address, 10_000, SHORT)


def test_addresses_that_are_not_fetched(web: Web) -> None:
    """Plain http elsewhere, closed ports, unknown hosts and a server without TLS."""
    with pytest.raises(SourceError, match=r"^http://example\.org/x is not an https address"):
        fetch("http://example.org/x?key=1", 10)
    with pytest.raises(SourceError, match=r"^https://host\.invalid/x cannot be reached"):
        fetch("https://host.invalid/x", 10)
    with pytest.raises(SourceError, match="cannot be reached"):
        fetch(web.serve("/x", b"x").replace("http:", "https:"), 10)


@contextmanager
def https_server(folder: Path, body: bytes) -> Iterator[tuple[str, Path]]:
    """Serve `body` over TLS; gives the address and the certificate to trust."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (http.server's name)
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}/a.jsonl", certificate
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_https_with_a_certificate_that_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is checked: without trust there are no records, with it there are."""
    monkeypatch.setenv("no_proxy", "localhost")
    with https_server(tmp_path, LINES) as (address, certificate):
        with pytest.raises(SourceError, match="cannot be reached: its certificate is not trusted here"):
            web_shelf(address)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert web_shelf(address).records == (RECORD,)

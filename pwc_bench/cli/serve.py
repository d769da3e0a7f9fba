"""`pwc-bench serve`: look at the site on this machine."""

import errno
import io
import re
import socketserver
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import site_option
from pwc_bench.cli.text import say
from pwc_bench.core.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import StrPath


_HOST = "127.0.0.1"
_RELATIVE_LINK = re.compile(rb'href="(?![a-zA-Z][a-zA-Z0-9+.-]*:|[/#])')


class PreviewServer(ThreadingHTTPServer):
    """Serves the files below `folder`; port 0 takes one that is free. Raises OSError where the port is taken."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__((_HOST, port), partial(_Handler, directory=str(folder)))

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name, as http.server does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = _HOST
        self.server_port = self.socket.getsockname()[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that closed its connection."""


class _Handler(SimpleHTTPRequestHandler):
    timeout = 30.0
    """Seconds that a connection may say nothing."""

    def parse_request(self) -> bool:
        """Refuse requests by another name than this machine's own: a page elsewhere may lead its name here."""
        if not super().parse_request():
            return False
        host = self.headers.get("Host", "")
        if host and host.partition(":")[0].lower() not in (_HOST, "localhost"):
            super().send_error(HTTPStatus.FORBIDDEN, "this server answers to 127.0.0.1 and localhost alone")
            return False
        return True

    def send_head(self) -> "io.BytesIO | BinaryIO | None":
        """Answer with what lies within the folder, links followed, and with nothing else."""
        folder = Path(self.directory).resolve()
        if not Path(self.translate_path(self.path)).resolve().is_relative_to(folder):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, path: "StrPath") -> None:  # noqa: ARG002  (http.server's)
        """List nothing: a folder without a page is not found."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Let browsers ask anew each time: a rebuilt site is seen at once."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page where nothing is found."""
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        # The page does not know at which depth it is shown: its links are led to the root, where the site lies here.
        body = _RELATIVE_LINK.sub(rb'href="/', page.read_bytes())
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name that http.server gives it)
        """Stay quiet: the terminal is for what the person did."""


@click.command(
    "serve",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench serve",
        "pwc-bench serve --port 0",
    ),
    exit_codes={
        0: "stopped by Ctrl-C",
        2: "there is no site in the folder, or the port is taken",
    },
)
@site_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    metavar="N",
    help="The port; 0 takes one that is free.",
)
def command(site: Path, port: int) -> None:
    """Show the site at http://127.0.0.1, to this machine only, until Ctrl-C."""
    if not (site / "index.html").is_file():
        raise UsageError(f"there is no site in {site}: run `pwc-bench build` first, or name its folder with --site")
    with _listening(site, port) as server:
        say(f"{site} is at http://127.0.0.1:{server.server_port}/ (Ctrl-C stops)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped", err=True)


def _listening(site: Path, port: int) -> "PreviewServer":

    try:
        return PreviewServer(site, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken by another program: name another one, or --port 0") from error
        if error.errno == errno.EACCES:
            raise UsageError(f"port {port} needs rights that you do not have: name one above 1023") from error
        raise

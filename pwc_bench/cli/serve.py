"""`pwc-bench serve`: look at the site on this machine."""

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pwc_bench.cli.documented import DocumentedCommand
from pwc_bench.cli.options import site_option
from pwc_bench.cli.text import say
from pwc_bench.core.errors import UsageError

if TYPE_CHECKING:
    from pwc_bench.cli.preview import PreviewServer


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
    from pwc_bench.cli.preview import PreviewServer

    try:
        return PreviewServer(site, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken by another program: name another one, or --port 0") from error
        if error.errno == errno.EACCES:
            raise UsageError(f"port {port} needs rights that you do not have: name one above 1023") from error
        raise

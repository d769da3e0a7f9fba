"""`pwc-bench build`: render the site."""

from pathlib import Path

import click

from pwc_bench.cli.documented import DocumentedCommand
from pwc_bench.cli.options import db_option, site_option
from pwc_bench.cli.text import file_size, plural

__all__ = ["command"]


@click.command(
    "build",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench build",
        "pwc-bench build --db results/pwc-bench.db --site public --base-url https://example.org/board",
    ),
    exit_codes={
        0: "done",
        2: "there is no such database, or the site cannot be written",
    },
)
@db_option
@site_option
@click.option("--base-url", metavar="URL", help="The address at which the site will stand, for its canonical links.")
def command(db: str, site: Path, base_url: str | None) -> None:
    """Render the site from the database.

    The new site takes the place of the old one in one step. The same database gives the same files, byte for byte.
    """
    if base_url is not None and not base_url.startswith(("https://", "http://")):
        raise click.BadParameter(f"{base_url!r} does not begin with https:// or http://.", param_hint="--base-url")
    from pwc_bench.api.site import publish_database
    from pwc_bench.cli.console import observing

    with observing() as observer:
        report = publish_database(db, site, base_url=base_url, observer=observer)
    written = f"{plural(report.pages, 'page')}, {plural(report.files, 'file')}, {file_size(report.size_bytes)}"
    click.echo(f"{report.folder / 'index.html'}: {written} in {report.seconds:.1f} s")

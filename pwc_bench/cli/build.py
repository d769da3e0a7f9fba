"""`pwc-bench build`: render the site."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.failures import FAILED
from pwc_bench.cli.options import UserPath, db_option, site_option
from pwc_bench.cli.text import file_size, plural, say
from pwc_bench.core.text_forms import UNWRITABLE

if TYPE_CHECKING:
    from pwc_bench.site.build import LeftOutPages


@click.command(
    "build",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench build",
        "pwc-bench build --db results/pwc-bench.db --site public --base-url https://example.org/board",
    ),
    exit_codes={
        0: "done",
        2: "there is neither a database nor a published record, or the site cannot be written",
        4: "the site was written, but for pages named on standard error, which could not be made",
    },
)
@db_option
@site_option
@click.option(
    "--records",
    "named",
    metavar="PATH",
    multiple=True,
    type=UserPath(exists=True),
    help="Published records to show too: a file of JSON Lines or a folder of them (repeatable; default: the folder of "
    "the database).",
)
@click.option("--no-records", is_flag=True, help="Show the database alone.")
@click.option(
    "--base-url",
    metavar="URL",
    help="The address at which the site will stand: for canonical links, feed, sitemap and pictures.",
)
def command(
    db: str,
    site: Path,
    named: tuple[Path, ...],
    no_records: bool,  # noqa: FBT001  (click passes it by name)
    base_url: str | None,
) -> None:
    """Render the site from the database and the published records beside it.

    A record that both hold is shown once. Without a database, the published records are shown alone.

    The new site takes the place of the old one in one step. The same database gives the same files, byte for byte.
    """
    if named and no_records:
        raise click.UsageError("--records and --no-records exclude each other.")
    if base_url is not None and (complaint := _base_complaint(base_url)) is not None:
        raise click.BadParameter(f"{base_url!r} {complaint}.", param_hint="--base-url")
    from pwc_bench.api.site import publish_database
    from pwc_bench.cli.console import observing

    with observing() as observer:
        published = () if no_records else named or None
        report = publish_database(db, site, base_url=base_url, observer=observer, published=published)
    changed = f"{report.changed:,} of them new" if report.changed else "nothing changed"
    size = file_size(report.size_bytes)
    written = f"{plural(report.pages, 'page')}, {plural(report.files, 'file')} ({changed}), {size}"
    say(f"{report.folder / 'index.html'}: {written} in {report.seconds:.1f} s")
    if tell_left_out(report.left_out):
        click.get_current_context().exit(FAILED)


def tell_left_out(pages: "Sequence[LeftOutPages]") -> bool:
    """Keep the tracebacks of what a build could not make, and was warned of; tell whether there is any."""
    from pwc_bench.cli.unforeseen import tell_fault

    if pages:
        tell_fault("a part of the site could not be made", "\n".join(missing.traceback for missing in pages))
    return bool(pages)


def _base_complaint(url: str) -> str | None:
    """Say what keeps pages from lying below `url`; None where nothing does."""
    if not url.startswith(("https://", "http://")):
        return "does not begin with https:// or http://"
    if UNWRITABLE.search(url) or re.search(r'[<>"\\]', url):
        return "holds a character that stands in no address: write it as %XX"
    if re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        return None
    return "is no address of a folder: give a host and a path alone, without a user, a query or a fragment"

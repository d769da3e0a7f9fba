"""The end of a run: the site is rendered, and the closing words say what was found and what to do next."""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from pwc_bench.api.catalogue import load_catalogue
from pwc_bench.api.places import default_site
from pwc_bench.cli.closing import close
from pwc_bench.cli.closing_table import closing_text
from pwc_bench.cli.console import observing
from pwc_bench.core.catalogue import Catalogue
from pwc_bench.core.record import Record, Status
from pwc_bench.publishing import publish
from pwc_bench.store import open_existing_store

__all__ = ["closing_words", "is_incomplete"]


def is_incomplete(records: Iterable[Record]) -> bool:
    """Tell whether something that was asked for failed: a record, or an image that could not be read."""
    return any(record.status is Status.FAILED or record.provenance.images_failed for record in records)


def closing_words(records: Sequence[Record], db: str, site: Path | None) -> str:
    """Render the site into `site`, unless that is None, and return the table, where things are, and the next step."""
    catalogue = load_catalogue()
    with open_existing_store(db) as store:
        archive = store.archive(catalogue)
        keys = dict.fromkeys(record.variant for record in records)
        claims = [claim for key in keys for claim in archive.claims(variant=key)]
        if site is not None:
            with observing() as observer:
                publish(archive, site, observer=observer)
    lines = [closing_text(close(records, claims, catalogue))]
    lines += [f"Campaign  {name}" for name in dict.fromkeys(record.campaign for record in records)]
    if site is not None:
        lines.append(f"Site      {site / 'index.html'}")
    lines.append(f"Next      {_next_step(records, site, catalogue)}")
    return "\n".join(lines)


def _next_step(records: Iterable[Record], site: Path | None, catalogue: Catalogue) -> str:
    elsewhere = "" if site in (None, default_site()) else f" --site {shlex.quote(str(site))}"
    look = "pwc-bench build && pwc-bench serve" if site is None else f"pwc-bench serve{elsewhere}"
    if any(record.dataset is not None and catalogue.datasets[record.dataset].is_demo for record in records):
        return f"{look}\n          pwc-bench run --data DIR   (real ImageNet, in DIR)"
    return look

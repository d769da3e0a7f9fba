"""The end of a run: the site is rendered, and the closing words say what was found and what to do next."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from pwc_bench.api.places import default_database, default_site, load_catalogue
from pwc_bench.api.site import publish_database
from pwc_bench.cli.build import tell_left_out
from pwc_bench.cli.closing import close, closing_text
from pwc_bench.cli.console import observing
from pwc_bench.core.record import Record, Status
from pwc_bench.store import open_existing_store


def program_name() -> str:
    """Return what to type to call this program: its name where the shell finds it, else the interpreter's own path.

    `make run` calls it in an environment that nobody activated, where "pwc-bench" alone would not be found.
    """
    if shutil.which("pwc-bench"):
        return "pwc-bench"
    interpreter = Path(os.path.relpath(sys.executable))
    shown = interpreter if ".." not in interpreter.parts else Path(sys.executable)
    return f"{shlex.quote(str(shown))} -m pwc_bench"


def is_incomplete(records: Iterable[Record]) -> bool:
    """Tell whether something that was asked for failed: a record, or an image that could not be read."""
    return any(record.status is Status.FAILED or record.provenance.images_failed for record in records)


def closing_words(records: Sequence[Record], db: str, metrics: Sequence[str] = ()) -> str:
    """Return the table of claims and measurements, with the `metrics` that were asked for, and the campaign's name."""
    catalogue = load_catalogue()
    with open_existing_store(db) as store:
        archive = store.archive(catalogue)
        keys = dict.fromkeys(record.variant for record in records)
        claims = [claim for key in keys for claim in archive.claims(variant=key)]
    campaigns = [f"Campaign  {name}" for name in dict.fromkeys(record.campaign for record in records)]
    return "\n".join([closing_text(close(records, claims, catalogue, metrics)), *campaigns])


def render_site(db: str, site: Path) -> bool:
    """Render what the database holds into `site`, with progress, and tell whether every page could be made.

    Raises PublishError if it cannot be written.
    """
    with observing() as observer:
        report = publish_database(db, site, base_url=None, observer=observer)
    return not tell_left_out(report.left_out)


def next_step(records: Iterable[Record], db: str, site: Path | None) -> str:
    """Return where the site is, unless there is none, and what to do next with what was stored in `db`."""
    catalogue = load_catalogue()
    elsewhere = "" if site in (None, default_site()) else f" --site {shlex.quote(str(site))}"
    where = [] if site is None else [f"Site      {site / 'index.html'}"]
    program = program_name()
    source = "" if db == default_database() else f" --db {shlex.quote(db)}"
    look = f"{program} build{source} && {program} serve" if site is None else f"{program} serve{elsewhere}"
    demos = {key for key, dataset in catalogue.datasets.items() if dataset.is_demo}
    if any(record.dataset in demos for record in records):
        look += f"\n          {program} run --data DIR  (real ImageNet)"
    return "\n".join([*where, f"Next      {look}"])


def precision_offer(records: Iterable[Record], instructions: str | None) -> str | None:
    """Return a word on bf16 after a run in fp32 on a CPU that multiplies bf16 with `instructions`; else None.

    It promises no figure: gain and changes depend on the machine and the model, and a run measures both.
    """
    used = {(record.environment.device_type, record.environment.precision) for record in records}
    if instructions is None or ("cpu", "fp32") not in used:
        return None
    return (
        f"Tip       --precision bf16 may be faster: this CPU has {instructions} for it,\n"
        "          and a run counts the predictions that differ from fp32"
    )
